"""`candor why`: a thin door to jobs/answers/why.py, for people, for machines with --json, and as a page with --html."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from jobs.answers.reading import Reader
from jobs.doors.options import AsJson
from jobs.errors import BadInput, PipelineError
from jobs.settings import load_settings
from jobs.storage import Store
from jobs.terminal import show_json, show_line, show_table

Version = Annotated[str | None, typer.Option("--version", help="One version on both nights; default: the active one.")]


def register(app: typer.Typer) -> None:
    """Add the why command to the `candor` command."""
    app.command(epilog="Example: candor why mailinglist:ann --from 2030-01-24 --to 2030-01-31 --topic gardening")(why)


def why(
    person: Annotated[str, typer.Argument(help="Person id, as network:account or declared.")],
    from_date: Annotated[str | None, typer.Option("--from", help="A released night; default: the one before.")] = None,
    to_date: Annotated[str | None, typer.Option("--to", help="A released night; default: the newest.")] = None,
    topic: Annotated[str | None, typer.Option(help="Topic id or name; default: the overall score.")] = None,
    version: Version = None,
    from_version: Annotated[str | None, typer.Option(help="The version on the first night.")] = None,
    to_version: Annotated[str | None, typer.Option(help="The version on the last night.")] = None,
    as_json: AsJson = False,
    html: Annotated[Path | None, typer.Option(help="Also write one self-contained page to this file.")] = None,
) -> None:
    """Say why a score moved between two nights or two versions: causes whose points sum to the difference."""
    from jobs.answers import why as answering

    versions = _versions(version, from_version, to_version)
    if html:
        _require_writable(html)
    with _opened() as (store, reader):
        question = answering.asked(reader, person, topic, from_date, to_date, *versions)
        told = answering.why(reader, question, partial(_computed, store))
    if html:
        _write_page(html, told)
    return show_json(told) if as_json else _show(told, html)


@contextmanager
def _opened() -> Iterator[tuple[Store, Reader]]:
    store = Store(load_settings())
    with Reader(store) as reader:
        yield store, reader


def _computed(store: Store, *wanted: object):
    """Starts an engine, and is therefore reached only when the released changes do not say it."""
    from jobs.answers.between import computed

    return computed(store, *wanted)


def _versions(both: str | None, first: str | None, last: str | None) -> tuple[str | None, str | None]:
    """The version of each end; errors: PipelineError when one version and two are asked for at once."""
    if both and (first or last):
        raise PipelineError(
            "candor why: expected --version, or --from-version and --to-version, got both. Leave one of them out.")
    return first or both, last or both


def _require_writable(path: Path) -> None:
    """Refuse a page that cannot be written, before anything is computed; errors: BadInput."""
    if path.is_dir():
        raise BadInput(f"--html {path}: expected a file to write the page to, found a folder. Add a file name.")
    if not path.parent.is_dir():
        found = "a file" if path.parent.exists() else "nothing"
        raise BadInput(f"--html {path}: expected the folder {path.parent} to exist, found {found} there. Make it, or "
                       "choose another path.")


def _write_page(path: Path, told: dict) -> None:
    from jobs.report.why import page

    path.write_text(page(told), encoding="utf-8")


def _show(told: dict, html: Path | None) -> None:
    show_line(f"{told['person_id']} · {told['topic_id']} · {told['from']} {told['versions']['from']} to "
              f"{told['to']} {told['versions']['to']}")
    if told["causes"]:
        show_table("causes", [_row(cause) for cause in told["causes"]])
    if told["residual"] is not None:
        total = sum((cause["points"] for cause in told["causes"]), start=told["score_delta"] * 0)
        show_line(f"sum of the points {total:+f}; the score moved by {told['score_delta']:+f}")
    for sentence in told["sentences"]:
        show_line(sentence)
    if html:
        show_line(f"page: {html}")


def _row(cause: dict) -> dict:
    parts = ", ".join(f"{part['network']} {part['kind']} {part['points']:+f}" for part in cause["parts"])
    return {"points": f"{cause['points']:+f}", "cause": cause["words"], "by network and kind": parts}
