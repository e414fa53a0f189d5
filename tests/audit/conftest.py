"""Printed reactions up to two nights, thirty days apart, and the causes that are told for the move between them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from pyspark.sql import functions as F

from jobs.audit.change import changes, moves
from jobs.engagement.state import state_at_once
from jobs.identity import suppressed_accounts, without_suppressed
from jobs.scoring.ageing import AGED, KEPT, UNLISTED, aged_lines, still_live, with_aged
from jobs.scoring.calibration import Calibration
from jobs.scoring.people import people_pairs, with_marks
from jobs.scoring.registry import algorithm
from jobs.scoring.rows import Night, night_lines
from jobs.scoring.run import version_lines
from jobs.scoring.steps import summed_by_step
from tests.frames import materialise

BEFORE, TONIGHT = date(2030, 1, 1), date(2030, 1, 31)
"""A half-life apart: what aged is exactly half."""

EASY = Calibration(reference=63.0, default_topic_reference=63.0, topic_references={"lace": 3.0}, network_medians={},
                   common_level=1.0, made_from="a pencil")
"""1 + R = 64: S = 1 + 16.5 log2(1 + X), and K = 23.8045; of the small topic lace S = 1 + 49.5 log2(1 + X)."""


@dataclass(frozen=True)
class Marks:
    """What is known of accounts on a night, as printed rows without their header."""

    links: str = ""
    trusted: str = ""
    seeds: str = ""
    groups: str = ""
    listed: str = ""


@dataclass(frozen=True)
class Move:
    """Scores of both nights, and points by cause, network and kind."""

    before: Decimal
    after: Decimal
    causes: dict[tuple[str, str, str], float]

    @property
    def cause_sum(self) -> dict[str, float]:
        """Points by cause alone."""
        found: dict[str, float] = {}
        for (cause, _, _), points in self.causes.items():
            found[cause] = round(found.get(cause, 0) + points, 4)
        return found


HEADERS = {"links": "network | account_id | person_id", "trusted": "network | topic_id | account_id",
           "seeds": "snapshot_date | network | account_id | expires_date",
           "groups": "network | account_id | group_id", "listed": "network | account_id"}


@pytest.fixture
def move(spark, table):
    """The move of ann: move(version, printed reactions, marks before, marks tonight).

    Reactions: day, engager, network, kind, author, topic, count; the last four are reply, ann, jazz and 1 when not printed.
    """

    def told(version: str, text: str, then: Marks = Marks(), now: Marks | None = None, calibration=EASY) -> Move:
        reactions = reacted(table(text))
        known, here = marks(then), marks(now or then)
        past = materialise(state_at_once(reactions.where(F.col("snapshot_date") <= F.lit(BEFORE)), BEFORE))
        versions, calibrations = {version: algorithm(version)}, {version: calibration}
        tonight = without_suppressed(state_at_once(reactions, TONIGHT), suppressed_accounts(here["listed"], here["links"]))
        pairs = materialise(marked(people_pairs(tonight, here["links"], TONIGHT), here))
        earlier = materialise(marked(people_pairs(past, known["links"], BEFORE), known))
        live = still_live(past, TONIGHT)
        unlisted = without_suppressed(live, suppressed_accounts(here["listed"], here["links"]))
        steps = {AGED: (live, known["links"]), UNLISTED: (unlisted, known["links"]), KEPT: (unlisted, here["links"])}
        named = {name: materialise(marked(people_pairs(state, links, TONIGHT), known | {"links": links}))
                 for name, (state, links) in steps.items()}
        became = materialise(aged_lines(summed_by_step(versions, named, materialise), named))
        before, after = (
            of_ann(night_lines(Night(TONIGHT, (version,), None), with_aged(lines_of(versions, calibrations, own), became)))
            for own in (earlier, pairs))
        moved = moves(*[lines.select("algorithm_version", "person_id", "topic_id", "influence_score").distinct()
                        for lines in (before, after)])
        rows = changes(before, after, moved, TONIGHT, BEFORE).collect()
        return Move(*(max(row["influence_score"] for row in lines.collect() if row["influence_score"])
                      for lines in (before, after)),
                    {(row["cause"], row["network"], row["kind"]): float(row["points"]) for row in rows})

    def marks(of: Marks) -> dict:
        return {name: table("\n".join([header, *getattr(of, name).strip().splitlines()])) for name, header in HEADERS.items()}

    return told


def reacted(frame):
    """Printed reactions as feature__engagement_days has them."""
    usual = {"network": "net", "kind": "reply", "author": "ann", "topic": "jazz", "count": "1"}
    for name, value in usual.items():
        frame = frame if name in frame.columns else frame.withColumn(name, F.lit(value))
    return frame.select(
        F.to_date(F.concat(F.lit("2030-01-"), "day")).alias("snapshot_date"), "network", F.col("topic").alias("topic_id"),
        F.col("engager").alias("engager_account_id"), F.col("author").alias("author_account_id"), "kind",
        F.col("count").cast("bigint").alias("interaction_count"))


def marked(pairs, known: dict):
    return with_marks(pairs, known["trusted"], known["seeds"], known["groups"], known["links"])


def lines_of(versions: dict, calibrations: dict, pairs):
    return version_lines(versions, calibrations, pairs, materialise)


def of_ann(lines):
    """Her lines alone, computed once."""
    return materialise(lines.where(F.col("person_id").isin("Ann", "net:ann")))
