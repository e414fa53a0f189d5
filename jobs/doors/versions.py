"""`candor version` and `candor replay`: the life of algorithm versions, and released nights computed again."""

from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import Annotated

import typer

from jobs.door import FAILED
from jobs.doors.options import AsJson, MadeBy, as_day
from jobs.existing_store import existing_store
from jobs.manifest import now
from jobs.publish import version_life
from jobs.publish.version_life import Step
from jobs.terminal import show_json, show_line, show_table

VersionName = Annotated[str, typer.Argument(help="The version, such as v3.")]
OnDay = Annotated[datetime | None, typer.Option("--on", parser=as_day, help="The day that it counts from; today.")]

version = typer.Typer(help="The life of algorithm versions: draft, shadow, announced, active, retired.",
                      no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the `version` commands and `replay`."""
    app.add_typer(version, name="version")
    app.command(epilog="Example: candor replay --date 2030-01-31 --version v2 --from-core")(replay)


@version.command("list", epilog="Example: candor version list --json")
def list_versions(as_json: AsJson = False) -> None:
    """Show every version: its state, the days of its steps, the digest of its pack, released nights that hold it."""
    rows = version_life.version_list(existing_store())
    if as_json:
        return show_json(rows)
    return show_table("versions", rows)


@version.command(epilog="Example: candor version announce v3 --pack-digest SHA256 --on 2030-02-01 --by ann")
def announce(
    name: VersionName,
    pack_digest: Annotated[str, typer.Option(help="Digest of the comparison pack, as `candor compare` prints it.")],
    on: Annotated[datetime, typer.Option(parser=as_day, help="The day of the announcement; the notice starts here.")],
    by: MadeBy,
) -> None:
    """Announce that a version will become active; announcing again, with another pack, starts the notice again."""
    event = version_life.announce(existing_store(), Step(name, on.date(), by), pack_digest)
    show_line(f"event {event.event_number}: {name} is announced since {on.date()}; pack {pack_digest}")


@version.command(epilog="Example: candor version activate v3 --by ann --on 2030-02-08")
def activate(name: VersionName, by: MadeBy, on: OnDay = None) -> None:
    """Make an announced version the one that readers see, for all nights; refused before its time."""
    event = version_life.activate(existing_store(), Step(name, _day(on), by))
    show_line(f"event {event.event_number}: {name} is active since {_day(on)}")


@version.command(epilog="Example: candor version retire v1 --by ann")
def retire(name: VersionName, by: MadeBy, on: OnDay = None) -> None:
    """Stop scoring a version, from a night on; what was released stays. The active version cannot be retired."""
    event = version_life.retire(existing_store(), Step(name, _day(on), by))
    show_line(f"event {event.event_number}: {name} is retired since {_day(on)}")


def replay(
    date_: Annotated[datetime, typer.Option("--date", parser=as_day, help="A released night.")],
    name: Annotated[str, typer.Option("--version", help="A version that the release holds.")],
    release: Annotated[str | None, typer.Option(help="Release id; default: the newest release of the night.")] = None,
    from_core: Annotated[bool, typer.Option(help="Also fold the frozen state from the day's rows again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compute a released night again from what it froze, and compare digests; exit 1 when they differ."""
    from jobs.audit.replay import find_release, replay_scores, replay_state, with_state
    from jobs.comparing.replaying import refolded, rescored
    from jobs.session import open_session

    store = existing_store()
    released = find_release(store, date_.date(), release)
    with open_session(store.settings, f"candor replay {released.release_id}") as spark:
        result = replay_scores(store, released, name, partial(rescored, spark))
        if from_core:
            result = with_state(result, replay_state(store, released, partial(refolded, spark)))
    if as_json:
        show_json(asdict(result) | {"released_digest": result.released_digest,
                                    "replayed_digest": result.replayed_digest, "is_equal": result.is_equal,
                                    "follows": result.follows})
    else:
        _show(result)
    if not result.follows:
        raise typer.Exit(FAILED)


def _day(on: datetime | None) -> date:
    return (on or now()).date()


def _show(result) -> None:
    show_line(f"{result.release_id}, {result.algorithm_version}")
    for one in result.tables:
        for difference in one.differences:
            show_line(f"{one.table} {', '.join(str(value) for value in difference['key'].values())}")
            show_line(f"    released {_row(difference['released'])}")
            show_line(f"    replayed {_row(difference['replayed'])}")
    rows = [{"table": one.table, "released": one.released_digest, "replayed": one.replayed_digest}
            for one in result.tables]
    show_table("digests", [*rows, {"table": "all", "released": result.released_digest,
                                   "replayed": result.replayed_digest}])
    if result.erased.erasure_count:
        _show_erased(result)
    show_line(_outcome(result))


def _outcome(result) -> str:
    if result.is_equal:
        return "equal"
    if result.follows:
        return "follows, but for what was erased"
    return "NOT equal: the release does not follow from what it froze"


def _show_erased(result) -> None:
    differing, unaccounted = (sum(getattr(one, name) for one in result.tables)
                              for name in ("differing_row_count", "unaccounted_row_count"))
    erased = result.erased
    show_line(f"erased since: {erased.row_count:,} rows of this release, {erased.account_count:,} accounts in "
              f"{erased.erasure_count:,} erasures. Rows that differ: {differing:,}; the erasures account for "
              f"{differing - unaccounted:,}, scores of people whom the erased ones reacted to: they stay as released.")


def _row(columns: dict | None) -> str:
    return ", ".join(f"{name}={value}" for name, value in columns.items()) if columns else "no such row"
