"""The statistics of audit__shift_metrics, computed with numpy for simulated nights under the same names.

A test holds this twin to jobs/audit/shift.py on a small example.
"""

import numpy as np
from scipy.stats import rankdata

from bench.gate.night import Cells, Night
from bench.gate.world import ACCOUNTS, DAY, NETWORKS, TOPICS, Rows
from jobs.audit.shifting.distances import POINTS_A_BIN, PSEUDO_COUNT
from jobs.audit.shifting.inputs import JUMP
from jobs.audit.shifting.outputs import FEWEST_IN_TOPIC, MOVES, SMALLEST_LOSS, TOP
from jobs.gate.series import series_name
from jobs.tables import EVERYBODY, INPUT

VERSION = "v2"
ACTIVITY = "log_activity"
POINTS = np.arange(0, 102)


def input_numbers(rows: Rows | None, now: np.ndarray, before: np.ndarray, week: np.ndarray) -> dict[str, float]:
    """Input statistics of one network; now, before, week: reactions per account tonight, yesterday, a week ago."""
    return {**_volume(rows), **_engagement(now, before, week)}


def _volume(rows: Rows | None) -> dict[str, float]:
    count = 0 if rows is None else len(rows)
    if count == 0:
        names = ("log_rows", "log_authors", "log_engagers", "null_engager_share", "hour_sin", "hour_cos",
                 "top_source_share")
        return dict.fromkeys(names, 0.0)
    angle = rows.second * (2 * np.pi / DAY)
    known = rows.engager >= 0
    given = np.bincount(rows.engager[known], rows.interaction_count[known], ACCOUNTS)
    return {
        "log_rows": np.log1p(count), "log_authors": np.log1p(np.count_nonzero(np.bincount(rows.author))),
        "log_engagers": np.log1p(np.count_nonzero(np.bincount(rows.engager[known]))),
        "null_engager_share": 1 - known.mean(), "hour_sin": np.sin(angle).mean(), "hour_cos": np.cos(angle).mean(),
        "top_source_share": given.max() / max(given.sum(), 1),
    }


def _engagement(now: np.ndarray, before: np.ndarray, week: np.ndarray) -> dict[str, float]:
    active = now > 0
    size = np.log1p(now[active])
    both, back = active & (before > 0), active & (week > 0)
    jumped = active & (now + 1 >= JUMP * (np.maximum(before, week) + 1))
    quantiles = np.quantile(size, (0.5, 0.9, 0.99)) if len(size) else np.zeros(3)
    ratio = np.log1p(now[back]) - np.log1p(week[back])
    return {
        ACTIVITY: np.log1p(size.sum()), "engagement_mean": _mean(size), "engagement_q50": quantiles[0],
        "engagement_q90": quantiles[1], "engagement_q99": quantiles[2],
        "ratio_7_median": float(np.median(ratio)) if len(ratio) else 0.0,
        "identical_share": _mean(now[both] == before[both]), "jump_share": jumped.sum() / max(active.sum(), 1),
    }


def topic_activity(night: Night) -> np.ndarray:
    """Activity per topic, over all networks: what of each author's reactions matched it, in logarithms."""
    size = np.zeros(TOPICS * ACCOUNTS)
    for rows in night.matched.values():
        size += np.bincount(rows.topic * ACCOUNTS + rows.author, rows.interaction_count, TOPICS * ACCOUNTS)
    return np.log1p(np.log1p(size).reshape(TOPICS, ACCOUNTS).sum(axis=1))


def output_numbers(after: np.ndarray, before: np.ndarray, cells: Cells) -> dict[str, float]:
    """Output statistics of one version, by `metric_name/cohort`; NaN scores are missing ones."""
    delta = np.round(after - before, 4)
    known = ~np.isnan(delta)
    moves = delta[known]
    p01, q25, median, q75, p99 = np.quantile(moves, (0.01, 0.25, 0.5, 0.75, 0.99)) if len(moves) else [np.nan] * 5
    numbers = {
        "median_delta/all": median, "p01_delta/all": p01, "p99_delta/all": p99, "iqr_delta/all": q75 - q25,
        **{f"{name}/all": _mean(np.abs(moves) >= points) for name, points in MOVES.items()},
        "coverage_ratio/all": (~np.isnan(after)).sum() / max((~np.isnan(before)).sum(), 1),
    }
    return {**numbers, **_cohort_means(delta, known, before, cells), **_places(after, before, cells.overall)}


