"""What history says about a candidate, as numbers that the gate's own invariants judge like any other."""

import math
from datetime import date

import numpy as np
import pyarrow as pa

from jobs.approvals import legitimate_nights
from jobs.events import events
from jobs.gate.calendar import Calendar
from jobs.gate.history import ShiftJudgement, judged
from jobs.gate.past import Expected, Released, past_of
from jobs.gate.relations import SHIFT_JUDGEMENTS, Relations, required_feeds
from jobs.gate.replies import reply_shares_of
from jobs.gate.suspects import Suspect
from jobs.ledger import visible_releases
from jobs.lifecycle import scored_versions
from jobs.storage import Store

LARGEST_SHIFT, SLOW_DRIFT = "largest_shift", "slow_drift"

SERIES_SHOWN = 5
"""Most surprising series that a finding names."""


def add_surprises(store: Store, relations: Relations, night: date, calendar: Calendar) -> tuple[Suspect, ...]:
    """Open shift_judgements, the night judged by the released nights before it; whom it suspects, first come first.

    A judging that fails opens nothing: what cannot be read is not measured, and that blocks.
    """
    try:
        past = past_of(relations.connection, night, _released(store, night), _expected(store, relations))
        found = judged(past.history, past.tonight, night, calendar.events, store.settings.false_blocks_per_year,
                       reply_shares_of(store, relations.connection, sorted(past.history.index), night))
        relations.add_arrow("shift_judgements", rows_of(found))
    except Exception as error:  # whatever breaks in the judging is a verdict about this night, not a crash to retry
        relations.unreadable["shift_judgements"] = f"the judging by history raised {type(error).__name__}: {error}"
        return ()
    return found.suspects


def rows_of(found: ShiftJudgement) -> pa.Table:
    """How near the night is to its limits: the largest shift as a share of what is allowed, the drift as it is."""
    rows = [
        {"judgement": LARGEST_SHIFT, "observed": _share_of_budget(found), "offenders": _told(found)},
        {"judgement": SLOW_DRIFT, "observed": _largest_drift(found),
         "offenders": "; ".join(f"{drift.series} {drift.cusum:.1f}" for drift in found.drift) or None},
    ]
    return pa.Table.from_pylist(rows, schema=SHIFT_JUDGEMENTS)


def _share_of_budget(found: ShiftJudgement) -> float:
    """U over tau. A store too young for a threshold has an endless budget; a missing series is beyond that, too."""
    return math.inf if math.isinf(found.largest) else found.largest / found.tau


def _largest_drift(found: ShiftJudgement) -> float:
    """NaN where any series has none: max() would pass over it, or not, by the order of the series."""
    return float(np.max([drift.cusum for drift in found.drift], initial=0.0))


def _told(found: ShiftJudgement) -> str:
    worst = [f"{s.series} observed {s.observed:.4g} expected {s.expected:.4g} u {s.u:.2f}"
             for s in found.surprises[:SERIES_SHOWN]]
    return "; ".join([f"{found.stage}, tau {found.tau:.2f}", *worst])


def _released(store: Store, night: date) -> Released:
    nights = frozenset(release.snapshot_date for release in visible_releases(store) if release.snapshot_date < night)
    return Released(nights, legitimate_nights(events(store)))


def _expected(store: Store, relations: Relations) -> Expected:
    """Versions scored tonight, and networks that delivered or had to."""
    [night] = relations.connection.execute("SELECT snapshot_date FROM night").fetchone()
    delivered = {feed for (feed,) in relations.connection.execute("SELECT DISTINCT feed FROM deliveries").fetchall()}
    networks = frozenset(delivered) | set(required_feeds(store.settings))
    return Expected(frozenset(scored_versions(store, night)), networks)
