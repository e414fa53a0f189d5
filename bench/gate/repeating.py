"""What a block leaves behind: nights until the next release, and the same incident again some nights later (row 21).

The first incident is left out of the window, as a block does; beside it, what would be found had it been let in.
"""

import pandas as pd

from bench.gate.faults import STATISTICAL
from bench.gate.judging import BUDGETS, SEEN_NIGHTS, is_blocked
from bench.gate.kinds import KINDS
from bench.gate.simulate import Injection, Plan, Run, date_of, simulated
from bench.gate.tally import Tally
from bench.gate.world import NETWORKS
from jobs.gate.history import judged_by
from jobs.gate.norms import Norms, learned

SEEDS, YEARS, REPEATS = range(601, 611), 1, 6
"""Seeds that nothing was tuned on; ten kinds, their sizes that count, six times a seed."""

LATER = (1, 2, 3, 7)
INSIDE = "7, the first one let into the window"

FADING_REPLIES = {1: 0.58, 2: 0.34, 3: 0.17, 4: 0.09, 5: 0.05, 6: 0.03, 7: 0.02}
"""Share of a night's authors with reactions to posts of so many nights before. The simulation knows no posts: these are
the largest shares of the made-up world (jobs/gate/replies.py measures them), which end at four nights, fading on."""


class Repeats:
    """Tallies over all runs: by nights later, by kind a week later, and nights without a release after a block."""

    def __init__(self):
        """Nothing counted yet."""
        self.later: dict[str, Tally] = {}
        self.kinds: dict[str, Tally] = {}
        self.recovery: list[int] = []

    def add_run(self, run: Run) -> None:
        """Every fault of a run once more, and every night after one."""
        history = run.history
        for injection in run.injections:
            self._add_repeat(history.iloc[:run.days.index(injection.day)], injection)
        for day, nights_after in run.after_block.items():
            self.recovery.append(nights_to_recover(history.iloc[:run.days.index(day)], day, nights_after))

    def _add_repeat(self, history: pd.DataFrame, injection: Injection) -> None:
        tonight = pd.Series(injection.series)
        let_in = history.iloc[-SEEN_NIGHTS:].copy()
        let_in.iloc[-7] = tonight.reindex(history.columns).to_numpy()
        windows = {str(later): history.drop(history.index[-later]) for later in LATER} | {INSIDE: let_in}
        for name, window in windows.items():
            is_found = is_blocked(judged_by(norms_after(window, injection.day), tonight, [], BUDGETS[0]))
            self.later.setdefault(name, Tally()).add(is_found)
            if name == "7":
                self.kinds.setdefault(injection.kind.name, Tally()).add(is_found)

    def rows(self) -> dict:
        """What was counted, as plain rows."""
        return {
            "later": [_row("later", name, tally) for name, tally in self.later.items()],
            "kinds": [_row("kind", name, tally) for name, tally in self.kinds.items()],
            "nights_to_recover": sum(self.recovery) / max(len(self.recovery), 1), "blocks": len(self.recovery),
            "at_once": sum(nights == 0 for nights in self.recovery),
        }


def plan_of(seed: int) -> Plan:
    """Statistical kinds alone, at the sizes that count."""
    kinds = tuple(kind.without_the_faint() for kind in KINDS if kind.level == STATISTICAL)
    return Plan(seed, YEARS, REPEATS, kinds, is_followed=True)


def repeats_of(seeds: range) -> dict:
    """All runs, the seeds with them."""
    repeats = Repeats()
    for seed in seeds:
        repeats.add_run(simulated(plan_of(seed)))
    return {"seeds": list(seeds), **repeats.rows()}


def norms_after(history: pd.DataFrame, day: int) -> Norms:
    """The norms of a night after a missing one."""
    return learned(history.iloc[-SEEN_NIGHTS:], date_of(day), dict.fromkeys(NETWORKS, FADING_REPLIES))


def nights_to_recover(history: pd.DataFrame, day: int, nights_after: list[dict]) -> int:
    """Nights without a release after a repaired fault, while the blocked night itself is never released."""
    for later, series in enumerate(nights_after):
        said = judged_by(norms_after(history, day + 1 + later), pd.Series(series), [], BUDGETS[0])
        if not is_blocked(said):
            return later
    return len(nights_after)


def _row(what: str, name: str, tally: Tally) -> dict:
    return {what: name, "hits": tally.hits, "trials": tally.trials, "share": tally.share, "lower": tally.lower}
