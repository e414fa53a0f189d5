"""What is told, as the tables of one night."""

from collections import defaultdict
from datetime import date

import pyarrow as pa

from jobs.tables import TABLES
from tests.property.reference import Reaction

TONIGHT = date(2030, 3, 1)


def days_of(spark, reactions: dict[str, list[Reaction]]):
    """Reactions by topic as feature__engagement_days has them: one count per day and key."""
    counts = defaultdict(int)
    for topic, told in reactions.items():
        for one in told:
            counts[(one.day, one.network, topic, one.engager, one.author, one.kind)] += one.count
    schema = TABLES["feature__engagement_days"].arrow_schema
    columns = zip(*[(*key, count) for key, count in counts.items()], strict=True)
    rows = pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema.names)
    return spark.createDataFrame(rows)


def links_of(spark, links: dict[tuple[str, str], str]):
    """Declared people by (network, account), without the night."""
    rows = [(network, account, person) for (network, account), person in links.items()]
    return spark.createDataFrame(rows, "network string, account_id string, person_id string")


def rows_of_table(spark, table: str, printed: list[dict]):
    """Rows of a table of the night; a column that is not printed is null."""
    return spark.createDataFrame(pa.Table.from_pylist(
        [{"snapshot_date": TONIGHT, **row} for row in printed], schema=TABLES[table].arrow_schema))
