"""Whole nights of a generated world: what the promises say, held against what was planted."""

from datetime import date

import duckdb
import pytest

from jobs.engagement.state import state_at_once
from jobs.ledger import newest_release, releases
from jobs.manifest import Run
from jobs.nights.night import run_night
from jobs.nights.nightly import score_night
from jobs.publish.candidate import propose
from jobs.storage import Store, on_day
from jobs.tables import OVERALL

VIRAL, BROKEN, AFTER = date(2030, 1, 30), date(2030, 2, 7), date(2030, 2, 8)
LAST_GOOD = date(2030, 2, 6)
TOP = 3
"""In a world of 200 people a topic has a handful of voices: an ordinary one may pass an expert, three do not."""


def quiet(stage: str) -> None:
    """Nobody watches a test."""


def ask(store: Store, sql: str, **tables: str) -> list[tuple]:
    """Rows of a DuckDB query in which {name} stands for the files of a table."""
    files = {name: f"read_parquet({store.files(table)})" for name, table in tables.items()}
    return duckdb.sql(sql.format(**files)).fetchall()


def test_every_night_up_to_the_break_is_released_and_the_viral_day_is_not_mistaken_for_a_fault(lived_world):
    assert {night.verdict for night in lived_world.nights.values()} <= {"pass", "warn"}
    assert lived_world.truth.viral_day == VIRAL
    assert lived_world.nights[VIRAL].verdict == "pass", lived_world.nights[VIRAL].findings
    assert lived_world.nights[VIRAL].row_count > 1.2 * lived_world.nights[date(2030, 1, 29)].row_count
    assert [r.release_number for r in releases(lived_world.store)] == list(range(1, len(lived_world.nights) + 1))


def test_planted_experts_stand_at_the_top_of_their_topics_and_shouting_bots_have_no_score(lived_world):
    scores = {(person, topic): score for person, topic, score in ask(
        lived_world.store, "SELECT person_id, topic_id, influence_score FROM {s} "
        f"WHERE snapshot_date = '{LAST_GOOD}' AND algorithm_version = 'v2' AND influence_score IS NOT NULL",
        s="pub__scores")}
    experts = lived_world.truth.experts
    ranked = {topic: sorted((p for p, t in scores if t == topic), key=lambda p, t=topic: -scores[p, t])
              for topic in experts}
    led = [topic for topic in experts if ranked[topic][:1] and ranked[topic][0] in experts[topic]]
    close = [topic for topic in experts if set(ranked[topic][:TOP]) & set(experts[topic])]
    assert len(led) > len(experts) / 2, f"of {len(experts)} topics experts lead only {led}"
    assert len(close) >= 0.9 * len(experts), f"no expert near the top: {sorted(set(experts) - set(close))}"
    assert not [bot for bot in lived_world.truth.bots if (bot, OVERALL) in scores], "answers S41: volume is no input"


def test_nobody_on_a_list_is_in_any_table_behind_the_scores(lived_world):
    day = LAST_GOOD
    listed = {f"{row['network']}:{row['account_id']}"
              for row in lived_world.store.arrow("core__suppressions", on_day(day)).to_pylist()}
    assert listed, "the world plants minors and opt-outs"
    for table in ("feature__engagement_state", "feature__post_state"):
        rows = lived_world.store.arrow(table, on_day(day)).to_pylist()
        seen = {f"{row['network']}:{row.get(role)}" for row in rows for role in ("author_account_id", "engager_account_id")}
        assert not seen & listed, f"answers S55, S56: {table}"
    links = {f"{row['network']}:{row['account_id']}": row["person_id"]
             for row in lived_world.store.arrow("core__identity_links", on_day(day)).to_pylist()}
    people = {links.get(account, account) for account in listed}
    scored = {row["person_id"] for row in lived_world.store.arrow("pub__scores", on_day(day), columns=["person_id"]).to_pylist()}
    assert not scored & people


def test_published_lines_add_up_to_the_published_score_to_the_digit(lived_world):
    differing, rows = ask(
        lived_world.store,
        "SELECT count(*) FILTER (WHERE influence_score - 1 IS DISTINCT FROM points), count(*) FROM "
        "(SELECT * FROM {s} WHERE influence_score IS NOT NULL) FULL JOIN "
        "(SELECT snapshot_date, person_id, topic_id, algorithm_version, sum(points) AS points FROM {c} GROUP BY ALL) "
        "USING (snapshot_date, person_id, topic_id, algorithm_version)",
        s="pub__scores", c="pub__contributions")[0]
    assert (differing, rows > 1000) == (0, True)


