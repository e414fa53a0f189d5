"""Every move is explained by causes that sum to it, whatever lies between its ends."""

import json
import math
from datetime import date
from decimal import Decimal

import pytest

from jobs.answers.outlook import outlook
from jobs.answers.statement import ScorePath
from jobs.answers.why import asked, why
from jobs.errors import MissingInput, PipelineError


def total(rows: list[dict]) -> Decimal:
    return sum((row["points"] for row in rows), Decimal(0))


def computing(**paths: ScorePath):
    """A Compute that knows some paths, and the versions that it was asked for."""
    wanted = []

    def compute(question, versions):
        wanted.extend(versions)
        return {version: paths[version] for version in versions}

    return compute, wanted


def line(cause: str, points: str) -> dict:
    return {"snapshot_date": date(2030, 1, 3), "compared_date": date(2030, 1, 1), "cause": cause, "network": "x",
            "kind": "like", "points": Decimal(points)}


def test_74_to_57_has_reasons_that_sum_to_17_points(told_reader, ask, must_not_compute, assert_rows):
    """Answers S1: the sum over both nights, cause by cause."""
    told = why(told_reader, ask("x:ann"), must_not_compute)
    assert_rows(told["causes"], """
        cause         | points
        ageing        | -9.5
        opted_out     | -9.25
        new_reactions | 1.75
    """)
    assert (told["score_from"], told["score_to"], told["score_delta"]) == (74, 57, -17)
    assert total(told["causes"]) == total(told["nights"]) == -17
    assert (told["algorithm"], told["data"], told["residual"]) == (0, -17, 0)


def test_a_cause_names_its_networks_its_nights_and_its_posts(told_reader, ask, must_not_compute, assert_rows):
    """Answers S5, S8."""
    ageing, left, news = why(told_reader, ask("x:ann"), must_not_compute)["causes"]
    assert_rows(ageing["nights"], """
        snapshot_date | points
        2030-01-02    | -8.5
        2030-01-03    | -1
    """)
    assert_rows(left["parts"], """
        network | kind  | points
        x       | reply | -9.0001
        y       | reply | -0.2499
    """)
    assert_rows(news["posts"], """
        network | post_id | snapshot_date
        x       | p-7     | 2030-01-03
        x       | p-9     | 2030-01-03
    """)
    assert (ageing["posts"], left["posts"]) == ([], [])


def test_what_two_versions_say_is_split_with_exact_halves(told_reader, ask, must_not_compute, assert_rows):
    """Answers S7. A = ((74 - 70) + (57 - 58.5001)) / 2 and D = ((58.5001 - 70) + (57 - 74)) / 2, sum 57 - 70."""
    told = why(told_reader, ask("x:ann", "v1", "v2"), must_not_compute)
    assert_rows(told["causes"], """
        cause         | points
        ageing        | -7.75
        opted_out     | -7.37495
        algorithm     | 1.24995
        new_reactions | 0.875
    """)
    assert (told["score_delta"], told["algorithm"], told["data"]) == (-13, Decimal("1.24995"), Decimal("-14.24995"))
    assert (total(told["causes"]), told["residual"]) == (-13, 0)


def test_two_versions_on_one_night_differ_by_the_algorithm_alone(told_reader, ask, must_not_compute, assert_rows):
    told = why(told_reader, ask("x:ann", "v1", "v2", first=3), must_not_compute)
    assert_rows(told["causes"], """
        cause     | points
        algorithm | -1.5001
    """)
    assert (told["data"], told["residual"], told["nights"]) == (0, 0, [])


@pytest.mark.parametrize(("person", "ends"), [("x:bob", (20, 26)), ("x:eve", (10, 15))])
def test_a_broken_chain_is_computed_from_end_to_end_and_says_so(told_reader, ask, person, ends):
    """A night without a score; a night that was restated after the next one. Answers S9."""
    score_from, score_to = map(Decimal, ends)
    lines = [line("new_reactions", str(score_to - score_from + 2)), line("ageing", "-2")]
    compute, wanted = computing(v2=ScorePath(score_from, score_to, lines, is_direct=True))
    told = why(told_reader, ask(person), compute)
    assert (wanted, told["computed_directly"], total(told["causes"])) == (["v2"], ["v2"], score_to - score_from)
    assert any("Computed directly from the frozen states" in said for said in told["sentences"])


