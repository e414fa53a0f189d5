"""A block is lifted by two people who waive everything that blocks it, and in no other way (S29, S56)."""

import json
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from jobs import approvals
from jobs.answers.reading import Reader
from jobs.cli import app
from jobs.comparing.verify import verify
from jobs.errors import BadInput, MissingInput, NightBlocked
from jobs.events import TABLE, Decision, append, events, open_ledger
from jobs.ledger import APPROVED
from jobs.manifest import now
from jobs.notifying.notices import night_notice
from jobs.publish import approval, basis
from jobs.publish.approval import Waiver, approve, refuse
from jobs.publish.release import release
from jobs.storage import Store
from jobs.verdicts import recorded_verdict
from tests.approvals.conftest import FIRST, rows_of

NIGHT = date(2030, 1, 2)
MOVE = "mean_move_bounded"
REASON = "The garden festival of 2 January; counted by hand in the archive of the list."

REFUSED = """
what is given                                 | refused with
reason=It is fine.                          | at least 40 characters
reason=                                     | at least 40 characters
made_by=                                    | expected the name
made_by=\u200b                              | expected the name
metrics=                                    | expected exactly what blocks
metrics=moved_5_share_bounded               | expected exactly what blocks
metrics=mean_move_bounded,coverage_not_shrunk | expected exactly what blocks
validity=0                                  | more than 0 and at most 24
validity=25                                 | more than 0 and at most 24
"""


def waiver(made_by: str, *metrics: str, **other) -> Waiver:
    return Waiver(metrics or (MOVE,), REASON, made_by, **other)


@pytest.fixture
def blocked(propose_night, judge):
    """A candidate that one statistic blocks."""
    candidate = propose_night(NIGHT, "ann", "bob")
    judge(candidate, MOVE)
    return candidate


def digest(candidate) -> str:
    return candidate.candidate_digest


def verified(store) -> list[bool]:
    return [one.holds for one in verify(Store(store.settings)) if one.check == "released_candidates_have_passed"]


def given_details(store, candidate) -> dict:
    """What a good approval says."""
    return {"verdict_digest": approval.newest_verdict(store, candidate).verdict_digest, "waived": [MOVE],
            "reason": REASON, "is_legitimate": True, "expires_at": (now() + timedelta(hours=1)).isoformat()}


def test_two_people_publish_what_the_gate_blocked_and_the_ledger_says_by_which_events(store, blocked, judge):
    first = approve(store, digest(blocked), waiver("Ann", is_legitimate=True))
    notice = night_notice(store, NIGHT)
    assert (notice.kind, notice.who_must_act) == ("approval needed", "two approvers")
    assert "1 of 2 people have approved" in notice.text
    assert f"candor approve {digest(blocked)} --waive {MOVE} --reason" in notice.text
    with pytest.raises(NightBlocked, match="1 of 2 different people"):
        release(store, blocked)
    second = approve(store, digest(blocked)[:12], waiver("Ben", is_legitimate=True))
    assert (first.outcome.is_complete, second.outcome.is_complete) == (False, True)
    released = release(store, blocked)
    [*_, said] = events(store)
    assert (released.verdict, said.event_type, said.subject, said.made_by) == (
        APPROVED, approvals.RELEASE_APPROVED, released.release_id, "Ann, Ben")
    assert said.details["approvals"] == {str(one.event.event_number): one.event.chain_hash for one in (first, second)}
    assert approvals.legitimate_nights(events(store)) == {NIGHT}
    assert release(store, blocked) == released, "a second time publishes nothing new"
    with Reader(store) as reader:
        [night] = reader.rows("commands/nights")
    assert (night["verdict"], night["is_released"]) == (APPROVED, True)
    assert verified(store) == [True]
    judge(blocked, "nobody_listed_is_scored")
    assert (night_notice(store, NIGHT).kind, night_notice(store, NIGHT).command) == (
        "blocked", f"candor night --date {NIGHT}")
    judge(blocked)
    assert night_notice(store, NIGHT) is None, "nobody has to act"


def test_verify_finds_a_release_that_one_person_approved_twice(store, blocked, monkeypatch):
    """As somebody would publish who changes the code that publishes (I9)."""
    given = [append(store, open_ledger(store), Decision(
        approvals.APPROVAL_GIVEN, digest(blocked), name, given_details(store, blocked))) for name in ("ann", "ANN")]
    monkeypatch.setattr(basis, "require_approvals", lambda *_: tuple(given))
    assert release(store, blocked).verdict == APPROVED
    assert verified(store) == [False]


