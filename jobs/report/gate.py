"""The report of one night's gate: one page that loads nothing, and every table of it as CSV beside it."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.contract import waivable_names
from jobs.approvals import approve_command
from jobs.csv_files import write_sheet
from jobs.folders import put_in_place, require_replaceable
from jobs.report.charts import bars
from jobs.report.gate_numbers import BUDGET_DAYS, measured, newest_verdict
from jobs.report.page import Listing, Section, render
from jobs.report.sparklines import Sparkline, sparkline
from jobs.storage import Store
from jobs.verdicts import RecordedVerdict

TEMPLATE = "gate.html.j2"

MARK = "check_history.csv"
"""Lies in every report and in nothing else: what holds it may be replaced by a newer report."""

CALLED = "report"

SHOWN_ROWS = 40
"""Rows of a table on the page; the CSV beside it has all."""

CAPTIONS = {
    "checks": "Every check of the night", "check_history": "What each check measured, night by night",
    "distribution": "Overall scores by ten points", "movers": "The largest moves of the overall score",
    "input_output": "Rows kept, and the mean move of the scores", "feeds": "What each feed delivered",
    "refusals": "Why rows were quarantined", "holds": "Scores held at their last released value",
    "ledger": "Releases, newest first", "decisions": "Decisions about what is published, newest first",
    "older_states": "Nights that go on from an older state",
    "budget": "Blocks of the last 365 days, beside the budget",
}
"""Every table of a report, and what it is called on the page."""

ANSWERS = {
    "pass": "Every check held. The night may be released.",
    "warn": "Nothing blocked; what is marked warn should be read. The night may be released.",
    "hold": "Some people keep their last released score until somebody has looked. The rest may be released.",
    "block": "Blocked: nothing of this night is released, and readers keep the last good release.",
}


@dataclass(frozen=True)
class Check:
    """One check as the page shows it; nulls: observed when it could not be measured, a limit where there is none."""

    row: Mapping
    line: Sparkline

    @property
    def outcome(self) -> str:
        """Whether it held, and what follows where it did not."""
        return "held" if self.row["is_held"] else self.row["severity"]


def report_folder(store: Store, snapshot_date: date) -> Path:
    """Where the report of a night lies."""
    return store.settings.home / "reports" / "gate" / snapshot_date.isoformat()


def write_report(store: Store, snapshot_date: date, out: Path | None = None) -> Path:
    """Write the report of a judged night, in the place of an earlier one; its page.

    Errors: MissingInput when the gate has not judged the night, BadInput when something else lies there.
    """
    found = newest_verdict(store, snapshot_date)
    tables = measured(store, found)
    folder = out or report_folder(store, snapshot_date)
    require_replaceable(folder, MARK, CALLED)
    made = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
    made.mkdir(parents=True)
    for name, rows in tables.items():
        write_sheet(made / f"{name}.csv", rows)
        pq.write_table(rows, made / f"{name}.parquet")
    (made / "index.html").write_text(page(found, tables), encoding="utf-8")
    put_in_place(made, folder, MARK, CALLED)
    return folder / "index.html"


def page(found: RecordedVerdict, tables: Mapping[str, pa.Table]) -> str:
    """The page as HTML."""
    listings = {name: Listing(name, CAPTIONS[name], rows.slice(0, SHOWN_ROWS).to_pylist(), rows.num_rows)
                for name, rows in tables.items()}
    checks = _checks(tables["checks"].to_pylist(), tables["check_history"].to_pylist())
    return render(
        TEMPLATE, title=f"Gate report of {found.snapshot_date}: {found.verdict}",
        answer=ANSWERS.get(found.verdict, "Unknown verdict: treat it as blocked."), advice=_advice(found, checks),
        command=approve_command(found, waivable_names()), checks=checks, history=listings["check_history"],
        sections=[_scores(listings, tables), _input_output(listings, tables), _feeds(listings), _holds(listings),
                  _budget(listings), _ledger(listings, found)])


def _advice(found: RecordedVerdict, checks: Sequence[Check]) -> list[str]:
    """What to look at first, and what nobody may lift."""
    broken = [check for check in checks if not check.row["is_held"]]
    said = [f"Look first at: {found.suspect}."] if found.suspect else []
    if broken and not said:
        said = [f"Look first at: {broken[0].row['invariant']} in {broken[0].row['checked_table']}."]
    hard = sorted(set(found.blocking) - waivable_names())
    if hard:
        said.append(f"Nobody may waive {', '.join(hard)}: correct the cause, and run the night again.")
    return said


def _checks(rows: Sequence[Mapping], history: Sequence[Mapping]) -> list[Check]:
    measured_before = defaultdict(list)
    for row in history:
        measured_before[row["checked_table"], row["invariant"]].append(row["observed"])
    return [Check(row, sparkline(measured_before[row["checked_table"], row["invariant"]],
                                 (row["limit_min"], row["limit_max"]))) for row in rows]


def _scores(listings: Mapping[str, Listing], tables: Mapping[str, pa.Table]) -> Section:
    rows = tables["distribution"].to_pylist()
    charts = []
    for version in sorted({row["algorithm_version"] for row in rows}):
        numbers = [(f"{row['from_points']} to {row['from_points'] + 10}, {night}", row[f"{night}_count"])
                   for row in rows if row["algorithm_version"] == version for night in ("before", "candidate")]
        title = f"People by overall score under {version}"
        charts.append(bars(f"chart-{version}", title, "distribution.csv", numbers, ""))
    return Section("scores", "Scores before and after", [
        "Before is the last release of an earlier night, candidate is what the gate judged. People are shown by "
        "pseudonyms of this store's reports.",
    ], charts, [listings["distribution"], listings["movers"]])


def _input_output(listings: Mapping[str, Listing], tables: Mapping[str, pa.Table]) -> Section:
    rows = [row for row in tables["input_output"].to_pylist() if row["kept_row_count"] is not None]
    newest = rows[-1]["algorithm_version"] if rows else ""
    shown = [row for row in rows if row["algorithm_version"] == newest]
    kept = [(str(row["snapshot_date"]), row["kept_row_count"]) for row in shown]
    moved = [(str(row["snapshot_date"]), row["mean_delta"]) for row in shown if row["mean_delta"] is not None]
    return Section("input-output", "Input against output", [
        "A move of the scores that no move of the rows explains is the sign of a broken stage; both moving together "
        "is the sign of an event.",
    ], [bars("chart-kept", "Rows kept, all networks", "input_output.csv", kept, ""),
        bars("chart-moved", f"Mean move of the scores under {newest or 'no version'}", "input_output.csv", moved, "")],
        [listings["input_output"]])


def _feeds(listings: Mapping[str, Listing]) -> Section:
    return Section("feeds", "Feeds", [
        "in = kept + quarantined + suppressed + out of scope. A stale feed delivered nothing for the night.",
    ], listings=[listings["feeds"], listings["refusals"]])


def _holds(listings: Mapping[str, Listing]) -> Section:
    held = listings["holds"].row_count
    return Section("holds", "Holds", [
        f"{held:,} scores are held at the value of the last release. One person may release a hold with `candor "
        "release-hold`; who did, and why, is among the decisions below.",
    ],
                   listings=[listings["holds"]] if held else [])


def _budget(listings: Mapping[str, Listing]) -> Section:
    [row] = listings["budget"].rows
    blocked, judged_count = row["blocked_by_statistics_count"], row["judged_night_count"]
    return Section("budget", "Budget", [
        f"Statistics alone blocked {blocked:,} of {judged_count:,} nights judged in the last {BUDGET_DAYS} days; the "
        f"thresholds allow for {row['budgeted_false_block_count']:g} false blocks a year. Blocks by what is counted "
        "exactly are in no budget.",
    ], listings=[listings["budget"]])


def _ledger(listings: Mapping[str, Listing], found: RecordedVerdict) -> Section:
    heads = [row["chain_hash"] for row in listings["ledger"].rows[:1]]
    head = f"Head of the chain when this report was written: {heads[0]}." if heads else "Nothing is released yet."
    older = listings["older_states"]
    said = [f"Candidate {found.candidate_id}, digest {found.candidate_digest}. {head} `candor verify` checks the chain "
            "against the files."]
    if older.row_count:
        first = older.rows[0]["snapshot_date"]
        said.append(f"{older.row_count:,} released nights go on from an older state: they lack what came of the nights "
                    f"before them since. Run `candor night --from {first} --to` the newest one.")
    return Section("ledger", "Ledger", said,
                   listings=[*([older] if older.row_count else []), listings["ledger"], listings["decisions"]])
