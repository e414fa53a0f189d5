"""Commands about the generated world: make it, and show a whole run on it."""

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from jobs.demo.world import World, make_world
from jobs.doors import reading
from jobs.doors.options import as_day
from jobs.doors.writing import run_told
from jobs.errors import PipelineError
from jobs.ledger import newest_release
from jobs.nights.results import NightResult, told
from jobs.orchestration import DagRun, standby_dags
from jobs.settings import load_settings
from jobs.storage import Store
from jobs.terminal import show_line

demo = typer.Typer(help="The generated world, in the networks' native formats.", no_args_is_help=True)

FIRST_DAY = date(2030, 1, 1)
"""First night of the demo world."""

NIGHT_DAGS = ("ingest_daily", "influence_daily")
LEADERS_SHOWN = 10

People = Annotated[int, typer.Option(help="How many people; everything scales with them.")]


def register(app: typer.Typer) -> None:
    """Add the `demo` commands."""
    app.add_typer(demo, name="demo")


@demo.command()
def world(
    out: Annotated[Path, typer.Option(help="Folder to write into; deliveries land in its inbox/.")],
    people: People = 2000,
    days: Annotated[int, typer.Option(help="How many days.")] = 45,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 7,
    first_day: Annotated[datetime | None, typer.Option(parser=as_day, help=f"Its first day; {FIRST_DAY}.")] = None,
) -> None:
    """Write a seeded world: deliveries of three networks and three lists, and the planted truth.

    Example: candor demo world --out .demo --people 2000
    """
    start = first_day.date() if first_day else FIRST_DAY
    _tell_world(out, make_world(out, seed=seed, people=people, days=days, first_day=start))


@demo.command()
def run(
    people: People = 2000,
    days: Annotated[int, typer.Option(help="How many nights; the last one runs through Airflow.")] = 45,
) -> None:
    """Make the world, run its nights, and show what came out. Starts from an empty store.

    Example: CANDOR_HOME=.demo candor demo run
    """
    settings = load_settings()
    _require_own_store(settings.home)
    shutil.rmtree(settings.home, ignore_errors=True)
    last_day = FIRST_DAY + timedelta(days=days - 1)
    store = Store(settings)
    with standby_dags(settings, NIGHT_DAGS, last_day.isoformat()) as dags:
        made = make_world(settings.home, people=people, days=days, first_day=FIRST_DAY)
        _tell_world(settings.home, made)
        dags.begin()
        show_line(f"{last_day} is taken in by Airflow beside the nights before it: {NIGHT_DAGS[0]}")
        results = run_told(store, FIRST_DAY, last_day - timedelta(days=1))
        _run_through_airflow(dags, last_day)
    _show(store, made, results)


def _require_own_store(home: Path) -> None:
    """The demo removes its store first, so it must be one that a demo made, or none."""
    if home.exists() and any(home.iterdir()) and not (home / "truth.json").is_file():
        raise PipelineError(f"{home} holds a store that is no demo; the demo starts by removing its store. "
                            "Choose another folder: CANDOR_HOME=.demo candor demo run")


def _tell_world(folder: Path, made: World) -> None:
    show_line(f"demo world up to {made.last_day} in {folder / 'inbox'}; planted truth in {folder / 'truth.json'}; "
              f"viral day {made.viral_day}, broken day {made.broken_day} ({made.broken_feed})")


def _run_through_airflow(dags: DagRun, night: date) -> None:
    show_line(f"{night} through Airflow: airflow dags test, {' then '.join(NIGHT_DAGS)}")
    if code := dags.run(lambda line: show_line(f"  {line}")):
        raise PipelineError(f"the DAGs of {night} failed with exit code {code}; their log is {dags.log}")


def _show(store: Store, made: World, results: list[NightResult]) -> None:
    """A leaderboard, an explain card, the blocked night with its reason, and where everything lies."""
    newest = newest_release(store)
    topic, experts = sorted(made.experts.items())[0]
    show_line(f"\nWho leads {topic} on {newest.snapshot_date}: candor top --topic {topic}")
    reading.top(topic=topic, limit=LEADERS_SHOWN)
    show_line(f"\nWhy: candor explain {experts[0]} --topic {topic} --date {newest.snapshot_date}")
    reading.explain(person=experts[0], topic=topic)
    show_line("\nBlocked nights:")
    for result in results:
        if result.verdict == "block":
            for line in told(result).splitlines():
                show_line(line)
    home = store.settings.home
    show_line(f"\nWritten: {home}/catalog.db (Iceberg catalog), warehouse/ (tables), landed/ (deliveries, byte for "
              f"byte), airflow/logs/. Releases: {newest.release_number}. Look on with: export CANDOR_HOME={home}")
