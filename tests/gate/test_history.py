"""A night against its own history: what is surprising, what is not, and whom to look at first (S4, S7, S26, S29)."""

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from jobs.gate.drift import LIMIT
from jobs.gate.history import CalendarEvent, judged
from jobs.gate.norms import nanmedian_of_four
from jobs.gate.ridge import past_given_the_others, precision_of, slopes_of
from jobs.gate.suspects import Suspect
from jobs.gate.tails import tails, tails_without_each
from jobs.gate.threshold import POOLED_TAU, WARM_UP_FACTOR, fitted_tau

LAST = date(2030, 12, 31)
NIGHTS = 420
FEEDS = ("twitter", "mailinglist", "mastodon")
BUDGET = 2.0


def world(nights: int = NIGHTS) -> pd.DataFrame:
    """A year and more: three feeds that share their weekdays and holidays, and moves that follow the feeds."""
    random = np.random.default_rng(7)
    weekday = np.tile([0.0, 0.0, 0.0, 0.0, 0.0, -0.3, -0.3], NIGHTS // 7 + 1)[:NIGHTS]
    holiday = np.where(random.random(NIGHTS) < 0.03, -0.4, 0.0)
    series = {}
    for feed in FEEDS:
        volume = 7 + weekday + holiday + random.normal(0, 0.04, NIGHTS)
        series |= {f"log_rows/{feed}/_input": volume, f"log_activity/{feed}/_input": volume - 1,
                   f"engagement_mean/{feed}/_input": 1.5 + random.normal(0, 0.02, NIGHTS)}
    inflow = sum(series[f"log_rows/{feed}/_input"] for feed in FEEDS) / 3 - 7
    for cohort in ("all", "topic:jazz", "topic:chess"):
        series[f"mean_delta/{cohort}/v2"] = 0.5 * inflow + random.normal(0, 0.02, NIGHTS)
    days = [LAST - timedelta(days=back) for back in range(NIGHTS, 0, -1)]
    return pd.DataFrame(series, index=days).tail(nights)


@pytest.fixture(scope="module")
def history():
    return world()


def usual(history: pd.DataFrame) -> pd.Series:
    """Tonight as its own weekday was."""
    return history.iloc[[-7, -14, -21, -28]].median()


def moved(history: pd.DataFrame, **moves: float) -> pd.Series:
    """A usual night with moves: metric and cohort with two underscores between."""
    tonight = usual(history)
    for name, move in moves.items():
        metric, cohort = name.split("__")
        hit = [series for series in tonight.index if series.startswith(metric) and cohort in ("every", series.split("/")[1])]
        assert hit, name
        tonight[hit] += move
    return tonight


def judge(history, tonight, calendar=(), budget=BUDGET):
    return judged(history, tonight, LAST, calendar, budget)


def test_a_usual_night_passes_and_suspects_nobody(history):
    said = judge(history, usual(history))
    assert (said.stage, said.is_within_budget, said.is_drifting, said.suspects) == ("normal", True, False, ())


@pytest.mark.parametrize(("moves", "suspect"), [
    ({"log_rows__twitter": -0.4, "log_activity__twitter": -0.4}, ("feed", "twitter")),
    ({"engagement_mean__mailinglist": 0.7}, ("feed", "mailinglist")),
    ({"mean_delta__every": -1.0}, ("stage", "scoring")),
    ({"mean_delta__topic:jazz": -1.0}, ("cohort", "topic:jazz")),
    ({"log_activity__twitter": -0.6, "mean_delta__every": -0.3}, ("feed", "twitter")),
], ids=["one feed falls", "doubled values", "everybody falls", "a cohort falls", "a feed before its outcome"])
def test_what_blocks_and_where_to_look_first(history, moves, suspect):
    said = judge(history, moved(history, **moves))
    assert not said.is_within_budget
    assert (said.suspects[0].kind, said.suspects[0].name) == suspect


def test_a_holiday_that_empties_all_feeds_passes_and_the_same_fall_of_one_feed_does_not(history):
    fall = {"log_rows": -0.35, "log_activity": -0.35}
    all_feeds = {f"{metric}__every": move for metric, move in fall.items()}
    assert judge(history, moved(history, **all_feeds, mean_delta__every=-0.17)).is_within_budget
    assert not judge(history, moved(history, **{f"{metric}__mastodon": move for metric, move in fall.items()})).is_within_budget


def test_a_real_surge_passes_and_the_same_outcome_without_it_does_not(history):
    surge = {"log_rows__every": 0.4, "log_activity__every": 0.4}
    assert judge(history, moved(history, **surge, mean_delta__every=0.25)).is_within_budget
    assert not judge(history, moved(history, mean_delta__every=0.25)).is_within_budget


@pytest.mark.parametrize("missing", [math.nan, math.inf, "absent"])
@pytest.mark.parametrize("nights", [NIGHTS, 20], ids=["normal", "cold"])
def test_a_series_that_is_missing_tonight_blocks_even_a_cold_store(missing, nights):
    history = world(nights)
    tonight = usual(history) if nights > 28 else history.iloc[-7].copy()
    if missing == "absent":
        tonight = tonight.drop("mean_delta/all/v2")
    else:
        tonight["mean_delta/all/v2"] = missing
    said = judge(history, tonight)
    assert not said.is_within_budget
    assert said.surprises[0].series == "mean_delta/all/v2"
    assert math.isinf(said.largest)


@pytest.mark.parametrize(("nights", "stage", "tau"), [
    (0, "cold", math.inf), (27, "cold", math.inf), (28, "warm_up", POOLED_TAU * WARM_UP_FACTOR),
    (119, "warm_up", POOLED_TAU * WARM_UP_FACTOR), (120, "normal", POOLED_TAU),
])
def test_a_young_store_has_wide_limits(nights, stage, tau):
    history = world().tail(nights)
    said = judge(history, world().iloc[-7])
    assert (said.stage, said.tau) == (stage, tau)


def test_the_candidate_is_never_in_its_own_window(history):
    tonight = moved(history, mean_delta__every=-1.0)
    with_itself = pd.concat([history, tonight.rename(LAST).to_frame().T])
    assert judge(with_itself, tonight) == judge(history, tonight)


def test_a_blocked_incident_left_out_is_found_again_and_one_let_in_is_missed(history):
    incident = moved(history, engagement_mean__twitter=0.12)
    let_in = history.copy()
    let_in.iloc[[-7, -14]] = incident.to_numpy()
    assert not judge(history.drop(history.index[[-7, -14]]), incident).is_within_budget
    assert judge(let_in, incident).largest < judge(history, incident).largest / 2


def test_a_new_version_is_judged_by_its_own_nights_only(history):
    young = history.rename(columns=lambda name: name.replace("/v2", "/v3"))
    young.iloc[:-20, young.columns.get_indexer([c for c in young if c.endswith("/v3")])] = np.nan
    tonight = usual(young).fillna(5.0)
    said = judge(young, tonight)
    assert "mean_delta/all/v3" not in {surprise.series for surprise in said.surprises}
    assert not judge(history, usual(history).add(pd.Series({"mean_delta/all/v2": 5.0}), fill_value=0)).is_within_budget


@pytest.mark.parametrize(("event", "is_loosened"), [
    (CalendarEvent(LAST, "mean_delta", 3.0), True),
    (CalendarEvent(LAST, "mean_delta/all/v2", 3.0), True),
    (CalendarEvent(LAST, "engagement_mean", 3.0), False),
    (CalendarEvent(LAST - timedelta(days=1), "mean_delta", 3.0), False),
], ids=["its metric", "its series", "another metric", "another date"])
def test_the_calendar_loosens_only_what_it_names_when_it_names_it(history, event, is_loosened):
    tonight = moved(history, mean_delta__all=0.2)
    factor = judge(history, tonight).largest / judge(history, tonight, [event]).largest
    assert factor == pytest.approx(3.0 if is_loosened else 1.0)


def test_no_calendar_loosens_more_than_three_times_or_tightens(history):
    tonight = moved(history, mean_delta__all=0.2)
    largest = [judge(history, tonight, [CalendarEvent(LAST, "mean_delta", factor)]).largest for factor in (3, 1000, 1, 0)]
    assert largest[0] == largest[1]
    assert largest[2] == largest[3] == judge(history, tonight).largest


def test_a_smaller_budget_allows_less(history):
    allowed = [judge(history, usual(history), budget=budget).tau for budget in (12, 6, 2, 0.5)]
    assert allowed == sorted(allowed)
    assert allowed[0] < allowed[-1]


@pytest.mark.parametrize("rate", [0.02, 0.005])
def test_the_fitted_threshold_is_exceeded_as_often_as_it_promises(rate):
    random = np.random.default_rng(3)
    exceeded = [(random.pareto(6, 2000) > fitted_tau(random.pareto(6, 365), rate)).mean() for _ in range(60)]
    assert np.mean(exceeded) == pytest.approx(rate, rel=0.4)


def test_a_drift_of_a_fifth_of_a_point_a_night_is_found_within_25_nights_and_calm_is_none():
    days = [LAST + timedelta(days=place) for place in range(-275, 25)]
    calm = pd.DataFrame({"mean_delta/all/v2": np.random.default_rng(5).normal(0, 0.15, 300)}, index=days)
    drifting = calm.copy()
    drifting.iloc[275:] -= 0.2
    found = [[judged(moves, moves.iloc[275 + late], LAST + timedelta(days=late), (), BUDGET).is_drifting
              for late in range(25)] for moves in (calm, drifting)]
    assert not any(found[0])
    assert any(found[1])


def test_a_drift_that_was_released_counts_as_approved_and_starts_again():
    days = [LAST - timedelta(days=back) for back in range(300, 0, -1)]
    moves = pd.DataFrame({"mean_delta/all/v2": np.random.default_rng(5).normal(0, 0.15, 300)}, index=days)
    moves.iloc[-20:] -= 1.0
    longest = max(judged(moves.iloc[:-back], moves.iloc[-back], days[-back], (), BUDGET).drift[0].cusum
                  for back in range(1, 20))
    assert LIMIT < longest < LIMIT + 4


def test_each_past_night_is_measured_by_the_others_only():
    moves = np.random.default_rng(2).normal(size=(60, 3))
    moves[[4, 9], [0, 2]] = np.nan
    left_out = tails_without_each(moves)
    for night in (0, 9, int(np.nanargmax(np.abs(moves[:, 1])))):
        others = np.delete(moves, night, axis=0)
        known = ~np.isnan(moves[night])
        np.testing.assert_allclose(left_out[night][known], tails(others)[known])


def test_slopes_leave_each_night_out_as_a_new_fit_without_it_would():
    random = np.random.default_rng(4)
    drivers, targets = random.normal(size=(80, 4)), random.normal(size=(80, 2))
    told = slopes_of(drivers, targets).of_past(drivers, targets)
    others = past_given_the_others(drivers, precision_of(drivers))
    rest = np.delete(np.arange(80), 11)
    np.testing.assert_allclose(told[11], drivers[11] @ slopes_of(drivers[rest], targets[rest]).values, atol=2e-3)
    by_hand = drivers[11] @ precision_of(drivers[rest]) / np.diag(precision_of(drivers[rest]))
    np.testing.assert_allclose(others[11], by_hand, atol=2e-3)


def test_the_median_of_four_weeks_is_that_of_numpy():
    weeks = np.random.default_rng(6).normal(size=(4, 30, 5))
    np.testing.assert_allclose(nanmedian_of_four(weeks), np.median(weeks, axis=0))
    weeks[1, ::3], weeks[:3, 7], weeks[:, 8] = np.nan, np.nan, np.nan
    got = nanmedian_of_four(weeks)
    np.testing.assert_allclose(np.delete(got, 8, axis=0), np.nanmedian(np.delete(weeks, 8, axis=1), axis=0))
    assert np.isnan(got[8]).all()


def test_an_empty_history_names_no_suspect_and_is_cold():
    said = judge(pd.DataFrame(), pd.Series({"mean_delta/all/v2": 1.0}))
    assert (said.stage, said.suspects, said.surprises) == ("cold", (), ())


def test_a_suspect_is_named_once(history):
    said = judge(history, moved(history, log_rows__twitter=-1.0, log_activity__twitter=-1.0))
    named = [(suspect.kind, suspect.name) for suspect in said.suspects]
    assert isinstance(said.suspects[0], Suspect)
    assert len(named) == len(set(named))
