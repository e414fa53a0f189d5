"""Attacks as rows: targets near the median, and what each family does to them, in one Parquet file a pass."""

from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

import duckdb

from bench.attacking.honest import HonestWorld
from bench.attacking.measure import OLD_VERSION
from bench.attacking.plans import BY_NEW_ACCOUNTS, FAMILIES, Family
from jobs.tables import OVERALL

ATTACK_DAYS = 30
"""Days that an attack lasts, up to the last day of the world; fewer where the world is younger."""

_MEDIAN_PEOPLE = """
CREATE TABLE median_account AS
WITH overall AS (SELECT person_id, influence_score FROM honest_score
                 WHERE algorithm_version = $version AND topic_id = $topic),
     middle AS (SELECT median(influence_score) AS score FROM overall)
SELECT substr(person_id, length($network) + 2) AS account,
       row_number() OVER (ORDER BY abs(influence_score - middle.score), person_id) - 1 AS place
FROM overall, middle
WHERE starts_with(person_id, $network || ':') AND person_id NOT IN (SELECT $network || ':' || account FROM seed)
"""

_HONEST_ACTIONS = """
CREATE TABLE honest_action AS
SELECT day, author, post_id, interacted_at, row_number() OVER (PARTITION BY day ORDER BY engager, author, post_id) - 1
       AS number, count(*) OVER (PARTITION BY day) AS actions
FROM acted WHERE network = $network AND engager IS NOT NULL AND author IS NOT NULL
"""

_VICTIMS = """
CREATE TABLE victim AS
SELECT engager AS account, row_number() OVER (ORDER BY hash(engager)) - 1 AS place
FROM (SELECT engager FROM acted WHERE network = $network AND engager IS NOT NULL GROUP BY engager
      HAVING count(DISTINCT day) >= 2)
WHERE engager NOT IN (SELECT account FROM seed)
"""

_NAMED = """
CREATE TABLE named AS
SELECT author AS account, row_number() OVER (ORDER BY count(DISTINCT engager) DESC, author) - 1 AS place
FROM acted WHERE network = $network AND engager IN (SELECT account FROM seed)
      AND author NOT IN (SELECT account FROM seed) GROUP BY author
"""

_TIMED = """
SELECT $family AS family, $network AS network, engager AS engager_account_id, author AS author_account_id, post_id,
       coalesce(interacted_at, day + to_seconds(hash(post_id) % 40000
                + hash(engager, post_id) % $spread)) AT TIME ZONE 'UTC' AS interacted_at,
       $kind AS kind, day AS snapshot_date, $lobbied AS topic_id
FROM ({sql})
"""


class Launcher:
    """Makes attacks on one world. The targets of a family are the same in all sizes, so that sizes compare.

    Families that share a world have targets of their own; the others take those nearest the median.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, world: HonestWorld, topic: str):
        """connection: has honest_score, seed (account, place) and acted (network, day, engager, author, ...)."""
        self.connection, self.world, self.topic = connection, world, topic
        network = {"network": world.network}
        connection.execute(_MEDIAN_PEOPLE, {**network, "version": OLD_VERSION, "topic": OVERALL})
        connection.execute(_HONEST_ACTIONS, network)
        connection.execute(_VICTIMS, network)
        connection.execute(_NAMED, network)
        connection.execute("CREATE TABLE chosen (family VARCHAR, account VARCHAR, place BIGINT)")
        shared = list(accumulate((family.targets for family in BY_NEW_ACCOUNTS), initial=0))
        first = {family.name: place for family, place in zip(BY_NEW_ACCOUNTS, shared, strict=False)}
        for family in FAMILIES:
            connection.execute(
                "INSERT INTO chosen SELECT $family, account, place - $first FROM median_account "
                "WHERE place >= $first AND place < $first + $targets",
                {"family": family.name, "first": first.get(family.name, 0), "targets": family.targets})

    def write(self, families: tuple[Family, ...], step: int, first_day: date, path: Path) -> Path:
        """Write what the families do in one size as Parquet, from a day to the last day of the world."""
        self._set_days(first_day)
        self.connection.execute("CREATE OR REPLACE TABLE attack_row (family VARCHAR, network VARCHAR, "
                                "engager_account_id VARCHAR, author_account_id VARCHAR, post_id VARCHAR, "
                                "interacted_at TIMESTAMPTZ, kind VARCHAR, snapshot_date DATE, topic_id VARCHAR)")
        for family in families:
            self._add(family, family.sizes[step])
        self.connection.execute(f"COPY attack_row TO '{path}' (FORMAT parquet)")
        return path

    def first_attack_day(self) -> date:
        """The day on which an attack begins that comes after the seeds were drawn."""
        return max(self.world.first_day, self.world.last_day - timedelta(days=ATTACK_DAYS - 1))

    def _set_days(self, first_day: date) -> None:
        self.connection.execute(
            "CREATE OR REPLACE TABLE attack_day AS SELECT CAST(day AS DATE) AS day, "
            "row_number() OVER (ORDER BY day) - 1 AS number "
            "FROM generate_series(CAST($first AS TIMESTAMP), CAST($last AS TIMESTAMP), INTERVAL 1 DAY) AS s(day)",
            {"first": first_day, "last": self.world.last_day})

    def _add(self, family: Family, size: int) -> None:
        words = {"family": family.name}
        self.connection.execute(
            "CREATE OR REPLACE TABLE target AS SELECT account, place FROM chosen WHERE family = $family", words)
        sql = _TIMED.format(sql=family.sql.format(size=size))
        self.connection.execute(f"INSERT INTO attack_row {sql}", {
            **words, "network": self.world.network, "spread": family.spread_seconds, "kind": family.kind,
            "lobbied": self.topic if family.in_topic else None})
