"""The views of sql/views: what each of them promises in its header."""

from decimal import Decimal

import pytest

VIEW_KEYS = {
    "influence_scores": "snapshot_date, person_id, topic_id",
    "influence_scores_all_versions": "snapshot_date, person_id, topic_id, algorithm_version",
    "score_contributions": "snapshot_date, person_id, topic_id, algorithm_version, network, kind",
    "score_changes": "snapshot_date, person_id, topic_id, algorithm_version, cause, network, kind",
    "trust_seeds": "snapshot_date, network, account_id",
    "score_holds": "snapshot_date, person_id, topic_id, algorithm_version",
    "topic_evidence": "snapshot_date, person_id, topic_id, algorithm_version, evidence_rank",
    "topic_leaderboard": "snapshot_date, topic_id, person_id",
    "leading_kinds": "snapshot_date, person_id, topic_id, algorithm_version",
    "releases": "release_number",
}


def ask(reader, statement: str) -> list[dict]:
    return list(reader.ask(statement).rows())


@pytest.fixture
def grains(reader):
    """The number of rows and of different keys of each view."""
    counted = "SELECT COUNT(*) AS row_count, COUNT(DISTINCT ({key})) AS key_count FROM {view}"
    return {view: ask(reader, counted.format(key=key, view=view))[0] for view, key in VIEW_KEYS.items()}


def test_every_view_holds_each_key_of_its_grain_once(grains):
    assert [view for view, count in grains.items() if count["row_count"] != count["key_count"]] == []
    assert min(count["row_count"] for count in grains.values()) > 0


def test_the_unversioned_view_never_mixes_versions(reader):
    assert ask(reader, "SELECT DISTINCT algorithm_version FROM influence_scores") == [{"algorithm_version": "v2"}]
    versions = "SELECT DISTINCT algorithm_version FROM influence_scores_all_versions ORDER BY 1"
    assert [row["algorithm_version"] for row in ask(reader, versions)] == ["v1", "v2"]


def test_the_points_of_every_score_sum_to_the_score_less_one(reader):
    """Answers S12: exactly, as published, under every version."""
    sums = ask(reader, """
        SELECT scores.influence_score - 1 AS expected, SUM(contributions.points) AS found
        FROM influence_scores_all_versions AS scores
        LEFT JOIN score_contributions AS contributions
            ON scores.snapshot_date = contributions.snapshot_date AND scores.person_id = contributions.person_id
            AND scores.topic_id = contributions.topic_id
            AND scores.algorithm_version = contributions.algorithm_version
        WHERE scores.state IN ('scored', 'held')
        GROUP BY scores.snapshot_date, scores.person_id, scores.topic_id, scores.algorithm_version, expected
    """)
    assert len(sums) == 9
    assert all(isinstance(row["found"], Decimal) and row["found"] == row["expected"] for row in sums)


def test_a_row_without_enough_evidence_has_a_reason_and_no_number(reader, assert_rows):
    """Answers S36."""
    assert_rows(ask(reader, "SELECT * FROM influence_scores WHERE state <> 'scored' ORDER BY topic_id"), """
        person_id   | topic_id  | influence_score | percentile | rank | threshold_missed
        twitter:dee | gardening |                 |            |      | 2 of 3 engagers
        twitter:dee | jazz      |                 |            |      | 1 of 2 days
    """)


def test_the_leaderboard_ranks_the_scored_and_names_what_leads(reader, assert_rows):
    """Answers S14, S37; cy's two lines are equal, so the first kind by name leads."""
    assert_rows(ask(reader, """
        SELECT * FROM topic_leaderboard
        WHERE topic_id = 'gardening' AND snapshot_date = DATE '2030-01-02' ORDER BY rank, person_id
    """), """
        rank | person_id       | influence_score | leading_network | leading_kind | distinct_engager_count
        1    | mailinglist:ann | 41.5            | mailinglist     | reply        | 9
        2    | mailinglist:bob | 31.25           | mailinglist     | reply        | 6
        2    | twitter:cy      | 31.25           | twitter         | reply        | 5
    """)


def test_evidence_keeps_the_term_that_matched(reader, assert_rows):
    """Answers S33."""
    assert_rows(ask(reader, "SELECT * FROM topic_evidence ORDER BY evidence_rank"), """
        evidence_rank | network     | post_id | matched_term | match_source
        1             | mailinglist | m-7     | garden-talk  | label
        2             | twitter     | t-9     | raised beds  | lexicon
    """)


def test_a_restated_night_shows_which_release_is_current(reader, assert_rows):
    """Answers S6: the earlier release stays in the list."""
    assert_rows(ask(reader, "SELECT * FROM releases ORDER BY release_number"), """
        release_number | snapshot_date | verdict | restates_release_id | is_current
        1              | 2030-01-01    | pass    |                     | True
        2              | 2030-01-02    | pass    |                     | False
        3              | 2030-01-02    | warn    | r-2                 | True
    """)
