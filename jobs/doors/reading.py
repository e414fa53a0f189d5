"""The reading commands of `candor`: thin doors to jobs/answers, for people and, with --json, machines."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from jobs.answers import lookups
from jobs.answers.reading import STATEMENT_SECONDS, Reader
from jobs.bounded import bounded
from jobs.doors.options import AsJson, DateText, Version
from jobs.errors import MissingInput, PipelineError
from jobs.settings import load_settings
from jobs.storage import Store
from jobs.terminal import show_json, show_json_rows, show_line, show_table

TABLE_LIMIT = 1_000
"""Rows of `candor sql` shown to a person; --json gives all."""

KEY_COLUMNS = ("topic_id", "person_id", "snapshot_date", "algorithm_version")
SCORE_COLUMNS = (
    "influence_score", "state", "threshold_missed", "percentile", "rank", "distinct_engager_count",
    "reacted_post_count", "active_day_count", "anonymous_reaction_count",
)
LINE_COLUMNS = ("network", "kind", "points", "distinct_engager_count", "last_kind_date")


def register(app: typer.Typer) -> None:
    """Add the reading commands to the `candor` command."""
    app.command(epilog="Example: candor top --topic gardening --date 2030-01-31 --limit 5")(top)
    app.command(epilog="Example: candor explain mailinglist:ann --topic gardening --date 2030-01-31")(explain)
    app.command(epilog="Example: candor status --json")(status)
    app.command(epilog='Example: candor sql "SELECT * FROM topic_leaderboard WHERE rank = 1" --json')(sql)


def top(
    topic: Annotated[str, typer.Option(help="Topic id or name, in any case; _overall is the roll-up.")],
    date: DateText = None,
    version: Version = None,
    limit: Annotated[int, typer.Option(min=1, help="Number of people.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show who leads a topic on a night."""
    with _reader() as reader:
        rows = lookups.top(reader, topic, date, version, limit)
        _warn_when_stale(reader, date)
    if as_json:
        return show_json(rows)
    return _show_list(rows, hidden=("topic_id", "snapshot_date", "algorithm_version"))


