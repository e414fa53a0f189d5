"""A table of interactions from anywhere, scored by the project's own functions: one network, one topic, no lists.

Two formats, plain or .gz: lines `engager author unixtime KIND` (the engager reacts to the author), or CSV with the
header `engager,author,time,kind[,object]`, time in Unix seconds or ISO 8601, UTC.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.decay import UNIT
from jobs.engagement.coaction import coactions, coordinated_groups, timed_interactions
from jobs.engagement.state import state_at_once
from jobs.engagement.trust import trusted_accounts
from jobs.errors import BadInput, MissingInput
from jobs.scoring.people import people_pairs, with_marks
from jobs.scoring.registry import algorithm
from jobs.scoring.run import Materialise, calibrations_of, version_lines
from jobs.scoring.scale import MOST_POINTS
from jobs.tables import OVERALL, TABLES

NETWORK = "interactions"
"""The one network of the table; no calibration file names it, so its exchange rate is 1."""

KIND_CODES = {"RT": "reshare", "MT": "mention", "RE": "reply", "QT": "quote"}
"""Codes of the Higgs Twitter set; every other kind is taken in lower case as it is."""

FOLLOW_KIND = "follow"
"""Followers are no input of any version (design, section 6): rows of this kind are a baseline only."""

CSV_COLUMNS = ("engager", "author", "time", "kind")

_LINES = """read_csv($path, columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '', header = false,
                    auto_detect = false)"""
"""A file as lines: a delimiter that no line holds."""

_PLAIN_ROWS = f"""
SELECT row_number() OVER () AS line_number, words[1] AS engager, words[2] AS author, words[3] AS "time",
       words[4] AS kind, NULL::VARCHAR AS object, len(words) AS word_count
FROM (SELECT string_split_regex(trim(line), '\\s+') AS words FROM {_LINES})
"""

_CSV_ROWS = """
SELECT row_number() OVER () + 1 AS line_number, engager, author, "time", kind, {object} AS object, 4 AS word_count
FROM read_csv($path, header = true, all_varchar = true)
"""

_TYPED = """
CREATE TEMP TABLE typed AS
SELECT line_number, engager, author, object, word_count,
       lower(coalesce(map($codes, $kinds)[upper(kind)], kind)) AS kind,
       coalesce(TRY(make_timestamp(try_cast("time" AS BIGINT) * 1000000)),
                make_timestamp(epoch_us(try_cast("time" AS TIMESTAMPTZ)))) AS interacted_at
FROM rows_read
"""


def read_interactions(path: Path, target: Path) -> Path:
    """Write an interaction file as Parquet; grain: reaction, as delivered.

    Columns: engager, author, kind, object (null when not given), interacted_at (UTC), interacted_date,
    interaction_count. Errors: MissingInput without a file; BadInput naming the first line that cannot be read.
    """
    if not path.is_file():
        raise MissingInput(f"no interaction file at {path}; give the path of a .txt, .csv or .gz file")
    with duckdb.connect() as connection:
        rows = connection.execute(_rows_query(connection, path), {"path": str(path)}).to_arrow_table()
        connection.register("rows_read", rows)
        connection.execute(_TYPED, {"codes": list(KIND_CODES), "kinds": list(KIND_CODES.values())})
        _require_readable(connection, path)
        connection.table("typed").project(
            "engager, author, kind, object, interacted_at, CAST(interacted_at AS DATE) AS interacted_date, "
            "CAST(1 AS BIGINT) AS interaction_count").write_parquet(str(target))
    return target


def most_reacted_to(interactions: Path, as_of: date, count: int) -> list[str]:
    """The accounts to which most distinct people reacted up to a day, ties by name: seeds where nobody named any."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT author FROM read_parquet($path) WHERE engager <> author AND kind <> $follow "
            "AND interacted_date <= $as_of GROUP BY author ORDER BY count(DISTINCT engager) DESC, author LIMIT $count",
            {"path": parquet_pattern(interactions), "follow": FOLLOW_KIND, "as_of": as_of, "count": count})
        return [account for (account,) in rows.fetchall()]


def parquet_pattern(interactions: Path) -> str:
    """The path for DuckDB: a file as it is, a folder as its Parquet files."""
    return str(interactions / "*.parquet" if interactions.is_dir() else interactions)


def pairs_up_to(
    spark, interactions: DataFrame, as_of: date, seeds: Sequence[str], materialise: Materialise
) -> DataFrame:
    """People's pairs as the versions see them, from the reactions up to a day and none after it.

    seeds: accounts that serve as trust seeds. Coordinated groups are those that acted together on the same objects.
    """
    known = interactions.where(
        (F.col("interacted_date") <= F.lit(as_of)) & (F.col("engager") != F.col("author"))
        & (F.col("kind") != FOLLOW_KIND)).withColumn("network", F.lit(NETWORK))
    state = materialise(state_at_once(_engagement_days(known), as_of))
    links = spark.createDataFrame([], TABLES["core__identity_links"].spark_schema)
    serving = _serving(spark, seeds, as_of)
    trusted = materialise(trusted_accounts(state, serving, as_of))
    return with_marks(people_pairs(state, links, as_of), trusted, serving, _groups(known), links)


