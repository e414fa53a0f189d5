"""From frozen raw files to published scores: nothing on the way may move what a released version says."""

import csv
import math
from pathlib import Path

import pytest

from jobs.nights.golden import PROJECT, RAW, draft_rows, golden_rows, lived_nights
from jobs.released import load_registry
from jobs.scoring.registry import golden_path
from jobs.storage import on_day

VERSIONS = sorted(load_registry().released)
TOLERANCE = 1e-9
"""Absolute, with no relative part: any published digit that moves is found."""

MOST_BYTES = 350_000
"""The raw world, and some 30,000 for the scores of each version."""

every_released_version = pytest.mark.parametrize("version", VERSIONS)


@pytest.fixture(scope="module")
def lived(spark, tmp_path_factory):
    """The frozen world after its nights: the store and the last night."""
    return lived_nights(spark, tmp_path_factory.mktemp("golden") / "store")


@pytest.fixture(scope="module")
def published(lived):
    """The released rows of the last night, by version, in the form of a golden."""
    store, last_night = lived
    tables = {name: store.arrow(name, on_day(last_night)).to_pylist() for name in ("pub__scores", "pub__contributions")}
    return {version: golden_rows(*[[row for row in rows if row["algorithm_version"] == version] for rows in tables.values()])
            for version in VERSIONS}


def golden(version: str) -> list[dict]:
    path = golden_path(version, PROJECT)
    assert path.is_file(), f"{path} is missing: a version without a golden is not frozen"
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def points(row: dict) -> dict[str, float]:
    """Every number of a golden row by its name."""
    lines = dict(line.rsplit(" ", 1) for line in row["lines"].split("; ") if line)
    return {name: float(value) for name, value in {"score": row["influence_score"] or "nan", **lines}.items()}


NO_CREDIT_LEFT = "no credit left"
"""State of people to whom only their own circle reacted, in v5 alone."""


@every_released_version
def test_raw_files_still_become_the_scores_that_the_version_was_released_with(version, published):
    found, expected = published[version], golden(version)
    assert [(r["person_id"], r["topic_id"], r["state"]) for r in found] == [
        (r["person_id"], r["topic_id"], r["state"]) for r in expected]
    for new, old in zip(found, expected, strict=True):
        assert points(new) == pytest.approx(points(old), rel=0, abs=TOLERANCE, nan_ok=True), (old["person_id"], old["topic_id"])


@every_released_version
def test_a_version_scored_as_a_draft_says_what_it_says_when_published(version, spark, lived, published):
    assert draft_rows(spark, *lived, version) == published[version]


@every_released_version
def test_the_golden_holds_scores_of_many_networks_and_every_kind_of_missing_evidence(version):
    rows = golden(version)
    assert len(rows) > 100
    states = {row["state"] for row in rows} - {NO_CREDIT_LEFT}
    assert {state.split()[-1] for state in states} == {"scored", "engagers", "posts", "days"}
    lines = " ".join(row["lines"] for row in rows)
    assert all(f"{network}/" in lines for network in ("mailinglist", "stackexchange", "twitter"))


@every_released_version
def test_the_lines_of_the_golden_sum_to_its_scores(version):
    for row in golden(version):
        numbers = points(row)
        score = numbers.pop("score")
        assert math.isnan(score) if not numbers else math.isclose(sum(numbers.values()), score - 1, rel_tol=0, abs_tol=1e-9)


def test_a_version_whose_golden_is_missing_fails():
    with pytest.raises(AssertionError, match="v99_scores.csv is missing"):
        golden("v99")


def test_a_moved_digit_is_found(published):
    row = next(row for row in published["v1"] if row["lines"])
    moved = {**row, "influence_score": f"{float(row['influence_score']) + 0.0001:.4f}"}
    assert points(moved) != pytest.approx(points(row), rel=0, abs=TOLERANCE)


def test_the_frozen_world_stays_small():
    assert sum(path.stat().st_size for path in Path(RAW).parent.rglob("*") if path.is_file()) < MOST_BYTES
