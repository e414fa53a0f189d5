"""The kinds of faults that go through the whole pipeline, and the places where each arises."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.gate import code_faults as code
from bench.gate import delivery_faults as deliveries
from bench.gate import event_faults as events
from bench.gate import inbox_faults as faults
from bench.gate import table_faults as tables

INBOX, EVENTS, CODE = "inbox", "events", "code"
STAGED, REACTIONS = "staged__scores", "core__interactions"


@dataclass(frozen=True)
class Case:
    """A kind of fault, where it arises (inbox, events, code, or a table), and the function that puts it there."""

    kind: str
    where: str
    breaks: Callable


CLEAN = Case("no fault", INBOX, lambda inbox, night, random: None)

CASES = (
    Case("feed missing", INBOX, deliveries.without_a_feed),
    Case("file broken off", INBOX, deliveries.with_a_broken_file),
    Case("loaded twice", REACTIONS, tables.with_a_part_twice),
    Case("schema drift", INBOX, deliveries.with_another_schema),
    Case("identities remapped", INBOX, deliveries.with_other_identities),
    Case("topic lost", STAGED, tables.without_a_topic),
    Case("sign flip", CODE, code.turned_round),
    Case("unnormalised", CODE, code.not_normalised),
    Case("scores missing", STAGED, tables.without_some_scores),
    Case("stale feed", INBOX, deliveries.with_yesterdays_files),
    Case("clock skew", INBOX, deliveries.with_a_skewed_clock),
    Case("one account swings", STAGED, tables.with_one_swing),
    Case("slow drift, its first night", CODE, code.drifting),
    Case("scale", CODE, code.scaled),
    Case("everybody lower by the code", CODE, code.shifted),
    Case("everybody lower by the data", STAGED, tables.with_lower_scores),
    Case("scores swapped by a join", STAGED, tables.with_swapped_scores),
    Case("rows twice", STAGED, tables.with_rows_twice),
    Case("suppression list truncated", INBOX, deliveries.with_a_shorter_list),
    Case("wrong reference", CODE, code.on_another_scale),
)
"""Kinds that deterministic checks or fixed limits see, in the order of gate-evidence section 3."""

STATISTICAL_CASES = (
    Case("rows lost upstream", INBOX, faults.rows_lost),
    Case("sent twice under new keys", INBOX, faults.sent_twice),
    Case("unit changed, undeclared", REACTIONS, tables.in_another_unit),
    Case("time zone of a feed", INBOX, faults.other_time_zone),
    Case("bot burst", INBOX, faults.bot_burst),
    Case("ring (scoring's matter)", EVENTS, events.ring),
    Case("topic lost its words", CODE, code.without_words),
    Case("stale feed, exported anew", EVENTS, events.exported_anew),
    Case("cohort lost", EVENTS, events.cohort_lost),
    Case("late rows", INBOX, faults.late_rows),
)
"""Kinds that need learned limits, and late rows, which do not, in the same order."""

AGAIN = Case("rows lost upstream, again the night after", INBOX, faults.rows_lost)
"""The same incident a second time (row 21): the night after one that was judged and is left out."""
