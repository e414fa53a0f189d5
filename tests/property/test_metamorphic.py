"""What may not matter to any released version: what accounts are called, and accounts that do nothing (S29).

The checks on the algorithms of gate-evidence section 2, L0. Neighbours: order and partitions, monotony and equal inputs
of v1 and v2 in test_scoring_properties.py; a delivery that comes twice in tests/ingest/test_landing.py and test_loading.py;
the golden replay in tests/golden. The algorithms are frozen by digest, which the gate checks every night.
"""

import hashlib
from collections import defaultdict
from dataclasses import replace

import pyarrow as pa
import pytest

from jobs.engagement.state import state_at_once
from jobs.released import load_registry
from jobs.scoring.people import people_pairs, with_marks
from jobs.scoring.registry import algorithm
from jobs.scoring.run import version_lines
from jobs.scoring.scale import rounded_lines
from jobs.tables import OVERALL, TABLES
from tests.frames import materialise
from tests.property.conftest import CALIBRATION, LINKS, TONIGHT, days_of, variants_of

VERSIONS = sorted(load_registry().released)
HISTORIES = range(0, 60, 3)
TRUSTED = (("wire", "e1"), ("forum", "e2"))
GROUPED = (("forum", "e3"), ("forum", "e4"), ("wire", "e3"))

every_released_version = pytest.mark.parametrize("version", VERSIONS)


def same(name: str | None) -> str | None:
    return name


def renamed(name: str | None) -> str | None:
    """Another name in another place of any order."""
    return name and hashlib.sha256(name.encode()).hexdigest()[:12]


def rows(spark, table: str, printed: list[dict]):
    if not printed:
        return spark.createDataFrame([], TABLES[table].spark_schema)
    columns = TABLES[table].arrow_schema
    return spark.createDataFrame(pa.Table.from_pylist(
        [{"snapshot_date": TONIGHT, **row} for row in printed], schema=columns))


def marked_pairs(spark, called, idle: tuple[str, ...]):
    """The pairs of a few histories and what is known of their engagers, all names taken through called."""
    told = {topic: [replace(one, engager=called(one.engager), author=called(one.author)) for one in reactions]
            for number in HISTORIES for topic, reactions in variants_of(number).items() if topic.endswith(("told", "twin"))}
    people = {**LINKS, **{("wire", account): f"person of {account}" for account in idle}}
    links = spark.createDataFrame(
        [(network, called(account), called(person)) for (network, account), person in people.items()],
        "network string, account_id string, person_id string")
    trusted = rows(spark, "feature__trusted_accounts", [
        {"network": network, "topic_id": OVERALL, "account_id": called(account)}
        for network, account in (*TRUSTED, *(("wire", account) for account in idle))])
    groups = rows(spark, "feature__coordinated_groups", [
        {"network": network, "account_id": called(account), "group_id": called("g"), "group_size": 3}
        for network, account in (*GROUPED, *(("forum", account) for account in idle))])
    seeds = rows(spark, "feature__trust_seeds", [])
    state = materialise(state_at_once(days_of(spark, told), TONIGHT))
    return materialise(with_marks(people_pairs(state, links, TONIGHT), trusted, seeds, groups, links))


def lines_of(spark, called, idle: tuple[str, ...] = ()) -> dict[str, dict[tuple, list]]:
    """Version to what stands behind each score, by topic and person."""
    scored = version_lines({version: algorithm(version) for version in VERSIONS}, dict.fromkeys(VERSIONS, CALIBRATION),
                           marked_pairs(spark, called, idle), materialise)
    found: dict[str, dict[tuple, list]] = defaultdict(lambda: defaultdict(list))
    for row in rounded_lines(scored).toArrow().to_pylist():
        found[row["algorithm_version"]][(row["topic_id"], row["author_person_id"])].append(
            (row["network"], row["kind"], row["points"], row["influence_score"]))
    return {version: {key: sorted(lines) for key, lines in by_key.items()} for version, by_key in found.items()}


@pytest.fixture(scope="module")
def told_once(spark):
    return lines_of(spark, same)


@pytest.fixture(scope="module")
def told_with_other_names(spark):
    return lines_of(spark, renamed, idle=("nobody", "never"))


def by_topic(lines: dict[tuple, list]) -> dict[str, list]:
    found = defaultdict(list)
    for (topic, _), of_one in lines.items():
        found[topic].append(of_one)
    return {topic: sorted(of_all) for topic, of_all in found.items()}


@every_released_version
def test_other_names_and_accounts_that_do_nothing_leave_every_score_and_line(version, told_once, told_with_other_names):
    assert len(told_once[version]) > 100
    assert by_topic(told_once[version]) == by_topic(told_with_other_names[version])


@every_released_version
def test_equal_inputs_give_equal_scores(version, told_once):
    twins = [(topic, author) for topic, author in told_once[version] if author == "wire:twin"]
    assert len(twins) > 10
    for topic, author in twins:
        assert told_once[version][(topic, author)] == told_once[version][(topic, "wire:bob")]
