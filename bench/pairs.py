"""Judged pairs: how well single features, equal weights and learned weights say which of two people was chosen.

    python -m bench.pairs FILE --label Choice

CSV with a column A_<feature> and a column B_<feature> for each feature, and a label: 1 when A was chosen, 0 when B was.
Every feature is taken as ln(1 + part), and a pair as the difference of A and B.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from jobs.door import run_door
from jobs.errors import BadInput, MissingInput
from jobs.scoring.learning import RIDGE, Pairs, auc, fit_weights
from jobs.terminal import show_json, show_table

FOLDS = 10
SHOWN_DIGITS = 4

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@dataclass(frozen=True)
class Judged:
    """How well one predictor agrees with the judges; grain: predictor.

    auc: null when all labels are equal. auc_error: standard error of auc. accuracy: ties of the predictor left out.
    weights: of all pairs together, null for predictors without weights.
    """

    predictor: str
    pair_count: int
    auc: float | None
    auc_error: float | None
    accuracy: float | None
    weights: dict[str, float] | None


@app.command(epilog="Example: python -m bench.pairs train.csv --label Choice --folds 10 --json")
def main(
    file: Annotated[Path, typer.Argument(help="CSV with A_<feature>, B_<feature> and a label.")],
    label: Annotated[str, typer.Option(help="Column with 1 when A was chosen and 0 when B was.")] = "label",
    folds: Annotated[int, typer.Option(min=2, help="Parts of the cross-validation.")] = FOLDS,
    seed: Annotated[int, typer.Option(help="Decides which pair is in which part.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Compare predictors on judged pairs: each feature alone, equal weights, and non-negative learned weights."""
    names, pairs = read_pairs(file, label)
    rows = [asdict(row) for row in judged(names, pairs, folds, seed)]
    if as_json:
        return show_json(rows)
    return show_table(f"{len(pairs.labels):,} pairs, {folds} folds", [_short(row) for row in rows])


def read_pairs(file: Path, label: str) -> tuple[list[str], Pairs]:
    """Feature names and pairs of a file. Errors: MissingInput without it; BadInput naming the column at fault."""
    if not file.is_file():
        raise MissingInput(f"no pairs at {file}; give the path of a CSV file")
    rows = pd.read_csv(file)
    names = [name[2:] for name in rows.columns if name.startswith("A_") and f"B_{name[2:]}" in rows.columns]
    if label not in rows.columns or not names:
        raise BadInput(f"{file}: expected {label!r} and pairs of columns A_<feature>, B_<feature>; found "
                       f"{', '.join(rows.columns)}. Name the label with --label")
    first, second = (_features(file, rows[[f"{side}_{name}" for name in names]]) for side in "AB")
    return names, Pairs(first - second, rows[label].to_numpy())


def judged(names: list[str], pairs: Pairs, folds: int, seed: int) -> list[Judged]:
    """Every predictor on the same pairs; learned weights only ever judge pairs that they have not seen."""
    single = [_agreement(name, pairs.differences[:, place], pairs, None) for place, name in enumerate(names)]
    equal = _agreement("equal weights", pairs.differences.sum(axis=1), pairs, None)
    values = cross_validated(pairs, folds, seed, lambda seen: fit_weights(seen.differences, seen.labels, RIDGE))
    weights = fit_weights(pairs.differences, pairs.labels, RIDGE)
    learned = _agreement("learned, non-negative", values, pairs, dict(zip(names, weights.tolist(), strict=True)))
    return [*single, equal, learned]


def cross_validated(pairs: Pairs, folds: int, seed: int, fit: Callable[[Pairs], np.ndarray]) -> np.ndarray:
    """The value of each pair by weights that were fitted to the other folds."""
    fold = np.random.default_rng(seed).permutation(len(pairs.labels)) % folds
    values = np.empty(len(pairs.labels))
    for held_out in range(folds):
        seen, unseen = fold != held_out, fold == held_out
        values[unseen] = pairs.differences[unseen] @ fit(Pairs(pairs.differences[seen], pairs.labels[seen]))
    return values


def area_error(area: float | None, labels: np.ndarray) -> float | None:
    """Standard error of an AUC after Hanley and McNeil 1982; null without one."""
    if area is None:
        return None
    won, lost = int((labels > 0).sum()), int((labels <= 0).sum())
    both_won, both_lost = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (won - 1) * (both_won - area**2) + (lost - 1) * (both_lost - area**2)
    return float(np.sqrt(spread / (won * lost)))


def accuracy(values: np.ndarray, labels: np.ndarray) -> float | None:
    """Share of pairs whose value has the sign of the label; values of 0 are left out; null when none is left."""
    decided = values != 0
    if not decided.any():
        return None
    return float(np.mean((values[decided] > 0) == (labels[decided] > 0)))


def _agreement(name: str, values: np.ndarray, pairs: Pairs, weights: dict[str, float] | None) -> Judged:
    area = auc(values, pairs.labels)
    return Judged(name, len(values), area, area_error(area, pairs.labels), accuracy(values, pairs.labels), weights)


def _features(file: Path, parts: pd.DataFrame) -> np.ndarray:
    numbers = parts.apply(pd.to_numeric, errors="coerce")
    bad = [name for name in numbers if not (numbers[name] >= 0).all()]
    if bad:
        raise BadInput(f"{file}: expected numbers of 0 or more, found others in {', '.join(bad)}; correct these cells")
    return np.log1p(numbers.to_numpy(dtype=float))


def _short(row: dict) -> dict:
    shown = {name: round(value, SHOWN_DIGITS) if isinstance(value, float) else value for name, value in row.items()}
    weights = row["weights"] or {}
    return {**shown, "weights": ", ".join(f"{name} {weight:.3f}" for name, weight in weights.items() if weight)}


if __name__ == "__main__":
    run_door(app)
