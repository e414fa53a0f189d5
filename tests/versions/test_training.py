"""A draft learns from released nights: on frozen states, from bounded samples, judged by a day that it has not seen."""

from datetime import date, timedelta

import pytest

from bench.future import later_engagers
from jobs.errors import MissingInput, ReleasedVersionEdited
from jobs.released import Registry
from jobs.scoring import training
from jobs.scoring.calibration import load_calibration
from jobs.scoring.learning import Plan
from jobs.scoring.registry import algorithm
from jobs.scoring.training import train

FIRST, LAST = date(2030, 1, 18), date(2030, 1, 26)
PLAN = Plan(horizon_days=3, step_days=1, most_pairs=400)

pytestmark = pytest.mark.slow


@pytest.fixture
def saved(monkeypatch) -> dict:
    """v4 as if it were a draft, and what a training would freeze for it."""
    calibrations = {}
    monkeypatch.setattr(training, "load_registry", lambda: Registry("v2", {}))
    monkeypatch.setattr(training, "save_calibration", calibrations.__setitem__)
    return calibrations


@pytest.fixture
def asked(monkeypatch) -> dict:
    """What the mathematics was given: parts_of and later_of of the last training."""
    given, learn = {}, training.learn_from_future

    def heard(parts_of, later_of, *rest):
        given.update(parts_of=parts_of, later_of=later_of)
        return learn(parts_of, later_of, *rest)

    monkeypatch.setattr(training, "learn_from_future", heard)
    return given


def test_a_released_version_keeps_its_factors(spark, lived_world):
    with pytest.raises(ReleasedVersionEdited, match="train the next version"):
        train(spark, lived_world.store, "v4", FIRST, LAST, PLAN)


def test_a_draft_learns_from_early_nights_and_is_judged_by_a_later_one(spark, lived_world, saved):
    trained = train(spark, lived_world.store, "v4", FIRST, LAST, PLAN)
    assert set(trained.factors) == set(algorithm("v4").terms)
    assert round(sum(trained.factors.values()), 9) == 1
    assert trained.learned.held_out_date == LAST - timedelta(days=3)
    assert max(trained.learned.training_dates) <= trained.learned.held_out_date - timedelta(days=3)
    assert len(trained.releases) == len(trained.learned.training_dates) + 1
    assert saved["v4"].term_factors == trained.factors
    assert saved["v4"].topic_references == load_calibration("v4").topic_references
    assert train(spark, lived_world.store, "v4", FIRST, LAST, PLAN) == trained


def test_no_more_people_reach_the_driver_than_can_occur_in_a_pair(spark, lived_world, saved, asked):
    train(spark, lived_world.store, "v4", FIRST, LAST, Plan(horizon_days=3, step_days=1, most_pairs=20))
    parts = asked["parts_of"](FIRST)
    assert parts["person_id"].nunique() == 40
    assert len(asked["later_of"](FIRST, parts["person_id"].unique())) <= 40


def test_labels_are_the_distinct_people_of_the_days_after(spark, lived_world, saved, asked):
    train(spark, lived_world.store, "v4", FIRST, LAST, PLAN)
    rows = training._reactions(spark, lived_world.store, FIRST, LAST).toPandas()
    plain = later_engagers(rows, FIRST, PLAN.horizon_days)
    drawn = asked["later_of"](FIRST, plain.index)
    assert plain.max() > 3
    assert drawn.sort_index().to_dict() == plain.to_dict()


def test_nights_that_were_not_released_are_named(spark, lived_world, saved):
    with pytest.raises(MissingInput, match="2031-"):
        train(spark, lived_world.store, "v4", date(2031, 1, 4), date(2031, 1, 12), PLAN)
