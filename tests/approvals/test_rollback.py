"""Rollback: one person gives readers an older release back, at once, and later nights go on from it."""

import time
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner

from jobs.answers.lookups import status
from jobs.answers.reading import Reader
from jobs.cli import app
from jobs.comparing.verify import verify
from jobs.errors import BadInput, CommitConflict, MissingInput, NightBlocked, PipelineError
from jobs.events import events
from jobs.ledger import behind, newest_release, releases, visible_releases
from jobs.pointer import StepBack, lineage
from jobs.publish.release import release
from jobs.publish.rollback import roll_back
from jobs.storage import Store

FIRST = date(2030, 1, 1)
SECOND, THIRD = FIRST + timedelta(days=1), FIRST + timedelta(days=2)
WHY = "the lexicon of the second night was the wrong one"
LONGEST_SECONDS = 60

LINEAGES = """
releases | rolled back to, after | seen | standing
1 2 3    |                       | 3    | 1 2 3
1 2 3    | 2 after 3             | 2    | 1 2
1 2 3    | 1 after 3             | 1    | 1
1 2 3    | 1 after 2             | 3    | 1 3
1 2 3    | 1 after 3, 3 after 3  | 3    | 1 2 3
1 2 3 4  | 2 after 3             | 4    | 1 2 4
1 2 3 4  | 2 after 3, 3 after 4  | 3    | 1 2 3
         |                       | 0    |
"""


def cells(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()[1:]]


@pytest.mark.parametrize(("numbers", "steps", "seen", "stand"), cells(LINEAGES))
def test_what_readers_see_follows_from_releases_and_rollbacks_in_order(numbers, steps, seen, stand):
    made = [StepBack(*map(int, step.split(" after "))) for step in filter(None, steps.split(", "))]
    found = lineage(map(int, numbers.split()), made)
    assert (found.seen, found.up_to(found.seen)) == (int(seen), [int(number) for number in stand.split()])


def people(store: Store) -> set[tuple[date, str]]:
    with Reader(store) as reader:
        return {(row["snapshot_date"], row["person_id"])
                for row in reader.ask("SELECT snapshot_date, person_id FROM influence_scores_all_versions").rows()}


def held(store: Store) -> list[str]:
    with Reader(store) as reader:
        return [row["person_id"] for row in status(reader)["held"]]


def broken(store: Store) -> list[str]:
    """What verify says, but for the made-up verdicts of nights that were approved by nobody."""
    return [f"{one.check} {one.subject}: {one.found}" for one in verify(Store(store.settings)) if not one.holds]


def test_a_rollback_is_read_at_once_superseded_by_the_next_release_and_taken_back_by_name(
        store, release_night, propose_night, judge, monkeypatch):
    first, second = release_night(FIRST, "ann"), release_night(SECOND, "ann", "mistake")
    late = propose_night(THIRD, "ann", "built-on-the-mistake")
    judge(late)

    started = time.monotonic()
    event = roll_back(store, first.release_id, WHY, "ann")
    assert people(store) == {(FIRST, "ann")}
    assert time.monotonic() - started < LONGEST_SECONDS
    assert event.details["withdrawn"] == [second.release_id]
    assert newest_release(store, before=THIRD) == first, "the next night starts from what readers see"
    with Reader(store) as reader:
        shown = {row["release_number"]: (row["is_current"], row["is_withdrawn"])
                 for row in reader.ask("SELECT * FROM releases").rows()}
        assert reader.released_dates == [FIRST]
        assert [row["verdict"] for row in reader.rows("commands/nights")] == ["pass", "rolled_back", "pass"]
    assert shown == {1: (True, False), 2: (False, True)}

    monkeypatch.setenv("CANDOR_HOME", str(store.settings.home))
    told = CliRunner().invoke(app, ["top", "--topic", "_overall"], catch_exceptions=False)
    assert f"stale since {SECOND}" in told.stderr
    assert "stale" not in told.stdout

    with pytest.raises(CommitConflict, match="rolled back by another run"):
        release(store, late)
    again = propose_night(SECOND, "ann", "mistake")
    judge(again)
    with pytest.raises(NightBlocked, match="which was rolled back"):
        release(store, again)

    third = release_night(SECOND, "ann", "bob")
    assert (third.restates_release_id, people(store)) == (
        second.release_id, {(FIRST, "ann"), (SECOND, "ann"), (SECOND, "bob")})
    assert [one.release_number for one in visible_releases(store)] == [1, 3]
    assert broken(store) == ["every_night_has_one_state 2030-01-03: passed and not released"], "the late candidate"

    roll_back(store, second.release_id, "it was the right lexicon after all", "ben")
    assert (SECOND, "mistake") in people(store)
    assert [one.release_number for one in behind(store, third)] == [1, 3], "a replay still finds what it started from"


def test_who_is_held_is_said_of_the_newest_night_that_readers_see(store, release_night, add):
    add("audit__holds", {"snapshot_date": FIRST, "person_id": "ann", "topic_id": "_overall", "algorithm_version": "v2"})
    first = release_night(FIRST, "ann", state="held")
    release_night(SECOND, "ann")
    assert held(store) == []
    roll_back(store, first.release_id, WHY, "ann")
    assert held(store) == ["ann"]


def test_a_rollback_that_cannot_be_is_refused_in_words_and_moves_nothing(store, release_night, add):
    first = release_night(FIRST, "mailinglist:ann", "mailinglist:zoe")
    add("core__suppressions", {"snapshot_date": FIRST, "network": "mailinglist", "account_id": "zoe"})
    restated = release_night(FIRST, "mailinglist:ann")
    for error, words, given in (
            (MissingInput, "expected r9, got r000001", ("r9", WHY, "ann")),
            (PipelineError, "already", (restated.release_id, WHY, "ann")),
            (BadInput, "who decides this, and why", (first.release_id, " ", "ann")),
            (BadInput, "who decides this, and why", (first.release_id, WHY, "")),
            (PipelineError, "would show 1 people again", (first.release_id, WHY, "ann"))):
        with pytest.raises(error, match=words):
            roll_back(store, *given)
    assert (events(store), releases(store)[-1]) == ([], restated)
    assert people(store) == {(FIRST, "mailinglist:ann")}
