"""The gate over a whole small store: a good night passes, and each broken night is blocked by what broke it."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from jobs.errors import MissingInput
from jobs.gate.__main__ import app
from jobs.gate.candidate import judge_candidate
from jobs.gate.decide import WARN_ONLY_NIGHTS
from jobs.gate.measure import NO_BASELINE
from jobs.ledger import NO_HASH
from jobs.settings import Settings
from jobs.storage import Store
from jobs.tables import TABLES

PROJECT = Path(__file__).resolve().parents[2]
NIGHT = date(2030, 1, 20)
YESTERDAY = NIGHT - timedelta(days=1)
NOON = datetime(2030, 1, 20, 12, tzinfo=UTC)
CANDIDATE, DIGEST = "2030-01-20-c0ffee", "c0ffee" * 10
UNIT = 1 << 32

SCORE = {
    "person_id": "mailinglist:ann", "topic_id": "jazz", "algorithm_version": "v2", "influence_score": Decimal("34"),
    "state": "scored", "percentile": Decimal("100"), "rank": 1, "distinct_engager_count": 3, "reacted_post_count": 2,
    "active_day_count": 2, "anonymous_reaction_count": 0, "credit": 3.0,
}
DELIVERY = {
    "covers_from_date": NIGHT, "covers_to_date": NIGHT, "file_byte_count": 1, "landed_path": "x", "is_complete": True,
    "row_count": 10, "kept_row_count": 9, "quarantined_row_count": 0, "suppressed_row_count": 1,
    "out_of_scope_row_count": 0, "recorded_at": NOON,
}
PAIR = {
    "network": "mailinglist", "topic_id": "jazz", "engager_account_id": "bob", "author_account_id": "ann",
    "kind": "reply",
}

FILLERS = {"string": "x", "long": 0, "double": 0.0, "boolean": True, "date": NIGHT, "timestamp": NOON,
           "points": Decimal("0")}
"""What stands in a column that may not be null and that a test says nothing about."""


def good_night() -> dict[str, list[dict]]:
    """Rows by table, without their snapshot_date where it is the night."""
    return {
        "pub__scores": [SCORE],
        "pub__contributions": [{**SCORE, "network": "mailinglist", "kind": "reply", "points": Decimal("33")}],
        "pub__evidence": [{**SCORE, "evidence_rank": 1, "network": "mailinglist", "post_id": "p1"}],
        "core__posts": [{"network": "mailinglist", "post_id": "p1", "author_account_id": "ann", "posted_at": NOON}],
        "core__interactions": [{"network": "mailinglist", "interaction_id": "r1", "kind": "reply",
                                "interacted_at": NOON, "interaction_count": 1}],
        "core__suppressions": [{"list_code": "minors", "network": "mailinglist", "account_id": "kim"}],
        "core__post_topics": [{"network": "mailinglist", "post_id": "p1", "topic_id": "jazz", "match_source": "label",
                               "matched_term": "jazz"}],
        "feature__post_state": [{"network": "mailinglist", "post_id": "p1", "topic_id": "jazz"}],
        "feature__engagement_days": [{**PAIR, "interaction_count": 1}],
        "feature__engagement_state": [{**PAIR, "decayed_weight": UNIT, "first_interacted_date": NIGHT,
                                       "last_interacted_date": NIGHT}],
        "ops__deliveries": [{**DELIVERY, "feed": feed, "file_name": feed, "file_sha256": feed}
                            for feed in ("mailinglist", "suppression", "minors", "identity")],
    }


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(Settings(home=tmp_path / "store", networks=("mailinglist",)))


def append(store: Store, table: str, rows: list[dict], day: date = NIGHT) -> int | None:
    declared = TABLES[table]
    filler = {column.name: FILLERS[column.type] for column in declared.columns if not column.null_meaning}
    full = [{**filler, "snapshot_date": day, **row} for row in rows]
    wanted = [{name: row.get(name) for name in declared.column_names} for row in full]
    return store.append_rows(table, pa.Table.from_pylist(wanted, schema=declared.arrow_schema))


def propose(store: Store, tables: dict[str, list[dict]], day: date = NIGHT) -> dict[str, int]:
    """Put a night into the store as the publish stage would leave it; the snapshots that it consists of."""
    snapshots = {table: append(store, table, rows, day) for table, rows in tables.items()}
    known = {table: number for table, number in snapshots.items() if number and not table.startswith("ops__")}
    append(store, "staged__candidates", [{
        "candidate_id": CANDIDATE, "candidate_digest": DIGEST, "input_digest": "i",
        "table_snapshots": json.dumps(known), "recorded_at": NOON,
    }], day)
    return known


def released(store: Store, days: int, snapshots: dict[str, int]) -> None:
    """A ledger with a release for each of the nights before NIGHT, the last of them with these snapshots."""
    known = len(store.files("pub__releases"))
    for number in range(1, days + 1):
        day = NIGHT - timedelta(days=days + 1 - number)
        append(store, "pub__releases", [{
            "release_number": known + number, "release_id": f"r{known + number}", "candidate_id": "c", "candidate_digest": "d",
            "input_digest": "i", "table_snapshots": json.dumps(snapshots), "verdict": "pass", "recorded_at": NOON,
            "previous_hash": NO_HASH, "chain_hash": NO_HASH,
        }], day)


def shift_metrics(**observed) -> list[dict]:
    calm = {"mean_delta": 0.1, "moved_5_share": 0.0, "moved_10_share": 0.0, "coverage_ratio": 1.0}
    return [{"algorithm_version": "v2", "metric_name": name, "cohort": "all", "observed": value}
            for name, value in {**calm, **observed}.items()]


def judged(store: Store):
    return judge_candidate(store, NIGHT, CANDIDATE, DIGEST)


def test_a_good_night_after_a_release_passes(store):
    released(store, WARN_ONLY_NIGHTS, {"pub__scores": append(store, "pub__scores", [SCORE], YESTERDAY)})
    propose(store, {**good_night(), "audit__shift_metrics": shift_metrics()})
    verdict = judged(store)
    assert verdict.not_held == ()
    assert verdict.verdict == "pass"


def test_the_first_night_says_that_there_is_nothing_to_compare_with(store):
    propose(store, good_night())
    verdict = judged(store)
    assert verdict.verdict == "warn"
    assert {f.offenders for f in verdict.not_held} == {NO_BASELINE}
    assert {f.checked_table for f in verdict.not_held} == {"audit__shift_metrics"}


def test_findings_and_verdict_are_written_down(store):
    propose(store, good_night())
    verdict = judged(store)
    findings = store.arrow("gate__findings").to_pylist()
    assert len(findings) == len(verdict.findings) > 50
    assert {row["candidate_id"] for row in findings} == {CANDIDATE}
    [row] = store.arrow("gate__verdicts").to_pylist()
    assert (row["verdict"], row["candidate_digest"], row["blocked_by"]) == ("warn", DIGEST, None)


def broken_night(table: str, **changes) -> dict[str, list[dict]]:
    night = good_night()
    first, *others = night[table]
    night[table] = [{**first, **changes}, *others]
    return night


@pytest.mark.parametrize(("night", "blocked_by"), [
    (broken_night("ops__deliveries", is_complete=False), "every_delivery_is_complete"),
    (broken_night("core__suppressions", account_id="ann"), "nobody_listed_is_scored"),
    (broken_night("pub__contributions", points=Decimal("33.0001")), "contributions_sum_to_the_score"),
    (broken_night("pub__scores", credit=float("nan")), "scores_within_range"),
])
def test_a_broken_night_is_blocked_by_what_broke_it(store, night, blocked_by):
    propose(store, night)
    verdict = judged(store)
    assert verdict.verdict == "block"
    assert blocked_by in verdict.blocked_by


def test_an_empty_candidate_is_blocked_by_everything_that_reads_it(store):
    propose(store, {**good_night(), "pub__scores": [], "pub__contributions": [], "pub__evidence": []})
    verdict = judged(store)
    reading = {f.invariant for f in verdict.findings if f.checked_table.startswith("pub__")}
    assert verdict.verdict == "block"
    assert reading <= set(verdict.blocked_by)


def test_a_moved_population_warns_while_the_store_is_young_and_blocks_later(store):
    yesterday = {"pub__scores": append(store, "pub__scores", [SCORE], YESTERDAY)}
    propose(store, {**good_night(), "audit__shift_metrics": shift_metrics(mean_delta=-3.0)})
    released(store, 2, yesterday)
    assert judged(store).verdict == "warn"
    released(store, WARN_ONLY_NIGHTS, yesterday)
    assert judged(store).blocked_by == ("mean_move_bounded",)


def test_a_release_that_cannot_be_read_blocks_even_a_young_store(store):
    propose(store, {**good_night(), "audit__shift_metrics": shift_metrics()})
    released(store, 1, {"pub__scores": 12345})
    assert "mean_move_bounded" in judged(store).blocked_by


def test_a_release_without_a_single_score_is_nothing_to_compare_with(store):
    unscored = {**SCORE, "influence_score": None, "state": "insufficient_evidence"}
    released(store, 1, {"pub__scores": append(store, "pub__scores", [unscored], YESTERDAY)})
    propose(store, good_night())
    assert judged(store).verdict == "warn"


def test_a_list_cut_short_on_a_blocked_night_does_not_become_the_measure(store):
    two_minors = [{"list_code": "minors", "network": "mailinglist", "account_id": name} for name in ("kim", "lee")]
    cut_short = good_night()["core__suppressions"]
    released(store, 2, {"core__suppressions": append(store, "core__suppressions", two_minors, YESTERDAY)})
    blocked_yesterday = {**good_night(), "core__suppressions": cut_short}
    store.replace_day("core__suppressions", YESTERDAY, [])
    append(store, "core__suppressions", cut_short, YESTERDAY)
    propose(store, blocked_yesterday)
    short = next(f for f in judged(store).findings if f.invariant == "nobody_left_a_list")
    assert (short.is_held, short.offenders) == (False, "minors mailinglist:lee")


def test_a_file_with_one_changed_byte_blocks_and_says_which_relation(store):
    propose(store, good_night())
    [path] = store.files("pub__scores")
    content = bytearray(Path(path.removeprefix("file://")).read_bytes())
    content[-8] ^= 0xFF
    Path(path.removeprefix("file://")).write_bytes(content)
    verdict = judged(store)
    assert verdict.verdict == "block"
    assert "candidate_scores cannot be read" in verdict.not_held[0].line


def test_the_gate_judges_what_was_proposed_and_not_what_came_later(store):
    propose(store, good_night())
    append(store, "pub__scores", [{**SCORE, "influence_score": Decimal("0")}])
    assert judged(store).verdict == "warn"


def test_a_candidate_that_nobody_proposed_is_an_error_that_names_the_known_ones(store):
    propose(store, good_night())
    with pytest.raises(MissingInput, match=CANDIDATE):
        judge_candidate(store, NIGHT, "another", DIGEST)


def test_the_command_ends_with_0_when_the_candidate_may_be_published(store, monkeypatch):
    propose(store, good_night())
    monkeypatch.setenv("CANDOR_HOME", str(store.settings.home))
    monkeypatch.setenv("CANDOR_NETWORKS", "mailinglist")
    done = CliRunner().invoke(app, ["--snapshot-date", NIGHT.isoformat()])
    assert done.exit_code == 0
    assert f"candidate={CANDIDATE} digest={DIGEST} verdict=warn" in done.stdout


def test_the_command_ends_with_2_and_says_what_blocked(store):
    propose(store, broken_night("ops__deliveries", is_complete=False))
    done = subprocess.run(
        [sys.executable, "-m", "jobs.gate", "--snapshot-date", NIGHT.isoformat()], cwd=PROJECT, text=True,
        env={**os.environ, "CANDOR_HOME": str(store.settings.home), "CANDOR_NETWORKS": "mailinglist"},
        capture_output=True,
    )
    assert done.returncode == 2, done.stderr
    assert "block: every_delivery_is_complete (ops__deliveries): observed 1, expected at most 0" in done.stdout
    assert done.stderr.startswith("blocked: 2030-01-20")
    assert "Traceback" not in done.stderr
