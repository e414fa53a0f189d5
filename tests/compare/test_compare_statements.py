"""The statements of the pack on printed tables: movers, suppression, lines, the split, thresholds, missing networks."""

import pytest

from jobs.audit.compare import keep_statement

VERSIONS = {"baseline_version": "v1", "candidate_version": "v2", "snapshot_date": "2030-01-31", "row_limit": 100}
SCORES = "algorithm_version:varchar | topic_id:varchar | person_id:varchar | influence_score:decimal(9,4) | rank:bigint | distinct_engager_count:bigint"
COHORT_SCORES = "dimension:varchar | cohort:varchar | person_id:varchar | baseline_influence_score:decimal(9,4) | candidate_influence_score:decimal(9,4) | influence_score_delta:decimal(9,4)"


@pytest.fixture
def answer(db):
    """Runs statements in order and gives the rows of the last one."""

    def run(*names: str) -> list[dict]:
        for name in names:
            keep_statement(db, name, VERSIONS)
        return db.table(names[-1]).to_arrow_table().to_pylist()

    return run


def cohort(name: str, *moves: float, dimension: str = "topic", before: float = 40.0) -> str:
    return "\n".join(f"{dimension} | {name} | p{place:03d} | {before} | {before + move} | {move}"
                     for place, move in enumerate(moves))


def cohort_scores(*cohorts: str) -> str:
    return "\n".join([COHORT_SCORES, *cohorts])


def test_a_score_is_paired_with_itself_and_a_missing_one_stays_missing(relation, answer):
    relation("released_scores", f"""
        {SCORES}
        v1 | gardening | ann | 40.5    | 1 | 9
        v2 | gardening | ann | 38.2501 | 1 | 9
        v2 | gardening | bob | 12      | 2 | 3
        v3 | gardening | ann | 99      | 1 | 9
    """)
    found = {row["person_id"]: row for row in answer("paired_scores")}
    assert str(found["ann"]["influence_score_delta"]) == "-2.2499"
    assert (found["bob"]["baseline_influence_score"], found["bob"]["influence_score_delta"]) == (None, None)


def test_a_move_is_counted_once_in_the_band_whose_upper_end_it_reaches(relation, answer):
    relation("cohort_scores", cohort_scores(cohort(
        "gardening", 0, 0.0001, 1, 1.0001, -2, 2.5, -5, 5.0001, 10, -15, 20, -20.0001, 59, *[0] * 7)))
    found = {(row["size_band"], row["direction"]): row["mover_count"] for row in answer("shown_cohorts", "movers")}
    assert found == {
        ("none", "unchanged"): 8, ("0 to 1", "up"): 2, ("0 to 1", "down"): 0, ("1 to 2", "up"): 1, ("1 to 2", "down"): 1,
        ("2 to 5", "up"): 1, ("2 to 5", "down"): 1, ("5 to 10", "up"): 2, ("5 to 10", "down"): 0,
        ("10 to 20", "up"): 1, ("10 to 20", "down"): 1, ("over 20", "up"): 1, ("over 20", "down"): 1,
    }


def test_a_cohort_of_nineteen_is_suppressed_everywhere_and_one_of_twenty_is_shown(relation, answer):
    relation("cohort_scores", cohort_scores(
        cohort("large", *[-1] * 10, *[3] * 10), cohort("small", *[5] * 19), cohort("half", *[1] * 19) +
        "\ntopic | half | one-sided | 40 | | "))
    cohorts = {row["cohort"]: row for row in answer("shown_cohorts", "cohorts")}
    hidden = dict.fromkeys(("person_count", "mean_delta", "mean_delta_from", "mean_delta_to"))
    assert {name for name in ("small", "half") if cohorts[name]["is_suppressed"]} == {"small", "half"}
    assert hidden.items() <= cohorts["small"].items()
    assert (cohorts["large"]["person_count"], cohorts["large"]["mean_delta"]) == (20, 1.0)
    covered = {row["cohort"]: row["scored_by_both_count"] for row in answer("coverage")}
    assert covered == {"large": 20, "small": None, "half": None}
    assert {row["cohort"] for row in answer("movers")} == {"large"}
    assert {row["cohort"] for row in answer("crossings")} == {"large"}


def test_the_interval_is_two_standard_errors_wide_on_each_side(relation, answer):
    relation("cohort_scores", cohort_scores(cohort("large", *[-1] * 10, *[3] * 10)))
    (row,) = answer("shown_cohorts", "cohorts")
    half_width = 1.96 * (20 * 4 / 19 / 20) ** 0.5
    assert row["mean_delta_from"] == pytest.approx(1 - half_width, abs=1e-4)
    assert row["mean_delta_to"] == pytest.approx(1 + half_width, abs=1e-4)


