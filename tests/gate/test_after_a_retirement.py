"""A night after a version was retired, over a whole small store."""

import pytest

from jobs.publish.version_life import Step, retire
from jobs.settings import Settings
from jobs.storage import Store
from tests.gate.test_gate_on_a_store import (
    SCORE,
    YESTERDAY,
    append,
    good_night,
    judged,
    propose,
    released,
    shift_metrics,
)


@pytest.fixture
def store(tmp_path) -> Store:
    """A store whose last release was scored with v1 and v2, and in which v2 alone is scored tonight."""
    store = Store(Settings(home=tmp_path / "store", networks=("mailinglist",)))
    scores = [SCORE, {**SCORE, "algorithm_version": "v1"}]
    released(store, 1, {"pub__scores": append(store, "pub__scores", scores, YESTERDAY)})
    propose(store, {**good_night(), "audit__shift_metrics": shift_metrics()})
    return store


def test_it_is_measured_by_the_versions_that_are_left(store):
    retire(store, Step("v1", YESTERDAY, "ann"))
    assert judged(store).not_held == ()


def test_a_version_that_was_not_retired_and_is_not_measured_blocks(store):
    verdict = judged(store)
    assert {"every_released_version_is_scored", "mean_move_bounded"} <= set(verdict.blocked_by)
