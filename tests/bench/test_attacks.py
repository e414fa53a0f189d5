"""The attack suite measures what it says: plans do what they are named for, gains and harm are counted right."""

from datetime import UTC, date, datetime, timedelta

import duckdb
import pyarrow as pa
import pytest

from bench.attacking.fight import attacked, outcome
from bench.attacking.honest import table_world
from bench.attacking.launch import Launcher
from bench.attacking.measure import Arena, gains, losses, losses_against
from bench.attacking.page import page_of, real_page_of
from bench.attacking.plans import CAPTORS, FAMILIES
from bench.attacking.provenance import checksums_of
from jobs.errors import BadInput, MissingInput
from jobs.settings import Settings
from jobs.storage import Store
from jobs.tables import OVERALL

FIRST = date(2030, 1, 1)
DAYS, PEOPLE = 12, 60
FAMILY = {family.name: family for family in FAMILIES}


@pytest.fixture(scope="module")
def honest_rows():
    """Everybody reacts every day to five neighbours, each at a moment of its own."""
    return [
        (f"p{person:02}", f"p{(person + step) % PEOPLE:02}", "reshare", f"post{(person + step) % PEOPLE}-{day}",
         datetime(2030, 1, 1, tzinfo=UTC) + timedelta(days=day, seconds=60 + (person * 7919 + step * 104729) % 80_000),
         FIRST + timedelta(days=day))
        for day in range(DAYS) for person in range(PEOPLE) for step in range(1, 6)]


@pytest.fixture(scope="module")
def world(spark, honest_rows):
    schema = "engager string, author string, kind string, object string, interacted_at timestamp, interacted_date date"
    return table_world(spark, "made up", spark.createDataFrame(honest_rows, schema))


@pytest.fixture
def arena(honest_rows):
    """A connection as the suite keeps it, with equal honest scores and three seeds."""
    connection = duckdb.connect()
    connection.execute("CREATE TABLE honest_score (algorithm_version VARCHAR, person_id VARCHAR, topic_id VARCHAR, "
                       "influence_score DOUBLE)")
    connection.executemany("INSERT INTO honest_score VALUES (?, ?, ?, ?)", [
        (version, f"interactions:p{person:02}", OVERALL, 10.0 + person) for version in ("v2", "v3")
        for person in range(PEOPLE)])
    connection.execute("CREATE TABLE planted (person_id VARCHAR)")
    connection.execute("CREATE TABLE seed AS SELECT 'p0' || number AS account, number AS place FROM range(3) AS r(number)")
    names = ("engager", "author", "kind", "post_id", "interacted_at", "day")
    acted_rows = pa.table(dict(zip(names, map(list, zip(*honest_rows, strict=True)), strict=True)))
    connection.register("acted_rows", acted_rows)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("CREATE TABLE acted AS SELECT 'interactions' AS network, "
                       "* REPLACE (CAST(interacted_at AS TIMESTAMP) AS interacted_at) FROM acted_rows")
    return Arena(connection, "interactions", OVERALL)


def launched(arena, world, tmp_path, name: str, step: int):
    launcher = Launcher(arena.connection, world, OVERALL)
    launcher.write((FAMILY[name],), step, world.first_day, tmp_path / "attack.parquet")
    return arena.connection.table("attack_row")


@pytest.mark.parametrize(("name", "step", "attackers", "reactions"), [
    ("sybils, script", 0, 10, 10 * DAYS),
    ("sybils, spread", 1, 300, 300 * DAYS),
    ("bought reactions", 1, 300, 300),
    ("ring, script", 0, 10, 10 * 9 * 2),
    ("ring, camouflaged", 0, 10, 10 * 9 * 2 * 2),
    ("new ring, by hand", 1, 40, 40 * 39 * 2),
    ("new ring, one way", 1, 40, 40 * 19 * 2),
    ("bought seeds", 0, 1, 3 * DAYS),
    ("two bought seeds open doors", 0, 12, 10 * DAYS + 20),
    ("seed capture", 0, 10 + CAPTORS, DAYS * (10 + 10 * CAPTORS + CAPTORS) + 10),
])
def test_a_plan_has_the_accounts_and_reactions_of_its_name(arena, world, tmp_path, name, step, attackers, reactions):
    rows = launched(arena, world, tmp_path, name, step)
    found = rows.aggregate("count(DISTINCT engager_account_id), count(*)").fetchone()
    # A camouflaged action may fall on the member itself, and is then left out.
    assert found[0] == attackers
    assert 0.9 * reactions <= found[1] <= reactions


def test_a_script_acts_within_a_minute_and_spread_accounts_do_not(arena, world, tmp_path):
    width = "max(interacted_at) - min(interacted_at) AS width"
    script = launched(arena, world, tmp_path, "sybils, script", 1).aggregate(f"post_id, {width}")
    assert max(row[1] for row in script.fetchall()) < timedelta(seconds=60)
    arena.connection.execute("DROP TABLE median_account; DROP TABLE honest_action; DROP TABLE victim; DROP TABLE chosen; DROP TABLE named")
    spread = launched(arena, world, tmp_path, "sybils, spread", 1).aggregate(f"post_id, {width}")
    assert min(row[1] for row in spread.fetchall()) > timedelta(hours=12)


