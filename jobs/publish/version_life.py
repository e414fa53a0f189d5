"""The steps of a version's life: each is refused, in words, unless the ledger and the released nights allow it."""

import re
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from jobs import lifecycle
from jobs.errors import BadInput, PipelineError
from jobs.events import Decision, Event, append, open_ledger
from jobs.events import events as all_events
from jobs.ledger import newest_release, visible_releases
from jobs.lifecycle import VersionLife
from jobs.manifest import now
from jobs.released import SCORING_ROOM
from jobs.settings import Settings
from jobs.storage import Store

DIGEST = re.compile(r"[0-9a-f]{64}")

NIGHTS_OF_VERSIONS = """
    SELECT DISTINCT algorithm_version, snapshot_date
    FROM read_parquet($files)
    ORDER BY ALL
"""

ALLOWED = {
    lifecycle.VERSION_ANNOUNCED: (lifecycle.SHADOW, lifecycle.ANNOUNCED),
    lifecycle.VERSION_ACTIVATED: (lifecycle.ANNOUNCED,),
    lifecycle.VERSION_RETIRED: (lifecycle.SHADOW, lifecycle.ANNOUNCED),
}
"""The states from which a step may be made. Announcing again, with a new pack, starts the notice again."""

WHY_NOT = {
    lifecycle.DRAFT: "a draft is scored in no night; release it first: make release-version V={version}",
    lifecycle.SHADOW: "it was not announced; make the pack with `candor compare`, then `candor version announce`",
    lifecycle.ACTIVE: "it is the active one; activate another version first",
    lifecycle.RETIRED: "a retired version stays retired; release its successor under a new name",
}


@dataclass(frozen=True)
class Step:
    """A step that somebody wants to make with a version, and the day on which it counts."""

    version: str
    on: date
    made_by: str


@dataclass(frozen=True)
class ActivationRequirements:
    """What a version still lacks before it may become active, and the first day on which it could."""

    missing_nights: int
    missing_days: int
    allowed_from: date

    @property
    def is_over(self) -> bool:
        """Whether nothing is missing any more."""
        return not (self.missing_nights or self.missing_days)


def version_list(store: Store, room: Path = SCORING_ROOM) -> list[dict]:
    """Every known version: state, days of its steps, digest of its pack, released nights that hold it."""
    nights = nights_of_versions(store)
    found = lifecycle.lives(lifecycle.known_versions(room), all_events(store))
    return [asdict(life) | {"released_night_count": len(nights.get(name, []))} for name, life in found.items()]


def announce(store: Store, step: Step, pack_digest: str, room: Path = SCORING_ROOM) -> Event:
    """Announce that a version will become active, with the digest of the pack that says what it changes.

    Errors: BadInput for a digest or name that is none; PipelineError when the version is not in the shadow.
    """
    if not DIGEST.fullmatch(pack_digest):
        raise BadInput(f"--pack-digest {pack_digest!r}: expected the 64 hexadecimal digits of `candor compare`.")
    return _made(store, lifecycle.VERSION_ANNOUNCED, step, {"pack_digest": pack_digest}, room)


def activate(store: Store, step: Step, room: Path = SCORING_ROOM) -> Event:
    """Make an announced version the one that readers see, for all nights.

    Errors: PipelineError when nights in the shadow or days of notice are missing: how many, and from when it may be.
    """
    return _made(store, lifecycle.VERSION_ACTIVATED, step, {}, room)


def retire(store: Store, step: Step, room: Path = SCORING_ROOM) -> Event:
    """Stop scoring a version, from the night of the step on; errors: PipelineError for the active one."""
    return _made(store, lifecycle.VERSION_RETIRED, step, {}, room)


def nights_of_versions(store: Store) -> dict[str, list[date]]:
    """The released nights that hold each version, oldest first."""
    seen = visible_releases(store)
    files = store.files("pub__scores", snapshot=seen[-1].table_snapshots["pub__scores"]) if seen else []
    nights: dict[str, list[date]] = {}
    with duckdb.connect() as connection:
        rows = connection.execute(NIGHTS_OF_VERSIONS, {"files": files}).fetchall() if files else []
    for version, night in rows:
        nights.setdefault(version, []).append(night)
    return nights


