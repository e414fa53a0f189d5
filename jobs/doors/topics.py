"""`candor topics`: a person's topics, and the import of a topic ontology."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from jobs.doors import reading
from jobs.doors.options import AsJson, DateText, Version
from jobs.errors import BadInput
from jobs.settings import load_settings
from jobs.storage import Store
from jobs.terminal import show_json, show_table

topics = typer.Typer(
    help="Show the topics of a person, and what is missing where there is no score; or import an ontology.",
    epilog="Example: candor topics --person mailinglist:ann --date 2030-01-31",
    invoke_without_command=True,
)


def register(app: typer.Typer) -> None:
    """Add the `topics` command and what belongs to it."""
    app.add_typer(topics, name="topics")


@topics.callback()
def of_person(
    context: typer.Context,
    person: Annotated[str | None, typer.Option(help="Person id, as network:account or declared.")] = None,
    date: DateText = None,
    version: Version = None,
    as_json: AsJson = False,
) -> None:
    """Show the topics of a person, and what is missing where there is no score."""
    if context.invoked_subcommand:
        return
    if not person:
        raise BadInput("topics needs --person P, such as candor topics --person mailinglist:ann")
    reading.topics(person=person, date=date, version=version, as_json=as_json)


@topics.command(epilog="Example: candor topics import-klout ontology/")
def import_klout(
    folder: Annotated[Path, typer.Argument(help="Folder with the Klout ontology CSV files.")],
    as_json: AsJson = False,
) -> None:
    """Load the Klout topic ontology: topics, edges, names in six languages; the same files again load nothing."""
    from jobs.topics.ontology import import_klout as load

    counts = asdict(load(Store(load_settings()), folder))
    if as_json:
        show_json(counts)
    else:
        show_table("imported", [{"what": name, "number": str(value)} for name, value in counts.items()])
