"""The benchmark compares like with like: the plain SQL script and the night's functions give the same v2 result."""

from datetime import timedelta

import duckdb
import pytest

from bench.speed.ours import VERSION, score_day
from bench.speed.plain import apart, score_day_plainly
from bench.speed.synthetic import SyntheticDay
from jobs.scoring.calibration import load_calibration
from jobs.settings import Settings
from jobs.storage import Store

FIRST = SyntheticDay(event_count=20_000, account_count=3000)
"""Small, and large enough for an engager's budget to bind and for late reactions to meet a pair of the first night."""

TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def two_nights(spark, tmp_path_factory):
    """A first night, and one 40 days later on top of its state, each scored by both: (core, scored, plain)."""
    nights, state = [], []
    for number, day in enumerate((FIRST, SyntheticDay(20_000, 3000, FIRST.snapshot_date + timedelta(days=40)))):
        home = tmp_path_factory.mktemp(f"night{number}")
        core = day.write(home / "core")
        scored = score_day(spark, Store(Settings(home=home)), core, day.snapshot_date, state)
        plain = score_day_plainly(core, load_calibration(VERSION), day.snapshot_date, state, home / "plain.parquet")
        nights.append((core, scored, plain))
        state = scored.state
    return nights


@pytest.mark.parametrize("night", [0, 1], ids=["first night", "40 days later"])
def test_the_sql_script_and_the_night_agree_to_a_billionth_and_in_every_published_digit(two_nights, night):
    _, scored, plain = two_nights[night]
    difference = apart(scored.lines, plain)
    assert difference.line_count > 5000
    assert difference.credit < TOLERANCE
    assert difference.height < TOLERANCE
    assert (difference.unmatched_lines, difference.different_lines) == (0, 0)


def test_the_second_night_goes_on_from_the_first(two_nights):
    (_, first, _), (_, second, _) = two_nights
    older = duckdb.sql(f"FROM read_parquet({second.state}) WHERE last_interacted_date < snapshot_date")
    assert 0 < len(older) < duckdb.read_parquet(first.state).count("*").fetchone()[0]


def test_a_changed_line_is_seen(two_nights, tmp_path):
    _, scored, plain = two_nights[0]
    changed = tmp_path / "changed.parquet"
    duckdb.sql(f"""COPY (SELECT * REPLACE (credit * 1.00000001 AS credit, points + 0.0001 AS points)
                   FROM '{plain}' LIMIT 100) TO '{changed}'""")
    difference = apart(scored.lines, changed)
    assert difference.credit > TOLERANCE
    assert difference.different_lines == 100
    assert difference.unmatched_lines == difference.line_count - 100


def test_the_same_day_is_made_twice_alike(two_nights, tmp_path):
    core, again = two_nights[0][0], FIRST.write(tmp_path)
    for table, path in core.items():
        assert duckdb.sql(f"FROM '{path}' EXCEPT ALL FROM '{again[table]}'").fetchall() == [], table


def test_the_day_has_every_case_that_the_two_must_agree_on(two_nights):
    core, _, plain = two_nights[1]
    anonymous = duckdb.sql(f"FROM '{core['core__interactions']}' WHERE engager_account_id IS NULL")
    linked = duckdb.sql(f"FROM '{plain}' WHERE author_person_id LIKE 'linked-%'")
    assert len(anonymous) > 0
    assert len(linked) > 0
    assert {"actor_budget", "mention", "like"} <= {kind for kind, in duckdb.sql(f"SELECT DISTINCT kind FROM '{plain}'").fetchall()}
