"""Three nights of a small world in which one person's scores are corrupted for a night: held, released, and let go."""

from dataclasses import dataclass
from datetime import date
from functools import partial

import duckdb
import pytest
from pyspark.sql import functions as F

from jobs import answers, nightly
from jobs.audit import replay
from jobs.cli_versions import rescored
from jobs.demo.world import make_world
from jobs.ledger import newest_release
from jobs.night import run_night
from jobs.nights import NightResult
from jobs.reading import Reader
from jobs.settings import Settings
from jobs.storage import Store, on_day
from jobs.verify import verify

CALM, CORRUPTED, AFTER = date(2030, 1, 16), date(2030, 1, 17), date(2030, 1, 18)
WRONG_POINTS = 20
"""Fault kind 16 of gate-evidence section 3."""


@dataclass
class HeldWorld:
    """The store, whom the fault struck, and what the nights came to."""

    store: Store
    person: str
    nights: dict[date, NightResult]


def ask(store: Store, sql: str, day: date) -> list[tuple]:
    """Rows of a query in which {scores}, {lines}, {changes} and {evidence} are the released rows of a night."""
    tables = {"scores": "pub__scores", "lines": "pub__contributions", "changes": "pub__changes", "evidence": "pub__evidence"}
    files = {name: f"read_parquet({store.files(table, on_day(day)) or ['none']})" for name, table in tables.items()}
    return duckdb.sql(sql.format(**files)).fetchall()


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory) -> HeldWorld:
    home = tmp_path_factory.mktemp("held") / "store"
    make_world(home, people=200, days=20)
    store = Store(Settings(home=home))
    for day in (date(2030, 1, 15), CALM):
        run_night(spark, store, day, lambda stage: None)
    [[person]] = ask(store, "SELECT max_by(person_id, influence_score) FROM {scores} WHERE topic_id = '_overall'", CALM)
    nights = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nightly.scoring, "run", partial(_corrupted, nightly.scoring.run, person))
        nights[CORRUPTED] = run_night(spark, store, CORRUPTED, lambda stage: None)
    nights[AFTER] = run_night(spark, store, AFTER, lambda stage: None)
    return HeldWorld(store, person, nights)


def _corrupted(scored, person: str, spark, store: Store, day: date, *given) -> list[str]:
    """The scoring stage, after which somebody's overall scores are wrong, and nothing else is."""
    versions = scored(spark, store, day, *given)
    rows = store.frame(spark, "staged__scores", on_day(day))
    is_struck = (F.col("person_id") == person) & (F.col("topic_id") == "_overall")
    wrong = (F.col("influence_score") + WRONG_POINTS).cast("decimal(9,4)")
    rows = rows.withColumn("influence_score", F.when(is_struck, wrong).otherwise(F.col("influence_score")))
    store.replace_day("staged__scores", day, store.write_frame(rows, "staged__scores"))
    return versions


def test_the_corrupted_person_keeps_the_released_score_and_the_night_says_so(world):
    night = world.nights[CORRUPTED]
    assert (night.verdict, night.blocked_by) == ("hold", []), night.findings
    assert newest_release(world.store, on=CORRUPTED).verdict == "hold"
    shown = "SELECT algorithm_version, influence_score, credit FROM {scores} WHERE person_id = '" + world.person
    of_the_roll_up = "' AND topic_id = '_overall' ORDER BY 1"
    assert ask(world.store, shown + of_the_roll_up, CORRUPTED) == ask(world.store, shown + of_the_roll_up, CALM)
    held = ask(world.store, "SELECT DISTINCT person_id, topic_id FROM {scores} WHERE state = 'held'", CORRUPTED)
    assert held == [(world.person, "_overall")]
    [row, *_] = world.store.arrow("audit__holds").to_pylist()
    assert row["scored_date"] == CALM
    assert row["held_delta"] > max(15, row["accounted_points"])


@pytest.mark.parametrize("day", [CORRUPTED, AFTER])
def test_lines_and_changes_still_add_up_to_every_score(world, day):
    differing = """
        SELECT count(*) FROM {scores} AS s
        LEFT JOIN (SELECT person_id, topic_id, algorithm_version, sum(points) AS points FROM {lines} GROUP BY ALL)
            USING (person_id, topic_id, algorithm_version)
        WHERE influence_score IS NOT NULL AND points IS DISTINCT FROM influence_score - 1"""
    assert ask(world.store, differing, day) == [(0,)]
    assert ask(world.store, "SELECT count(*) FROM (SELECT score_delta FROM {changes} GROUP BY person_id, topic_id, "
               "algorithm_version, score_delta HAVING sum(points) <> score_delta)", day) == [(0,)]


def test_the_next_night_lets_go_and_names_the_nights_that_were_not_shown(world):
    assert world.nights[AFTER].verdict in ("pass", "warn"), world.nights[AFTER].findings
    own = " WHERE person_id = '" + world.person + "' AND topic_id = '_overall'"
    assert ask(world.store, "SELECT DISTINCT state FROM {scores}" + own, AFTER) == [("scored",)]
    causes = {cause for [cause] in ask(world.store, "SELECT cause FROM {changes}" + own, AFTER)}
    assert "hold" in causes
    assert "ageing" not in causes
    assert ask(world.store, "SELECT count(*) FROM {changes}" + own, CORRUPTED) == [(0,)]


def test_the_store_verifies_and_the_held_night_replays_to_the_byte(world, spark):
    assert [one for one in verify(world.store) if not one.holds] == []
    released = newest_release(world.store, on=CORRUPTED)
    again = replay.replay_scores(world.store, released, "v2", partial(rescored, spark))
    assert again.is_equal, again.tables


def test_the_reader_says_that_it_is_held_why_and_since_when(world):
    with Reader(world.store) as reader:
        card = answers.explain(reader, world.person, None, CORRUPTED.isoformat(), "v2")
        assert answers.status(reader)["held"] == []
    assert (card["state"], card["scored_date"]) == ("held", CALM)
    assert "a rise of" in card["held_reason"]
