"""What must hold for the causes of any move: equality with the plain reference, and the promises made about them."""

import math
from collections import Counter
from decimal import Decimal

import pytest

from jobs.causes import NAMED
from tests.property.changes_histories import CALIBRATION, CASES, VERSIONS, Told, told
from tests.property.changes_reference import causes_of
from tests.property.reference import HALF_LIFE_DAYS

EXACT = 1e-9
"""Points: what a cause may differ from the reference, and below which it did not act."""

ROUNDING = Decimal("0.0002")
"""Points: both scores are rounded to 0.0001."""

BY_VERSION = pytest.mark.parametrize("version", VERSIONS)


@pytest.fixture(scope="module")
def statement(spark) -> Told:
    return told(spark)


@pytest.fixture(scope="module")
def expected(statement) -> dict[tuple, dict]:
    rates = CALIBRATION.exchange_rates()
    return {(version, topic, person): causes
            for topic, case in statement.cases.items() for version in VERSIONS
            for person, causes in causes_of(version, case, rates, reference_of(topic)).items()}


def reference_of(topic: str) -> float:
    return CALIBRATION.topic_references.get(topic, CALIBRATION.default_topic_reference)


def of_version(version: str, found: dict) -> dict:
    return {key: value for key, value in found.items() if key[0] == version}


@BY_VERSION
def test_each_cause_equals_the_plain_reference_within_1e_9(statement, expected, version):
    found = of_version(version, statement.exact)
    wanted = of_version(version, expected)
    assert found.keys() == wanted.keys()
    assert len(found) > CASES
    wrong = {key: (cause, found[key].get(cause, 0.0), wanted[key].get(cause, 0.0))
             for key in found for cause in found[key].keys() | wanted[key].keys()
             if abs(found[key].get(cause, 0.0) - wanted[key].get(cause, 0.0)) > EXACT}
    assert wrong == {}


@BY_VERSION
def test_causes_sum_to_the_move_within_1e_9_before_rounding_and_exactly_after(statement, version):
    for key, (before, after) in of_version(version, statement.scores).items():
        published = statement.published.get(key, [])
        assert sum((row["points"] for row in published), Decimal(0)) == after - before, key
        assert {row["score_delta"] for row in published} <= {after - before}, key
        assert abs(math.fsum(statement.exact[key].values()) - statement.exact_moves[key]) <= EXACT, key


@BY_VERSION
def test_a_cause_that_did_not_act_has_no_line(statement, expected, version):
    for key, rows in of_version(version, statement.published).items():
        for row in rows:
            assert abs(expected[key][(row["cause"], row["network"], row["kind"])]) > EXACT, (key, row)
            assert row["points"] != 0


@BY_VERSION
def test_whoever_moved_has_causes_and_nobody_else_is_named(statement, version):
    scores, published = of_version(version, statement.scores), of_version(version, statement.published)
    assert published.keys() <= scores.keys()
    assert {key for key, (before, after) in scores.items() if before != after} <= published.keys()


@BY_VERSION
def test_no_fall_is_larger_than_ageing_can_make_it_unless_a_cause_is_named(statement, version):
    """S2: K ln2 / h a night; and where nothing else acted the lines of ageing keep to it as well."""
    judged = 0
    for key, (before, after) in of_version(version, statement.scores).items():
        rows = statement.published.get(key, [])
        bound = Decimal(bound_of(statement, key)) + ROUNDING
        if not any(row["cause"] in NAMED and row["points"] < 0 for row in rows):
            assert before - after <= bound, (key, rows)
        if not any(row["cause"] in NAMED for row in rows):
            assert -sum(row["points"] for row in rows if row["cause"] == "ageing") <= bound, (key, rows)
            judged += 1
    assert judged > 1000 or version == "v3"


def bound_of(statement: Told, key: tuple) -> float:
    case = statement.cases[key[1]]
    nights = (case.tonight - case.compared).days
    return 99 / math.log1p(reference_of(key[1])) * math.log(2) / HALF_LIFE_DAYS * nights


def test_the_histories_hold_what_the_properties_are_about(statement):
    """Every cause that these versions know acts often, ceilings bind and loosen, and all gaps occur."""
    causes = Counter((key[0], row["cause"]) for key, rows in statement.published.items() for row in rows)
    for version in VERSIONS:
        for cause in ("ageing", "new_reactions", "opted_out", "relinked", "networks_combined", "ceiling"):
            assert causes[(version, cause)] > 500, (version, cause)
    assert causes[("v2", "actor_budget")] > 100
    assert causes[("v3", "trust")] > 5000
    assert {(case.tonight - case.compared).days for case in statement.cases.values()} == set(range(1, 11))
    assert any(before == 100 > after for before, after in statement.scores.values())
    assert any(before < 100 == after for before, after in statement.scores.values())
