"""The life of a version: draft, shadow, announced, active, retired; what the event ledger makes of released.toml."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from jobs.events import Event, events
from jobs.released import SCORING_ROOM, VERSIONS_FILE, load_registry
from jobs.storage import Store

DRAFT, SHADOW, ANNOUNCED, ACTIVE, RETIRED = "draft", "shadow", "announced", "active", "retired"

VERSION_ANNOUNCED, VERSION_ACTIVATED, VERSION_RETIRED = "version_announced", "version_activated", "version_retired"


@dataclass(frozen=True)
class VersionLife:
    """Where a version stands, and the days of its last steps.

    Nulls: a day is null when that step was not made; pack_digest until the version is announced. A version that is
    active from the start, by released.toml, has no day of activation.
    """

    algorithm_version: str
    state: str
    announced_on: date | None = None
    activated_on: date | None = None
    retired_on: date | None = None
    pack_digest: str | None = None


@dataclass(frozen=True)
class Versions:
    """The versions that have files: drafts, those of released.toml, and the one that it names as active."""

    active: str
    released: tuple[str, ...]
    drafts: tuple[str, ...] = ()


def known_versions(room: Path = SCORING_ROOM) -> Versions:
    """The versions of a scoring package; errors: MissingInput when released.toml does not name the active one."""
    registry = load_registry(room / VERSIONS_FILE.name)
    files = {path.stem for path in (room / "algorithms").glob("v*.py")}
    return Versions(registry.active, in_order(registry.released), in_order(files - set(registry.released)))


def lives(versions: Versions, ledger: Iterable[Event]) -> dict[str, VersionLife]:
    """The life of every known version after the events of a ledger, in the order of versions."""
    found = {name: VersionLife(name, DRAFT) for name in versions.drafts}
    found |= {name: VersionLife(name, SHADOW) for name in versions.released}
    found[versions.active] = VersionLife(versions.active, ACTIVE)
    for event in ledger:
        if event.event_type in STEPS:
            life = found.get(event.subject, VersionLife(event.subject, SHADOW))
            STEPS[event.event_type](found, life, event)
    return {name: found[name] for name in in_order(found)}


def active_version(store: Store, versions_file: Path = VERSIONS_FILE) -> str:
    """The version behind the unversioned views: of the newest activation, before the first one of released.toml.

    Errors: MissingInput when neither names one.
    """
    activated = [event.subject for event in events(store) if event.event_type == VERSION_ACTIVATED]
    return activated[-1] if activated else load_registry(versions_file).active


def scored_versions(store: Store, snapshot_date: date | None = None, room: Path = SCORING_ROOM) -> list[str]:
    """The versions that a night is scored with: released ones without those that were retired up to that night.

    A night that is run again keeps the versions that it had; without a night, the versions that are scored now.
    """
    gone = set(retired_versions(store, snapshot_date))
    return [name for name in known_versions(room).released if name not in gone]


def retired_versions(store: Store, snapshot_date: date | None = None) -> list[str]:
    """The versions that were retired, up to a night where one is given."""
    steps = [event for event in events(store) if event.event_type == VERSION_RETIRED]
    return [event.subject for event in steps if snapshot_date is None or day_of(event) <= snapshot_date]


def day_of(event: Event) -> date:
    """The day on which the step of a version counts."""
    return date.fromisoformat(event.details["on"])


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Version names by number: v2 before v10."""
    return tuple(sorted(names, key=lambda name: int(name[1:])))


def _announced(found: dict[str, VersionLife], life: VersionLife, event: Event) -> None:
    found[event.subject] = replace(
        life, state=ANNOUNCED, announced_on=day_of(event), pack_digest=event.details["pack_digest"])


def _activated(found: dict[str, VersionLife], life: VersionLife, event: Event) -> None:
    """The version that was active goes back into the shadow: still scored, and there for who asks for it."""
    for name, other in found.items():
        if other.state == ACTIVE:
            found[name] = replace(other, state=SHADOW)
    found[event.subject] = replace(life, state=ACTIVE, activated_on=day_of(event))


def _retired(found: dict[str, VersionLife], life: VersionLife, event: Event) -> None:
    found[event.subject] = replace(life, state=RETIRED, retired_on=day_of(event))


STEPS = {VERSION_ANNOUNCED: _announced, VERSION_ACTIVATED: _activated, VERSION_RETIRED: _retired}
"""What each event does to the lives; events of other types are no steps of a version."""