def _cohort_means(delta: np.ndarray, known: np.ndarray, before: np.ndarray, cells: Cells) -> dict[str, float]:
    moves = np.where(known, delta, 0.0)
    by_topic, of_topic = (np.bincount(cells.topic, weights, TOPICS + 1) for weights in (moves, known))
    size = np.bincount(cells.topic, ~np.isnan(before), TOPICS + 1)
    by_network, of_network = (np.bincount(cells.network, weights, len(NETWORKS) + 1) for weights in (moves, known))
    large = size >= FEWEST_IN_TOPIC
    numbers = {EVERYBODY: (moves.sum(), known.sum())}
    if not large.all():
        numbers["topic:_small"] = by_topic[~large].sum(), of_topic[~large].sum()
    numbers |= {f"topic:{name}": (by_topic[i], of_topic[i]) for i, name in enumerate(topic_names()) if large[i]}
    names = [f"network:{name}" for name in (*NETWORKS, "_linked")]
    numbers |= {name: (by_network[i], of_network[i]) for i, name in enumerate(names)}
    return {f"mean_delta/{cohort}": moved / people if people else np.nan for cohort, (moved, people) in numbers.items()}


def topic_names() -> list[str]:
    """Names of the topics, the overall one last."""
    return [*(f"t{i}" for i in range(TOPICS)), "_overall"]


def _places(after: np.ndarray, before: np.ndarray, overall: np.ndarray) -> dict[str, float]:
    now, was = after[overall], before[overall]
    both = ~np.isnan(now) & ~np.isnan(was)
    count = both.sum()
    step = rankdata(now[both]) - rankdata(was[both])
    loss = (step**2).sum() * 6 / (count * (count**2 - 1.0)) if count > 1 else 0.0
    top = _place(was) <= TOP
    kept = top & (_place(now) <= TOP)
    return {"rank_loss/all": np.log(loss + SMALLEST_LOSS), "top_200_overlap/all": kept.sum() / max(top.sum(), 1)}


def _place(scores: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(scores), np.inf, rankdata(-np.nan_to_num(scores, nan=-1.0), method="min"))


def histogram(scores: np.ndarray) -> np.ndarray:
    """Scores per whole point."""
    return np.bincount(np.clip(scores[~np.isnan(scores)], 0, 101).astype(int), minlength=len(POINTS))


def distances(now: np.ndarray, earlier: np.ndarray, nights_back: int) -> dict[str, float]:
    """PSI and W1 between two histograms."""
    shares = [part / max(part.sum(), 1) for part in (now, earlier)]
    area = np.abs(np.cumsum(shares[0] - shares[1]))[:-1].sum()
    bins = [np.bincount(np.maximum((POINTS - 1) // POINTS_A_BIN, 0), part) for part in (now, earlier)]
    held = (bins[0] > 0) | (bins[1] > 0)
    filled = [(part[held] + PSEUDO_COUNT) / (part[held] + PSEUDO_COUNT).sum() for part in bins]
    psi = ((filled[0] - filled[1]) * np.log(filled[0] / filled[1])).sum()
    return {f"psi_{nights_back}/all": psi, f"w1_{nights_back}/all": area}


def numbers_of(night: Night, cells: Cells, yesterday: Night, week_ago: np.ndarray, month_ago: np.ndarray | None,
               ) -> dict[str, float]:
    """Every series of a night. week_ago: reactions per account; month_ago: histogram of the scores."""
    series = {}
    for code, name in enumerate(NETWORKS):
        mine = cells.world.network == code
        found = input_numbers(night.loaded.get(name), night.counts[mine], yesterday.counts[mine], week_ago[mine])
        series |= {series_name(metric, name, INPUT): value for metric, value in found.items()}
    series |= {series_name(ACTIVITY, f"topic:t{i}", INPUT): value for i, value in enumerate(topic_activity(night))}
    outputs = output_numbers(night.scores, yesterday.scores, cells)
    now = histogram(night.scores)
    outputs |= distances(now, histogram(yesterday.scores), 1)
    if month_ago is not None:
        outputs |= distances(now, month_ago, 28)
    return series | {f"{name}/{VERSION}": value for name, value in outputs.items()}


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0
