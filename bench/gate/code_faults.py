"""Faults of the code: points turned round, not normalised, scaled, shifted, read on another scale; words forgotten.

Each is a function of chance that gives a context in which a night is scored wrongly; where points are changed, lines
still sum to their scores.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from unittest.mock import patch

import numpy as np
from pyspark.sql import Column
from pyspark.sql import functions as F

from jobs.demo.topics import TOPIC_LISTS
from jobs.scoring import run
from jobs.scoring.scale import MOST_POINTS, with_scores
from jobs.topics import run as assigning

SHARES = 1000
"""Into so many parts posts are divided by a hash, to lose a share of them."""

Height = Callable[[Column, Column], Column]
"""From the height of a score above 1, in points, and its credit X to the height that the broken code gives."""


def turned_round(random: np.random.Generator) -> AbstractContextManager:
    """The scale is turned round above a height that somebody reaches in a small world, whose best have 30 points."""
    start = int(random.choice([25, 10, 1]))
    return _with_heights(lambda height, credit: F.when(height + 1 >= start, 100 - height).otherwise(height))


def not_normalised(random: np.random.Generator) -> AbstractContextManager:
    """Credit is multiplied before it is read on the scale."""
    factor = float(random.choice([1.05, 2.0, 100.0]))
    return _with_heights(lambda height, credit: height * F.log1p(credit * factor) / F.log1p(credit))


def scaled(random: np.random.Generator) -> AbstractContextManager:
    """Every score is multiplied."""
    factor = float(random.choice([1.01, 1.05, 1.2]))
    return _with_heights(lambda height, credit: (height + 1) * factor - 1)


def shifted(random: np.random.Generator) -> AbstractContextManager:
    """Points are taken from everybody."""
    points = float(random.choice([1, 3, 5]))
    return _with_heights(lambda height, credit: height - points)


def drifting(random: np.random.Generator) -> AbstractContextManager:
    """The first night of a slow drift: a part of a point is taken from everybody."""
    points = float(random.choice([0.05, 0.1, 0.3]))
    return _with_heights(lambda height, credit: height - points)


@contextmanager
def without_words(random: np.random.Generator) -> Iterator[None]:
    """A topic of the lexicon matches only a part of its posts."""
    topic, lost = str(random.choice(sorted(TOPIC_LISTS))), float(random.choice([0.5, 0.8, 1.0]))
    usual = assigning.post_topics

    def poorer(posts, known, lexicon):
        share = F.pmod(F.xxhash64("network", "post_id"), F.lit(SHARES)) / SHARES
        return usual(posts, known, lexicon).where(~((F.col("topic_id") == topic) & (share < lost)))

    with patch.object(assigning, "post_topics", poorer):
        yield


@contextmanager
def on_another_scale(random: np.random.Generator) -> Iterator[None]:
    """Other references are loaded; the code is right."""
    factor = float(random.choice([0.99, 0.9, 2.0]))
    usual = run.load_calibration

    def wrong(version: str):
        right = usual(version)
        topics = {topic: reference * factor for topic, reference in right.topic_references.items()}
        return replace(right, reference=right.reference * factor, topic_references=topics)

    with patch.object(run, "load_calibration", wrong):
        yield


@contextmanager
def _with_heights(height_of: Height) -> Iterator[None]:
    """Scores below the ceiling get another height, 0 at least; the points of their lines in proportion."""
    usual = run.scored_lines

    def broken(lines, calibrations):
        right = usual(lines, calibrations)
        wrong = height_of(F.col("height"), F.col("score_credit"))
        changed = F.greatest(F.lit(0.0), F.least(F.lit(float(MOST_POINTS)), wrong))
        height = F.when(F.col("height") < MOST_POINTS, changed).otherwise(F.col("height"))
        return with_scores(right.withColumn(
            "exact_points", F.col("exact_points") * height / F.col("height")).withColumn("height", height))

    with patch.object(run, "scored_lines", broken):
        yield
