"""One night folded onto the state before it, against the state recomputed from all days at once."""

import shutil
from dataclasses import dataclass
from datetime import date, timedelta

from bench.speed.ours import counted_day
from bench.speed.synthetic import SyntheticDay
from bench.speed.usage import Steps
from jobs.engagement.state import folded_state, state_at_once
from jobs.storage import Store

COUNTING, FOLDING, AT_ONCE = "count the days' reactions", "fold the last night", "state at once"


@dataclass(frozen=True)
class Incremental:
    """Wall and processor seconds of a night and of everything anew; ratios are of processor time."""

    day_count: int
    pair_count: int
    steps: Steps

    @property
    def state_ratio(self) -> float:
        """How many folds the state at once costs, the days' counts given."""
        return self.steps.processor[AT_ONCE] / self.steps.processor[FOLDING]

    @property
    def night_ratio(self) -> float:
        """How many nights it costs to count all days' reactions from the core tables and to compute the state."""
        one_day = self.steps.processor[COUNTING] / self.day_count
        whole = self.steps.processor[COUNTING] + self.steps.processor[AT_ONCE]
        return whole / (one_day + self.steps.processor[FOLDING])


def fold_against_recompute(spark, store: Store, day_count: int, events: int, accounts: int) -> Incremental:
    """Make some days, count them, and measure both ways to the last day's state.

    Errors: AssertionError when the two states differ.
    """
    first, steps, counted = date(2030, 1, 1), Steps(), []
    for number in range(day_count):
        day = SyntheticDay(events, accounts, first + timedelta(days=number))
        folder = store.settings.home / "core" / day.snapshot_date.isoformat()
        core = day.write(folder)
        with steps.step(f"{COUNTING} {number}"):
            counted.append(counted_day(spark, store, core, day.snapshot_date))
        store.clear_scratch()
        shutil.rmtree(folder)
    last = first + timedelta(days=day_count - 1)
    before = _written_at_once(spark, store, counted[:-1], last - timedelta(days=1))
    with steps.step(FOLDING):
        folded = _folded(spark, store, before, counted[-1], last)
    with steps.step(AT_ONCE):
        at_once = _written_at_once(spark, store, counted, last)
    pairs = _sums(spark, store, folded)
    assert pairs == _sums(spark, store, at_once), "the folded state and the state at once differ"
    return Incremental(day_count, pairs[0], _joined(steps))


def _written_at_once(spark, store: Store, counted: list[list[str]], day: date) -> list[str]:
    days = store.frame_of(spark, "feature__engagement_days", [path for paths in counted for path in paths])
    return store.write_frame(state_at_once(days, day), "feature__engagement_state")


def _folded(spark, store: Store, before: list[str], counted: list[str], day: date) -> list[str]:
    earlier = store.frame_of(spark, "feature__engagement_state", before)
    return store.write_frame(
        folded_state(earlier, store.frame_of(spark, "feature__engagement_days", counted), day),
        "feature__engagement_state")


def _sums(spark, store: Store, files: list[str]) -> tuple:
    row = store.frame_of(spark, "feature__engagement_state", files).selectExpr(
        "count(*) AS pairs", "sum(decayed_weight % 1000003) AS weights", "sum(active_days_bits % 1000003) AS bits"
    ).first()
    return tuple(row)


def _joined(steps: Steps) -> Steps:
    def of(seconds: dict[str, float]) -> dict[str, float]:
        counting = sum(value for name, value in seconds.items() if name.startswith(COUNTING))
        return {COUNTING: counting, FOLDING: seconds[FOLDING], AT_ONCE: seconds[AT_ONCE]}

    return Steps(of(steps.wall), of(steps.processor))
