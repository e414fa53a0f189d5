"""Commands that change a store. What is heavy is imported by the command that needs it: a start costs seconds."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from jobs.doors.options import AsJson, as_day
from jobs.errors import BadInput, NightBlocked
from jobs.existing_store import existing_store
from jobs.nights.results import NightResult, told
from jobs.session import open_session
from jobs.settings import load_settings
from jobs.storage import Store
from jobs.terminal import plain, show_json, show_line, show_table

OneDay = Annotated[datetime | None, typer.Option("--date", parser=as_day, help="One day or night.")]
FirstDay = Annotated[datetime | None, typer.Option("--from", parser=as_day, help="First night of several.")]
LastDay = Annotated[datetime | None, typer.Option("--to", parser=as_day, help="Last night of several.")]
FEEDS_HELP = "stackexchange, mailinglist, twitter, or a list: suppression, minors, identity."


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(ingest)
    app.command()(night)
    app.command()(calibrate)
    app.command()(train)


def use_home(home: Path) -> None:
    """Make a folder the store of this process and of what it starts."""
    os.environ["CANDOR_HOME"] = str(home.absolute())


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders of files.")],
    network: Annotated[str, typer.Option(help=FEEDS_HELP)],
    date_: OneDay = None,
    all_dates: Annotated[bool, typer.Option("--all-dates", help="Split a dump by event time over its days.")] = False,
    as_json: AsJson = False,
) -> None:
    """Land files byte for byte and load what they hold.

    Example: candor ingest --network stackexchange --all-dates site.7z
    """
    if (date_ is None) != all_dates:
        raise BadInput("ingest needs one of --date D (one day) and --all-dates (a dump, split by event time).")
    from jobs.ingest.feeds import ingest_feed

    console = Console(stderr=True)
    with console.status(f"reading {network}") as status:
        def progress(rows: int, size: int) -> None:
            status.update(f"reading {network}: {rows:,} rows, {size / 1e6:,.1f} MB done")

        day = date_.date() if date_ else None
        summary = ingest_feed(Store(load_settings()), network, paths, day, on_progress=progress)
    _show_ingest(json.loads(summary.to_json()), as_json)


def night(
    date_: OneDay = None,
    first: FirstDay = None,
    last: LastDay = None,
    as_json: AsJson = False,
) -> None:
    """Run whole nights in order: ingest from the inbox, score, judge, publish. Exits 2 when one is blocked.

    Example: candor night --date 2030-01-01
    Example: candor night --from 2030-01-01 --to 2030-01-14
    """
    results = run_told(Store(load_settings()), *_span(date_, first, last))
    if as_json:
        show_json([plain({**asdict(result), "seconds": result.seconds}) for result in results])
    if blocked := [result for result in results if result.verdict == "block"]:
        raise NightBlocked(
            f"{', '.join(str(result.snapshot_date) for result in blocked)}: {', '.join(blocked[0].blocked_by)}; the "
            f"last release stays in place. Deliver what is named above again, and run the night again."
        )


def run_told(store: Store, first: date, last: date) -> list[NightResult]:
    """Run several nights, with the stage at work and each result on standard error."""
    from jobs.nights.night import run_nights

    console = Console(stderr=True, highlight=False)
    with console.status("starting") as status:
        return run_nights(store, first, last, status.update,
                          lambda result: console.print(told(result), soft_wrap=True, markup=False))


def calibrate(
    version: Annotated[str, typer.Option(help="A draft, such as v6.")],
    date_: Annotated[datetime, typer.Option("--date", parser=as_day, help="The scored night to fit the scale to.")],
) -> None:
    """Make the calibration file of a version that is not released yet.

    Example: candor calibrate --version v6 --date 2030-01-28
    """
    from jobs.scoring.calibrate import calibrate as fit

    with _session_on_nights("candor calibrate") as (spark, store):
        fitted = fit(spark, store, date_.date(), version)
    show_line(f"{version}: {len(fitted.topic_references)} topic references, network medians {fitted.network_medians}")


def train(
    version: Annotated[str, typer.Option(help="A draft with several terms, such as v6.")],
    first: Annotated[datetime, typer.Option("--from", parser=as_day, help="Earliest night whose parts may be used.")],
    last: Annotated[datetime, typer.Option("--to", parser=as_day, help="Last night whose reactions are known.")],
    ridge: Annotated[float, typer.Option(help="Strength of the penalty that keeps parts which say the same.")] = 0.01,
    as_json: AsJson = False,
) -> None:
    """Fit the weights of a learned version: from early nights, who draws more people in the 14 days after.

    Example: candor train --version v6 --from 2030-01-02 --to 2030-02-13
    """
    from jobs.scoring.learning import Plan
    from jobs.scoring.training import train as fit

    with _session_on_nights("candor train") as (spark, store):
        trained = fit(spark, store, version, first.date(), last.date(), Plan(l2=ridge))
    facts = {"factors": trained.factors, "releases": list(trained.releases), **asdict(trained.learned)}
    if as_json:
        return show_json(facts)
    show_table(f"{version}: factors", [{"term": name, "factor": share} for name, share in trained.factors.items()])
    return show_line(f"held out {trained.learned.held_out_date}: AUC {trained.learned.held_out_auc:.4f} on "
                     f"{trained.learned.held_out_pair_count:,} pairs; learned from {', '.join(trained.releases)}")


@contextmanager
def _session_on_nights(name: str) -> Iterator[tuple]:
    """A session and the store whose nights it reads; errors: MissingInput where there is no store."""
    store = existing_store()
    with open_session(store.settings, name) as spark:
        try:
            yield spark, store
        finally:
            store.clear_scratch()


def _span(one: datetime | None, first: datetime | None, last: datetime | None) -> tuple[date, date]:
    if one and not (first or last):
        return one.date(), one.date()
    if first and last and not one and first <= last:
        return first.date(), last.date()
    raise BadInput("night needs either --date D, or --from A --to B with A not after B.")


def _show_ingest(summary: dict, as_json: bool) -> None:
    if as_json:
        return show_json(summary)
    shown = ("file", "bytes", "in", "kept", "quarantined", "suppressed", "out_of_scope", "is_complete", "recognised")
    show_table(f"{summary['feed']}: {len(summary['dates'])} days", summary["files"], shown)
    for file in summary["files"]:
        if file["reasons"]:
            reasons = ", ".join(f"{reason} {count:,}" for reason, count in file["reasons"].items())
            show_line(f"{file['file']}: {reasons}")
    return None
