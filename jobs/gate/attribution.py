"""Where to look first when a night is blocked: in the order in which the data flow, from a feed to the scoring."""

import re
from collections.abc import Collection, Sequence

from jobs.gate.decide import Finding
from jobs.gate.suspects import Suspect
from jobs.tables import RELEASED_TABLES, TABLES
from jobs.verdicts import BLOCK

FLOW = ("ingest", "topics", "engagement", "scoring", "audit", "gate", "publish")
"""Stages in the order of a night."""

STATISTICS = "audit__shift_metrics"

STAGED = {public: staged for staged, public in RELEASED_TABLES.items()}


def first_suspect(findings: Sequence[Finding], by_history: Sequence[Suspect], feeds: Collection[str]) -> str | None:
    """The feed, cohort or stage to look at first, in words. Nulls: null when nothing blocks.

    by_history: whom the statistics suspect, the first to look at first. A feed goes before everything behind it, and
    at one place what is counted exactly goes before what is unusual.
    """
    broken = [finding for finding in findings if not finding.is_held and finding.severity == BLOCK]
    if not broken:
        return None
    counted_first = sorted(broken, key=lambda finding: finding.checked_table == STATISTICS)
    suspect = min((_suspect_of(finding, by_history, feeds) for finding in counted_first), key=_place_in_flow)
    return f"{suspect.kind} {suspect.name}"


def _suspect_of(finding: Finding, by_history: Sequence[Suspect], feeds: Collection[str]) -> Suspect:
    table, words = finding.checked_table, re.split(r"[;:\s]+", finding.offenders or "")
    if table == STATISTICS:
        return by_history[0] if by_history else Suspect("stage", "scoring", finding.invariant)
    if words[0] in TABLES:
        table = words[0]
    stage = TABLES[STAGED.get(table, table)].writer
    if stage == "ingest" and words[0] in feeds:
        return Suspect("feed", words[0], finding.invariant)
    return Suspect("stage", stage, finding.invariant)


def _place_in_flow(suspect: Suspect) -> int:
    """A feed comes before every stage; a cohort is where scores are."""
    if suspect.kind == "feed":
        return -1
    return FLOW.index(suspect.name if suspect.kind == "stage" else "scoring")