def test_a_threshold_is_crossed_by_reaching_it_and_by_falling_below_it(relation, answer):
    relation("cohort_scores", cohort_scores(
        cohort("gardening", 10, 9.9999, *[0] * 16), "topic | gardening | x | 50 | 49.9999 | -0.0001",
        "topic | gardening | y | 29 | 71 | 42"))
    found = {row["threshold"]: (row["rising_count"], row["falling_count"]) for row in answer("shown_cohorts", "crossings")}
    assert found == {30: (1, 0), 50: (2, 1), 70: (1, 0)}


def test_four_fifths_marks_the_cohort_that_passes_too_seldom_and_judges_no_handful(relation, answer):
    passing = cohort("large", *[0] * 20, dimension="network", before=55) + "\n" + cohort(
        "small", *[0] * 15, dimension="network", before=35)
    failing = "\n".join(f"network | small | f{place} | 10 | 10 | 0" for place in range(10))
    relation("cohort_scores", cohort_scores(passing, failing))
    found = {(row["threshold"], row["cohort"]): row for row in answer("shown_cohorts", "impact_ratios")}
    assert (found[30, "small"]["baseline_ratio"], found[30, "small"]["is_baseline_below"]) == (0.6, True)
    assert (found[30, "large"]["baseline_ratio"], found[30, "large"]["is_baseline_below"]) == (1.0, False)
    assert (found[70, "small"]["baseline_ratio"], found[70, "small"]["is_baseline_below"]) == (None, None)


@pytest.fixture
def one_person(relation):
    relation("released_scores", f"""
        {SCORES}
        v1 | _overall | ann | 21.5000 | 1 | 9
        v2 | _overall | ann | 18.2500 | 1 | 9
    """)
    relation("released_contributions", """
        algorithm_version:varchar | topic_id:varchar | person_id:varchar | network:varchar | kind:varchar | points:decimal(9,4)
        v1 | _overall | ann | forum   | reply        | 15.0000
        v1 | _overall | ann | twitter | like         | 5.5000
        v2 | _overall | ann | forum   | reply        | 17.7501
        v2 | _overall | ann | forum   | actor_budget | -0.5001
    """)


def test_lines_of_both_versions_sum_to_the_difference_and_the_largest_cause_is_first(one_person, answer):
    lines = answer("paired_scores", "paired_lines")
    assert [(row["network"], row["kind"], str(row["points_delta"])) for row in lines] == [
        ("forum", "actor_budget", "-0.5001"), ("forum", "reply", "2.7501"), ("twitter", "like", "-5.5000")]
    (sums,) = answer("line_sums")
    assert (sums["score_with_lines_count"], sums["score_with_residual_count"], str(sums["largest_residual"])) == (1, 0, "0.0000")
    causes = answer("top_movers", "top_causes")
    assert [row["kind"] for row in causes] == ["like", "reply", "actor_budget"]


def test_a_line_that_is_missing_shows_as_residual(one_person, db, answer):
    db.execute("DELETE FROM released_contributions WHERE kind = 'like'")
    (sums,) = answer("paired_scores", "paired_lines", "line_sums")
    assert (sums["score_with_residual_count"], str(sums["largest_residual"])) == (1, "5.5000")


def test_the_split_of_the_evidence_page_is_exact(relation, answer):
    """s(o,y) 10, s(n,y) 12, s(o,t) 11, s(n,t) 16: A = (2 + 5)/2, D = (1 + 4)/2, together 6."""
    relation("released_scores", f"""
        {SCORES}
        v1 | _overall | ann | 11 | 1 | 9
        v2 | _overall | ann | 16 | 1 | 9
        v1 | _overall | bob | 11 | 1 | 9
        v2 | _overall | bob | 16 | 1 | 9
    """)
    relation("previous_scores", f"""
        {SCORES}
        v1 | _overall | ann | 10 | 1 | 9
        v2 | _overall | ann | 12 | 1 | 9
        v1 | _overall | bob | 10 | 1 | 9
    """)
    (row,) = answer("paired_scores", "algorithm_and_data")
    assert (row["person_id"], row["algorithm_points"], row["data_points"], row["residual"]) == ("ann", 3.5, 2.5, 0)


def test_dropping_a_network_counts_those_who_lose_their_score_and_how_far_the_others_move(relation, answer):
    relation("dropped_networks", "dropped_network:varchar\ntwitter\nforum")
    relation("rescored", """
        algorithm_version:varchar | dropped_network:varchar | person_id:varchar | influence_score:decimal(9,4)
        v1 |         | ann | 30
        v1 |         | bob | 20
        v1 | twitter | ann | 24
    """)
    found = {row["dropped_network"]: row for row in answer("sensitivity")}
    assert (found["twitter"]["scored_count"], found["twitter"]["still_scored_count"]) == (2, 1)
    assert (found["twitter"]["mean_delta"], found["twitter"]["moved_5_share"]) == (-6.0, 1.0)
    forum = found["forum"]
    assert (forum["still_scored_count"], forum["mean_delta"], forum["moved_5_share"]) == (0, None, None)