def test_sizes_of_an_attack_have_the_same_targets_and_these_stand_near_the_median(arena, world, tmp_path):
    launcher = Launcher(arena.connection, world, OVERALL)
    targets = []
    for step in range(3):
        launcher.write((FAMILY["sybils, script"],), step, world.first_day, tmp_path / "attack.parquet")
        targets.append(arena.connection.sql("SELECT DISTINCT author_account_id FROM attack_row ORDER BY 1").fetchall())
    assert targets[0] == targets[1] == targets[2]
    median = 10 + (PEOPLE - 1) / 2
    assert all(abs(10 + int(account[1:]) - median) < 15 for (account,) in targets[0])


def test_a_script_is_found_and_counts_once_while_v2_counts_each(spark, world, arena, tmp_path):
    """Answers S40: one group, one voice."""
    launched(arena, world, tmp_path, "sybils, script", 1)
    store = Store(Settings(home=tmp_path))
    attack = spark.read.parquet((tmp_path / "attack.parquet").as_uri())
    fought = outcome(spark, store, attacked(world, attack), ["v2", "v3"], [OVERALL])
    honest = outcome(spark, store, world, ["v2", "v3"], [OVERALL])
    for name, frame in (("honest_score", honest.scores), ("fought_score", fought.scores), ("grouped", fought.groups)):
        arena.connection.register("incoming", frame.toArrow())
        arena.connection.execute(f"CREATE OR REPLACE TABLE {name} AS FROM incoming")
    v2, v3 = gains(arena, FAMILY["sybils, script"], 100)
    assert (v3["recall"], v3["precision"]) == (1.0, 1.0)
    assert v2["points_gained"] > 10 > 2 > v3["points_gained"] > 0
    assert v3["rank_after"] <= v3["rank_before"]
    assert [row["losing_share"] for row in losses(arena)] == [0.0, 0.0]


def test_a_ring_planted_in_the_world_is_nobody_to_be_harmed(arena):
    arena.connection.execute("UPDATE honest_score SET influence_score = 1 "
                             "WHERE algorithm_version = 'v3' AND person_id < 'interactions:p06'")
    arena.connection.execute("INSERT INTO planted SELECT DISTINCT person_id FROM honest_score "
                             "WHERE person_id < 'interactions:p05'")
    (_, v3) = losses_against(arena, "v2")
    assert (v3["people"], v3["losing_share"]) == (PEOPLE - 5, 1 / (PEOPLE - 5))


def test_harm_is_a_loss_of_more_than_two_points(arena):
    arena.connection.execute("UPDATE honest_score SET influence_score = influence_score - 2 "
                             "WHERE algorithm_version = 'v3' AND person_id < 'interactions:p30'")
    arena.connection.execute("UPDATE honest_score SET influence_score = influence_score - 0.5 "
                             "WHERE algorithm_version = 'v3' AND person_id < 'interactions:p06'")
    (_, v3) = losses_against(arena, "v2")
    assert (v3["people"], v3["losing_share"], v3["most_lost"]) == (PEOPLE, 0.1, 2.5)


def test_rows_say_which_files_they_were_measured_with():
    checksums = checksums_of(["v1", "v2"])
    assert checksums["v2"]["calibration"] == "v2"
    assert {len(checksums["v2"][name]) for name in checksums["v2"] if name.endswith("_sha256")} == {64}
    assert checksums["v1"]["algorithm_sha256"] != checksums["v2"]["algorithm_sha256"]


@pytest.fixture
def measured_rows():
    """A run in which every target is held."""
    gained = {"points_gained": 1.0, "rank_before": 9, "rank_after": 5, "recall": 0.0, "precision": None}
    lost = {"people": 60, "losing_share": 0.0, "most_lost": 0.0, "scoring_seconds": 1.0, "detection_seconds": 1.0}
    told = [(family.name, size, gained) for family in FAMILIES for size in family.sizes] + [("none", 0, lost)]
    return [{"world": "made up", "attack": attack, "accounts": size, "algorithm_version": version, **row}
            for attack, size, row in told for version in ("v3", "v5")]


def test_the_pages_hold_every_sybil_and_ring_against_its_target(measured_rows):
    """A ring by hand that gains much is a miss, however well the ring by a script is bounded."""
    pages = (page_of, lambda rows: real_page_of(rows, ["made up"]))
    assert not any("**missed**" in page(measured_rows) for page in pages)
    for row in measured_rows:
        if row["attack"] == "ring, by hand" and row["accounts"] == 40 and row["algorithm_version"] == "v5":
            row["points_gained"] = 18.0
    assert [page(measured_rows).count("18.0000 **missed**") for page in pages] == [1, 1]


def test_the_page_needs_every_bounded_version(measured_rows):
    with pytest.raises(BadInput, match="add v5"):
        page_of([row for row in measured_rows if row["algorithm_version"] == "v3"])


def test_a_table_without_reactions_is_refused(spark):
    empty = spark.createDataFrame([], "engager string, author string, kind string, object string, "
                                      "interacted_at timestamp, interacted_date date")
    with pytest.raises(MissingInput, match="no reaction between two accounts"):
        table_world(spark, "empty.csv", empty)
