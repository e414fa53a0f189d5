"""Whether a run on other seeds agrees with the recorded table, within what chance allows."""

from scipy.stats import beta, poisson

from bench.gate.faults import APART, L0
from bench.gate.outcome import DEFAULT

DOUBT = 0.001
"""Probability that chance alone makes one figure disagree: with some thirty figures three runs in a hundred."""


def differences(recorded: dict, outcome: dict) -> list[str]:
    """What does not agree, one line each; none when the table is reproduced."""
    return [*_of_kinds(recorded, outcome), *_of_blocks(recorded, outcome), *_of_pointing(recorded, outcome)]


def _of_kinds(recorded: dict, outcome: dict) -> list[str]:
    before = {row["kind"]: row for row in recorded["kinds"]}
    found = []
    for row in outcome["kinds"]:
        earlier = before.get(row["kind"])
        if earlier is None:
            found.append(f"{row['kind']}: not in the recorded table")
        elif row["level"] == L0 and row["recall"] < 1:
            found.append(f"{row['kind']}: a deterministic check found {row['hits']} of {row['trials']}")
        elif row["level"] != APART and not _agree((row["hits"], row["trials"]), (earlier["hits"], earlier["trials"])):
            found.append(f"{row['kind']}: found {row['recall']:.3f}, recorded {earlier['recall']:.3f}")
    return found


def _of_blocks(recorded: dict, outcome: dict) -> list[str]:
    rates = [next(row for row in rows["gates"] if row["gate"] == DEFAULT) for rows in (recorded, outcome)]
    expected = max(rates[0]["per_year"], 0.5) * rates[1]["years"]
    if poisson.sf(rates[1]["false_blocks"] - 1, expected) < DOUBT:
        return [f"false blocks: {rates[1]['per_year']:.2f} a year, recorded {rates[0]['per_year']:.2f}"]
    return []


def _of_pointing(recorded: dict, outcome: dict) -> list[str]:
    before, now = recorded["pointed"], outcome["pointed"]
    if _agree((now["hits"], now["trials"]), (before["hits"], before["trials"])):
        return []
    return [f"right suspect first: {now['share']:.3f}, recorded {before['share']:.3f}"]


def _agree(now: tuple[int, int], before: tuple[int, int]) -> bool:
    """Whether the intervals of both shares meet."""
    (low, high), (low_before, high_before) = (_interval(*counts) for counts in (now, before))
    return low <= high_before and low_before <= high


def _interval(hits: int, trials: int) -> tuple[float, float]:
    low = beta.ppf(DOUBT / 2, hits, trials - hits + 1) if hits else 0.0
    high = beta.ppf(1 - DOUBT / 2, hits + 1, trials - hits) if hits < trials else 1.0
    return float(low), float(high)
