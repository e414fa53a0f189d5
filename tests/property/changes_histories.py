"""Ten thousand random pasts, each a topic of one frame, and what jobs/audit/change.py says of their moves."""

import random
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pyspark.sql import functions as F

from jobs.audit import change
from jobs.engagement.state import state_at_once
from jobs.identity import suppressed_accounts, without_suppressed
from jobs.scoring.ageing import AGED, KEPT, UNLISTED, aged_lines, still_live, with_aged
from jobs.scoring.calibration import Calibration
from jobs.scoring.people import people_pairs
from jobs.scoring.registry import algorithm
from jobs.scoring.rows import Night, night_lines
from jobs.scoring.run import version_lines
from jobs.scoring.steps import summed_by_step
from tests.frames import materialise
from tests.property.changes_reference import Case
from tests.property.reference import Reaction
from tests.property.tables import TONIGHT, days_of, links_of

CASES = 10_000
MOST_NIGHTS = 10
VERSIONS = ("v1", "v2", "v3")
KEY = ("algorithm_version", "topic_id", "person_id")

SMALL_TOPIC_REFERENCE = 3.0
"""R_t of every fifth topic: low enough for the ceiling to bind."""

CALIBRATION = Calibration(
    reference=63.0, default_topic_reference=63.0, common_level=2.0, network_medians={"forum": 4.0, "wire": 1.0},
    topic_references={f"t{n:05}": SMALL_TOPIC_REFERENCE for n in range(0, CASES, 5)}, made_from="made up")

LINKS = {(network, account): person for network in ("forum", "wire", "list")
         for account, person in (("ann", "Ann"), ("eve", "Eve"), ("out", "Out"))}
OF_ANN = {("forum", "alter"): "Ann", ("wire", "alter"): "Ann"}
"""Accounts that turn out tonight to be ann's own: what they gave her is gone."""

LISTED = {("forum", "out")}
"""Out is on a list from tonight on, with one of three accounts."""

ENGAGERS = ("e1", "e2", "e3", "e4", "eve", "eve", "out", "alter", None)
ENGAGERS_OF_BOB = ("e1", "e2", "e3", "e4", "eve", "out", None)
KINDS = ("like", "reply", "reshare")


@dataclass(frozen=True)
class Told:
    """By version, topic and person: points by cause before rounding, published rows, both scores, and the exact move."""

    cases: dict[str, Case]
    exact: dict[tuple, dict]
    published: dict[tuple, list[dict]]
    scores: dict[tuple, tuple]
    exact_moves: dict[tuple, float]


def cases() -> dict[str, Case]:
    return {f"t{number:05}": _case(number) for number in range(CASES)}


def told(spark) -> Told:
    """Everything that the Spark code says of all cases: three states, two nights, one statement."""
    known = cases()
    versions = {version: algorithm(version) for version in VERSIONS}
    calibrations = dict.fromkeys(VERSIONS, CALIBRATION)
    links, links_now = links_of(spark, LINKS), links_of(spark, {**LINKS, **OF_ANN})
    pairs = people_pairs(_state(spark, {name: case.now for name, case in known.items()}), links_now, TONIGHT)
    state = _state(spark, {name: case.before for name, case in known.items()})
    live = still_live(state, TONIGHT)
    shifted = {name: _shifted(case) for name, case in known.items()}
    earlier = people_pairs(_state(spark, shifted), links, TONIGHT)
    listed = spark.createDataFrame([*LISTED], "network string, account_id string")
    unlisted = without_suppressed(live, suppressed_accounts(listed, links_now))
    steps = {AGED: (live, links), UNLISTED: (unlisted, links), KEPT: (unlisted, links_now)}
    named = {name: materialise(_unmarked(people_pairs(rows, known_links, TONIGHT))) for name, (rows, known_links) in steps.items()}
    became = materialise(aged_lines(summed_by_step(versions, named, materialise), named))
    first = version_lines(versions, calibrations, materialise(_unmarked(earlier)), materialise)
    last = version_lines(versions, calibrations, materialise(_unmarked(pairs)), materialise)
    night = Night(TONIGHT, VERSIONS, None)
    before, now = (materialise(night_lines(night, with_aged(lines, became))) for lines in (first, last))
    moved = materialise(change.moves(before.select(*KEY, "influence_score").distinct(),
                               now.select(*KEY, "influence_score").distinct()))
    rows = change.changes(before, now, moved, TONIGHT, TONIGHT - timedelta(days=1))
    nights = [_scores(lines) for lines in (before, now)]
    both = nights[0].keys() & nights[1].keys()
    return Told(known, _exact(before, now, moved), _by_key(rows),
                scores={key: tuple(night[key][0] for night in nights) for key in both},
                exact_moves={key: nights[1][key][1] - nights[0][key][1] for key in both})


