"""An account comes off a list by two people's approvals through the command, and in no other way (S55, S56)."""

import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from jobs.cli import app
from jobs.events import events
from jobs.gate import removals
from jobs.manifest import now
from jobs.pseudonyms import LEDGER, keys_folder
from jobs.settings import Settings
from jobs.storage import Store
from tests.gate.test_gate_on_a_store import YESTERDAY, append, good_night, judged, propose, released

WHY = "Came of age on the second; both of us have seen the form."
REFUSED = """
what                       | given                                             | says
a list that is none        | identity mailinglist:lee --by ann                 | expected one of suppression, minors
an id without its network  | minors lee --by ann                               | network:account_id
nobody on that list        | minors mailinglist:max --by ann                   | found not
on the other list          | suppression mailinglist:lee --by ann              | found not
nobody                     | minors mailinglist:lee --by ~                     | expected the name
too long                   | minors mailinglist:lee --by ann --hours 25        | at most 24
"""


@pytest.fixture
def store(tmp_path, monkeypatch) -> Store:
    """Kim and lee were minors in the last release; tonight's list holds Kim alone."""
    store = Store(Settings(home=tmp_path / "store", networks=("mailinglist",)))
    minors = [{"list_code": "minors", "network": "mailinglist", "account_id": name} for name in ("kim", "lee")]
    released(store, 1, {"core__suppressions": append(store, "core__suppressions", minors, YESTERDAY)})
    propose(store, good_night())
    monkeypatch.setenv("CANDOR_HOME", str(store.settings.home))
    monkeypatch.setenv("CANDOR_NETWORKS", "mailinglist")
    return store


def command(*words: str, reason: str = WHY):
    return CliRunner().invoke(app, ["approve-removal", *words, "--reason", reason])


def who_left(store: Store) -> str | None:
    finding = next(one for one in judged(store).findings if one.invariant == "nobody_left_a_list")
    return None if finding.is_held else finding.offenders


def test_lee_leaves_the_list_when_two_people_approve_and_the_ledger_does_not_name_lee(store):
    assert who_left(store) == "minors mailinglist:lee"
    first = command("minors", "mailinglist:lee", "--by", "ann", "--json")
    assert json.loads(first.stdout)["stands"] is False
    assert who_left(store) == "minors mailinglist:lee"
    again = command("minors", "mailinglist:lee", "--by", "Ann ")
    assert "somebody else" in str(again.exception)
    second = command("minors", "mailinglist:lee", "--by", "ben", "--json")
    assert json.loads(second.stdout)["stands"] is True
    assert who_left(store) is None
    assert "lee" not in json.dumps([event.to_row() for event in events(store)], default=str)


@pytest.fixture
def approved_lee(store) -> Store:
    for name in ("ann", "ben"):
        assert command("minors", "mailinglist:lee", "--by", name, "--hours", "2").exit_code == 0
    return store


def test_an_approval_that_expired_lets_nobody_leave(approved_lee, monkeypatch):
    monkeypatch.setattr(removals, "now", lambda: now() + timedelta(hours=2))
    assert who_left(approved_lee) == "minors mailinglist:lee"


def test_without_the_key_of_the_ledger_nobody_leaves_and_the_finding_says_why(approved_lee):
    (keys_folder(approved_lee.settings.home) / f"{LEDGER}.key").unlink()
    assert "approved_removals cannot be found out" in who_left(approved_lee)


@pytest.mark.parametrize(("what", "given", "says"), [
    tuple(cell.strip() for cell in line.split("|")) for line in REFUSED.strip().splitlines()[1:]])
def test_what_cannot_count_is_refused_and_not_recorded(store, what, given, says):
    done = command(*("" if word == "~" else word for word in given.split()))
    assert says in str(done.exception), what
    assert events(store) == []


@pytest.mark.parametrize("reason", ["It is fine.", f"{WHY} It is mailinglist:lee, whom we know."])
def test_a_reason_is_long_enough_and_does_not_name_the_account(store, reason):
    assert "--reason" in str(command("minors", "mailinglist:lee", "--by", "ann", reason=reason).exception)
    assert events(store) == []
