"""The deterministic checks, run on the tables of a simulated night: each looks, none is told what was done.

Twins of the invariants in expectations/; the whole-pipeline part of this benchmark runs those themselves.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.gate.night import SCHEMA, Cells, Night, Scoring, sha256_of
from bench.gate.world import DAY, NETWORKS, TOPICS

MOST_OUT_OF_DAY = 0.001
"""Share of a feed's rows that may lie outside its day: a late second, not a skewed clock."""

LEAST_FINGERPRINTS = 0.999
"""Share of known accounts that must look as they did (gate-evidence section 2, L0)."""

SCORE_LOW, SCORE_HIGH = 1.0, 100.0
GOLDEN_CREDIT = np.geomspace(3, 60_000, 300)
"""Credit over the whole scale, to its ceiling: a golden that stops at 75 points does not see a fault above them."""


@dataclass(frozen=True)
class Known:
    """What the gate knows of the nights before: hashes, accounts, the list, and the golden of the version."""

    hashes: frozenset[str]
    created_at: np.ndarray
    account_network: np.ndarray
    listed: np.ndarray
    golden: str
    reference: float


def golden_of(scoring: Scoring, reference: float) -> str:
    """Digest of yesterday's frozen input through a night's code, on the released reference."""
    overall = np.zeros(len(GOLDEN_CREDIT), dtype=bool)
    points = Scoring(scoring.points, reference).score(GOLDEN_CREDIT, overall)
    return hashlib.sha256(np.round(points, 6).tobytes()).hexdigest()


def every_required_feed_delivered(night: Night, _: Known) -> str | None:
    """Each network has a file."""
    return _feed(name for name in NETWORKS if name not in night.feeds)


def every_delivery_is_complete(night: Night, _: Known) -> str | None:
    """Rows and bytes are those that the manifest says."""
    return _feed(name for name, rows in night.feeds.items()
                 if (len(rows), sha256_of(rows)) != (night.manifest[name].row_count, night.manifest[name].sha256))


def schema_is_the_contract(night: Night, _: Known) -> str | None:
    """Columns, types and units are those of the contract."""
    return _feed(name for name in night.feeds if night.manifest[name].schema != SCHEMA)


def no_delivery_is_a_replay(night: Night, known: Known) -> str | None:
    """No file was delivered before."""
    return _feed(name for name in night.feeds if night.manifest[name].sha256 in known.hashes)


def one_row_per_interaction(night: Night, _: Known) -> str | None:
    """No key twice."""
    return _feed(name for name, rows in night.feeds.items() if len(np.unique(rows.interaction_id)) < len(rows))


def interactions_are_dated_in_the_night(night: Night, _: Known) -> str | None:
    """Next to no row of another day."""
    return _feed(name for name, rows in night.feeds.items()
                 if night.out_of_scope[name] > MOST_OUT_OF_DAY * max(len(rows), 1))


def rows_are_conserved(night: Night, _: Known) -> str | None:
    """What came in was kept, suppressed or out of scope."""
    is_listed = np.isin(np.arange(len(night.created_at)), night.listed)
    return _feed(
        name for name, rows in night.feeds.items()
        if len(rows) != len(night.loaded[name]) + night.out_of_scope[name]
        + int((is_listed[rows.author] & (rows.second >= 0) & (rows.second < DAY)).sum()))


def identities_keep_their_fingerprints(night: Night, known: Known) -> str | None:
    """Account, network and creation date are those of earlier sightings."""
    same = (night.created_at == known.created_at) & (night.account_network == known.account_network)
    return None if same.mean() >= LEAST_FINGERPRINTS else "stage:ingest"


def nobody_left_a_list(night: Night, known: Known) -> str | None:
    """The suppression list only grows."""
    return None if np.isin(known.listed, night.listed).all() else "stage:ingest"


def topics_are_known(night: Night, _: Known) -> str | None:
    """The topics are those of the dictionary."""
    missing = sorted(set(range(TOPICS)) - set(night.topics))
    return f"cohort:topic:t{missing[0]}" if missing else None


def golden_replays(night: Night, known: Known) -> str | None:
    """Frozen input through the night's code gives the digest of the release."""
    return None if golden_of(night.scoring, known.reference) == known.golden else "stage:scoring"


def reference_is_the_released_one(night: Night, known: Known) -> str | None:
    """The frozen scale is the one whose digest the manifest holds."""
    return None if night.scoring.reference == known.reference else "stage:scoring"


def scores_within_range(night: Night, _: Known) -> str | None:
    """Every scored cell is finite and within 1 to 100."""
    due = night.credit >= 3.0
    scores = night.scores[due]
    return None if bool(np.all((scores >= SCORE_LOW) & (scores <= SCORE_HIGH))) else "stage:scoring"


CHECKS: tuple[Callable[[Night, Known], str | None], ...] = (
    every_required_feed_delivered, every_delivery_is_complete, schema_is_the_contract, no_delivery_is_a_replay,
    one_row_per_interaction, interactions_are_dated_in_the_night, rows_are_conserved,
    identities_keep_their_fingerprints, nobody_left_a_list, topics_are_known, golden_replays,
    reference_is_the_released_one, scores_within_range,
)
"""In the order of the flow: the first that fires says where to look first."""


def broken(night: Night, known: Known) -> dict[str, str]:
    """Checks that do not hold, and where each points: `feed:x`, `cohort:x` or `stage:x`."""
    found = {check.__name__: check(night, known) for check in CHECKS}
    return {name: place for name, place in found.items() if place}


def known_from(night: Night, cells: Cells, hashes: frozenset[str]) -> Known:
    """What a clean night leaves for the nights after it."""
    return Known(hashes, cells.world.created_at, cells.world.network, cells.world.listed,
                 golden_of(Scoring(), 1.0), 1.0)


def _feed(names) -> str | None:
    first = next(iter(names), None)
    return None if first is None else f"feed:{first}"
