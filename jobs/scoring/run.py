"""The scoring stage: every released version from one state, in one application."""

from collections.abc import Callable
from datetime import date
from functools import partial

from pyspark.sql import DataFrame

from jobs.scoring.calibration import Calibration, load_calibration
from jobs.scoring.contract import Algorithm
from jobs.scoring.people import people_evidence, people_pairs, people_posts
from jobs.scoring.registry import algorithm, load_registry, require_frozen
from jobs.scoring.rows import Night, contributions, evidence_posts, scores
from jobs.scoring.scale import network_lines, rounded_lines, scored_lines
from jobs.storage import Store, on_day

Once = Callable[[DataFrame], DataFrame]


def run(spark, store: Store, snapshot_date: date, stale_networks: str | None) -> list[str]:
    """Score one day with every released version and stage the result; the versions scored.

    Errors: ReleasedVersionEdited before anything is computed.
    """
    registry = load_registry()
    require_frozen(registry)
    inputs = night_inputs(spark, store, snapshot_date)
    written: dict[str, list[str]] = {}
    for version in registry.released:
        night = Night(snapshot_date, version, stale_networks)
        for table, files in _stage_version(spark, store, night, inputs).items():
            written.setdefault(table, []).extend(files)
    for table, files in written.items():
        store.replace_day(table, snapshot_date, files)
    store.clear_scratch()
    return list(registry.released)


def night_inputs(spark, store: Store, snapshot_date: date) -> dict:
    """What all versions share: people's pairs, their evidence and their posts, from the state of the day."""
    today = on_day(snapshot_date)
    state = store.frame(spark, "feature__engagement_state", today)
    posts = store.frame(spark, "feature__post_state", today)
    links = store.frame(spark, "core__identity_links", today)
    return {
        "pairs": store.materialised(spark, people_pairs(state, links, snapshot_date)),
        "evidence": store.materialised(spark, people_evidence(state, posts, links, snapshot_date)),
        "posts": people_posts(posts, links),
    }


def version_lines(version: Algorithm, calibration: Calibration, pairs, once: Once):
    """The rounded lines of a version for all people, and the scores that they add up to.

    once computes a frame that is used several times; without it the engines compute the credits for each use.
    """
    credits = once(version.credits(pairs))
    lines = once(network_lines(credits, calibration))
    return once(rounded_lines(scored_lines(lines, calibration)))


def _stage_version(spark, store: Store, night: Night, inputs: dict) -> dict[str, list[str]]:
    version = night.algorithm_version
    lines = version_lines(
        algorithm(version), load_calibration(version), inputs["pairs"], partial(store.materialised, spark))
    score_files = store.write_frame(scores(night, inputs["evidence"], lines), "staged__scores")
    scored = store.frame_of(spark, "staged__scores", score_files)
    return {
        "staged__scores": score_files,
        "staged__contributions": store.write_frame(contributions(night, scored, lines), "staged__contributions"),
        "staged__evidence": store.write_frame(evidence_posts(night, scored, inputs["posts"]), "staged__evidence"),
    }
