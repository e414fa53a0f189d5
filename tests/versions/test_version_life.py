"""The life of a version: every step from every state, the waiting times in numbers, and what readers and nights see."""

import json
from datetime import UTC, date, datetime
from functools import partial

import pytest
import typer
from typer.testing import CliRunner

from jobs.answers.reading import Reader
from jobs.doors import versions
from jobs.errors import BadInput, PipelineError
from jobs.events import events
from jobs.lifecycle import active_version, known_versions, lives, scored_versions
from jobs.publish import version_life
from jobs.publish.version_life import Step

PACK, OTHER_PACK = "a" * 64, "b" * 64


def day(text: str) -> date:
    return date.fromisoformat(f"2030-01-{text}")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The tenth of January 2030: no step of these tests lies in the future unless it means to."""
    monkeypatch.setattr(version_life, "now", lambda: datetime(2030, 1, 10, tzinfo=UTC))


@pytest.fixture
def make(store, room):
    """Makes a step that is written as `announce v3 05`."""

    def step(words: str) -> None:
        kind, version, on = words.split()
        given = {"announce": partial(version_life.announce, pack_digest=PACK)}.get(kind, getattr(version_life, kind))
        given(store, Step(version, day(on), "ann"), room=room)

    return step


@pytest.fixture
def states(store, room):
    """The states of v1 to v4, in order."""
    return lambda: [life.state for life in lives(known_versions(room), events(store)).values()]


BEFORE = {
    "draft": "v4", "shadow": "v1", "active": "v2",
    "announced": "v3", "retired": "v3",
}
PATH = {"announced": ["announce v3 05"], "retired": ["announce v3 05", "retire v3 05"]}

TRANSITIONS = """
state     | announce                                       | activate                                          | retire
draft     | release it first                               | release it first                                  | release it first
shadow    | announced                                      | it was not announced                              | retired
announced | announced                                      | active                                            | retired
active    | it is the active one; activate another         | it is the active one; activate another            | it is the active one; activate another
retired   | a retired version stays retired                | a retired version stays retired                   | a retired version stays retired
"""


def transitions() -> list[tuple[str, str, str]]:
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in TRANSITIONS.strip().splitlines()]
    return [(row[0], step, outcome) for row in rows for step, outcome in zip(header[1:], row[1:], strict=True)]


@pytest.mark.parametrize(("state", "step", "outcome"), transitions())
def test_each_step_from_each_state(state, step, outcome, make, states, release_nights, store):
    release_nights(3, "v1", "v2", "v3")
    for words in PATH.get(state, []):
        make(words)
    version, recorded = BEFORE[state], len(events(store))
    assert states()[int(version[1]) - 1] == state
    if " " not in outcome:
        make(f"{step} {version} 09")
        assert states()[int(version[1]) - 1] == outcome
    else:
        with pytest.raises(PipelineError, match=outcome):
            make(f"{step} {version} 09")
        assert len(events(store)) == recorded


WAITING = """
nights with v3 | announced | wanted | answer
2              | 01        | 09     | 1 of 3 nights in the shadow are missing, and 0 of 2 days .* from 2030-01-06
0              | 01        | 09     | 3 of 3 nights in the shadow are missing, and 0 of 2 days .* from 2030-01-06
3              | 05        | 06     | 0 of 3 nights in the shadow are missing, and 1 of 2 days .* from 2030-01-07
2              | 07        | 07     | 1 of 3 nights in the shadow are missing, and 2 of 2 days .* from 2030-01-09
3              | 01        | 04     | 1 of 3 nights in the shadow are missing, and 0 of 2 days .* from 2030-01-05
3              | 05        | 07     |
"""
"""Of the nights from the first to the fifth, the last two or three hold v3, or none; of none, three more are needed."""


def waiting_rows() -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in WAITING.strip().splitlines()[1:]]


@pytest.mark.parametrize(("count", "announced", "wanted", "answer"), waiting_rows())
def test_activation_waits_for_the_nights_and_for_the_notice(
    count, announced, wanted, answer, make, states, release_nights
):
    shadow = int(count)
    release_nights(5 - shadow if shadow else 3, "v1", "v2")
    release_nights(shadow, "v1", "v2", "v3", after=5 - shadow)
    make(f"announce v3 {announced}")
    if not answer:
        make(f"activate v3 {wanted}")
        assert states() == ["shadow", "shadow", "active", "draft"]
        return
    with pytest.raises(PipelineError, match=answer):
        make(f"activate v3 {wanted}")
    assert states() == ["shadow", "active", "announced", "draft"]


def test_announcing_again_starts_the_notice_anew_with_the_new_pack(store, room, make, release_nights):
    release_nights(3, "v2", "v3")
    make("announce v3 01")
    version_life.announce(store, Step("v3", day("08"), "ann"), OTHER_PACK, room)
    life = lives(known_versions(room), events(store))["v3"]
    assert (life.announced_on, life.pack_digest) == (day("08"), OTHER_PACK)
    with pytest.raises(PipelineError, match="1 of 2 days of notice since 2030-01-08"):
        make("activate v3 09")


def test_the_activation_keeps_what_it_rests_on(store, make, release_nights):
    release_nights(3, "v2", "v3")
    make("announce v3 05")
    make("activate v3 09")
    [_, activated] = events(store)
    assert activated.details == {"on": "2030-01-09", "state_before": "announced", "shadow_nights": 3,
                                 "notice_days": 4, "pack_digest": PACK}
    assert (activated.event_type, activated.subject, activated.made_by) == ("version_activated", "v3", "ann")


@pytest.mark.parametrize(("step", "pack", "said"), [
    (Step("v3", day("05"), "ann"), "A" * 64, "64 hexadecimal digits"),
    (Step("v3", day("05"), "ann"), "a" * 63, "64 hexadecimal digits"),
    (Step("v3", day("05"), "  "), PACK, "expected the name of who decides"),
    (Step("v9", day("05"), "ann"), PACK, "known: v1, v2, v3, v4"),
])
def test_what_is_written_wrongly_is_refused(step, pack, said, store, room):
    with pytest.raises(BadInput, match=said):
        version_life.announce(store, step, pack, room)
    assert events(store) == []


def test_readers_see_the_active_version_of_the_ledger_on_every_night(store, room, make, release_nights):
    release_nights(3, "v2", "v3")
    seen = []
    for words in ("announce v3 05", "activate v3 09"):
        make(words)
        with Reader(store, room / "released.toml") as reader:
            rows = reader.ask("SELECT DISTINCT snapshot_date, algorithm_version FROM influence_scores ORDER BY ALL")
            seen.append([(str(row["snapshot_date"]), row["algorithm_version"]) for row in rows.rows()])
    nights = ("2030-01-01", "2030-01-02", "2030-01-03")
    assert seen == [[(night, "v2") for night in nights], [(night, "v3") for night in nights]]


def test_a_store_without_events_follows_the_registry_and_stays_as_it_is(store, room, release_nights):
    release_nights(1, "v2")
    tables = store.catalog.list_tables("candor")
    assert active_version(store, room / "released.toml") == "v2"
    assert scored_versions(store, room=room) == ["v1", "v2", "v3"]
    assert [row["released_night_count"] for row in version_life.version_list(store, room)] == [0, 1, 0, 0]
    assert store.catalog.list_tables("candor") == tables


def test_a_retired_version_is_scored_in_the_nights_before_and_in_none_after(store, room, make):
    make("retire v1 05")
    scored = {text: scored_versions(store, day(text), room) for text in ("04", "05", "06")}
    assert scored == {"04": ["v1", "v2", "v3"], "05": ["v2", "v3"], "06": ["v2", "v3"]}
    assert scored_versions(store, room=room) == ["v2", "v3"]


@pytest.fixture
def command(store, room, monkeypatch):
    """Runs a `candor version` command on the store of the test."""
    app = typer.Typer()
    app.callback()(lambda: None)
    versions.register(app)
    monkeypatch.setattr("jobs.existing_store.load_settings", lambda: store.settings)
    for name in ("announce", "activate", "retire", "version_list"):
        monkeypatch.setattr(version_life, name, partial(getattr(version_life, name), room=room))
    return lambda *words: CliRunner().invoke(app, ["version", *words])


def test_the_commands_make_the_steps_and_list_them(command, release_nights):
    release_nights(3, "v2", "v3")
    told = [command("announce", "v3", "--pack-digest", PACK, "--on", "2030-01-05", "--by", "ann"),
            command("activate", "v3", "--by", "ann", "--on", "2030-01-08"),
            command("retire", "v2", "--by", "ben", "--on", "2030-01-09")]
    assert [result.output.splitlines()[0] for result in told] == [
        f"event 1: v3 is announced since 2030-01-05; pack {PACK}", "event 2: v3 is active since 2030-01-08",
        "event 3: v2 is retired since 2030-01-09"]
    listed = {row["algorithm_version"]: row for row in json.loads(command("list", "--json").output)}
    assert {name: row["state"] for name, row in listed.items()} == {
        "v1": "shadow", "v2": "retired", "v3": "active", "v4": "draft"}
    assert listed["v3"]["announced_on"] == "2030-01-05"
    assert listed["v3"]["released_night_count"] == 3


@pytest.mark.parametrize("words", ["announce v3 12", "activate v3 12", "retire v1 12"])
def test_a_day_that_has_not_come_is_refused(words, make, store, release_nights):
    release_nights(3, "v1", "v2", "v3")
    make("announce v3 05")
    with pytest.raises(BadInput, match="expected 2030-01-10 at the latest, .* got 2030-01-12"):
        make(words)
    assert len(events(store)) == 1


def test_the_newest_released_night_may_lie_after_today(make, states, release_nights):
    release_nights(12, "v2", "v3")
    make("announce v3 10")
    make("activate v3 12")
    assert states()[2] == "active"


def test_a_step_without_a_day_counts_from_the_clock(command, monkeypatch, store, release_nights):
    release_nights(1, "v1", "v2")
    monkeypatch.setattr(versions, "now", lambda: versions.datetime(2030, 1, 7))  # noqa: DTZ001
    assert command("retire", "v1", "--by", "ann").exit_code == 0
    assert events(store)[0].details["on"] == "2030-01-07"
