"""What every released version makes of communities, all of them in one pass, and what the plain references do."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from jobs.engagement.state import state_at_once
from jobs.released import load_registry
from jobs.scoring.calibration import Calibration
from jobs.scoring.registry import algorithm
from jobs.scoring.run import marked_pairs, version_lines
from jobs.scoring.scale import rounded_lines
from tests.frames import materialise
from tests.property import learned_reference, reference, trust_reference
from tests.property.communities import Community
from tests.property.reference import Pair, Score, score_of, score_of_terms
from tests.property.tables import TONIGHT, days_of, rows_of_table
from tests.property.trust_reference import Standing

VERSIONS = sorted(load_registry().released)

LOW_REFERENCE = {"quiz": 3.0}
"""R_t of a topic in which the ceiling binds."""

CALIBRATION = Calibration(
    reference=63.0, default_topic_reference=63.0, common_level=2.0, network_medians={"forum": 4.0, "wire": 1.0},
    topic_references=LOW_REFERENCE, made_from="made up")

TERM_FACTORS = {"reach": 0.1, "attention": 0.25, "reshared": 0.2, "answered": 0.15, "trusted": 0.3}

Lines = dict[tuple[str, str], list[dict]]
"""Rows of the lines behind each score, by topic and person."""


def lines_of(spark, communities: Mapping[tuple[str, int], Community]) -> dict[str, dict[tuple[str, int], Lines]]:
    """Version and community to the lines of everybody; in the engine their people meet in the same topics."""
    apart = [one.called(lambda name, place=place: f"{place}/{name}") for place, one in enumerate(communities.values())]
    found = {version: {of: defaultdict(list) for of in communities} for version in VERSIONS}
    of_place = list(communities)
    for row in _scored(_pairs(spark, apart)).toArrow().to_pylist():
        network, place, name = re.fullmatch(r"(\w+:)?(\d+)/(.+)", row["author_person_id"]).groups("")
        found[row["algorithm_version"]][of_place[int(place)]][(row["topic_id"], network + name)].append(row)
    return {version: {of: dict(lines) for of, lines in own.items()} for version, own in found.items()}


def _scored(pairs):
    versions = {version: algorithm(version) for version in VERSIONS}
    calibrations = {version: replace(CALIBRATION, term_factors=TERM_FACTORS if own.terms else {})
                    for version, own in versions.items()}
    return rounded_lines(version_lines(versions, calibrations, pairs, materialise))


def _pairs(spark, communities: list[Community]):
    """As a night makes them: from accounts, links and marks."""
    told = defaultdict(list)
    for one in communities:
        for topic, reactions in one.reactions.items():
            told[topic] += reactions
    links = rows_of_table(spark, "core__identity_links", [
        {"network": network, "account_id": account, "person_id": person}
        for one in communities for (network, account), person in one.links.items()])
    trusted = rows_of_table(spark, "feature__trusted_accounts", [
        {"network": network, "topic_id": topic, "account_id": account}
        for one in communities for topic, (network, account) in one.trusted])
    seeds = rows_of_table(spark, "feature__trust_seeds", [
        {"network": network, "account_id": account, "expires_date": day}
        for one in communities for (network, account), day in one.seeds.items()])
    groups = rows_of_table(spark, "feature__coordinated_groups", [
        {"network": network, "account_id": account, "group_id": group}
        for one in communities for (network, account), group in one.groups.items()])
    state = materialise(state_at_once(days_of(spark, told), TONIGHT))
    return marked_pairs(materialise, state, links, [trusted, seeds, groups], TONIGHT)


def expected_scores(version: str, topic: str, pairs: dict[tuple, Pair], standing: Standing) -> dict[str, Score]:
    """Author to score and lines, by the reference of the version."""
    scale = CALIBRATION.exchange_rates(), LOW_REFERENCE.get(topic, CALIBRATION.reference)
    if version == "v4":
        return {author: score_of_terms([(TERM_FACTORS[term], lines) for term, lines in terms.items()], *scale)
                for author, terms in learned_reference.terms_of(pairs, standing.trusted).items()}
    credits = (reference.credits_of(version, pairs) if version in ("v1", "v2")
               else trust_reference.credits_of(version, pairs, standing))
    return {author: score_of(lines, *scale) for author, lines in credits.items()}
