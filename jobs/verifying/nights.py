"""Every night that was proposed ends in exactly one state (I8)."""

from collections.abc import Iterator
from datetime import date

from jobs.ledger import APPROVED, PUBLISHABLE, Release, visible_releases
from jobs.storage import Store
from jobs.verifying.checked import Checked, checked
from jobs.verifying.released import current_releases

RUN_AGAIN = "The night is incomplete: run it again (candor night --date {day}); what is there already is recognised."


def one_state_each(store: Store, ledger: list[Release], verdicts: list[dict]) -> Iterator[Checked]:
    """The newest candidate of each night has one newest verdict; where that passes, it is or was released.

    What was rolled back is released and stays so: a rerun that says the same publishes nothing, whenever it is tried.
    """
    seen = visible_releases(store)
    withdrawn = {release.release_number for release in ledger} - {release.release_number for release in seen}
    ended = [*current_releases(seen), *(release for release in ledger if release.release_number in withdrawn)]
    for day, candidate in sorted(newest_candidates(store).items()):
        state = state_of(candidate, verdicts, [release for release in ended if release.snapshot_date == day])
        holds = state in ("released", "blocked")
        yield checked("every_night_has_one_state", day, holds, "released or blocked", state, RUN_AGAIN.format(day=day))


def newest_candidates(store: Store) -> dict[date, dict]:
    """The candidate proposed last for each night."""
    rows = sorted(store.arrow("staged__candidates").to_pylist(), key=lambda row: row["recorded_at"])
    return {row["snapshot_date"]: row for row in rows}


def state_of(candidate: dict, verdicts: list[dict], ended: list[Release]) -> str:
    """What became of a candidate, in a word or two; ended: the releases of its night in which it may have ended."""
    own = [row for row in verdicts if _key(row) == _key(candidate)]
    last_moment = max((row["recorded_at"] for row in own), default=None)
    newest = {row["verdict"] for row in own if row["recorded_at"] == last_moment}
    if len(newest) != 1:
        return f"two verdicts at once: {', '.join(sorted(newest))}" if newest else "proposed and not judged"
    own_releases = [release for release in ended if _is_of(release, candidate)]
    if not newest <= set(PUBLISHABLE):
        return "released" if any(release.verdict == APPROVED for release in own_releases) else "blocked"
    return "released" if own_releases else "passed and not released"


def _key(row: dict) -> tuple[str, str]:
    return row["candidate_id"], row["candidate_digest"]


def _is_of(release: Release, candidate: dict) -> bool:
    said = vars(release)
    return all(said[name] == candidate[name] for name in ("candidate_digest", "input_digest"))
