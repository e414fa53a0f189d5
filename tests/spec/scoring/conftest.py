"""Printed reactions, and what a version makes of them on a scale that can be checked with a pencil."""

from collections import defaultdict
from datetime import date

import pytest
from pyspark.sql import functions as F

from jobs.decay import UNIT
from jobs.scoring.calibration import Calibration
from jobs.scoring.people import with_whole_pairs
from jobs.scoring.registry import algorithm
from jobs.scoring.run import version_lines
from jobs.scoring.scale import rounded_lines
from tests.frames import materialise

NIGHT = date(2030, 1, 10)

USUAL = {
    "topic_id": "'jazz'", "network": "'net'", "kind": "'reply'", "reactions": "1.0", "touch": "1.0",
    "first_interacted_date": "DATE'2030-01-01'", "last_interacted_date": "DATE'2030-01-10'",
    "trusted": "false", "seed": "false", "group": "NULL",
}
"""What a printed pair has where its table has no such column: one reaction of today, by nobody in particular."""


@pytest.fixture
def easy():
    """A calibration with 1 + R = 64 = 2^6: S = 1 + 99 * log2(1 + X) / 6, and networks taken as they are."""
    return Calibration(reference=63.0, default_topic_reference=63.0, topic_references={}, network_medians={},
                       common_level=1.0, made_from="a pencil")


@pytest.fixture
def pairs(table):
    """Pairs of people from a printed table: author, engager, and what is not as USUAL."""

    def build(text: str):
        frame = table(text)
        for name, usual in USUAL.items():
            if name not in frame.columns:
                frame = frame.withColumn(name, F.expr(usual))
        return with_whole_pairs(frame.select(
            "topic_id", F.col("author").alias("author_person_id"), F.col("engager").alias("engager_person_id"),
            "network", "kind", (F.col("reactions").cast("double") * UNIT).cast("bigint").alias("weight"),
            (F.col("touch").cast("double") * UNIT).cast("bigint").alias("touch"),
            F.col("first_interacted_date").cast("date"), F.col("last_interacted_date").cast("date"),
            F.col("trusted").cast("boolean").alias("engager_is_trusted"),
            F.col("seed").cast("boolean").alias("engager_is_seed"),
            F.col("group").cast("string").alias("engager_group_id"),
        ))

    return build


@pytest.fixture
def crowd(pairs):
    """So many different engagers, one reaction each, for every author: crowd(ann=3, bob=7)."""

    def build(**sizes: int):
        rows = [f"{author}|{author}-{n}" for author, size in sizes.items() for n in range(size)]
        return pairs("\n".join(["author|engager", *rows]))

    return build


@pytest.fixture
def scored(easy):
    """Scores by author, or by (author, topic) where there are several topics."""

    def score(version: str, frame, calibration=easy) -> dict:
        rows = version_lines({version: algorithm(version)}, {version: calibration}, frame, materialise).select(
            "author_person_id", "topic_id", "influence_score").distinct().collect()
        is_one_topic = len({row["topic_id"] for row in rows}) == 1
        return {row["author_person_id"] if is_one_topic else (row["author_person_id"], row["topic_id"]):
                float(row["influence_score"]) for row in rows}

    return score


@pytest.fixture
def lines(easy):
    """Published points by author, then by (network, kind)."""

    def take_apart(version: str, frame, calibration=easy) -> dict:
        found = defaultdict(dict)
        unrounded = version_lines({version: algorithm(version)}, {version: calibration}, frame, materialise)
        for row in rounded_lines(unrounded).collect():
            found[row["author_person_id"]][(row["network"], row["kind"])] = float(row["points"])
        return dict(found)

    return take_apart
