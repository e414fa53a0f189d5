"""On a world that has lived: what is summed night by night, and what is computed from end to end."""

from datetime import timedelta

import pytest

from jobs.answers.between import computed, two_nights
from jobs.answers.reading import Reader
from jobs.answers.statement import Question
from jobs.answers.why import why
from jobs.ledger import newest_release
from jobs.storage import on_day

KEYS = """
    SELECT person_id, topic_id, algorithm_version
    FROM influence_scores_all_versions
    WHERE snapshot_date BETWEEN CAST($first AS DATE) AND CAST($last AS DATE)
    GROUP BY person_id, topic_id, algorithm_version
    HAVING COUNT(influence_score) = $nights
    ORDER BY MD5(person_id || topic_id || algorithm_version)
    LIMIT 50
"""


@pytest.fixture(scope="module")
def week(lived_world):
    """The last two released nights a week apart, and the released nights from one to the other."""
    released = sorted(day for day, result in lived_world.nights.items() if result.release_number)
    last = max(day for day in released if day - timedelta(days=7) in released)
    first = last - timedelta(days=7)
    return first, last, [day for day in released if first <= day <= last]


@pytest.fixture(scope="module")
def keys(lived_world, week):
    """Fifty keys with a score on every night of the week."""
    first, last, nights = week
    with Reader(lived_world.store) as reader:
        return list(reader.ask(KEYS, {"first": first, "last": last, "nights": len(nights)}).rows())


def question(key: dict, first, last) -> Question:
    version = key["algorithm_version"]
    return Question(key["person_id"], key["topic_id"], first, last, version, version)


@pytest.mark.slow
def test_the_causes_of_a_week_sum_to_the_difference(lived_world, week, keys, must_not_compute):
    """Answers S1, S4."""
    first, last, _ = week
    with Reader(lived_world.store) as reader:
        told = [why(reader, question(key, first, last), must_not_compute) for key in keys]
    assert len(told) == 50
    assert [one for one in told if sum(cause["points"] for cause in one["causes"]) != one["score_delta"]] == []
    assert any(one["score_delta"] < 0 for one in told)
    assert any(one["score_delta"] > 0 for one in told)


@pytest.mark.slow
def test_neighbours_computed_directly_are_what_was_released(spark, lived_world, week):
    store, nights = lived_world.store, week[2]
    earlier, later = (newest_release(store, on=night) for night in nights[-2:])
    released = store.arrow("pub__changes", on_day(later.snapshot_date)).to_pylist()
    versions = sorted({row["algorithm_version"] for row in released})
    with two_nights(spark, store, earlier, later, versions) as both:
        found = both.changes.toArrow().to_pylist()
    assert len(released) > 100
    assert sorted(map(str, found)) == sorted(map(str, released))


@pytest.mark.slow
def test_a_week_computed_directly_ends_at_the_released_scores_and_its_lines_sum(lived_world, week, keys, must_not_compute):
    first, last, _ = week
    key = keys[0]
    path = computed(lived_world.store, question(key, first, last), [key["algorithm_version"]])[key["algorithm_version"]]
    with Reader(lived_world.store) as reader:
        told = why(reader, question(key, first, last), must_not_compute)
    assert (path.score_from, path.score_to) == (told["score_from"], told["score_to"])
    assert sum(line["points"] for line in path.lines) == path.score_delta
    assert path.is_direct