def topics(
    person: Annotated[str, typer.Option(help="Person id, as network:account or declared.")],
    date: DateText = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Show the topics of a person, and what is missing where there is no score."""
    with _reader() as reader:
        rows = lookups.person_topics(reader, person, date, version)
        _warn_when_stale(reader, date)
    if as_json:
        return show_json(rows)
    return _show_list(rows, hidden=("person_id", "snapshot_date", "algorithm_version"))


def explain(
    person: Annotated[str, typer.Argument(help="Person id, as network:account or declared.")],
    topic: Annotated[str | None, typer.Option(help="Topic id or name; default: the overall score.")] = None,
    date: DateText = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Take one score apart: its lines and their sum, the posts behind it, and what it means."""
    with _reader() as reader:
        card = lookups.explain(reader, person, topic, date, version)
        _warn_when_stale(reader, date)
    return show_json(card) if as_json else _show_card(card)


def status(as_json: AsJson = False) -> None:
    """Show every night with its verdict, the gaps, and what readers see now."""
    with _reader() as reader:
        found = lookups.status(reader)
    return show_json(found) if as_json else _show_status(found)


def sql(
    statement: Annotated[str | None, typer.Argument(help="One SELECT; SHOW TABLES lists what can be read.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with the statement, as in sql/analysis.")] = None,
    param: Annotated[list[str] | None, typer.Option(help="A value for $name in the statement: name=value.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Most rows; default 1000 in a table, all as JSON.")] = None,
    seconds: Annotated[float, typer.Option(min=0.1, max=STATEMENT_SECONDS, help="Longest run of the statement."
                                           )] = STATEMENT_SECONDS,
    as_json: AsJson = False,
) -> None:
    """Ask the released tables anything, read-only; no file and no network can be reached."""
    text, values = _statement(statement, file), _values(param or [])
    with _reader() as reader, bounded(seconds):
        reader.seconds = min(seconds, reader.seconds)
        answer = reader.ask(text, values)
        if as_json:
            return show_json_rows(islice(answer.rows(), limit))
        return _show_rows(answer.columns, list(islice(answer.rows(), (limit or TABLE_LIMIT) + 1)), limit or TABLE_LIMIT)


@contextmanager
def _reader() -> Iterator[Reader]:
    with Reader(Store(load_settings())) as reader:
        yield reader


def _warn_when_stale(reader: Reader, asked: str | None) -> None:
    """Say on standard error that a newer night is not released; who names a night knows which one they read."""
    since = None if asked else lookups.status(reader)["stale_since"]
    if since:
        typer.echo(f"stale since {since}: that night is not released, and this is the night before it; see candor "
                   "status", err=True)


def _statement(statement: str | None, file: Path | None) -> str:
    if (statement is None) == (file is None):
        raise PipelineError("candor sql: expected a statement or --file, one of the two. See `candor sql --help`.")
    if file is None:
        return statement
    if not file.is_file():
        raise MissingInput(f"no file {file}; the statements that come with Candor are in sql/analysis/.")
    return file.read_text()


def _values(parameters: list[str]) -> dict[str, str]:
    broken = [text for text in parameters if "=" not in text]
    if broken:
        raise PipelineError(f"--param {broken[0]!r}: expected name=value, such as --param topic_id=gardening.")
    return dict(text.split("=", 1) for text in parameters)


def _show_list(rows: list[dict], hidden: tuple[str, ...]) -> None:
    if not rows:
        return show_line("nobody has a score here; `candor sql` with sql/analysis/missing_evidence.sql says why")
    title = ", ".join(str(rows[0][name]) for name in hidden)
    return show_table(title, rows, [name for name in rows[0] if name not in hidden])


def _show_rows(columns: list[str], rows: list[dict], limit: int) -> None:
    show_table("", rows[:limit], columns)
    if len(rows) > limit:
        show_line(f"first {limit} rows; more with --limit, all with --json")


def _show_card(card: dict) -> None:
    show_line(" · ".join(str(card[name]) for name in KEY_COLUMNS))
    show_table("the score", [{"column": name, "value": card[name]} for name in SCORE_COLUMNS if card[name] is not None])
    if card["influence_score"] is None:
        show_line(f"no score: not enough evidence, {card['threshold_missed']}")
    else:
        _show_lines(card)
    if card["held_reason"]:
        show_line(f"held: this is the score of {card['scored_date']}, because the inputs do not account for "
                  f"{card['held_reason']}")
    for hold in card["released_holds"]:
        show_line(lookups.said_released_hold(hold))
    if card["topics"]:
        show_table("topics of this person", card["topics"])
    show_line(f"feeds missing that night: {card['stale_networks'] or 'none'}")
    show_line(card["what_this_number_is"])


def _show_lines(card: dict) -> None:
    show_table("points of the score", card["contributions"], LINE_COLUMNS)
    show_line(f"sum of the points {card['points_sum']}; 1 + sum = {card['points_sum_plus_1']}, the score")
    show_table("posts behind it", card["evidence"])


def _show_status(found: dict) -> None:
    gaps = [{"snapshot_date": day, "verdict": "gap", "released": "", "blocked_by": [], "suspect": None,
             "release_number": None}
            for day in found["gaps"]]
    nights = sorted(found["nights"] + gaps, key=lambda night: night["snapshot_date"])
    if not nights:
        show_line("no night was judged in this store yet; candor night --date D runs one")
    show_table("nights", [night | {"blocked_by": ", ".join(night["blocked_by"])} for night in nights])
    if older := found["on_older_state"]:
        show_line(f"{older[0]} to {older[-1]} go on from an older state: run candor night --from {older[0]} --to "
                  f"{older[-1]}")
    for held in found["held"]:
        show_line(f"held: {held['person_id']} on {held['topic_id']} shows the score of {held['scored_date']}: "
                  f"{held['held_reason']}")
    if found["stale_since"]:
        show_line(f"readers see an older night since {found['stale_since']}: that night is not released")
