"""How far two versions agree on the order of people: correlations, shared leaders, rank-biased overlap."""

import duckdb
import numpy as np
import pyarrow as pa
from scipy.stats import kendalltau, spearmanr

PERSISTENCE = 0.98
"""p of rank-biased overlap: the first 50 places carry most of the weight."""

LEADERS = (100, 1_000)
"""Places whose people are counted on both lists."""

DIGITS = 6
"""Digits shown: below the last bits in which two processors may differ."""

ORDERED_PAIRS = """
    SELECT
        scores.dimension,
        scores.cohort,
        CAST(scores.baseline_influence_score AS DOUBLE) AS baseline,
        CAST(scores.candidate_influence_score AS DOUBLE) AS candidate
    FROM cohort_scores AS scores
    INNER JOIN shown_cohorts USING (dimension, cohort)
    WHERE scores.influence_score_delta IS NOT NULL AND scores.dimension IN ('everybody', 'topic')
    ORDER BY scores.dimension, scores.cohort, scores.person_id
"""

SCHEMA = pa.schema([
    ("dimension", pa.string()), ("cohort", pa.string()), ("person_count", pa.int64()), ("spearman", pa.float64()),
    ("kendall_tau_b", pa.float64()), *[(f"top_{places}_overlap", pa.float64()) for places in LEADERS],
    ("rank_biased_overlap", pa.float64()),
])


def agreement(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Agreement overall and per topic, among people scored by both versions.

    Grain: dimension x cohort. Nulls: a correlation of scores that are all equal; an overlap of as many leaders as
    there are people, which says nothing.
    """
    rows = connection.execute(ORDERED_PAIRS).fetchnumpy()
    if not len(rows["cohort"]):
        return SCHEMA.empty_table()
    names = rows["dimension"] + "\0" + rows["cohort"]
    starts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]])
    ends = np.r_[starts[1:], len(names)]
    measured = [
        {"dimension": rows["dimension"][start], "cohort": rows["cohort"][start],
         **agreement_of(rows["baseline"][start:end], rows["candidate"][start:end])}
        for start, end in zip(starts, ends, strict=True)
    ]
    return pa.Table.from_pylist(measured, schema=SCHEMA)


def agreement_of(baseline: np.ndarray, candidate: np.ndarray) -> dict:
    """Every measure of two lists of scores of the same people; equal scores keep the order of the people."""
    places = [_places(baseline), _places(candidate)]
    return {
        "person_count": len(baseline),
        "spearman": _correlation(spearmanr, baseline, candidate),
        "kendall_tau_b": _correlation(kendalltau, baseline, candidate),
        **{f"top_{leaders}_overlap": top_overlap(*places, leaders) for leaders in LEADERS},
        "rank_biased_overlap": round(rank_biased_overlap(*places, PERSISTENCE), DIGITS),
    }


def top_overlap(places: np.ndarray, other_places: np.ndarray, leaders: int) -> float | None:
    """The share of the leaders of one list who lead the other too; None when everybody leads."""
    if len(places) <= leaders:
        return None
    return float(np.count_nonzero(np.maximum(places, other_places) < leaders) / leaders)


def rank_biased_overlap(places: np.ndarray, other_places: np.ndarray, persistence: float) -> float:
    """Extrapolated rank-biased overlap of two whole orders of the same people, 0 to 1; places count from 0.

    Source: Webber, Moffat and Zobel, A similarity measure for indefinite rankings, 2010, equation 32.
    """
    people = len(places)
    shared = np.cumsum(np.bincount(np.maximum(places, other_places), minlength=people))
    depths = np.arange(1, people + 1)
    agreement_at = shared / depths
    weights = persistence ** depths
    return float(agreement_at[-1] * weights[-1] + (1 - persistence) / persistence * np.sum(agreement_at * weights))


def _places(scores: np.ndarray) -> np.ndarray:
    order = np.argsort(-scores, kind="stable")
    places = np.empty(len(scores), dtype=np.int64)
    places[order] = np.arange(len(scores))
    return places


def _correlation(measure, baseline: np.ndarray, candidate: np.ndarray) -> float | None:
    if baseline.min() == baseline.max() or candidate.min() == candidate.max():
        return None
    return round(float(measure(baseline, candidate).statistic), DIGITS)