def test_a_restated_night_is_named(told_reader, ask, must_not_compute):
    """Answers S6, S9."""
    told = why(told_reader, ask("x:ann"), must_not_compute)
    assert told["restated_nights"] == [date(2030, 1, 2)]


@pytest.mark.parametrize("path", [
    ScorePath(Decimal(20), Decimal(26), [line("ageing", "-2")], is_direct=True),
    ScorePath(Decimal(20), Decimal(25), [line("new_reactions", "5")], is_direct=True),
], ids=["lines that do not sum", "another score than released"])
def test_a_computation_that_does_not_fit_the_release_is_an_error(told_reader, ask, path):
    compute, _ = computing(v2=path)
    with pytest.raises(PipelineError, match="x:bob"):
        why(told_reader, ask("x:bob"), compute)


def test_released_changes_that_do_not_sum_are_an_error(told_reader, ask, must_not_compute, monkeypatch):
    rows = told_reader.rows
    monkeypatch.setattr(told_reader, "rows", lambda file, **key: [
        row | {"points": row["points"] + Decimal("0.0001")} if row.get("cause") == "opted_out" else row
        for row in rows(file, **key)])
    with pytest.raises(PipelineError, match=r"expected points that sum to -17.0000, got -16.9998.*candor verify"):
        why(told_reader, ask("x:ann"), must_not_compute)


def test_nobody_who_did_not_move_gets_a_cause(told_reader, ask, must_not_compute):
    told = why(told_reader, ask("x:fay"), must_not_compute)
    assert (told["score_delta"], told["causes"], told["residual"]) == (0, [], 0)
    assert "did not move" in told["sentences"][0]


@pytest.mark.parametrize(("person", "said"), [
    ("x:cy", ["On 2030-01-01 there was a score.", "On 2030-01-03 there was no score: 1 of 2 days."]),
    ("x:dee", ["On 2030-01-01 there was no score: no reaction counted, or on a list.",
               "On 2030-01-03 there was a score."]),
])
def test_a_missing_score_names_the_threshold_and_no_number(told_reader, ask, must_not_compute, person, said):
    """Answers S32."""
    told = why(told_reader, ask(person), must_not_compute)
    assert told["sentences"] == [*said, "Without a score on both nights there is no difference to explain."]
    assert (told["score_delta"], told["causes"], told["what_would_change_it"]) == (None, [], None)


def test_a_version_without_a_score_on_one_night_cannot_be_split(told_reader, ask):
    compute, wanted = computing(v2=ScorePath(Decimal(50), Decimal(51), [line("new_reactions", "1")], is_direct=True))
    told = why(told_reader, ask("x:gus", "v1", "v2"), compute)
    assert (told["score_delta"], told["algorithm"], told["data"], told["residual"]) == (-1, None, None, None)
    assert wanted == ["v2"]
    assert any("cannot be split" in said for said in told["sentences"])


def test_defaults_are_the_newest_night_the_one_before_and_the_active_version(told_reader):
    found = asked(told_reader, "x:ann", "Gardening", None, None, None, None)
    assert (found.first, found.last, found.versions) == (date(2030, 1, 2), date(2030, 1, 3), ("v2",))
    assert found.topic_id == "gardening"


@pytest.mark.parametrize(("changed", "error", "said"), [
    ({"wanted_from": "2030-01-03", "wanted_to": "2030-01-01"}, PipelineError, "--from 2030-01-03 is after"),
    ({"wanted_to": "2030-02-01"}, MissingInput, "2030-02-01 is not released"),
    ({"to_version": "v9"}, MissingInput, "no scores of version 'v9'"),
    ({"topic": "jazz"}, MissingInput, "no topic 'jazz'"),
])
def test_a_question_that_cannot_be_asked_is_an_error_with_a_next_step(told_reader, changed, error, said):
    usual = {"person": "x:ann", "topic": "gardening", "wanted_from": None, "wanted_to": None, "from_version": None,
             "to_version": None}
    with pytest.raises(error, match=said):
        asked(told_reader, **(usual | changed))


