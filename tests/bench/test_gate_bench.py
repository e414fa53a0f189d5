"""The benchmark of the gate measures what the gate measures, breaks what it says, and counts right (S4, S29)."""

from collections import Counter, deque
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bench.gate import checks, stock
from bench.gate.faults import L0
from bench.gate.kinds import KINDS
from bench.gate.measures import distances, histogram, input_numbers, output_numbers
from bench.gate.night import Cells, delivered, run
from bench.gate.reproduce import differences
from bench.gate.simulate import HISTORY_DAYS, SETTLING_DAYS, Plan, schedule_of
from bench.gate.tally import Blocks, lower_bound
from bench.gate.world import Rows, World
from jobs.audit.shift import shift_metrics
from jobs.audit.shifting.inputs import input_metrics
from jobs.tables import OVERALL

NIGHT = date(2030, 1, 9)
PEOPLE = 700


@pytest.fixture(scope="module")
def nights():
    """Ten clean nights of a simulated world, run, and what is needed to run one more."""
    world = World(7, 40)
    cells, past = Cells(world), deque(maxlen=29)
    credit, hashes = cells.start(), set()
    for day in range(10):
        night = delivered(world, day)
        run(night, cells, credit)
        credit, hashes = night.credit, hashes | {entry.sha256 for entry in night.manifest.values()}
        past.append(night)
    tonight = delivered(world, 10)
    return SimpleNamespace(cells=cells, past=past, tonight=tonight,
                           known=checks.known_from(tonight, cells, frozenset(hashes)))


def broken_by(kind, size, nights):
    night = nights.tonight.copy()
    random = np.random.default_rng(1)
    truth = "" if kind.is_after_scoring else kind.breaks(night, nights.past[-1], size, random)
    run(night, nights.cells, nights.past[-1].credit)
    truth = kind.breaks(night, nights.past[-1], size, random) if kind.is_after_scoring else truth
    return truth, checks.broken(night, nights.known)


def test_no_check_fires_on_a_clean_night(nights):
    night = nights.tonight.copy()
    run(night, nights.cells, nights.past[-1].credit)
    assert checks.broken(night, nights.known) == {}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.level == L0], ids=lambda kind: kind.name)
def test_checks_find_every_size_of_a_deterministic_kind_and_point_at_it(nights, kind):
    for size in kind.sizes:
        truth, found = broken_by(kind, size, nights)
        assert next(iter(found.values()), None) == truth, size


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.__name__)
def test_no_check_is_idle(nights, check):
    fired = [check.__name__ in broken_by(kind, size, nights)[1]
             for kind in KINDS if kind.level == L0 for size in kind.sizes]
    if check is checks.rows_are_conserved:
        night = nights.past[-1].copy()
        night.loaded, night.out_of_scope = dict(nights.past[-1].loaded), nights.past[-1].out_of_scope
        night.loaded["north"] = night.loaded["north"].taken(slice(1, None))
        fired = [check(night, nights.known) == "feed:north"]
    assert any(fired)
    assert not all(fired) or len(fired) == 1


def test_the_same_seed_gives_the_same_nights():
    first, again = (World(3, 5).night(0) for _ in range(2))
    assert all(np.array_equal(a, b) for name in first
               for a, b in zip(first[name].columns(), again[name].columns(), strict=True))


def test_a_plan_puts_each_kind_and_size_into_judged_nights_as_often_as_it_says():
    plan = Plan(seed=5, years=1, repeats=3, kinds=KINDS[:4])
    schedule = schedule_of(plan)
    wanted = Counter((kind.name, size) for faults in schedule.values() for kind, size in faults)
    assert wanted == {(kind.name, size): 3 for kind in plan.kinds for size in kind.all_sizes}
    assert min(schedule) >= SETTLING_DAYS + HISTORY_DAYS
    assert max(schedule) < plan.days


def test_input_statistics_are_those_of_the_night(spark):
    """The numpy twin and jobs/audit/shifting/inputs.py on the same reactions."""
    random = np.random.default_rng(11)
    days = [NIGHT - timedelta(days=back) for back in (7, 1, 0)]
    frame = pd.concat([pd.DataFrame({
        "snapshot_date": day, "network": "twitter", "topic_id": OVERALL, "post_id": "p", "kind": "like",
        "author_account_id": random.integers(0, 60, 400).astype(str),
        "engager_account_id": random.integers(0, 90, 400).astype(str),
        "interaction_count": random.integers(1, 4, 400),
        "interacted_at": pd.Timestamp(NIGHT) + pd.to_timedelta(random.integers(0, 86_400, 400), unit="s"),
    }) for day in days])
    tonight = frame[frame.snapshot_date == NIGHT]
    said = input_metrics(spark.createDataFrame(tonight), spark.createDataFrame(frame), NIGHT).collect()
    counts = [np.bincount(part.author_account_id.astype(int), part.interaction_count, 60).astype(int)
              for _, part in frame.groupby("snapshot_date")]
    rows = Rows(np.arange(400), tonight.author_account_id.astype(int).to_numpy(),
                tonight.engager_account_id.astype(int).to_numpy(), np.zeros(400, dtype=int),
                (tonight.interacted_at - pd.Timestamp(NIGHT)).dt.total_seconds().to_numpy(), tonight.interaction_count.to_numpy())
    twin = input_numbers(rows, counts[2], counts[1], counts[0])
    night = {row["metric_name"]: row["observed"] for row in said}
    assert {name for name in twin if name not in night} == set()
    for name, value in twin.items():
        assert night[name] == pytest.approx(value, abs=1e-5), name


