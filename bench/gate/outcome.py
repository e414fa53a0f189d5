"""From answers to rows: what the page prints and what a later run is held against."""

from bench.gate.drifting import POINTS_A_NIGHT
from bench.gate.faults import APART, STATISTICAL
from bench.gate.judging import BUDGETS, CANDOR, STATISTICS, Answers
from bench.gate.kinds import KINDS
from bench.gate.tally import Tally

LEAST_MEAN, LEAST_OF_A_KIND, LEAST_POINTED, MOST_FALSE = 0.95, 0.80, 0.90, 2.0
"""The goals of issue 4, section 2."""

DEFAULT = f"{CANDOR} at {BUDGETS[0]:g} a year"


def outcome_of(answers: Answers, drifts: dict[float, list[int | None]], provenance: dict) -> dict:
    """Everything that was measured, as plain rows."""
    return {
        **provenance,
        "gates": [_gate_row(name, blocks, answers) for name, blocks in answers.blocks.items()],
        "kinds": [_kind_row(kind, answers) for kind in KINDS],
        "drift": [_drift_row(points, drifts[points]) for points in POINTS_A_NIGHT],
        "blamed": answers.blamed.most_common(8), "false_checks": answers.false_checks,
        "milliseconds_a_night": 1000 * answers.judging_seconds / max(answers.judged_nights, 1),
        "pointed": _share(_pointed(answers)),
    }


def figures_of(outcome: dict) -> dict[str, float]:
    """The figures that the goals are about."""
    statistical = [row["recall"] for row in outcome["kinds"] if row["level"] == STATISTICAL]
    certain = [row for row in outcome["kinds"] if row["level"] not in (STATISTICAL, APART)]
    gate = next(row for row in outcome["gates"] if row["gate"] == DEFAULT)
    return {
        "L0 recall": min(row["recall"] for row in certain), "statistical mean": sum(statistical) / len(statistical),
        "statistical least": min(statistical), "false blocks a year": gate["per_year"],
        "false blocks bound": gate["upper"], "attribution": outcome["pointed"]["share"],
    }


def goals_of(figures: dict[str, float]) -> list[dict]:
    """Each goal with what was measured."""
    wanted = [
        ("L0 kinds found", "L0 recall", 1.0, True),
        ("statistical kinds found, mean", "statistical mean", LEAST_MEAN, True),
        ("statistical kinds found, least of a kind", "statistical least", LEAST_OF_A_KIND, True),
        ("false blocks a year", "false blocks a year", MOST_FALSE, False),
        ("false blocks a year, 95 % bound", "false blocks bound", MOST_FALSE, False),
        ("right suspect first", "attribution", LEAST_POINTED, True),
    ]
    return [{"goal": goal, "wanted": limit, "measured": figures[name], "at_least": at_least,
             "is_held": figures[name] >= limit if at_least else figures[name] <= limit}
            for goal, name, limit, at_least in wanted]


def _gate_row(name: str, blocks, answers: Answers) -> dict:
    kinds = answers.kinds.get(name, {})
    alone = answers.kinds.get(name.replace(CANDOR, STATISTICS), {})
    by_level = {level: [kinds[kind.name].found.share for kind in KINDS if kind.name in kinds and fits(kind.level)]
                for level, fits in {"statistical": lambda level: level == STATISTICAL,
                                    "all": lambda level: level != APART}.items()}
    unaided = [alone[kind.name].found.share for kind in KINDS if kind.name in alone and kind.level != APART]
    return {"gate": name, "false_blocks": blocks.count, "years": blocks.years, "per_year": blocks.per_year,
            "upper": blocks.upper, **{f"recall_{level}": _mean(values) for level, values in by_level.items()},
            "recall_unaided": _mean(unaided)}


def _kind_row(kind, answers: Answers) -> dict:
    tally = answers.kind(DEFAULT, kind.name)
    alone = answers.kind(f"{STATISTICS} at {BUDGETS[0]:g} a year", kind.name)
    others = {name: _number(kinds[kind.name].found.share) for name, kinds in answers.kinds.items()
              if kind.name in kinds and CANDOR not in name}
    return {"row": kind.row, "kind": kind.name, "level": kind.level, "unit": kind.unit, "trials": tally.found.trials,
            "recall": _number(tally.found.share), "lower": tally.found.lower, "hits": tally.found.hits,
            "sizes": [{"size": size, "recall": tally.by_size[size].share, "is_faint": size == kind.faint}
                      for size in kind.all_sizes if size in tally.by_size],
            "by_statistics": _number(alone.found.share), "pointed": _number(tally.pointed.share), "others": others}


def _drift_row(points: float, nights: list[int | None]) -> dict:
    found = sorted(night for night in nights if night is not None)
    middle = found[len(found) // 2] if found else None
    return {"points": points, "found": len(found), "trials": len(nights), "nights": middle,
            "points_moved": None if middle is None else middle * points}


def _pointed(answers: Answers) -> Tally:
    total = Tally()
    for kind in KINDS:
        if kind.level != APART:
            pointed = answers.kind(DEFAULT, kind.name).pointed
            total = Tally(total.hits + pointed.hits, total.trials + pointed.trials)
    return total


def _share(tally: Tally) -> dict:
    return {"hits": tally.hits, "trials": tally.trials, "share": _number(tally.share), "lower": tally.lower}


def _number(value: float) -> float | None:
    return None if value != value else float(value)


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
