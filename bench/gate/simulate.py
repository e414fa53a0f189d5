"""Run a world through its nights, and break copies of some of them: what each night measures, and which checks fire."""

from collections import deque
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp

from bench.gate.checks import Known, broken, known_from
from bench.gate.faults import Kind
from bench.gate.measures import histogram, numbers_of
from bench.gate.night import Cells, Night, delivered, run
from bench.gate.world import NETWORKS, World

FIRST_DATE = date(2030, 1, 1)

SETTLING_DAYS = 60
"""Two half-lives in which the credit that a world starts with becomes its own; no night of them is kept."""

HISTORY_DAYS = 395
"""Nights before the first that is judged: a year and the four weeks of its first medians."""

REMEMBERED = 29
"""Nights kept in memory: the distances look 28 back."""

RECOVERY_NIGHTS = 3


@dataclass(frozen=True)
class Plan:
    """Which faults are put into a world: every kind and size the given number of times, spread over its nights.

    is_followed: whether the nights after a fault are measured, too; that costs three more measurements a fault.
    """

    seed: int
    years: int
    repeats: int
    kinds: tuple[Kind, ...]
    is_followed: bool = False

    @property
    def days(self) -> int:
        """Nights that are simulated."""
        return SETTLING_DAYS + HISTORY_DAYS + 365 * self.years


@dataclass(frozen=True)
class Injection:
    """A broken night: what was done, where one should look, which checks fired and what it measured."""

    day: int
    kind: Kind
    size: float
    truth: str
    broken: dict[str, str]
    series: dict[str, float]
    stock: dict[str, float]


@dataclass
class Run:
    """A world's clean nights, its broken ones, and each night as it looks when the one before was not released."""

    plan: Plan
    days: list[int] = field(default_factory=list)
    series: list[dict] = field(default_factory=list)
    stock: list[dict] = field(default_factory=list)
    false_checks: list[tuple[int, dict]] = field(default_factory=list)
    injections: list[Injection] = field(default_factory=list)
    after_block: dict[int, list[dict]] = field(default_factory=dict)

    @property
    def history(self) -> pd.DataFrame:
        """The clean nights as the gate's history."""
        return pd.DataFrame(self.series, index=[date_of(day) for day in self.days])


def date_of(day: int) -> date:
    """The date of a simulated night."""
    return FIRST_DATE + timedelta(days=day)


def stock_numbers(night: Night, yesterday: Night) -> dict[str, float]:
    """What people's usual rules look at: rows per feed, scored rows, mean score, and the KS test against yesterday."""
    now, was = (each.scores[~np.isnan(each.scores)] for each in (night, yesterday))
    test = ks_2samp(now, was, method="asymp") if len(now) and len(was) else None
    return {
        **{f"rows/{name}": float(len(night.feeds.get(name, ()))) for name in NETWORKS},
        "scored": float(len(now)), "mean_score": float(now.mean()) if len(now) else np.nan,
        "ks_p": test.pvalue if test else 0.0,
    }


def simulated(plan: Plan) -> Run:
    """All nights of a plan."""
    world = World(plan.seed, plan.days)
    cells, result, past = Cells(world), Run(plan), deque(maxlen=REMEMBERED)
    due = schedule_of(plan)
    credit, hashes = cells.start(), set()
    random = np.random.default_rng([plan.seed, 1])
    for day in range(plan.days):
        clean = delivered(world, day)
        if day in due:
            known = known_from(clean, cells, frozenset(hashes))
            result.injections += [_injected(clean, kind, size, past, cells, known, random) for kind, size in due[day]]
        run(clean, cells, credit)
        if day >= SETTLING_DAYS:
            _keep(result, clean, past, cells, known_from(clean, cells, frozenset(hashes)))
        if plan.is_followed:
            _keep_recovery(result, day, clean, past, cells, due)
        credit = clean.credit
        hashes |= {entry.sha256 for entry in clean.manifest.values()}
        past.append(clean)
    return result


def schedule_of(plan: Plan) -> dict[int, list[tuple[Kind, float]]]:
    """Day to faults; the order is drawn so that no kind keeps to one season."""
    first = SETTLING_DAYS + HISTORY_DAYS
    wanted = [(kind, size) for kind in plan.kinds for size in kind.all_sizes for _ in range(plan.repeats)]
    random = np.random.default_rng([plan.seed, 2])
    days = np.sort(random.integers(first, plan.days - RECOVERY_NIGHTS - 1, len(wanted)))
    order = random.permutation(len(wanted))
    schedule: dict[int, list] = {}
    for day, place in zip(days, order, strict=True):
        schedule.setdefault(int(day), []).append(wanted[place])
    return schedule


def _injected(clean: Night, kind: Kind, size: float, past: deque, cells: Cells, known: Known,
              random: np.random.Generator) -> Injection:
    night = clean.copy()
    truth = "" if kind.is_after_scoring else kind.breaks(night, past[-1], size, random)
    run(night, cells, past[-1].credit)
    if kind.is_after_scoring:
        truth = kind.breaks(night, past[-1], size, random)
    return Injection(night.day, kind, size, truth, broken(night, known), _series(night, past, past[-1], cells),
                     stock_numbers(night, past[-1]))


def _series(night: Night, past: deque, released: Night, cells: Cells) -> dict[str, float]:
    week_ago = past[night.day - 7 - past[0].day].counts
    month = night.day - 28 - past[0].day
    return numbers_of(night, cells, released, week_ago, histogram(past[month].scores) if month >= 0 else None)


def _keep(result: Run, clean: Night, past: deque, cells: Cells, known: Known) -> None:
    found = broken(clean, known)
    if found:
        result.false_checks.append((clean.day, found))
    result.days.append(clean.day)
    result.series.append(_series(clean, past, past[-1], cells))
    result.stock.append(stock_numbers(clean, past[-1]))


def _keep_recovery(result: Run, day: int, clean: Night, past: deque, cells: Cells, due: dict) -> None:
    """The nights after a fault, compared with the night before it: the last that was released."""
    for back in range(1, RECOVERY_NIGHTS + 1):
        blocked = day - back
        if blocked in due:
            released = past[blocked - 1 - past[0].day]
            outputs = _series_paired_with(clean, past, released, cells)
            result.after_block.setdefault(blocked, []).append(outputs)


def _series_paired_with(night: Night, past: deque, released: Night, cells: Cells) -> dict[str, float]:
    """Inputs look at yesterday as ever; outputs at the night that was released last."""
    yesterday = past[-1]
    paired = Night(released.day, {}, {}, yesterday.created_at, yesterday.account_network, yesterday.listed,
                   counts=yesterday.counts, scores=released.scores)
    return _series(night, past, paired, cells)