def test_an_unknown_person_is_an_error_that_names_the_nearest(told_reader, ask, must_not_compute):
    with pytest.raises(MissingInput, match=r"no person 'x:anna'.*x:ann"):
        why(told_reader, ask("x:anna"), must_not_compute)


def test_what_would_change_a_score_follows_from_the_formula():
    """K = 7 / ln 2, so that 43 = 1 + 7 log2(64): a doubling of 1 + X is 7 points."""
    found = outlook(43.0, 63.0, 0.0)
    assert found["one_more_full_credit"] == pytest.approx(7 * math.log2(65 / 64), abs=1e-4)
    assert found["ageing_at_most"]["30"] == pytest.approx(7 * math.log2(32.5 / 64), abs=1e-4)
    assert found["nights_until_fall"] == 22
    before, after = (7 * math.log2((1 + 63 * 2 ** (-nights / 30)) / 64) for nights in (21, 22))
    assert before > -5 >= after


def test_ageing_alone_never_takes_what_is_not_there():
    assert outlook(5.0, 3.0, 0.0)["nights_until_fall"] is None
    assert outlook(1.0, 0.0, 0.0) is None


def test_at_the_ceiling_one_more_adds_nothing_and_ageing_first_uses_up_what_was_cut_off():
    """K ln(1 + X) = 105: the first 6 points of ageing are not seen."""
    found = outlook(100.0, 2.0**15 - 1, -6.0)
    assert (found["one_more_full_credit"], found["ageing_at_most"]["7"]) == (0, 0)
    assert found["ageing_at_most"]["30"] == pytest.approx(-1, abs=1e-3)


def test_the_command_prints_causes_their_sum_and_sentences(candor):
    printed = candor("x:ann", "--from", "2030-01-01", "--to", "2030-01-03")
    assert "sum of the points -17.0000; the score moved by -17.0000" in printed
    assert "older reactions count less each day" in printed
    assert "The score fell by 17.0000 points" in printed
    assert "What would change it" in printed


def test_a_night_against_itself_moved_by_nothing_to_the_same_digits(candor):
    printed = candor("x:ann", "--from", "2030-01-03", "--to", "2030-01-03")
    assert "sum of the points +0.0000; the score moved by +0.0000" in printed


def test_the_command_gives_one_json_value(candor):
    told = json.loads(candor("x:ann", "--from", "2030-01-01", "--to", "2030-01-03", "--from-version", "v1",
                             "--to-version", "v2", "--json"))
    assert {"from", "to", "versions", "score_from", "score_to", "score_delta", "causes", "nights", "algorithm", "data",
            "residual", "what_would_change_it"} <= set(told)
    assert (told["from"], told["to"], told["versions"]) == ("2030-01-01", "2030-01-03", {"from": "v1", "to": "v2"})
    assert math.fsum(cause["points"] for cause in told["causes"]) == told["score_delta"] == -13


def test_one_version_and_two_cannot_be_asked_for_at_once(candor):
    with pytest.raises(PipelineError, match="got both"):
        candor("x:ann", "--version", "v2", "--to-version", "v1")


@pytest.mark.parametrize(("words", "said"), [
    (("--from", "2030-13-45"), "--from '2030-13-45': expected a day"),
    (("--to", "2030-13-45"), "--to '2030-13-45': expected a day"),
    (("--from-version", "v9"), "'v9' on 2030-01-02; .* with --version or --from-version"),
    (("--to-version", "v9"), "'v9' on 2030-01-03; .* with --version or --to-version"),
    (("--version", "v9"), "'v9' on 2030-01-02; .* with --version"),
])
def test_a_refusal_names_an_option_of_this_command(candor, words, said):
    with pytest.raises(PipelineError, match=said):
        candor("x:ann", *words)
