"""`candor sql` and the words of the other commands: one bounded SELECT over the released tables, and names that are names."""

import time

import pytest
import typer
from typer.testing import CliRunner

from jobs.answers.reading import Reader
from jobs.doors import reading, topics, why
from jobs.errors import PipelineError
from jobs.settings import Settings
from jobs.storage import Store
from tests.doors.conftest import plant
from tests.security.conftest import CANARY, MOST_SECONDS, was_called

STATEMENTS = {
    "text of a file": "SELECT content FROM read_text('{file}')", "rows of a file": "SELECT * FROM read_csv('{file}')",
    "file as a table": "FROM '{file}'", "parent folders": "SELECT * FROM read_text('/tmp/../{file}')",
    "file address": "SELECT * FROM read_text('file://{file}')", "list of files": "SELECT * FROM glob('/etc/*')",
    "the machine": "SELECT * FROM read_blob('/proc/self/environ')", "the network": "SELECT * FROM read_csv('{address}/a.csv')",
    "objects of the network": "SELECT * FROM 's3://127.0.0.1/a.parquet'", "copy": "COPY (SELECT 1) TO '{file}.out'",
    "copy behind a quote": "'; COPY (SELECT 1) TO '{file}.out'; --", "copy behind a select": "SELECT 1; COPY (SELECT 1) TO '{file}.out'",
    "copy in a CTE": "WITH a AS (COPY (SELECT 1) TO '{file}.out') SELECT 1", "attach": "ATTACH '{file}' AS a",
    "attach the catalog": "ATTACH 'catalog.db' (TYPE sqlite)", "install": "INSTALL httpfs", "load": "LOAD httpfs",
    "load a file": "LOAD '{file}'", "pragma": "PRAGMA enable_profiling = 'json'", "set": "SET enable_external_access = true",
    "set in a select": "SELECT set_config('enable_external_access', 'true')", "reset": "RESET lock_configuration",
    "environment": "SELECT getenv('SECRET')", "variable of Python": "SELECT * FROM CANARY", "export": "EXPORT DATABASE '{file}.d'",
    "import": "IMPORT DATABASE '/tmp'", "secret": "CREATE SECRET (TYPE s3)", "view": "CREATE VIEW v AS SELECT 1",
    "drop": "DROP VIEW influence_scores", "macro": "CREATE MACRO m() AS TABLE FROM read_text('{file}')",
    "statement in a statement": "SELECT * FROM query('FROM read_text(''{file}'')')", "comment": "/* */ -- COPY",
    "NUL": "FROM read_text('{file}\0.parquet')", "logs": "CALL enable_logging()", "prepared": "PREPARE p AS SELECT 1",
    "functions of C": "SELECT * FROM duckdb_secrets(which_secret('{file}', 's3'))",
}
"""Each must end as an error in words."""

ENDLESS = {
    "joins": "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3",
    "recursion": "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
    "memory": "SELECT range FROM range(1000000000) ORDER BY hash(range)",
    "arithmetic": "SELECT sum(sin(range)) FROM range(100000000000)",
}

WORDS = ("'; DROP VIEW influence_scores; --", "x' OR '1'='1", "$snapshot_date", "../../etc/passwd", "a\0b", "%", "_overall' UNION SELECT 1",
         "\x1b[2J")

COMMANDS = {
    "topic": ("top", "--topic", "{word}"), "date": ("top", "--topic", "gardening", "--date", "{word}"),
    "version": ("top", "--topic", "gardening", "--version", "{word}"), "person": ("explain", "{word}"),
    "topic of a person": ("explain", "mailinglist:ann", "--topic", "{word}"), "person of topics": ("topics", "--person", "{word}"),
    "file of a statement": ("sql", "--file", "{word}"), "value": ("sql", "SELECT 1", "--param", "{word}"),
}


@pytest.fixture(scope="module")
def garden_home(tmp_path_factory):
    """A released garden that the attacks of this file may not change."""
    return plant(Store(Settings(home=tmp_path_factory.mktemp("statements") / "store"))).settings.home


@pytest.fixture(scope="module")
def reader(garden_home):
    with Reader(Store(Settings(home=garden_home))) as opened:
        yield opened


@pytest.fixture
def candor(reader, monkeypatch):
    """Runs a reading command on the garden; the error that it ends with, or its output."""
    app = typer.Typer()
    for commands in (reading, topics, why):
        commands.register(app)
    monkeypatch.setattr(reading, "_reader", lambda: _Open(reader))

    def run(*words: str) -> Exception | str:
        done = CliRunner().invoke(app, list(words))
        return done.exception or done.output

    return run


class _Open:
    """A reader that stays open after the command."""

    def __init__(self, opened: Reader):
        self.opened = opened

    def __enter__(self) -> Reader:
        return self.opened

    def __exit__(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("attack", STATEMENTS)
def test_a_hostile_statement_ends_in_words(candor, target, listener, monkeypatch, attack):
    monkeypatch.setenv("SECRET", CANARY)
    ended = candor("sql", target.filled(STATEMENTS[attack]), "--json")
    assert isinstance(ended, PipelineError), ended
    assert CANARY not in str(ended)
    assert [path.name for path in target.folder.iterdir()] == ["secret.txt"]
    assert not was_called(listener)


@pytest.mark.parametrize("attack", ENDLESS)
def test_an_endless_statement_is_stopped(candor, reader, monkeypatch, attack):
    monkeypatch.setattr(reader, "seconds", 0.3)
    started = time.monotonic()
    assert isinstance(candor("sql", ENDLESS[attack], "--json"), PipelineError)
    assert time.monotonic() - started < MOST_SECONDS


def test_a_long_answer_is_cut(candor):
    assert candor("sql", "SELECT * FROM range(5000000)").count("\n") < 1_020


@pytest.mark.parametrize("word", WORDS, ids=ascii)
@pytest.mark.parametrize("place", COMMANDS)
def test_a_word_of_a_command_is_a_name_and_no_statement(candor, place, word):
    ended = candor(*[part.replace("{word}", word) for part in COMMANDS[place]])
    assert isinstance(ended, PipelineError | SystemExit), ended


def test_the_garden_is_as_it_was(candor, garden_home):
    assert "mailinglist:ann" in candor("explain", "mailinglist:ann", "--json")
    assert not list(garden_home.rglob("*.out"))
