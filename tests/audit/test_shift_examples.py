"""The statistics that the gate judges, on nights small enough to count by hand (S4, S7)."""

import math
from datetime import date

import pytest

from jobs.audit.shift import shift_metrics
from jobs.audit.shifting.inputs import METRICS, input_metrics

NIGHT = date(2030, 1, 9)
NETWORKS = ("twitter", "mailinglist")

REACTIONS = """
network | engager_account_id | interaction_count:bigint | interacted_at:timestamp
twitter | bob                | 1                        | 2030-01-09 06:00:00
twitter | bob                | 2                        | 2030-01-09 06:00:00
twitter | eve                | 1                        | 2030-01-09 06:00:00
twitter |                    | 4                        | 2030-01-09 06:00:00
"""

ENGAGEMENT = """
snapshot_date:date | network     | topic_id | author_account_id | interaction_count:bigint
2030-01-09         | twitter     | _overall | ann               | 7
2030-01-09         | twitter     | _overall | cid               | 1
2030-01-09         | twitter     | jazz     | ann               | 7
2030-01-08         | twitter     | _overall | ann               | 1
2030-01-08         | twitter     | _overall | cid               | 1
2030-01-08         | twitter     | jazz     | ann               | 500
2030-01-02         | twitter     | _overall | ann               | 1
2030-01-02         | mailinglist | _overall | dee               | 3
"""


def observed(frame) -> dict[tuple[str, str, str], float | None]:
    return {(row["metric_name"], row["cohort"], row["algorithm_version"]): row["observed"] for row in frame.collect()}


@pytest.fixture(scope="module")
def of_inputs(spark):
    """Built by hand, since the printed tables are a function-scoped fixture."""
    def frame(text: str):
        header, *rows = [[cell.strip() or None for cell in line.split("|")] for line in text.strip().splitlines()]
        typed = [(name.split(":") + ["string"])[:2] for name in header]
        built = spark.createDataFrame(rows, ", ".join(f"{name} string" for name, _ in typed))
        return built.selectExpr(*[f"CAST({name} AS {kind}) AS {name}" for name, kind in typed])

    return observed(input_metrics(frame(REACTIONS), frame(ENGAGEMENT), NIGHT))


@pytest.mark.parametrize(("metric_name", "expected"), [
    ("log_rows", math.log(5)), ("log_engagers", math.log(3)), ("null_engager_share", 1 / 4),
    ("hour_sin", 1.0), ("hour_cos", 0.0), ("top_source_share", 3 / 4), ("log_authors", math.log(3)),
    ("log_activity", math.log1p(math.log(8) + math.log(2))), ("engagement_mean", (math.log(8) + math.log(2)) / 2),
    ("engagement_q50", (math.log(8) + math.log(2)) / 2), ("ratio_7_median", math.log(4)),
    ("identical_share", 1 / 2), ("jump_share", 1 / 2),
])
def test_the_inputs_of_a_network(of_inputs, metric_name, expected):
    assert of_inputs[(metric_name, "twitter", "_input")] == pytest.approx(expected, abs=2e-6)


def test_a_network_that_is_silent_tonight_has_zeros_and_no_gaps(of_inputs):
    assert {name: of_inputs[(name, "mailinglist", "_input")] for name in METRICS} == dict.fromkeys(METRICS, 0.0)


def test_a_topic_that_was_large_yesterday_is_measured(of_inputs):
    assert of_inputs[("log_activity", "topic:jazz", "_input")] == pytest.approx(math.log1p(math.log(8)), abs=2e-6)


RELEASED = """
person_id       | topic_id | algorithm_version | influence_score:decimal(9,4) | rank:bigint
twitter:ann     | _overall | v2                | 40                           | 1
twitter:bob     | _overall | v2                | 30                           | 2
mailinglist:cid | _overall | v2                | 20                           | 3
our-dee         | _overall | v2                | 10                           | 4
twitter:eve     | _overall | v2                |                              |
"""

SCORED = """
person_id       | topic_id | algorithm_version | influence_score:decimal(9,4) | rank:bigint
twitter:ann     | _overall | v2                | 20                           | 3
twitter:bob     | _overall | v2                | 30                           | 2
mailinglist:cid | _overall | v2                | 40.5                         | 1
our-dee         | _overall | v2                | 10                           | 5
twitter:eve     | _overall | v2                | 11                           | 4
"""


def test_the_outputs_of_a_version(table):
    found = observed(shift_metrics(table(SCORED), {1: table(RELEASED)}, NETWORKS))
    expected = {
        ("mean_delta", "all"): 0.5 / 4, ("mean_delta", "topic:_small"): 0.5 / 4,
        ("mean_delta", "network:twitter"): -10.0, ("mean_delta", "network:mailinglist"): 20.5,
        ("mean_delta", "network:_linked"): 0.0, ("median_delta", "all"): 0.0,
        ("p01_delta", "all"): -20 + 0.03 * 20, ("p99_delta", "all"): 20.5 * 0.97, ("iqr_delta", "all"): 20.5 / 4 + 5,
        ("moved_5_share", "all"): 0.5, ("moved_10_share", "all"): 0.5, ("moved_20_share", "all"): 0.5,
        ("coverage_ratio", "all"): 5 / 4, ("top_200_overlap", "all"): 1.0,
        ("rank_loss", "all"): math.log(6 * 8 / (4 * 15) + 1e-6), ("w1_1", "all"): 2.9,
    }
    psi = found.pop(("psi_1", "all", "v2"))
    assert 0 < psi < 1
    assert found == pytest.approx({(*key, "v2"): value for key, value in expected.items()}, abs=1e-9)


def test_a_version_that_nobody_shares_with_the_release_is_not_measured(table):
    alone = SCORED.replace("v2", "v3")
    found = observed(shift_metrics(table(alone), {1: table(RELEASED)}, NETWORKS))
    assert found[("mean_delta", "all", "v3")] is None
    assert found[("mean_delta", "all", "v2")] is None
    assert found[("psi_1", "all", "v3")] is None