@pytest.mark.parametrize(("what", "again", "erased", "differing", "by_erasure"), [
    ("nothing was erased, and a score is another one", "9 | 3 | 1", "0 | 0 | false", 1, 0),
    ("two reacted who were erased", "9 | 3 | 1", "2 | 8 | false", 0, 1),
    ("two are gone and one was erased", "9 | 3 | 1", "1 | 4 | false", 1, 0),
    ("nobody is left", None, "5 | 8 | false", 0, 1),
    ("too few are left for a score", " | 4 | 1", "1 | 8 | false", 0, 1),
    ("nobody is gone, and the score is lower", "9 | 5 | 1", "1 | 4 | true", 1, 0),
    ("credit that went to an erased author is free", "12 | 5 | 3", "1 | 4 | true", 0, 1),
    ("nobody erased was an author", "12 | 5 | 3", "1 | 0 | false", 1, 0),
    ("equal", "10 | 5 | 2", "1 | 4 | true", 0, 0),
])
def test_differences_that_erasures_account_for_are_told_apart(relation, answer, what, again, erased, differing, by_erasure):
    relation("released_scores", """
        algorithm_version:varchar | topic_id:varchar | person_id:varchar | influence_score:decimal(9,4) | state:varchar | distinct_engager_count:bigint | credit:double
        v1 | _overall | ann | 10 | scored | 5 | 2
        v1 | _overall | bob | 20 | scored | 7 | 4
    """)
    relation("rescored", f"""
        algorithm_version:varchar | dropped_network:varchar | person_id:varchar | influence_score:decimal(9,4) | distinct_engager_count:bigint | credit:double
        v1 | | bob | 20 | 7 | 4
        {f"v1 | | ann | {again}" if again else "v1 | twitter | ann | 1 | 1 | 1"}
    """)
    relation("erased", f"account_count:bigint | row_count:bigint | is_author_among:boolean\n{erased}")
    (row,) = answer("computed_again")
    assert (row["differing_score_count"], row["erased_difference_count"]) == (differing, by_erasure), what
    assert row["erased_row_count"] == int(erased.split(" | ")[1])


def test_a_held_score_is_counted_and_not_compared(relation, answer):
    relation("released_scores", """
        algorithm_version:varchar | topic_id:varchar | person_id:varchar | influence_score:decimal(9,4) | state:varchar | distinct_engager_count:bigint | credit:double
        v1 | _overall | ann | 10 | held   | 5 | 2
        v1 | _overall | bob | 20 | scored | 7 | 4
        v2 | _overall | ann | 10 | held   | 5 | 2
        v2 | _overall | bob | 20 | scored | 7 | 4
    """)
    relation("rescored", """
        algorithm_version:varchar | dropped_network:varchar | person_id:varchar | influence_score:decimal(9,4) | distinct_engager_count:bigint | credit:double
        v1 | | ann | 35 | 2 | 9
        v1 | | bob | 20 | 7 | 4
        v2 | | bob | 21 | 7 | 4
    """)
    relation("erased", "account_count:bigint | row_count:bigint | is_author_among:boolean\n5 | 8 | true")
    names = ("released_score_count", "computed_score_count", "held_score_count", "differing_score_count",
             "erased_difference_count", "largest_difference")
    found = {row["algorithm_version"]: tuple(row[name] for name in names) for row in answer("computed_again")}
    assert found == {"v1": (1, 1, 1, 0, 0, 0), "v2": (1, 1, 1, 1, 0, 1)}


def test_deciles_and_ages_put_equal_people_into_the_same_cohort(relation, answer):
    people = "\n".join(f"v1 | _overall | p{place} | {10 + place // 2} | 1 | {place // 2}" for place in range(20))
    relation("released_scores", f"{SCORES}\n{people}")
    relation("released_contributions", """
        algorithm_version:varchar | topic_id:varchar | person_id:varchar | network:varchar | kind:varchar | points:decimal(9,4)
        v1 | _overall | p0 | forum | reply   | 9
        v1 | _overall | p0 | _all  | ceiling | -1
    """)
    relation("released_accounts", """
        network:varchar | account_id:varchar | account_created_at:timestamptz
        forum | 1 | 2030-01-30 00:00:00+00
        forum | 2 | 2027-01-01 00:00:00+00
    """)
    relation("released_identity_links", "network:varchar | account_id:varchar | person_id:varchar\nforum | 1 | p0\nforum | 2 | p0")
    found = {(row["dimension"], row["person_id"]): row["cohort"] for row in answer("paired_scores", "person_cohorts")}
    assert found["network", "p0"] == "forum"
    assert found["account_age", "p0"] == "d: over 3 years"
    assert found["account_age", "p1"] == "not delivered"
    assert [found["engager_decile", f"p{place}"] for place in (0, 1, 2, 19)] == ["decile 01"] * 2 + ["decile 02", "decile 10"]