def test_the_state_after_all_nights_equals_the_state_of_all_days_at_once(lived_world, spark):
    """Nobody left through a list in between, so the only thing that could differ is the fold."""
    days = lived_world.store.frame(spark, "feature__engagement_days")
    listed = lived_world.store.frame(spark, "core__suppressions", on_day(LAST_GOOD)).collect()
    links = lived_world.store.frame(spark, "core__identity_links", on_day(LAST_GOOD)).collect()
    gone_accounts = {(row["network"], row["account_id"]) for row in listed}
    gone_people = {row["person_id"] for row in links if (row["network"], row["account_id"]) in gone_accounts}
    gone_accounts |= {(row["network"], row["account_id"]) for row in links if row["person_id"] in gone_people}

    def staying(rows) -> set[tuple]:
        return {tuple(row) for row in rows if not {
            (row["network"], row["author_account_id"]), (row["network"], row["engager_account_id"])} & gone_accounts}

    at_once = staying(state_at_once(days, LAST_GOOD).collect())
    folded = {tuple(row) for row in lived_world.store.frame(
        spark, "feature__engagement_state", on_day(LAST_GOOD)).collect()}
    assert folded == at_once
    assert len(folded) > 1000


LAST_NIGHT = {
    "feature__engagement_state", "feature__post_state", "feature__coactions", "feature__coordinated_groups",
    "feature__trust_seeds", "feature__trusted_accounts", "core__identity_links", "core__suppressions", "staged__lines",
    "pub__scores", "audit__holds"}
"""What a night may read of the last release: the states that it goes on from, its lists, and what it tells changes by."""


LEDGERS = {"pub__releases", "pub__events"}
WEEKDAY = ("feature__engagement_days", "snapshot_date IN ('2030-02-06', '2030-02-05', '2030-01-30')")
"""What the statistics compare the day's counts with: the day before, and the same weekday of the week before."""


def test_a_night_reads_the_new_day_and_the_last_state_and_nothing_else(lived_world, spark, monkeypatch):
    read: list[tuple[str, str | None]] = []
    files = Store.files

    def spying(self, table, where=None, branch=None, snapshot=None):
        read.append((table, where))
        return files(self, table, where, branch, snapshot)

    monkeypatch.setattr(Store, "files", spying)
    score_night(spark, lived_world.store, LAST_GOOD, Run(lived_world.store, LAST_GOOD))
    allowed = {on_day(LAST_GOOD), on_day(date(2030, 2, 5))}
    assert {where for table, where in read if table not in LEDGERS and (table, where) != WEEKDAY} <= allowed, read
    assert {table for table, where in read if where == on_day(date(2030, 2, 5))} <= LAST_NIGHT


def test_a_night_run_again_gives_the_same_digest_and_publishes_nothing_new(lived_world, spark):
    before = newest_release(lived_world.store)
    again = run_night(spark, lived_world.store, LAST_GOOD, quiet)
    assert again.release_number == before.release_number
    assert newest_release(lived_world.store) == before


@pytest.mark.parametrize("partitions", [1, 7])
def test_the_digest_does_not_depend_on_the_shuffle_layout(lived_world, spark, partitions):
    chosen = spark.conf.get("spark.sql.shuffle.partitions")
    spark.conf.set("spark.sql.shuffle.partitions", str(partitions))
    try:
        score_night(spark, lived_world.store, LAST_GOOD, Run(lived_world.store, LAST_GOOD))
    finally:
        spark.conf.set("spark.sql.shuffle.partitions", chosen)
    released = newest_release(lived_world.store, on=LAST_GOOD)
    assert propose(lived_world.store, LAST_GOOD).candidate_digest == released.candidate_digest


def test_the_broken_feed_is_blocked_the_last_release_stays_and_the_next_night_goes_on(lived_world, spark):
    before = newest_release(lived_world.store, on=LAST_GOOD)
    blocked = run_night(spark, lived_world.store, BROKEN, quiet)
    assert (lived_world.truth.broken_day, blocked.verdict, blocked.release_number) == (BROKEN, "block", None)
    assert any("twitter" in finding for finding in blocked.findings), blocked.findings
    assert newest_release(lived_world.store) == before
    after = run_night(spark, lived_world.store, AFTER, quiet)
    assert after.verdict in ("pass", "warn"), after.findings
    assert newest_release(lived_world.store).snapshot_date == AFTER


def test_a_missing_list_blocks_the_night(lived_world, spark):
    day = date(2030, 2, 9)
    folder = lived_world.store.settings.inbox / "suppression" / day.isoformat()
    aside = folder.rename(folder.with_name("aside"))
    try:
        blocked = run_night(spark, lived_world.store, day, quiet)
    finally:
        aside.rename(folder)
    assert blocked.verdict == "block"
    assert any("suppression" in finding for finding in blocked.findings), "answers S55: fail closed"


def test_a_shorter_list_blocks_the_night(lived_world, spark):
    day = date(2030, 2, 10)
    folder = lived_world.store.settings.inbox / "minors" / day.isoformat()
    _halve_list(folder, "minors")
    blocked = run_night(spark, lived_world.store, day, quiet)
    assert blocked.verdict == "block"
    assert any("list" in name for name in blocked.blocked_by), blocked.blocked_by


def _halve_list(folder, name: str) -> None:
    import hashlib
    import json

    path = folder / f"{name}.csv"
    header, *rows = path.read_text().splitlines()
    kept = rows[: len(rows) // 2]
    text = "\n".join([header, *kept]) + "\n"
    path.write_text(text)
    manifest = {"rows": len(kept), "sha256": hashlib.sha256(text.encode()).hexdigest()}
    (folder / f"{name}.csv.manifest.json").write_text(json.dumps(manifest))
