"""`candor forget`, `gc`, `export` and `pseudonym`: who leaves, what is collected, what goes out under which names."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from jobs.door import FAILED
from jobs.doors.options import AsJson, as_day
from jobs.errors import BadInput
from jobs.existing_store import existing_store, store_with_own_files
from jobs.pseudonyms import EXPORT, REPORT
from jobs.settings import load_settings
from jobs.terminal import show_json, show_line, show_table

DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would go; change nothing.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("forget", epilog="Example: candor forget mailinglist:1f0c2a --by ann --dry-run")(forget_person)
    app.command("gc", epilog="Example: candor gc --dry-run --json")(collect_garbage)
    app.command("export", epilog="Example: candor export --out /tmp/scores --date 2030-01-31")(export_scores)
    app.command("pseudonym", epilog="Example: candor pseudonym mailinglist:1f0c2a --domain report")(show_pseudonym)


def forget_person(
    person: Annotated[str | None, typer.Argument(help="network:account_id, or a declared person.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who carries this out; kept in the ledger.")] = "",
    request: Annotated[str | None, typer.Option(help="A request that waits, instead of an id.")] = None,
    at_once: Annotated[bool, typer.Option("--at-once", help="Erase before a night has left them out.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Leave a person out from now on; once a night was released without them, erase them from the whole store.

    Exit 1 while any byte is left.
    """
    from jobs.erasure_requests import requested
    from jobs.forgetting import forget

    store = store_with_own_files()
    if (person is None) == (request is None):
        raise BadInput("forget needs an id, or --request with the name of one; got both or neither.")
    wanted = person if person is not None else requested(store.settings.home, request)
    if dry_run:
        return _show_erasure(forget.preview(store, wanted), as_json)
    if not by:
        raise BadInput("forget needs --by NAME: who carries it out is kept in the ledger. Nothing was changed.")
    name = forget.leave_out(store, wanted)
    if request is None and not at_once and not forget.is_left_out(store, wanted):
        return show_line(f"left out from now on. After the next released night, erase: candor forget --request {name} "
                         f"--by {by}, or the DAG erase_person with that request.")
    if not at_once:
        forget.require_left_out(store, wanted)
    done = forget.forget(store, wanted, by)
    _show_erasure(done, as_json)
    if done.left:
        raise typer.Exit(FAILED)
    return None


def collect_garbage(
    dry_run: DryRun = False,
    expire: Annotated[bool, typer.Option("--expire", help="Also expire snapshots that no release names.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove files older than a day that no table, snapshot or run leads to."""
    from jobs.privacy import garbage

    store = store_with_own_files()
    if dry_run:
        done = garbage.collectable(store)
    elif expire:
        done = garbage.expire_and_collect(store)
    else:
        done = garbage.collect(store)
    if as_json:
        return show_json(asdict(done))
    for path in done.files:
        show_line(path)
    return show_line(f"{len(done.files):,} files, {done.byte_count:,} bytes; {done.expired_snapshot_count:,} snapshots")


def export_scores(
    out: Annotated[Path, typer.Option(help="Folder of the export; it must not exist.")],
    date: Annotated[datetime | None, typer.Option("--date", parser=as_day, help="A released night; newest.")] = None,
    domain: Annotated[str, typer.Option(help="Who it is for: each domain has a key of its own.")] = EXPORT,
    as_json: AsJson = False,
) -> None:
    """Write the released scores of a night as Parquet and CSV, with pseudonyms in place of people."""
    from jobs.answers.export import export

    done = export(existing_store(), out, date.date() if date else None, domain)
    if as_json:
        return show_json(done)
    tables = done.pop("tables")
    show_table("export", [{"fact": name, "is": value} for name, value in done.items()])
    return show_table("tables", [{"table": table, **counts} for table, counts in tables.items()])


def show_pseudonym(
    person: Annotated[str, typer.Argument(help="The person id.")],
    domain: Annotated[str, typer.Option(help="The domain of the report or export.")] = REPORT,
) -> None:
    """Print what a person is called in the reports or exports of this store."""
    from jobs.pseudonyms import existing_key

    show_line(existing_key(load_settings().home, domain).pseudonym(person))


def _show_erasure(done, as_json: bool) -> None:
    if as_json:
        return show_json(asdict(done))
    show_table("tables", [
        {"table": table, **{name: counts[name] for name in ("file_count", "erased_row_count", "masked_row_count")}}
        for table, counts in done.tables.items()])
    show_line(f"accounts {done.account_count}, landed files {done.landed_file_count}, "
              f"landed rows {done.landed_row_count}, judged nights {len(done.nights)}")
    for path in done.unreadable:
        show_line(f"could not be read, a note in its place: {path}")
    if done.swept:
        show_line(f"old files beside the tables that were swept: {len(done.swept):,}; --json names them")
    for path in done.left:
        show_line(f"LEFT, names the person or cannot be read: {path}")
    if done.event_number:
        show_line(f"event {done.event_number}: {done.erasure}; check with `candor verify`")
    return None