def test_output_statistics_are_those_of_the_night(spark):
    """The numpy twin and jobs/audit/shifting/outputs.py on the same scores."""
    random = np.random.default_rng(12)
    before = np.round(random.uniform(1, 90, PEOPLE + 100), 4)
    after = np.round(np.clip(before + random.normal(0.1, 4, len(before)), 1, 100), 4)
    before[:5], after[5:9] = np.nan, np.nan
    topic = np.r_[np.full(PEOPLE, 10), np.full(100, 0)]
    cells = SimpleNamespace(topic=topic, network=np.zeros(len(topic), dtype=int), overall=topic == 10)
    released, scored = (_scores(spark, values, topic) for values in (before, after))
    night = {f"{row['metric_name']}/{row['cohort']}": row["observed"]
             for row in shift_metrics(scored, {1: released}, ("north",)).collect()}
    twin = output_numbers(after, before, cells) | distances(histogram(after), histogram(before), 1)
    twin = {name: value for name, value in twin.items() if not np.isnan(value)}
    assert {name for name in night if name not in twin} == set()
    for name, value in night.items():
        assert value == pytest.approx(twin[name], abs=1e-5), name


def _scores(spark, values: np.ndarray, topic: np.ndarray):
    frame = pd.DataFrame({"person_id": [f"north:{place}" for place in range(len(values))],
                          "topic_id": np.where(topic == 10, OVERALL, "t0"), "algorithm_version": "v2",
                          "influence_score": values})
    frame["rank"] = frame.groupby("topic_id").influence_score.rank(ascending=False, method="min")
    plain = frame.astype(object).where(frame.notna(), None)
    typed = "person_id string, topic_id string, algorithm_version string, influence_score double, rank double"
    return spark.createDataFrame(plain.values.tolist(), typed).selectExpr(
        "person_id", "topic_id", "algorithm_version", "CAST(influence_score AS decimal(9,4)) AS influence_score",
        "CAST(rank AS bigint) AS rank")


@pytest.mark.parametrize(("rule", "tonight", "blocks"), [
    (stock.rows_within_a_fifth, {"rows/a": 121.0}, True), (stock.rows_within_a_fifth, {"rows/a": 119.0}, False),
    (stock.karma3, {"scored": 126.0}, True), (stock.karma3, {"scored": 124.0}, False),
    (stock.ks, {"ks_p": 0.04}, True), (stock.ks, {"ks_p": 0.06}, False),
    (stock.mean_within_three_sigma, {"mean_score": 104.0}, True),
    (stock.mean_within_three_sigma, {"mean_score": 102.0}, False),
    (stock.online_normal, {"rows/a": 104.0, "mean_score": 100.0}, True),
    (stock.online_normal, {"rows/a": 100.0, "mean_score": 100.0}, False),
    (stock.holt_winters, {"rows/a": 110.0, "mean_score": 100.0}, True),
    (stock.holt_winters, {"rows/a": 100.0, "mean_score": 100.0}, False),
])
def test_the_usual_rules_block_where_they_say(rule, tonight, blocks):
    wave = 100 + np.tile([1.0, -1.0], 60)
    flat = np.full(120, 100.0)
    past = stock.Nights({"rows/a": flat if rule is stock.rows_within_a_fifth else wave, "scored": flat,
                         "mean_score": wave}, np.zeros((120, 1)))
    assert rule(past, tonight, np.zeros(1)) is blocks


def test_bounds_are_those_of_the_protocol():
    assert [round(lower_bound(*counts), 3) for counts in ((200, 200), (198, 200), (297, 300))] == [0.985, 0.969, 0.974]
    assert Blocks(80, int(50 * 365.25)).upper < 2.0 < Blocks(90, int(50 * 365.25)).upper


def test_a_run_that_finds_less_blocks_more_or_points_elsewhere_is_not_reproduced():
    def outcome(found=195, certain=200, blocks=60, pointed=195):
        kind = {"kind": "unit", "level": "statistical", "hits": found, "trials": 200, "recall": found / 200}
        sure = {"kind": "schema", "level": L0, "hits": certain, "trials": 200, "recall": certain / 200}
        gate = {"gate": "Candor at 2 a year", "years": 50.0, "false_blocks": blocks, "per_year": blocks / 50}
        return {"kinds": [kind, sure], "gates": [gate],
                "pointed": {"hits": pointed, "trials": 200, "share": pointed / 200}}

    recorded = outcome()
    assert differences(recorded, outcome(found=190, blocks=75, pointed=190)) == []
    assert [line.split(":")[0] for line in differences(recorded, outcome(found=150))] == ["unit"]
    assert [line.split(":")[0] for line in differences(recorded, outcome(certain=199))] == ["schema"]
    assert [line.split(":")[0] for line in differences(recorded, outcome(blocks=120))] == ["false blocks"]
    assert [line.split(":")[0] for line in differences(recorded, outcome(pointed=120))] == ["right suspect first"]
