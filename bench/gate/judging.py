"""Judge the nights of a run: by Candor's gate and, on the same nights, by the rules that people use."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from bench.gate.simulate import HISTORY_DAYS, Injection, Run, date_of
from bench.gate.stock import Nights, rules
from bench.gate.tally import Blocks, KindTally
from jobs.gate.history import ShiftJudgement, judged_by
from jobs.gate.norms import WEEKS, WINDOW_NIGHTS, Norms, learned
from jobs.gate.threshold import tau_of

CANDOR, STATISTICS = "Candor", "Candor, statistics alone"
BUDGETS = (2.0, 6.0, 12.0)
"""False blocks a year that the operator allows; the first is the default."""

SEEN_NIGHTS = WINDOW_NIGHTS + max(WEEKS) + 1


@dataclass
class Answers:
    """What every gate said, over all runs."""

    blocks: dict[str, Blocks] = field(default_factory=dict)
    kinds: dict[str, dict[str, KindTally]] = field(default_factory=dict)
    blamed: Counter = field(default_factory=Counter)
    false_checks: int = 0
    judging_seconds: float = 0.0
    judged_nights: int = 0

    def kind(self, gate: str, name: str) -> KindTally:
        """The tally of a gate on a kind."""
        return self.kinds.setdefault(gate, {}).setdefault(name, KindTally())


def judge_run(run: Run, answers: Answers) -> None:
    """Judge every clean night and every broken one of a run."""
    history, stock = run.history, _columns(run.stock)
    by_day: dict[int, list[Injection]] = {}
    for injection in run.injections:
        by_day.setdefault(injection.day, []).append(injection)
    answers.false_checks += len(run.false_checks)
    others = rules(history.columns)
    for place in range(HISTORY_DAYS, len(history)):
        day = run.days[place]
        norms = _learned(history.iloc[:place], day, answers)
        past = Nights({name: values[:place] for name, values in stock.items()}, history.to_numpy()[:place])
        _judge_clean(norms, past, history.iloc[place], run.stock[place], others, answers)
        for injection in by_day.get(day, ()):
            _judge_broken(norms, past, injection, others, answers)


def is_blocked(said: ShiftJudgement) -> bool:
    """Whether the statistics block."""
    return not said.is_within_budget or said.is_drifting


def norms_of(history: pd.DataFrame, day: int) -> Norms:
    """The norms of a simulated night."""
    return learned(history.iloc[-SEEN_NIGHTS:], date_of(day))


def _learned(history: pd.DataFrame, day: int, answers: Answers) -> Norms:
    started = time.process_time()
    norms = norms_of(history, day)
    judged_by(norms, history.iloc[-1], [], BUDGETS[0])
    answers.judging_seconds += time.process_time() - started
    answers.judged_nights += 1
    return norms


def _judge_clean(norms: Norms, past: Nights, tonight: pd.Series, stock: dict, others: dict[str, Callable],
                 answers: Answers) -> None:
    said = judged_by(norms, tonight, [], BUDGETS[0])
    if is_blocked(said):
        answers.blamed[said.surprises[0].series if not said.is_within_budget else "drift"] += 1
    for budget in BUDGETS:
        answers.blocks.setdefault(_named(CANDOR, budget), Blocks()).add(_is_blocked_at(budget, norms, said))
    for name, rule in others.items():
        answers.blocks.setdefault(name, Blocks()).add(rule(past, stock, tonight.to_numpy()))


def _judge_broken(norms: Norms, past: Nights, injection: Injection, others: dict[str, Callable],
                  answers: Answers) -> None:
    name, size = injection.kind.name, injection.size
    tonight = pd.Series(injection.series).reindex(norms.history.columns)
    said = judged_by(norms, tonight, [], BUDGETS[0])
    counts = size in injection.kind.sizes
    for budget in BUDGETS:
        is_surprising = _is_blocked_at(budget, norms, said)
        answers.kind(_named(STATISTICS, budget), name).add(size, is_surprising, counts)
        answers.kind(_named(CANDOR, budget), name).add(size, bool(injection.broken) or is_surprising, counts)
    if counts and (injection.broken or is_blocked(said)):
        answers.kind(_named(CANDOR, BUDGETS[0]), name).pointed.add(_first_place(injection, said) == injection.truth)
    for rule_name, rule in others.items():
        answers.kind(rule_name, name).add(size, rule(past, injection.stock, tonight.to_numpy()), counts)


def _is_blocked_at(budget: float, norms: Norms, said: ShiftJudgement) -> bool:
    """The same night at another budget: only the threshold differs."""
    tau = tau_of(norms.past_largest, said.stage, budget)
    return not said.largest <= tau or said.is_drifting


def _first_place(injection: Injection, said: ShiftJudgement) -> str:
    if injection.broken:
        return next(iter(injection.broken.values()))
    return f"{said.suspects[0].kind}:{said.suspects[0].name}" if said.suspects else ""


def _named(gate: str, budget: float) -> str:
    return f"{gate} at {budget:g} a year"


def _columns(rows: list[dict]) -> dict[str, np.ndarray]:
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}
