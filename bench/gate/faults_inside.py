"""Faults that arise behind the feeds: identities, lists, the scoring's code, the scores themselves."""

import numpy as np

from bench.gate.night import POINTS_PER_LOG, entry_of
from bench.gate.world import ACCOUNTS


def identity_remap(night, yesterday, size, random):
    """Accounts get each other's identity."""
    chosen = random.choice(ACCOUNTS, int(size * ACCOUNTS), replace=False)
    night.created_at = night.created_at.copy()
    night.created_at[chosen] = night.created_at[np.roll(chosen, 1)]
    swapped = np.arange(ACCOUNTS)
    swapped[chosen] = np.roll(chosen, 1)
    for name, rows in night.feeds.items():
        night.feeds[name] = type(rows)(rows.interaction_id, swapped[rows.author], *rows.columns()[2:])
        night.manifest[name] = entry_of(night.feeds[name])
    return "stage:ingest"


def list_truncated(night, yesterday, size, random):
    """The end of the suppression list is missing."""
    night.listed = night.listed[: int((1 - size) * len(night.listed))]
    return "stage:ingest"


def sign_flip(night, yesterday, size, random):
    """The code turns a part of the scale round, above a height."""
    def points(credit, overall):
        straight = _straight(credit)
        return np.where(straight >= size, 101 - straight, straight)
    night.scoring.points = points
    return "stage:scoring"


def unnormalised(night, yesterday, size, random):
    """The code forgets to divide by the reference."""
    night.scoring.points = lambda credit, overall: _straight(credit * size)
    return "stage:scoring"


def scaled(night, yesterday, size, random):
    """The code scales every score."""
    night.scoring.points = lambda credit, overall: np.maximum(_straight(credit) * size, 1.0)
    return "stage:scoring"


def shifted(night, yesterday, size, random):
    """The code takes points from everybody."""
    night.scoring.points = lambda credit, overall: np.maximum(_straight(credit) - size, 1.0)
    return "stage:scoring"


def wrong_reference(night, yesterday, size, random):
    """Another frozen scale is loaded; the code is right."""
    night.scoring.reference = size
    return "stage:scoring"


def nan_flood(night, yesterday, size, random):
    """A part of the scores is no number."""
    night.scores = np.where(random.random(len(night.scores)) < size, np.nan, night.scores)
    return "stage:scoring"


def scores_swapped(night, yesterday, size, random):
    """A join gives a part of the scores to other people, after the code: identities and code are right."""
    scored = np.flatnonzero(~np.isnan(night.scores))
    chosen = random.choice(scored, int(size * len(scored)), replace=False)
    night.scores = night.scores.copy()
    night.scores[chosen] = night.scores[np.roll(chosen, 1)]
    return "stage:scoring"


def scores_lowered(night, yesterday, size, random):
    """Everybody's written score is lower by some points, after the code: data, not an algorithm."""
    night.scores = np.maximum(night.scores - size, 1.0)
    return "stage:scoring"


def one_account(night, yesterday, size, random):
    """One person's scores swing."""
    scored = np.flatnonzero(~np.isnan(night.scores))
    night.scores = night.scores.copy()
    night.scores[random.choice(scored)] += size
    return "stage:scoring"


def _straight(credit):
    return 1 + POINTS_PER_LOG * np.log1p(credit)
