"""Three released nights of made-up people with known causes, the second of them restated after the third."""

from datetime import date
from decimal import Decimal

import pytest
import typer
from typer.testing import CliRunner

from jobs.answers.reading import Reader
from jobs.answers.statement import Question
from jobs.doors import why
from jobs.settings import Settings
from jobs.storage import Store
from tests.doors.conftest import commit_releases, commit_rows, printed_rows

STEERING = '<script src="https://evil.test/x.js">alert(1)</script>'
"""A person id as an attacker would choose it."""

SCORES = """
    snapshot_date | person_id | algorithm_version | influence_score | threshold_missed | credit
    2030-01-01    | x:ann     | v2                | 74              |                  | 1023
    2030-01-02    | x:ann     | v2                | 66              |                  | 511
    2030-01-03    | x:ann     | v2                | 57              |                  | 255
    2030-01-01    | x:ann     | v1                | 70              |                  | 900
    2030-01-02    | x:ann     | v1                | 64              |                  | 500
    2030-01-03    | x:ann     | v1                | 58.5001         |                  | 300
    2030-01-01    | x:bob     | v2                | 20              |                  | 4
    2030-01-02    | x:bob     | v2                |                 | 2 of 3 engagers  | 3
    2030-01-03    | x:bob     | v2                | 26              |                  | 7
    2030-01-01    | x:cy      | v2                | 30              |                  | 9
    2030-01-02    | x:cy      | v2                | 31              |                  | 9
    2030-01-03    | x:cy      | v2                |                 | 1 of 2 days      | 8
    2030-01-03    | x:dee     | v2                | 12              |                  | 2
    2030-01-01    | x:eve     | v2                | 10              |                  | 2
    2030-01-02    | x:eve     | v2                | 12              |                  | 2
    2030-01-03    | x:eve     | v2                | 15              |                  | 3
    2030-01-01    | x:fay     | v2                | 10              |                  | 2
    2030-01-02    | x:fay     | v2                | 10              |                  | 2
    2030-01-03    | x:fay     | v2                | 10              |                  | 2
    2030-01-01    | x:gus     | v2                | 50              |                  | 90
    2030-01-03    | x:gus     | v2                | 51              |                  | 91
    2030-01-01    | x:gus     | v1                | 52              |                  | 90
    2030-01-03    | x:gus     | v1                |                 | no credit left   | 0
    2030-01-02    | STEERING  | v2                | 30              |                  | 9
    2030-01-03    | STEERING  | v2                | 31              |                  | 9
""".replace("STEERING", STEERING)
"""ann is complaint S1; bob has a night without a score; cy and dee have it at one end only; eve's middle night was
restated from 11 to 12; fay did not move; gus has no score under v1 on the last night."""

CHANGES = """
    snapshot_date | person_id | algorithm_version | cause         | network | kind    | points  | score_delta | compared_date
    2030-01-02    | x:ann     | v2                | ageing        | x       | like    | -8.5    | -8          | 2030-01-01
    2030-01-02    | x:ann     | v2                | new_reactions | x       | like    | 0.5     | -8          | 2030-01-01
    2030-01-03    | x:ann     | v2                | ageing        | x       | like    | -1      | -9          | 2030-01-02
    2030-01-03    | x:ann     | v2                | new_reactions | x       | like    | 1.25    | -9          | 2030-01-02
    2030-01-03    | x:ann     | v2                | opted_out     | x       | reply   | -9.0001 | -9          | 2030-01-02
    2030-01-03    | x:ann     | v2                | opted_out     | y       | reply   | -0.2499 | -9          | 2030-01-02
    2030-01-02    | x:ann     | v1                | ageing        | x       | like    | -6      | -6          | 2030-01-01
    2030-01-03    | x:ann     | v1                | opted_out     | x       | reply   | -5.4999 | -5.4999     | 2030-01-02
    2030-01-02    | x:eve     | v2                | new_reactions | x       | like    | 2       | 2           | 2030-01-01
    2030-01-03    | x:eve     | v2                | new_reactions | x       | like    | 4       | 4           | 2030-01-02
    2030-01-02    | x:cy      | v2                | new_reactions | x       | like    | 1       | 1           | 2030-01-01
    2030-01-03    | STEERING  | v2                | new_reactions | x       | like    | 1       | 1           | 2030-01-02
""".replace("STEERING", STEERING)

