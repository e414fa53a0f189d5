"""Nights that go on from an older state than readers see the nights before them in: named, with what to run again."""

import json
from datetime import date

import pytest
import typer
from typer.testing import CliRunner

from jobs.answers.reading import Reader
from jobs.doors import reading
from jobs.ledger import on_older_states

ORDERS = """
what happened                                       | night 1 | night 2 | night 3 | night 4 | on an older state
four nights in order                                | 1       | 2       | 3       | 4       |
night 2 was blocked, and left out                   | 1       |         | 2       | 3       |
a late file: night 2 alone was run again            | 1       | 5       | 3       | 4       | 3 4
then night 3                                        | 1       | 5       | 6       | 4       | 4
then night 4                                        | 1       | 5       | 6       | 7       |
a backfill at once: night 3 came first              | 2       | 3       | 1       | 4       | 3 4
night 2 was blocked, and repaired afterwards        | 1       | 4       | 2       | 3       | 3 4
the newest night alone was run again                | 1       | 2       | 3       | 5       |
nothing is released                                 |         |         |         |         |
"""

RESTATED = """
release_number | release_id | snapshot_date | candidate_id | verdict | restates_release_id
4              | r-4        | 2030-01-01    | c-5          | pass    | r-1
"""


def orders() -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in ORDERS.strip().splitlines()[1:]]


@pytest.mark.parametrize(("numbers", "expected"), [(row[1:5], row[5]) for row in orders()],
                         ids=[row[0] for row in orders()])
def test_a_night_goes_on_from_the_newest_release_before_it_or_is_named(numbers, expected):
    released = {date(2030, 1, day): int(number) for day, number in enumerate(numbers, start=1) if number}
    assert on_older_states(released) == [date(2030, 1, int(day)) for day in expected.split()]


def test_status_names_the_nights_and_what_to_run_again(garden, release, versions_file, monkeypatch):
    release(RESTATED)
    monkeypatch.setattr(reading, "_reader", lambda: Reader(garden, versions_file))
    app = typer.Typer()
    reading.register(app)
    asked = [CliRunner().invoke(app, ["status", *words], catch_exceptions=False).stdout for words in ([], ["--json"])]
    assert "2030-01-02 to 2030-01-02 go on from an older state" in asked[0]
    assert "run candor night --from 2030-01-02 --to 2030-01-02" in asked[0]
    assert json.loads(asked[1])["on_older_state"] == ["2030-01-02"]
