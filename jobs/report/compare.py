"""The page of a comparison pack: the ten questions of an auditor, each with its numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobs.erased import ErasedSince
from jobs.report.charts import bars, intervals
from jobs.report.page import Listing, Section, render

TEMPLATE = "compare.html.j2"

CAPTIONS = {
    "fingerprints": "Fingerprints, recorded and found",
    "computed_again": "Overall scores computed once more from the frozen inputs",
    "algorithm_and_data_sums": "Algorithm and data, by topic",
    "algorithm_and_data": "Algorithm and data, by person and topic",
    "coverage": "Who is scored by which version",
    "movers": "How many people move how far",
    "top_movers": "The largest moves of the overall score",
    "agreement": "Agreement on the order of people",
    "crossings": "Thresholds crossed",
    "cohorts": "Mean move by cohort, with its 95 % interval",
    "impact_ratios": "Four-fifths rule by cohort",
    "line_sums": "Whether the lines account for every difference",
    "top_causes": "Lines behind the largest moves",
    "paired_lines": "Every score taken apart under both versions",
    "paired_scores": "Every score under both versions",
    "sensitivity": "When one network had delivered nothing",
    "attacks": "Recorded attack results",
    "verdicts": "What the gate said, night by night",
    "life_events": "What was decided about the two versions",
}
"""Every table of a pack, and what it is called on the page."""

DRAWN_TOPICS = 30
"""Topics in a chart: the page stays readable, the table beside it has all."""


@dataclass(frozen=True)
class PackFacts:
    """What the page says of the whole: which versions, which release, after which night, and what was erased since."""

    baseline_version: str
    candidate_version: str
    snapshot_date: str
    release_id: str
    chain_hash: str
    previous_night: str | None
    erased: ErasedSince


def page(facts: PackFacts, listings: Mapping[str, Listing], numbers: Mapping[str, Sequence[dict]]) -> str:
    """The page as HTML.

    listings: every table of the pack by name. numbers: the whole rows that are drawn, by table.
    """
    old, new = facts.baseline_version, facts.candidate_version
    return render(
        TEMPLATE, title=f"{old} and {new} on the night of {facts.snapshot_date}",
        lead=f"What changes when {new} replaces {old}, measured on release {facts.release_id}: the same people, the "
             "same reactions, two algorithms. Columns named baseline belong to the old version, candidate to the new "
             "one. Points are points of the score, 1 to 100.",
        sections=[_identity(listings), _again(facts, listings), _split(facts, listings), _movers(listings, numbers),
                  _ranks(listings, numbers), _cohorts(listings, numbers), _reasons(listings),
                  _sensitivity(listings, numbers), _attacks(listings), _process(listings),
                  _tampering(facts), _whole_tables(listings)])


def _identity(listings: Mapping[str, Listing]) -> Section:
    return Section("identity", "1 What is compared", [
        "A released version is frozen to the bytes below. Where found differs from recorded, the files on the machine "
        "that made this page are not the released ones.",
    ], listings=[listings["fingerprints"]])


def _again(facts: PackFacts, listings: Mapping[str, Listing]) -> Section:
    return Section("again", "2 Computed once more", [
        "The overall scores of both versions were computed again from the inputs that the release froze. "
        "differing_score_count must be 0. `candor replay` does the same for every row of a release. held_score_count "
        "are scores that were held: they are of an earlier night, so they are left out of the other counts.",
        *_said_erased(facts.erased),
    ], listings=[listings["computed_again"]])


def _said_erased(erased: ErasedSince) -> list[str]:
    """Why rows are missing that the release had; nothing while nobody was erased since."""
    if not erased.erasure_count:
        return []
    return [f"By the proof records of the ledger, {erased.account_count:,} accounts were erased on request since this "
            f"release, in {erased.erasure_count:,} erasures; {erased.row_count:,} released rows of this night are "
            "missing by erasure, here and in every table below. Scores of people whom the erased ones reacted to stay "
            "as released and no longer follow from what is left: erased_difference_count counts them."]


def _split(facts: PackFacts, listings: Mapping[str, Listing]) -> Section:
    if facts.previous_night is None:
        sentence = "No night was released before this one, so the change cannot be split into algorithm and data."
    else:
        sentence = (f"From {facts.baseline_version} on {facts.previous_night} to {facts.candidate_version} on "
                    f"{facts.snapshot_date}: algorithm + data is the whole way of each score, exactly; "
                    "largest_residual is what is missing. Only people scored by both versions on both nights; none "
                    "when the new version was not scored on the night before.")
    return Section("split", "3 Algorithm or data", [sentence],
                   listings=[listings["algorithm_and_data_sums"], listings["algorithm_and_data"]])


def _movers(listings: Mapping[str, Listing], numbers: Mapping[str, Sequence[dict]]) -> Section:
    moved = [(f"{row['direction']} {row['size_band']}", row["mover_count"]) for row in numbers["movers"]]
    return Section("movers", "4 Who moves", [
        "Bands hold their upper end. The listing is of everybody; the files beside it have every topic and cohort.",
    ], [bars("chart-movers", "People by size and direction of their move", "movers.csv", moved, "")],
        [listings[name] for name in ("movers", "top_movers", "coverage")])


def _ranks(listings: Mapping[str, Listing], numbers: Mapping[str, Sequence[dict]]) -> Section:
    rows = [row for row in numbers["agreement"] if row["kendall_tau_b"] is not None][:DRAWN_TOPICS]
    return Section("ranks", "5 Order of people", [
        "Among people scored by both versions. Equal scores keep the order of the person ids in both lists. An overlap "
        "of as many leaders as there are people says nothing and is left empty. Candor gives no labels, so nothing "
        "flickers at a threshold and there is no hysteresis to report.",
    ], [bars("chart-ranks", "Kendall tau-b, overall and by topic", "agreement.csv",
             [(row["cohort"], row["kendall_tau_b"]) for row in rows], "")],
        [listings["agreement"], listings["crossings"]])


def _cohorts(listings: Mapping[str, Listing], numbers: Mapping[str, Sequence[dict]]) -> Section:
    drawn = [(f"{row['dimension']} {row['cohort']}", row["mean_delta"], row["mean_delta_from"], row["mean_delta_to"])
             for row in numbers["cohorts"] if not row["is_suppressed"]]
    return Section("cohorts", "6 Cohorts", [
        "Cohorts of fewer than 20 people scored by both versions are suppressed. A person with lines on two networks "
        "is in both. No network tells a person's language or country, so neither is a cohort.",
        "A version that lets a cohort pass a threshold less than 0.8 times as often as the best cohort is marked. "
        "Ratios are empty where fewer than 20 people of all cohorts reach the threshold.",
    ], [intervals("chart-cohorts", "Mean move in points", "cohorts.csv", drawn, "")],
        [listings["cohorts"], listings["impact_ratios"]])


def _reasons(listings: Mapping[str, Listing]) -> Section:
    return Section("reasons", "7 Reasons", [
        "The lines of a score under both versions, subtracted: they sum to the difference of the scores. "
        "`candor explain PERSON --version V` shows one person, with the posts behind; `candor pseudonym PERSON` prints "
        "what this page calls them.",
    ], listings=[listings["line_sums"], listings["top_causes"]])


def _sensitivity(listings: Mapping[str, Listing], numbers: Mapping[str, Sequence[dict]]) -> Section:
    drawn = [(f"{row['algorithm_version']} without {row['dropped_network']}", row["mean_delta"])
             for row in numbers["sensitivity"] if row["mean_delta"] is not None]
    return Section("sensitivity", "8 When a network is missing", [
        "The night scored once more as if one network had delivered nothing: who keeps a score, and how far it moves.",
    ], [bars("chart-sensitivity", "Mean move in points of those who keep a score", "sensitivity.csv", drawn, "")],
        [listings["sensitivity"]])


def _attacks(listings: Mapping[str, Listing]) -> Section:
    if "attacks" not in listings:
        return Section("attacks", "8b Attacks", ["No attack results of the two versions are recorded with this code."])
    return Section("attacks", "8b Attacks", [
        "As recorded by the attack suite for the two versions. The files beside the page also have checksums of what "
        "was attacked.",
    ], listings=[listings["attacks"]])


def _process(listings: Mapping[str, Listing]) -> Section:
    return Section("process", "9 Process", [
        "Verdicts of every night up to this release, and the decisions recorded about the two versions up to it. "
        "An empty list means that nothing was decided yet.",
    ], listings=[listings["verdicts"], listings["life_events"]])


def _tampering(facts: PackFacts) -> Section:
    return Section("tampering", "10 Tamper evidence", [
        f"chain_hash of this release: {facts.chain_hash}. It covers every release before it; hold it against a copy "
        "kept elsewhere, such as a signed tag.",
        "`candor verify` checks the chain, the released files and their digests. `sha256sum --check SHA256SUMS` checks "
        "this pack; the sha256 of SHA256SUMS is the digest of the pack, which the announcement of a version names.",
        "Equal inputs give equal bytes: make the pack again with `candor compare` and compare the digests.",
    ])


def _whole_tables(listings: Mapping[str, Listing]) -> Section:
    return Section("tables", "Tables for every person", [
        "CSV files hold the first 1,000,000 rows, which is what spreadsheet programs take; Parquet files hold all.",
    ], listings=[listings["paired_scores"], listings["paired_lines"]])
