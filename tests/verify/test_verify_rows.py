"""Single checks on made-up rows: ledger, verdicts, states of a night, sums of a delivery (I2, I3, I5, I8, I9)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from jobs.ledger import NO_HASH, Release
from jobs.verifying.deliveries import conserved_rows
from jobs.verifying.ledger import chain, restatements
from jobs.verifying.nights import state_of
from jobs.verifying.released import passing_verdict

FIRST = date(2030, 1, 1)
MORNING, NOON = datetime(2030, 1, 3, 6, tzinfo=UTC), datetime(2030, 1, 3, 12, tzinfo=UTC)


def a_release(number: int, before: str = NO_HASH, **more) -> Release:
    """A release with the hash that its columns give."""
    columns = {
        "release_number": number, "release_id": f"r{number}", "snapshot_date": date(2030, 1, number),
        "candidate_id": f"c{number}", "candidate_digest": f"rows {number}", "files_digest": "bytes",
        "input_digest": "inputs", "table_snapshots": {"pub__scores": number}, "verdict": "pass",
        "restates_release_id": None, "recorded_at": NOON, "previous_hash": before, "chain_hash": "",
    }  # fmt: skip
    unsealed = Release(**columns | more)
    return replace(unsealed, chain_hash=unsealed.expected_hash())


def ledger_of(count: int) -> list[Release]:
    """A sound ledger."""
    rows: list[Release] = []
    for number in range(1, count + 1):
        rows.append(a_release(number, rows[-1].chain_hash if rows else NO_HASH))
    return rows


def not_held(outcomes) -> set[tuple[str, str]]:
    """Check and subject of what does not hold."""
    return {(outcome.check, outcome.subject) for outcome in outcomes if not outcome.holds}


def test_a_sound_ledger_is_chained():
    assert not_held(chain(ledger_of(3))) == set()


def test_a_changed_ledger_row_no_longer_has_its_hash():
    first, second, third = ledger_of(3)
    changed = replace(second, verdict="warn")
    assert not_held(chain([first, changed, third])) == {("ledger_rows_are_unchanged", "r2")}


def test_a_changed_ledger_row_that_was_hashed_again_breaks_the_chain_after_it():
    first, second, third = ledger_of(3)
    forged = a_release(2, first.chain_hash, verdict="warn")
    assert not_held(chain([first, forged, third])) == {("releases_are_chained", "r3")}
    assert second.chain_hash == third.previous_hash


def test_a_ledger_row_that_was_taken_out_leaves_a_gap():
    first, _, third = ledger_of(3)
    assert not_held(chain([first, third])) == {("release_numbers_have_no_gap", "r3"), ("releases_are_chained", "r3")}


def test_a_ledger_that_lost_its_beginning_does_not_start_with_zeros():
    assert ("releases_are_chained", "r2") in not_held(chain(ledger_of(2)[1:]))


@pytest.mark.parametrize(("restated", "broken"), [
    ("r1", set()),
    (None, {("restatements_name_the_restated", "r2")}),
    ("r9", {("restatements_name_the_restated", "r2")}),
])  # fmt: skip
def test_a_second_release_of_a_night_names_the_one_it_restates(restated, broken):
    again = a_release(2, snapshot_date=date(2030, 1, 1), restates_release_id=restated)
    assert not_held(restatements([a_release(1), again])) == broken


def test_a_restatement_that_says_the_same_is_not_one():
    again = a_release(2, snapshot_date=FIRST, restates_release_id="r1", candidate_digest="rows 1")
    assert not_held(restatements([a_release(1), again])) == {("a_rerun_publishes_nothing", "r2")}


@pytest.mark.parametrize(("digest", "verdict", "holds"), [
    ("rows 1", "pass", True),
    ("rows 1", "warn", False),
    ("rows 1", "block", False),
    ("other rows", "pass", False),
])  # fmt: skip
def test_a_release_needs_the_verdict_that_it_names_on_its_own_digest(digest, verdict, holds):
    given = [{"candidate_id": "c1", "candidate_digest": digest, "verdict": verdict}]
    [outcome] = passing_verdict(a_release(1), given)
    assert outcome.holds is holds


def test_a_release_that_names_a_block_does_not_hold_even_with_that_verdict():
    given = [{"candidate_id": "c1", "candidate_digest": "rows 1", "verdict": "block"}]
    [outcome] = passing_verdict(a_release(1, verdict="block"), given)
    assert not outcome.holds


@pytest.mark.parametrize(("verdicts", "released", "state"), [
    ([], True, "proposed and not judged"),
    ([("block", NOON)], False, "blocked"),
    ([("pass", NOON)], True, "released"),
    ([("pass", NOON)], False, "passed and not released"),
    ([("pass", MORNING), ("block", NOON)], True, "blocked"),
    ([("block", MORNING), ("pass", NOON)], True, "released"),
    ([("block", NOON), ("pass", NOON)], True, "two verdicts at once: block, pass"),
])  # fmt: skip
def test_a_night_is_in_one_state(verdicts, released, state):
    key = {"candidate_id": "c1", "candidate_digest": "rows 1"}
    given = [key | {"verdict": verdict, "recorded_at": moment} for verdict, moment in verdicts]
    found = state_of(key | {"input_digest": "inputs"}, given, [a_release(1)] if released else [])
    assert found == state


def test_the_release_of_other_inputs_does_not_stand_for_a_candidate():
    candidate = {"candidate_id": "c1", "candidate_digest": "rows 1", "input_digest": "a late file too"}
    found = state_of(candidate, [candidate | {"verdict": "pass", "recorded_at": NOON}], [a_release(1)])
    assert found == "passed and not released"


@pytest.mark.parametrize(("kept", "holds"), [(6, True), (5, False), (7, False)])
def test_rows_in_are_kept_quarantined_suppressed_or_out_of_scope(kept, holds):
    delivery = {"landed_path": "landed/twitter/2030-01-01/ab/x", "row_count": 6 + 1 + 2 + 3, "kept_row_count": kept,
                "quarantined_row_count": 1, "suppressed_row_count": 2, "out_of_scope_row_count": 3}  # fmt: skip
    [outcome] = conserved_rows([delivery])
    assert outcome.holds is holds