def test_an_approval_that_could_never_count_is_refused_in_words_and_leaves_no_event(store, blocked, judge):
    for given, words in ([cell.strip() for cell in line.split("|")] for line in REFUSED.strip().splitlines()[1:]):
        name, _, value = given.partition("=")
        values = {"metrics": tuple(filter(None, value.split(","))),
                  "validity": timedelta(hours=int(value)) if value.isdigit() else None}
        said = {"metrics": (MOVE,), "reason": REASON, "made_by": "ann"} | {name: values.get(name, value)}
        with pytest.raises(BadInput, match=words):
            approve(store, digest(blocked), Waiver(**said))
    with pytest.raises(MissingInput, match="expected one candidate"):
        approve(store, "0" * 64, waiver("ann"))
    with pytest.raises(BadInput, match="at least 12"):
        approve(store, "", waiver("ann"))
    for hard in ("nobody_listed_is_scored", "every_invariant_was_judged", "no_such_check"):
        judge(blocked, MOVE, hard)
        with pytest.raises(NightBlocked, match=f"nobody can waive {hard}"):
            approve(store, digest(blocked), waiver("ann", MOVE, hard))
    judge(blocked)
    with pytest.raises(NightBlocked, match="'pass', expected 'block'"):
        approve(store, digest(blocked), waiver("ann"))
    assert events(store) == []


def test_one_person_under_names_that_look_alike_is_one_person_and_a_refusal_stands(store, blocked):
    approve(store, digest(blocked), waiver("Ann"))
    for again in ("ann", " ANN ", "\uff21nn", "a\u200bnn", "ann\t"):
        with pytest.raises(BadInput, match="has approved this verdict already"):
            approve(store, digest(blocked), waiver(again))
    refuse(store, digest(blocked), REASON, "Cem")
    approve(store, digest(blocked), waiver("ben"))
    with pytest.raises(NightBlocked, match="refused by Cem"):
        release(store, blocked)
    approve(store, digest(blocked), waiver("cem"))
    assert release(store, blocked).verdict == APPROVED


def test_publishing_believes_no_event_that_breaks_a_rule_whoever_wrote_it(store, blocked, judge):
    good = given_details(store, blocked)
    for name, bad in (("ann", {"reason": "short"}), ("ben", {"waived": []}), ("cem", {"expires_at": None}),
                      ("dan", {"expires_at": "2999-01-01T00:00:00+00:00"})):
        append(store, open_ledger(store), Decision(approvals.APPROVAL_GIVEN, digest(blocked), name, good | bad))
    with pytest.raises(NightBlocked, match="0 of 2"):
        release(store, blocked)
    for name in ("ann", "ben"):
        approve(store, digest(blocked), waiver(name))
    judge(blocked, MOVE, observed=11.0)
    with pytest.raises(NightBlocked, match="0 of 2"):
        release(store, blocked)
    judge(blocked, MOVE)
    assert approval.require_approvals(open_ledger(store), approval.newest_verdict(store, blocked), now())
    path = store.files(TABLE)[-1].removeprefix("file://")
    [row] = pq.read_table(path).to_pylist()
    pq.write_table(pa.Table.from_pylist([row | {"made_by": "Mallory"}], pq.read_schema(path)), path)
    with pytest.raises(NightBlocked, match="the event ledger is broken"):
        release(store, blocked)


def test_the_command_publishes_with_the_second_approval(store, blocked, monkeypatch):
    monkeypatch.setenv("CANDOR_HOME", str(store.settings.home))
    answers = [CliRunner().invoke(app, ["approve", digest(blocked), "--waive", MOVE, "--reason", REASON, "--by", name,
                                        "--json"], catch_exceptions=False) for name in ("ann", "ben")]
    told = [json.loads(answer.stdout) for answer in answers]
    assert [one["approval_count"] for one in told] == [1, 2]
    assert [one["release_id"] for one in told] == [None, f"r000001-{blocked.candidate_id}"]


def test_a_person_who_is_held_beside_a_block_is_not_a_part_of_the_block():
    """A held score is kept back by itself; who approves the night waives what blocks it, and nothing else can."""
    moment = {"candidate_id": "c1", "recorded_at": now()}
    verdict = moment | {"snapshot_date": FIRST, "candidate_digest": "d", "verdict": "block", "blocked_by": MOVE,
                        "suspect": None}
    findings = rows_of("gate__findings", *(
        moment | {"invariant": name, "severity": severity, "is_held": is_held}
        for name, severity, is_held in ((MOVE, "block", False), ("nobody_is_held", "hold", False),
                                        ("few_people_are_held", "warn", False), ("rows_are_conserved", "block", True))
    )).to_pylist()
    assert recorded_verdict(verdict, findings).blocking == (MOVE,)
