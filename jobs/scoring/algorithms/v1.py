"""v1 reach: how many different people reacted lately, each counted once, fading with the time since the last touch.

    x = sum over distinct engagers of q^(days since the last touch),   q = 2^(-1/30)

Source: algorithms-evidence section 6; the strongest simple baseline of its section 11. No weights by kind: invented
weights lose to plain distinct counts there. Nulls: a pair without a known engager is no input.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from jobs.scoring.contract import PAIR, Algorithm, home_network


def credits(pairs: DataFrame) -> DataFrame:
    """One line per pair: the newest touch on any network, filed under its kind and the pair's home network."""
    newest_first = Window.partitionBy(*PAIR).orderBy(F.col("touch").desc(), F.col("kind").asc(), F.col("network").asc())
    placed = pairs.withColumn("home", home_network()).withColumn("place", F.row_number().over(newest_first))
    return placed.where(F.col("place") == 1).select(
        *PAIR, F.col("home").alias("network"), "kind", F.col("touch").alias("credit"), "last_interacted_date"
    )


ALGORITHM = Algorithm(summary="distinct engagers, fading with the last touch", credits=credits)