EVIDENCE = """
    snapshot_date | person_id | algorithm_version | evidence_rank | network | post_id | interaction_count
    2030-01-02    | x:ann     | v2                | 1             | x       | p-7     | 6
    2030-01-03    | x:ann     | v2                | 1             | x       | p-7     | 8
    2030-01-03    | x:ann     | v2                | 2             | x       | p-9     | 4
"""

CONTRIBUTIONS = """
    snapshot_date | person_id | algorithm_version | network | kind | points
    2030-01-03    | x:ann     | v2                | x       | like | 56
"""

RELEASES = """
    release_number | release_id | snapshot_date | candidate_id | verdict | restates_release_id
    1              | r-1        | 2030-01-01    | c-1          | pass    |
    2              | r-2        | 2030-01-02    | c-2          | pass    |
    3              | r-3        | 2030-01-03    | c-3          | pass    |
    4              | r-4        | 2030-01-02    | c-4          | pass    | r-2
"""

TABLES = {"pub__scores": SCORES, "pub__changes": CHANGES, "pub__evidence": EVIDENCE, "pub__contributions": CONTRIBUTIONS}


@pytest.fixture(scope="session")
def told_store(tmp_path_factory):
    """The three nights as a store; no test may change it."""
    store = Store(Settings(home=tmp_path_factory.mktemp("why") / "store"))
    for name, text in TABLES.items():
        commit_rows(store, name, text, topic_id="gardening")
    commit_releases(store, RELEASES)
    return store


@pytest.fixture(scope="session")
def told_reader(told_store, tmp_path_factory):
    """A reader of the three nights; v2 is active."""
    versions = tmp_path_factory.mktemp("why_versions") / "released.toml"
    versions.write_text('active = "v2"\n')
    with Reader(told_store, versions) as reader:
        yield reader


@pytest.fixture
def assert_rows():
    """Compares rows with a printed table: the printed columns, in order, numbers by their value."""

    def compare(rows: list[dict], text: str) -> None:
        expected = printed_rows(text)
        found = [{name: row[name] for name in expected[0]} for row in rows]
        assert [_valued(row) for row in found] == [_valued(row) for row in expected]

    return compare


def _valued(row: dict) -> dict:
    return {name: Decimal(value) if name == "points" else str(value) for name, value in row.items()}


@pytest.fixture
def must_not_compute():
    """A Compute that nobody may need."""

    def compute(question, versions):
        raise AssertionError(f"computed {versions} of {question}")

    return compute


@pytest.fixture
def ask():
    """A question about gardening from the first night to the third, under v2 unless said otherwise."""

    def build(person: str, from_version: str = "v2", to_version: str = "v2", first: int = 1, last: int = 3) -> Question:
        return Question(person, "gardening", date(2030, 1, first), date(2030, 1, last), from_version, to_version)

    return build


@pytest.fixture
def candor(told_store, told_reader, monkeypatch):
    """Runs `candor why` on the three nights and gives what it prints; errors come through as they are."""
    app = typer.Typer()
    why.register(app)
    monkeypatch.setattr(why, "_opened", lambda: _Open(told_store, told_reader))

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, [*words, "--topic", "gardening"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


class _Open:
    """A store and a reader that stay open after the command."""

    def __init__(self, *opened: object):
        self.opened = opened

    def __enter__(self) -> tuple:
        return self.opened

    def __exit__(self, *_: object) -> None:
        pass
