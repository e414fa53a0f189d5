"""Every expectation has worked examples that it passes and that it fails: frames/<table>/<invariant>.txt.

A frame file lists cases: `passing:` or `failing:` and a sentence, then relations as printed tables, an empty cell is
null, a column that is not printed is null or the night, and `times` says how often a row stands; `observed:` and
`offenders:` say what a failing case gives.
"""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from expectations.contract import load_invariants
from jobs.gate.measure import measured
from jobs.gate.relations import DERIVED, MEASURED, SOURCES, Relations, open_connection
from jobs.settings import LIST_FEEDS, Settings
from jobs.tables import TABLES

FRAMES = Path(__file__).parent / "frames"
NIGHT = date(2030, 1, 2)
PRINTED_AS_NIGHT = ("snapshot_date", "covers_from_date", "covers_to_date", "recorded_at")

WAIVABLE = {"accounts_keep_their_person", "busy_topics_still_match", "few_people_are_held",
            "moments_of_creation_are_still_told", "rows_are_of_the_night", "trust_does_not_collapse"}
"""Beside the statistics: what may also be a decision of a network or a change of the world."""

INVARIANTS = {f"{invariant.table}/{invariant.name}": invariant for invariant in load_invariants()}


@dataclass
class Case:
    """One worked example."""

    kind: str
    sentence: str
    frames: dict[str, list[str]] = field(default_factory=dict)
    expected: dict[str, str] = field(default_factory=dict)


def read_cases(path: Path) -> list[Case]:
    cases: list[Case] = []
    for line in filter(str.strip, path.read_text().splitlines()):
        word, _, rest = line.partition(":")
        if word in ("passing", "failing"):
            cases.append(Case(word, rest.strip()))
        elif word in ("observed", "offenders"):
            cases[-1].expected[word] = rest.strip()
        elif line.startswith(" "):
            list(cases[-1].frames.values())[-1].append(line)
        else:
            cases[-1].frames[line.strip()] = []
    return cases


@pytest.fixture(scope="module")
def relations(tmp_path_factory) -> Relations:
    """Every relation that an invariant may name, without rows."""
    empty = Relations(open_connection(Settings(home=tmp_path_factory.mktemp("frames"))))
    empty.add_night(NIGHT, LIST_FEEDS)
    empty.add_versions([])
    for name, (table, _) in SOURCES.items():
        empty.connection.from_arrow(TABLES[table].arrow_schema.empty_table()).create(name)
    for name, schema in MEASURED.items():
        empty.add_arrow(name, schema.empty_table())
    empty.add_derived()
    assert not empty.unreadable
    return empty


@contextmanager
def holding(relations: Relations, frames: dict[str, list[str]]) -> Iterator[Relations]:
    """The relations with the printed rows in them, taken out again afterwards."""
    relations.connection.begin()
    for name, lines in frames.items():
        fill(relations, name, printed_rows(lines))
    yield relations
    relations.connection.rollback()


def printed_rows(lines: list[str]) -> list[dict]:
    if not lines:
        return []
    header, *rows = [[cell.strip() or None for cell in line.split("|")] for line in lines]
    printed = [dict(zip(header, row, strict=True)) for row in rows]
    return [row for row in printed for _ in range(int(row.pop("times", 1)))]


def fill(relations: Relations, name: str, rows: list[dict]) -> None:
    columns = relations.connection.table(name).columns
    night = {column: NIGHT.isoformat() for column in PRINTED_AS_NIGHT if column in columns}
    assert set(rows[0]) <= set(columns), f"{name} has no column {set(rows[0]) - set(columns)}"
    full = [{**dict.fromkeys(columns), **night, **row} for row in rows]
    schema = pa.schema([(column, pa.string()) for column in columns])
    relations.connection.execute(f"DELETE FROM {name}")
    relations.connection.register("printed", pa.Table.from_pylist(full, schema=schema))
    relations.connection.execute(f"INSERT INTO {name} SELECT * FROM printed")