def waiting(
    settings: Settings, life: VersionLife, on: date, nights: list[date], newest: date
) -> ActivationRequirements:
    """What is missing on a day: nights in the shadow up to it, and days since the announcement.

    newest is the last released night: the missing nights are counted on from it, one a day.
    """
    in_shadow = [night for night in nights if night <= on]
    missing_nights = max(0, settings.shadow_nights - len(in_shadow))
    to_come = settings.shadow_nights - len(nights)
    enough_nights = newest + timedelta(days=to_come) if to_come > 0 else _nth(nights, settings.shadow_nights, on)
    enough_notice = life.announced_on + timedelta(days=settings.notice_days)
    return ActivationRequirements(missing_nights, max(0, (enough_notice - on).days), max(enough_nights, enough_notice))


def _made(store: Store, event_type: str, step: Step, details: dict, room: Path) -> Event:
    """Check the step against the ledger, and append it to that very ledger."""
    if not step.made_by.strip():
        raise BadInput("--by: expected the name of who decides this, got none. The ledger keeps it.")
    ledger = open_ledger(store)
    life = _life_of(step.version, lifecycle.lives(lifecycle.known_versions(room), ledger.events))
    _require_state(event_type, life)
    _require_begun(store, step)
    if event_type == lifecycle.VERSION_ACTIVATED:
        details = details | _shadow_and_notice(store, life, step)
    said = {"on": step.on.isoformat(), "state_before": life.state, **details}
    return append(store, ledger, Decision(event_type, step.version, step.made_by.strip(), said))


def _life_of(version: str, found: dict[str, VersionLife]) -> VersionLife:
    if version not in found:
        raise BadInput(f"no version {version!r}; known: {', '.join(found)}. See: candor version list")
    return found[version]


def _require_state(event_type: str, life: VersionLife) -> None:
    if life.state not in ALLOWED[event_type]:
        what = event_type.removeprefix("version_")
        raise PipelineError(
            f"{life.algorithm_version} cannot be {what}: expected it to be {' or '.join(ALLOWED[event_type])}, it is "
            f"{life.state}; {WHY_NOT[life.state].format(version=life.algorithm_version)}. Nothing was recorded."
        )


def _require_begun(store: Store, step: Step) -> None:
    """A step counts as soon as it is recorded: a day that has not come would stand in for a notice that nobody had."""
    newest = newest_release(store)
    latest = max(now().date(), newest.snapshot_date) if newest else now().date()
    if step.on > latest:
        raise BadInput(
            f"--on of {step.version}: expected {latest} at the latest, which is today or the newest released night, "
            f"got {step.on}; make this step when that day has come. Nothing was recorded.")


def _shadow_and_notice(store: Store, life: VersionLife, step: Step) -> dict:
    """What the activation can point to; errors: PipelineError saying what is missing."""
    newest, nights = newest_release(store), nights_of_versions(store).get(life.algorithm_version, [])
    last_night = newest.snapshot_date if newest else step.on
    missing = waiting(store.settings, life, step.on, nights, last_night)
    if not missing.is_over:
        raise PipelineError(
            f"{life.algorithm_version} cannot be active on {step.on}: {missing.missing_nights} of "
            f"{store.settings.shadow_nights} nights in the shadow are missing, and {missing.missing_days} of "
            f"{store.settings.notice_days} days of notice since {life.announced_on}. Allowed from "
            f"{missing.allowed_from}, when every night until then is released. Nothing was recorded."
        )
    return {"shadow_nights": len([night for night in nights if night <= step.on]), "pack_digest": life.pack_digest,
            "notice_days": (step.on - life.announced_on).days}


def _nth(nights: list[date], count: int, default: date) -> date:
    """The night with which a number of nights is reached; the default when none is needed."""
    return nights[count - 1] if count else default
