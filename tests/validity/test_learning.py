"""Learned weights: right where the truth is known, blind where the future is shuffled, never ahead of their day."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from bench.future import later_engagers, later_in
from bench.pairs import accuracy
from jobs.errors import BadInput, MissingInput
from jobs.scoring.learning import (
    Plan,
    auc,
    features_of,
    fit_weights,
    future_pairs,
    learn_from_future,
    split_days,
)

FIRST, LAST = date(2030, 1, 1), date(2030, 2, 15)
PLAN = Plan(horizon_days=7, step_days=7, most_pairs=4_000, seed=3)
KINDS = ["mention", "reshare"]


@pytest.fixture(scope="module")
def reactions() -> pd.DataFrame:
    """Sixty days of 300 authors: reshares follow what an author is worth, mentions are noise."""
    random = np.random.default_rng(5)
    worth = random.lognormal(0, 1, 300)
    rows = []
    for offset in range((LAST - FIRST).days + 1):
        for kind, rate in (("reshare", worth * 0.3), ("mention", np.full(300, 0.3))):
            authors = np.repeat(np.arange(300), random.poisson(rate))
            rows.append(pd.DataFrame({
                "author_person_id": [f"a{number:03}" for number in authors],
                "engager_person_id": [f"e{number:04}" for number in random.integers(0, 5_000, len(authors))],
                "snapshot_date": FIRST + timedelta(days=offset), "kind": kind}))
    return pd.concat(rows, ignore_index=True)


def parts_on(reactions: pd.DataFrame, day: date) -> pd.DataFrame:
    """Distinct engagers by kind, up to a day."""
    known = reactions[reactions["snapshot_date"] <= day]
    counted = known.groupby(["author_person_id", "kind"])["engager_person_id"].nunique().reset_index()
    counted.columns = ["person_id", "part_name", "part"]
    return counted.assign(as_of_date=day)


def learned(parts_from: pd.DataFrame, labels_from: pd.DataFrame):
    return learn_from_future(lambda day: parts_on(parts_from, day), later_in(labels_from, PLAN.horizon_days), KINDS, FIRST, LAST,
                             PLAN)


def test_weights_come_out_as_planted_and_never_negative():
    """200,000 pairs judged by 2 f1 + 0.5 f2 - f3: the third weight would be -1 and is 0."""
    random = np.random.default_rng(1)
    differences = random.normal(size=(200_000, 3))
    chance = 1 / (1 + np.exp(-differences @ [2.0, 0.5, -1.0]))
    labels = (random.random(200_000) < chance).astype(int)
    alone = fit_weights(differences[:, :2], (random.random(200_000) < 1 / (1 + np.exp(-differences[:, :2] @ [2.0, 0.5]))).astype(int))
    assert alone == pytest.approx([2.0, 0.5], abs=0.03)
    assert fit_weights(differences, labels)[2] == 0.0


def test_weights_are_the_same_in_any_order_and_with_sides_swapped():
    random = np.random.default_rng(2)
    differences, labels = random.normal(size=(2_000, 4)), random.integers(0, 2, 2_000)
    order = random.permutation(2_000)
    weights = fit_weights(differences, labels)
    assert fit_weights(differences[order], labels[order]).tolist() == weights.tolist()
    assert fit_weights(-differences, 1 - labels).tolist() == weights.tolist()
    assert np.round(weights, 6).tolist() == weights.tolist()


@pytest.mark.parametrize(
    ("differences", "labels", "l2", "says"),
    [(np.empty((0, 2)), np.empty(0), 1.0, "at least one pair"), (np.ones((2, 1)), np.array([0, 2]), 1.0, "0 or 1"),
     (np.array([[np.nan]]), np.array([1]), 1.0, "finite"), (np.ones((1, 1)), np.array([1]), 0.0, "not unique")],
)
def test_what_cannot_be_learned_from_is_refused(differences, labels, l2, says):
    with pytest.raises(BadInput, match=says):
        fit_weights(differences, labels, l2)


def test_auc_and_accuracy_of_a_printed_case():
    """Won 3, 1, 0 against lost 1, -2: of six comparisons four are right, one is a tie, one wrong: 4.5 / 6."""
    values, labels = np.array([3.0, 1.0, 0.0, 1.0, -2.0]), np.array([1, 1, 1, 0, 0])
    assert auc(values, labels) == pytest.approx(4.5 / 6)
    assert accuracy(values, labels) == pytest.approx(3 / 4)
    assert auc(values, np.ones(5)) is None
    assert accuracy(np.zeros(5), labels) is None


def test_only_the_days_after_count_and_only_other_people(reactions):
    day = date(2030, 1, 10)
    printed = pd.DataFrame(
        [("ann", "x", 10), ("ann", "x", 11), ("ann", "x", 12), ("ann", "y", 17), ("ann", "z", 18), ("ann", "ann", 11)],
        columns=["author_person_id", "engager_person_id", "day"])
    printed["snapshot_date"] = [date(2030, 1, number) for number in printed["day"]]
    assert later_engagers(printed, day, 7).to_dict() == {"ann": 2}


def test_the_future_is_foretold_by_what_decides_it(reactions):
    found = learned(reactions, reactions)
    assert found.held_out_auc > 0.75
    assert found.weights["reshare"] > 5 * found.weights["mention"]
    assert found.held_out_date == date(2030, 2, 8)
    assert max(found.training_dates) + timedelta(days=7) <= found.held_out_date


def test_a_shuffled_future_is_not_foretold(reactions):
    """The leak test: parts stay, authors of the labels are exchanged; anything above chance would be a leak."""
    names = sorted(set(reactions["author_person_id"]))
    other = dict(zip(names, np.random.default_rng(4).permutation(names), strict=True))
    shuffled = reactions.assign(author_person_id=reactions["author_person_id"].map(other))
    assert abs(learned(reactions, shuffled).held_out_auc - 0.5) < 0.08


def test_features_do_not_change_when_the_future_is_removed(reactions):
    day = date(2030, 1, 20)
    known = reactions[reactions["snapshot_date"] <= day]
    pd.testing.assert_frame_equal(features_of(parts_on(reactions, day), day, KINDS), features_of(parts_on(known, day), day, KINDS))


def test_labels_do_not_see_what_lies_beyond_the_horizon(reactions):
    day = date(2030, 1, 20)
    features = features_of(parts_on(reactions, day), day, KINDS)
    near = reactions[reactions["snapshot_date"] <= day + timedelta(days=7)]
    wide, narrow = (future_pairs(features, later_in(rows, 7), day, LAST, PLAN) for rows in (reactions, near))
    assert wide.labels.tolist() == narrow.labels.tolist()


def test_pairs_are_the_same_in_any_order_of_rows(reactions):
    day = date(2030, 1, 20)
    features = features_of(parts_on(reactions, day), day, KINDS)
    turned = future_pairs(features.iloc[::-1], later_in(reactions.iloc[::-1], 7), day, LAST, PLAN)
    straight = future_pairs(features, later_in(reactions, 7), day, LAST, PLAN)
    assert turned.differences.tolist() == straight.differences.tolist()
    assert 0.4 < straight.labels.mean() < 0.6


def test_parts_of_another_day_are_refused(reactions):
    with pytest.raises(BadInput, match="2030-01-21"):
        features_of(parts_on(reactions, date(2030, 1, 21)), date(2030, 1, 20), KINDS)


def test_a_future_that_is_not_over_is_refused(reactions):
    features = features_of(parts_on(reactions, LAST), LAST, KINDS)
    with pytest.raises(MissingInput, match="known are those up to 2030-02-15"):
        future_pairs(features, later_in(reactions, 7), LAST, LAST, PLAN)
    with pytest.raises(MissingInput, match="two horizons"):
        split_days(FIRST, FIRST + timedelta(days=27), Plan(horizon_days=14))


def test_days_to_learn_from_end_before_the_held_out_day():
    assert split_days(FIRST, LAST, Plan()) == ([date(2030, 1, 4), date(2030, 1, 11), date(2030, 1, 18)], date(2030, 2, 1))