def breaches(invariant, cases: list[Case], relations: Relations) -> list[str]:
    """The cases in which the invariant does not do what its frame file says."""
    found = []
    for case in cases:
        with holding(relations, case.frames):
            measurement = measured(invariant, relations)
        is_kept = invariant.is_kept_by(measurement.observed)
        if is_kept != (case.kind == "passing"):
            found.append(f"{case.kind} {case.sentence}: {measurement.observed} {measurement.offenders}")
        if case.kind == "failing" and not is_as_printed(case, measurement):
            found.append(f"{case.sentence}: got {measurement.observed} at {measurement.offenders}")
    return found


def is_as_printed(case: Case, measurement) -> bool:
    observed = "null" if measurement.observed is None else measurement.observed
    expected = case.expected["observed"]
    same = observed == "null" if expected == "null" else observed == float(expected)
    return same and case.expected.get("offenders", measurement.offenders) == measurement.offenders


def frame_files() -> dict[str, Path]:
    return {f"{path.parent.name}/{path.stem}": path for path in FRAMES.glob("*/*.txt")}


def test_every_expectation_has_its_frames_and_every_frame_its_expectation():
    assert set(INVARIANTS) == set(frame_files())


@pytest.mark.parametrize("key", sorted(INVARIANTS))
def test_an_expectation_keeps_its_passing_frames_and_breaks_on_its_failing_ones(key, relations):
    cases = read_cases(frame_files()[key])
    assert {case.kind for case in cases} == {"passing", "failing"}
    assert breaches(INVARIANTS[key], cases, relations) == []


def harmless(invariant):
    """The invariant as if it had been taken out: it always measures something within its limits."""
    inside = invariant.limit_min if invariant.limit_max is None else invariant.limit_max
    return replace(invariant, measure=f"SELECT {inside}::DOUBLE AS observed, NULL AS offenders")


def turned_round(invariant):
    """The invariant with its limits inverted: what it forbade is asked for."""
    if invariant.limit_max is None:
        return replace(invariant, limit_min=None, limit_max=math.nextafter(invariant.limit_min, -math.inf))
    return replace(invariant, limit_min=math.nextafter(invariant.limit_max, math.inf), limit_max=None)


@pytest.mark.parametrize("mutation", [harmless, turned_round])
@pytest.mark.parametrize("key", sorted(INVARIANTS))
def test_a_gate_with_one_check_taken_out_or_inverted_is_found(key, mutation, relations):
    cases = read_cases(frame_files()[key])
    assert breaches(mutation(INVARIANTS[key]), cases, relations)


@pytest.mark.parametrize("key", [key for key in sorted(INVARIANTS) if key.startswith("pub__")])
def test_nothing_that_reads_the_candidate_passes_on_an_empty_one(key, relations):
    invariant = INVARIANTS[key]
    assert not invariant.is_kept_by(measured(invariant, relations).observed)


@pytest.mark.parametrize("key", sorted(INVARIANTS))
def test_a_relation_that_cannot_be_read_leaves_the_invariant_unmeasured(key):
    reasons = {name: f"{name} cannot be read: the disk is gone" for name in [*SOURCES, *DERIVED, *MEASURED, "required_feeds"]}
    with duckdb.connect() as nothing:
        measurement = measured(INVARIANTS[key], Relations(nothing, reasons))
    assert measurement.observed is None
    assert "the disk is gone" in measurement.offenders


def test_only_statistics_may_be_waived_and_every_hard_invariant_blocks():
    for invariant in INVARIANTS.values():
        is_statistic = invariant.table == "audit__shift_metrics"
        assert invariant.needs_release == is_statistic
        assert invariant.waivable == (is_statistic or invariant.name in WAIVABLE)
        assert invariant.severity == ("hold" if invariant.name == "nobody_is_held" else "block")


def test_every_expectation_says_why_in_one_sentence():
    assert [i.name for i in INVARIANTS.values() if not i.why.endswith(".") or "\n" in i.why] == []


def test_a_place_names_an_account_with_its_network_so_that_the_report_can_hide_it():
    bare = re.compile(r"concat_ws\(\s*' '[^)]*account_id")
    named = {key: re.sub(r"concat_ws\(':', network, \w*account_id\)", "account", one.measure)
             for key, one in INVARIANTS.items()}
    assert [key for key, text in named.items() if bare.search(text)] == []
