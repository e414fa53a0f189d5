"""Does a score up to a day foretell who is reshared after it? Versions and baselines by the same yardstick.

Everybody who drew a reaction up to the day is ranked; the outcome is how many distinct people reacted after it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy.stats import spearmanr

from bench.baselines import SEED_COUNT, edge_weights, eigen_trust, page_rank, strongest
from bench.interactions import FOLLOW_KIND

TOP_COUNT = 100
"""Places compared by top hits."""

ANY_KIND = "any"
"""Outcome kind that counts every reaction."""

_ACCOUNTS = """
CREATE OR REPLACE TEMP TABLE numbered AS
WITH seen AS (SELECT unnest([engager, author]) AS account, interacted_date FROM reactions)
SELECT account, min(interacted_date) <= $as_of AS is_known,
       row_number() OVER (ORDER BY min(interacted_date) <= $as_of DESC, account) - 1 AS number
FROM seen GROUP BY account
"""
"""Accounts that are known on the day come first, so that the graph of the day has the numbers 0 to n - 1."""

_EDGES = """
SELECT g.number AS engager, w.number AS author, sum(interaction_count) AS weight
FROM reactions r JOIN numbered g ON g.account = r.engager JOIN numbered w ON w.account = r.author
WHERE interacted_date <= $as_of AND kind <> $follow GROUP BY ALL
"""

_OUTCOME = """
SELECT n.number, count(DISTINCT r.engager) AS people FROM reactions r JOIN numbered n ON n.account = r.author
WHERE interacted_date > $as_of AND interacted_date <= $until AND kind <> $follow AND $kind IN (kind, 'any')
GROUP BY n.number
"""

_FOLLOWERS = """
SELECT n.number, count(DISTINCT r.engager) AS people FROM reactions r JOIN numbered n ON n.account = r.author
WHERE interacted_date <= $as_of AND kind = $follow GROUP BY n.number
"""

_SCORES = """
SELECT s.algorithm_version, n.number, s.influence_score
FROM scores s JOIN numbered n ON n.account = s.person_id WHERE s.as_of_date = $as_of
"""


@dataclass(frozen=True)
class Foretelling:
    """How well one score ranks people by what comes after; grain: day x score.

    spearman: null when score or outcome is the same for all. top_hits: people among the top_count of both; ties go by
    account. coverage: share of those who were reacted to afterwards that had the score at all; null when nobody was.
    """

    as_of: date
    score_name: str
    ranked_count: int
    spearman: float | None
    top_hits: int
    top_count: int
    coverage: float | None


def foretelling(connection, as_of: date, last: date, outcome_kind: str) -> list[Foretelling]:
    """Every version and baseline on one day.

    connection: DuckDB with the views reactions (of read_interactions, without reactions to oneself) and scores (of
    scores_up_to, with as_of_date). last: the last day whose reactions count as outcome. outcome_kind: a kind or `any`.
    """
    connection.execute(_ACCOUNTS, {"as_of": as_of})
    accounts, known = connection.execute("SELECT count(*), count(*) FILTER (is_known) FROM numbered").fetchone()
    later = _spread_out(connection, _OUTCOME, accounts, as_of=as_of, until=last, kind=outcome_kind, follow=FOLLOW_KIND)
    early = _baselines(connection, as_of, known)
    padded = {name: np.pad(value, (0, accounts - known)) for name, value in early.items()}
    values = {**padded, **_versions(connection, as_of, accounts)}
    is_ranked = values["distinct engagers"] > 0
    return [_measured(as_of, name, value, later, is_ranked) for name, value in values.items()]


def last_day(as_of: date, horizon_days: int | None) -> date:
    """The last day of a horizon; without one, all days count."""
    return as_of + timedelta(days=horizon_days) if horizon_days else date.max


def top_hits(values: np.ndarray, outcome: np.ndarray, count: int) -> int:
    """How many accounts are among the `count` highest of both; an outcome of 0 is no place."""
    return int((strongest(values, count) * strongest(outcome, count) * (outcome > 0)).sum())


def rank_agreement(values: np.ndarray, outcome: np.ndarray) -> float | None:
    """Spearman's rho, ties by their mean rank; null when either side does not vary."""
    if len(values) < 2 or np.ptp(values) == 0 or np.ptp(outcome) == 0:
        return None
    return float(spearmanr(values, outcome).statistic)


def _measured(as_of: date, name: str, values: np.ndarray, later: np.ndarray, is_ranked: np.ndarray) -> Foretelling:
    own, outcome = values[is_ranked], later[is_ranked]
    top = min(TOP_COUNT, len(own))
    reached = later > 0
    coverage = float((values[reached] > 0).mean()) if reached.any() else None
    return Foretelling(as_of, name, len(own), rank_agreement(own, outcome), top_hits(own, outcome, top), top, coverage)


def _baselines(connection, as_of: date, accounts: int) -> dict[str, np.ndarray]:
    found = connection.execute(_EDGES, {"as_of": as_of, "follow": FOLLOW_KIND}).fetchnumpy()
    engagers, authors = found["engager"].astype(int), found["author"].astype(int)
    events = found["weight"].astype(float)
    once = np.ones(len(events))
    distinct = np.bincount(authors, minlength=accounts).astype(float)
    baselines = {
        "raw events": np.bincount(authors, weights=events, minlength=accounts),
        "distinct engagers": distinct,
        "PageRank": page_rank(edge_weights(engagers, authors, once, accounts)),
        f"EigenTrust, {SEED_COUNT} seeds": eigen_trust(
            edge_weights(engagers, authors, events, accounts), strongest(distinct, SEED_COUNT)),
        "own activity": np.bincount(engagers, weights=events, minlength=accounts),
    }
    followers = _spread_out(connection, _FOLLOWERS, accounts, as_of=as_of, follow=FOLLOW_KIND)
    return {**baselines, "followers": followers} if followers.any() else baselines


def _versions(connection, as_of: date, accounts: int) -> dict[str, np.ndarray]:
    found = connection.execute(_SCORES, {"as_of": as_of}).fetchnumpy()
    names = found["algorithm_version"].astype(str)
    versions = {}
    for version in sorted(set(names)):
        own = names == version
        versions[version] = np.zeros(accounts)
        versions[version][found["number"][own].astype(int)] = found["influence_score"][own]
    return versions


def _spread_out(connection, query: str, accounts: int, **parameters) -> np.ndarray:
    found = connection.execute(query, parameters).fetchnumpy()
    counts = np.zeros(accounts)
    counts[found["number"].astype(int)] = found["people"]
    return counts
