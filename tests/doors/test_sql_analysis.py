"""The statements of sql/analysis: the released garden goes in, these rows come out."""

import pytest

from jobs.answers.reading import SQL, Reader

TWO_NIGHTS = {"baseline_date": "2030-01-01", "candidate_date": "2030-01-02", "topic_id": "gardening", "row_limit": "10"}
GARDENING = {"snapshot_date": "2030-01-02", "topic_id": "gardening"}

EXPECTED = {
    "top_movers": (TWO_NIGHTS, """
        person_id       | baseline_influence_score | candidate_influence_score | influence_score_delta | candidate_rank
        mailinglist:bob | 20.25                    | 31.25                     | 11                    | 2
        mailinglist:ann | 40.5                     | 41.5                      | 1                     | 1
    """),
    "compare_versions": (
        {"snapshot_date": "2030-01-02", "baseline_version": "v1", "candidate_version": "v2"}, """
        topic_id  | person_id       | baseline_influence_score | candidate_influence_score | influence_score_delta
        gardening | mailinglist:bob | 36.25                    | 31.25                     | -5
        gardening | mailinglist:ann | 39.5                     | 41.5                      | 2
        _overall  | mailinglist:ann |                          | 45                        |
        gardening | twitter:cy      |                          | 31.25                     |
    """),
    "person_trajectory": ({"person_id": "mailinglist:bob", "topic_id": "gardening"}, """
        snapshot_date | influence_score | influence_score_delta | state  | rank | algorithm_version
        2030-01-01    | 20.25           |                       | scored | 2    | v2
        2030-01-02    | 31.25           | 11                    | scored | 2    | v2
    """),
    "leading_kind_per_person": (GARDENING, """
        rank | person_id       | leading_network | leading_kind | leading_points | leading_points_share
        1    | mailinglist:ann | mailinglist     | reply        | 30.5           | 0.7531
        2    | mailinglist:bob | mailinglist     | reply        | 30.25          | 1
        2    | twitter:cy      | twitter         | reply        | 15.125         | 0.5
    """),
    "topics_by_coverage": ({"snapshot_date": "2030-01-02"}, """
        topic_id  | person_count | scored_person_count | scored_share | highest_influence_score
        gardening | 4            | 3                   | 0.75         | 41.5
        jazz      | 1            | 0                   | 0            |
    """),
    "gate_history": ({}, """
        candidate_id | verdict | broken_invariant_count | broken_invariants                    | release_number
        c-1          | pass    | 0                      |                                      | 1
        c-2          | pass    | 0                      |                                      | 2
        c-3          | warn    | 1                      | mean_move_is_small                   | 3
        c-4          | block   | 1                      | coverage_not_shrunk                  |
        c-4          | block   | 2                      | coverage_not_shrunk, scores_in_range |
    """),
    "points_by_network": (GARDENING, """
        network     | kind    | person_count | points
        mailinglist | reply   | 2            | 60.75
        twitter     | reshare | 2            | 27.625
        twitter     | reply   | 1            | 15.125
        _all        | ceiling | 1            | -2.5
    """),
    "missing_evidence": (GARDENING, """
        threshold_missed | person_count
        2 of 3 engagers  | 1
    """),
}


def test_every_statement_has_its_expected_rows():
    assert sorted(EXPECTED) == sorted(path.stem for path in (SQL / "analysis").glob("*.sql"))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_statement_gives_the_rows_of_its_example(reader, assert_rows, name):
    """Answers S66: sample statements whose results can be checked by hand."""
    parameters, expected = EXPECTED[name]
    assert_rows(reader.rows(f"analysis/{name}", **parameters), expected)


def test_a_judging_has_one_row_though_the_candidate_was_released_twice(garden, release, versions_file, assert_rows):
    """What a night said first, then otherwise, then as at first."""
    release("""
        release_number | release_id | snapshot_date | candidate_id | verdict | restates_release_id
        4              | r-4        | 2030-01-02    | c-2          | pass    | r-3
    """)
    with Reader(garden, versions_file) as reader:
        assert_rows(reader.rows("analysis/gate_history")[:3], """
            candidate_id | release_number
            c-1          | 1
            c-2          | 4
            c-3          | 3
        """)