def scores_up_to(
    spark, interactions: DataFrame, as_of: date, versions: list[str], seeds: Sequence[str], materialise: Materialise
) -> DataFrame:
    """Scores of every author with credit, by reactions up to a day; no publishing threshold applies.

    materialise computes a frame that is used several times, such as Store.materialised.
    Grain out: algorithm_version, person_id, with influence_score (not rounded) and credit.
    """
    pairs = materialise(pairs_up_to(spark, interactions, as_of, seeds, materialise))
    return scores_of_pairs(pairs, versions, materialise)


def scores_of_pairs(pairs: DataFrame, versions: list[str], materialise: Materialise) -> DataFrame:
    """Scores of several versions in one pass: the one place here that knows how pairs become points."""
    algorithms = {version: algorithm(version) for version in versions}
    lines = version_lines(algorithms, calibrations_of(versions), pairs, materialise)
    return lines.groupBy("algorithm_version", "author_person_id").agg(
        F.max(F.least("height", F.lit(float(MOST_POINTS)))).alias("height"), F.max("score_credit").alias("credit")
    ).select("algorithm_version", _account().alias("person_id"),
             (F.lit(1.0) + F.col("height")).alias("influence_score"), "credit")


def parts_up_to(
    spark, interactions: DataFrame, as_of: date, version: str, seeds: Sequence[str], materialise: Materialise
) -> DataFrame:
    """What each kind adds to the credit of an author, up to a day; input of learning.

    Grain out: as_of_date, person_id, part_name, with part in credits. A discount is taken from all kinds alike.
    """
    credits = algorithm(version).credits(materialise(pairs_up_to(spark, interactions, as_of, seeds, materialise)))
    lines = materialise(credits.groupBy("author_person_id", "kind").agg(F.sum("credit").alias("line")))
    whole = lines.groupBy("author_person_id").agg(
        F.sum("line").alias("net"), F.sum(F.greatest("line", F.lit(0))).alias("gross"))
    kept = lines.where(F.col("line") > 0).join(whole, on="author_person_id", how="inner")
    part = F.col("line") / F.lit(float(UNIT)) * (F.greatest("net", F.lit(0)) / F.col("gross"))
    return kept.select(F.lit(as_of).alias("as_of_date"), _account().alias("person_id"),
                       F.col("kind").alias("part_name"), part.alias("part"))


def _engagement_days(known: DataFrame) -> DataFrame:
    days = known.groupBy("network", "interacted_date", "engager", "author", "kind").agg(
        F.sum("interaction_count").alias("interaction_count"))
    shaped = days.withColumnsRenamed({"interacted_date": "snapshot_date", "engager": "engager_account_id",
                                      "author": "author_account_id"})
    return shaped.withColumn("topic_id", F.lit(OVERALL)).select(*TABLES["feature__engagement_days"].column_names)


def _groups(known: DataFrame) -> DataFrame:
    """Groups over all days at once, where objects are given; a night folds them day by day."""
    acted = known.withColumnsRenamed({"engager": "engager_account_id", "object": "post_id"})
    return coordinated_groups(coactions(timed_interactions(acted)))


def _serving(spark, seeds: Sequence[str], as_of: date) -> DataFrame:
    return spark.createDataFrame([(as_of, NETWORK, account, date.max) for account in seeds],
                                 "snapshot_date date, network string, account_id string, expires_date date")


def _account():
    """The account without the network before it."""
    return F.substring("author_person_id", len(NETWORK) + 2, 1_000)


def _rows_query(connection, path: Path) -> str:
    first = connection.execute(f"SELECT line FROM {_LINES} LIMIT 1", {"path": str(path)}).fetchone()
    names = [name.strip() for name in first[0].split(",")] if first else []
    if len(names) < len(CSV_COLUMNS):
        return _PLAIN_ROWS
    missing = [name for name in CSV_COLUMNS if name not in names]
    if missing:
        raise BadInput(f"{path}: expected the columns {', '.join(CSV_COLUMNS)} and perhaps object, "
                       f"found {', '.join(names)}; add {', '.join(missing)} to the header")
    return _CSV_ROWS.format(object="object" if "object" in names else "NULL::VARCHAR")


def _require_readable(connection, path: Path) -> None:
    bad = connection.execute(
        "SELECT line_number, count(*) OVER () FROM typed WHERE word_count <> 4 OR interacted_at IS NULL "
        "OR coalesce(engager, '') = '' OR coalesce(author, '') = '' OR coalesce(kind, '') = '' "
        "ORDER BY line_number LIMIT 1").fetchone()
    if bad:
        raise BadInput(f"{path}, line {bad[0]}: expected engager, author, time and kind, found something else "
                       f"({bad[1]:,} such lines); correct or remove them")