def _exact(before, now, moved) -> dict[tuple, dict]:
    """Causes before they are rounded."""
    return {key: {(row["cause"], row["network"], row["kind"]): row["exact_points"] for row in rows}
            for key, rows in _by_key(change.exact_causes(before, now, moved)).items()}


def _scores(lines) -> dict[tuple, tuple]:
    """Published score, and the points above 1 before rounding; these versions have one term, and its height is theirs."""
    scored = lines.where(F.col("influence_score").isNotNull()).groupBy(*KEY).agg(
        F.max("influence_score").alias("score"), F.max("term_height").alias("height"))
    return {tuple(row[name] for name in KEY): (row["score"], min(row["height"], 99.0))
            for row in scored.toArrow().to_pylist()}


def _by_key(rows) -> dict[tuple, list[dict]]:
    found = defaultdict(list)
    for row in rows.toArrow().to_pylist():
        found[tuple(row[name] for name in KEY)].append(row)
    return found


def _unmarked(pairs):
    """Nobody is trusted and nobody acts in a group."""
    return pairs.withColumn("engager_is_trusted", F.lit(False)).withColumn("engager_group_id", F.lit(None).cast("string"))


def _case(number: int) -> Case:
    dice = random.Random(number)
    compared = TONIGHT - timedelta(days=number % MOST_NIGHTS + 1)
    before = [_reaction(dice, compared - timedelta(days=dice.randint(0, 45))) for _ in range(dice.randint(2, 8))]
    news = [_reaction(dice, TONIGHT - timedelta(days=dice.randrange((TONIGHT - compared).days)))
            for _ in range(dice.choice((0, 0, 1, 2, 5)))]
    if number % 10 == 7 and news:
        news[0] = replace(news[0], network="list", author="ann", engager="e1")
    if number % 500 == 3:
        before, news = before + _eager(compared, "ann", 49), news + _eager(TONIGHT, "bob", 60)
    now = [one for one in before + news if one.engager != "out"]
    return Case(before, now, LINKS, {**LINKS, **OF_ANN}, {(network, "out") for network in ("forum", "wire", "list")},
                compared, TONIGHT)


def _reaction(dice: random.Random, day: date) -> Reaction:
    network, author = dice.choice((("forum", "ann"), ("wire", "ann"), ("wire", "ann"), ("wire", "bob")))
    engager = dice.choice(ENGAGERS if author == "ann" else ENGAGERS_OF_BOB)
    return Reaction(day, network, engager, author, dice.choice(KINDS), dice.randint(1, 3))


def _eager(day: date, author: str, stars: int) -> list[Reaction]:
    """Somebody who keeps up with so many others as well: below the budget before, above it tonight."""
    authors = [*(f"star-{n}" for n in range(stars)), author]
    return [Reaction(day, "wire", "eager", name, "reply", 9) for name in authors]


def _shifted(case: Case) -> list[Reaction]:
    """The past as seen on the compared day, moved so that this day is tonight: one frame serves all cases."""
    gap = case.tonight - case.compared
    return [replace(one, day=one.day + gap) for one in case.before]


def _state(spark, reactions: dict[str, list[Reaction]]):
    return materialise(state_at_once(days_of(spark, reactions), TONIGHT))
