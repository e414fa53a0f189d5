"""What a held person is shown with: the rows of the last release, dated in the night. Pure functions of frames."""

from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.tables import TABLES

KEY = ["person_id", "topic_id", "algorithm_version"]
HELD = "held"


def kept_rows(staged: DataFrame, released: DataFrame, held: DataFrame, snapshot_date: date, table: str) -> DataFrame:
    """Staged rows of everybody who is not held, and for held keys the released rows, dated in the night.

    held: KEY. Grain and columns out: those of the table.
    """
    columns = TABLES[table].column_names
    kept = released.join(held, on=KEY, how="left_semi").withColumn("snapshot_date", F.lit(snapshot_date))
    others = staged.join(held, on=KEY, how="left_anti")
    return others.select(*columns).unionByName(kept.select(*columns))


def marked_held(rows: DataFrame) -> DataFrame:
    """Released rows of scores in the state of a held one."""
    return rows.withColumn("state", F.when(F.col("influence_score").isNotNull(), F.lit(HELD)).otherwise(F.col("state")))


def unmoved_lines(rows: DataFrame) -> DataFrame:
    """Released lines as lines on which nothing happened, so that the next night states the move from what was shown."""
    nothing = F.lit(0).cast("bigint")
    return rows.withColumn("aged_units", F.col("line_units")).withColumn("listed_units", nothing).withColumn(
        "relinked_units", nothing)
