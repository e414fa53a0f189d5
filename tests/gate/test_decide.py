"""The verdict table: what each mixture of findings comes to."""

import json
from datetime import date

import pytest

from expectations.contract import Invariant, paired_statistic
from jobs.gate.decide import WARN_ONLY_NIGHTS, Finding, Verdict, decide, finding, severity_now, wrapper_finding
from jobs.gate.measure import Baseline, Measurement


def found(severity: str, is_held: bool, name: str = "example") -> Finding:
    return Finding("pub__scores", name, severity, 0.0, None, 0.0, is_held, None, "An example.")


@pytest.mark.parametrize(("findings", "verdict"), [
    ([("block", True)], "pass"),
    ([("block", True), ("warn", True)], "pass"),
    ([("block", True), ("warn", False)], "warn"),
    ([("block", False)], "block"),
    ([("block", False), ("warn", False)], "block"),
    ([("warn", False)], "warn"),
    ([("block", True), ("hold", False), ("warn", False)], "hold"),
    ([("block", False), ("hold", False)], "block"),
    ([("unheard_of", False)], "block"),
    ([], "block"),
])
def test_the_verdict_of_findings(findings, verdict):
    assert decide([found(*one) for one in findings]) == verdict


def test_a_surprise_of_the_wrapper_blocks_whatever_else_holds():
    assert decide([found("block", True), wrapper_finding(["expected 4 results, got 3"])]) == "block"
    assert decide([found("block", True), wrapper_finding([])]) == "pass"


STATISTIC = paired_statistic("mean_delta", why="An example.", worst="observed", limit_max=1.5)
HARD = Invariant(severity="block", why="An example.", measure="SELECT 0", limit_max=0.0)
YOUNG, GROWN = WARN_ONLY_NIGHTS - 1, WARN_ONLY_NIGHTS


@pytest.mark.parametrize(("invariant", "observed", "baseline", "severity"), [
    (STATISTIC, None, Baseline(0, None), "warn"),
    (STATISTIC, None, Baseline(1, 0), "warn"),
    (STATISTIC, None, Baseline(1, None), "block"),
    (STATISTIC, None, Baseline(YOUNG, 10), "block"),
    (STATISTIC, None, Baseline(GROWN, 10), "block"),
    (STATISTIC, 9.0, Baseline(YOUNG, 10), "warn"),
    (STATISTIC, 9.0, Baseline(GROWN, 10), "block"),
    (HARD, 9.0, Baseline(0, None), "block"),
    (HARD, None, Baseline(0, None), "block"),
])
def test_comparisons_warn_while_there_is_little_to_compare_with_and_never_when_it_cannot_be_read(
    invariant, observed, baseline, severity
):
    assert severity_now(invariant, observed, baseline) == severity


@pytest.mark.parametrize(("observed", "is_kept", "is_held"), [
    (0.0, True, True), (0.0, False, False), (1.0, True, False), (None, True, False), (float("nan"), True, False),
])
def test_a_finding_is_held_only_when_it_was_measured_and_both_judges_agree(observed, is_kept, is_held):
    assert finding(Measurement(HARD, observed, None), is_kept, Baseline(0, None)).is_held is is_held


def test_places_are_named_only_where_something_is_broken():
    assert finding(Measurement(HARD, 0.0, "ann jazz v2"), True, Baseline(0, None)).offenders is None
    assert finding(Measurement(HARD, 1.0, "ann jazz v2"), False, Baseline(0, None)).offenders == "ann jazz v2"


def verdict_of(*findings: Finding) -> Verdict:
    return Verdict(date(2030, 1, 2), "c1", "d" * 64, decide(findings), findings)


def test_a_verdict_names_what_blocked_it_first():
    verdict = verdict_of(found("warn", False, "mean_move_bounded"), found("block", False, "one_row_per_score"))
    assert verdict.blocked_by == ("one_row_per_score",)
    assert [f.invariant for f in verdict.not_held] == ["one_row_per_score", "mean_move_bounded"]
    assert not verdict.is_publishable


def test_a_verdict_goes_into_json_and_back():
    told = json.loads(verdict_of(found("warn", False)).to_json())
    assert (told["snapshot_date"], told["verdict"], told["blocked_by"]) == ("2030-01-02", "warn", [])
    assert told["findings"][0]["invariant"] == "example"


@pytest.mark.parametrize(("one", "line"), [
    (Finding("pub__scores", "n", "block", 2.0, None, 0.0, False, "ann; bob", "Why."),
     "n (pub__scores): observed 2, expected at most 0; ann; bob"),
    (Finding("pub__scores", "n", "block", None, 0.8, 1.5, False, None, "Why."),
     "n (pub__scores): observed not measured, expected at least 0.8 and at most 1.5"),
])
def test_a_line_says_which_invariant_where_observed_and_limit(one, line):
    assert one.line == line
