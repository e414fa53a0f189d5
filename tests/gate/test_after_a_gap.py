"""A night after nights without a release: one block must not block all that follow (decision 0005)."""

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jobs.gate.gap import falls_without_fault, missing_ages
from jobs.gate.history import judged
from jobs.gate.relations import open_connection
from jobs.gate.replies import reply_shares_of
from jobs.tables import TABLES
from tests.gate.test_history import BUDGET, FEEDS, LAST, judge, moved, usual, world

SHARES = dict.fromkeys(FEEDS, {1: 0.58, 2: 0.34, 7: 0.02})


@pytest.fixture(scope="module")
def history():
    return world()


def is_let_by(history, tonight, missing_nights_ago: int, shares=SHARES) -> bool:
    with_a_gap = history.drop(index=[history.index[-missing_nights_ago]])
    return judged(with_a_gap, tonight, LAST, [], BUDGET, shares).is_within_budget


@pytest.mark.parametrize(("move", "nights_ago", "passes"), [
    ({"log_activity__every": -0.85}, 1, True),
    ({"log_activity__every": -0.4}, 2, True),
    ({"log_activity__every": -0.85}, 2, False),
    ({"log_activity__every": -0.85}, 7, False),
    ({"log_activity__twitter": -0.4}, 7, False),
    ({"log_rows__every": -0.85}, 1, False),
])
def test_counts_by_author_may_fall_by_what_a_missing_night_s_posts_would_have_drawn_and_by_no_more(
        history, move, nights_ago, passes):
    """A repeated incident is found (gate-evidence section 3, row 21), and one block does not block the next night."""
    tonight = moved(history, **move)
    assert is_let_by(history, tonight, nights_ago) is passes
    assert not judge(history, tonight).is_within_budget
    assert not is_let_by(history, tonight, nights_ago, shares={})


NIGHT = date(2030, 1, 20)


@pytest.mark.parametrize(("released", "ages"), [
    ([], ()), ([1], ()), ([1, 2, 3], ()), ([1, 3], (2,)), ([2, 3], (1,)), ([9, 10], (7, 6, 5, 4, 3, 2, 1)),
])
def test_missing_nights_are_those_of_the_last_week_since_the_store_began(released, ages):
    days = pd.DatetimeIndex(sorted(NIGHT - timedelta(days=back) for back in released))
    assert missing_ages(days, pd.Timestamp(NIGHT)) == ages


def test_a_fall_is_bounded_by_its_own_network_a_topic_by_the_worst_and_what_names_no_author_falls_by_nothing():
    names = ["log_authors/lists/_input", "log_activity/chat/_input", "log_activity/topic:jazz/_input",
             "log_rows/lists/_input", "mean_delta/all/v2"]
    falls = falls_without_fault(names, (1, 2), {"lists": {1: 0.3, 2: 0.2, 3: 0.4}})
    assert falls == pytest.approx([math.log(2), 0.0, math.log(2), 0.0, 0.0])
    assert falls_without_fault(names[:1], (1, 2), {"lists": {1: 0.9, 2: 0.9}}) == pytest.approx([math.log(100)])


def test_what_posts_of_earlier_nights_draw_is_read_from_released_nights_and_only_after_a_gap(store):
    days = [NIGHT - timedelta(days=back) for back in (4, 3, 1)]
    append(store, "core__posts", days[0], [("p1", "ann", None), ("p2", "bob", None)], "post_id author_account_id _")
    append(store, "core__posts", days[1], [("p3", "cy", None)], "post_id author_account_id _")
    append(store, "core__interactions", days[1], [("p1", None, "r1"), ("p3", None, "r2"), ("p2", "bob", "r3")],
           "post_id author_account_id interaction_id")
    append(store, "core__interactions", NIGHT, [("p1", None, "r4")], "post_id author_account_id interaction_id")
    assert reply_shares_of(store, open_connection(store.settings), days, NIGHT) == {"lists": {1: 1 / 3}}
    unbroken = [NIGHT - timedelta(days=back) for back in (3, 2, 1)]
    assert reply_shares_of(store, None, unbroken, NIGHT) == {}


def append(store, table: str, day: date, rows: list[tuple], names: str) -> None:
    full = [{"snapshot_date": day, "network": "lists"} | dict(zip(names.split(), row, strict=True)) for row in rows]
    declared = TABLES[table]
    wanted = [{name: row.get(name) for name in declared.column_names} for row in full]
    store.append_rows(table, pa.Table.from_pylist(wanted, schema=declared.arrow_schema))


def test_a_night_after_a_gap_may_have_moved_by_two_nights_at_once(history):
    steady = history.copy()
    steady["iqr_delta/all/v2"] = 0.3 + np.random.default_rng(1).normal(0, 0.01, len(history))
    twice = usual(steady)
    twice["iqr_delta/all/v2"] = 0.6
    assert not judge(steady, twice).is_within_budget
    assert judge(steady.iloc[:-1], twice).is_within_budget
