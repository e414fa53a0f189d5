"""A released night scored once more from what its release froze: whole, and as if one network had delivered nothing."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.audit.compare import Rescored
from jobs.audit.replay import FrozenStore, frozen
from jobs.ledger import Release
from jobs.scoring.people import people_evidence, with_whole_pairs
from jobs.scoring.rows import Night, scores
from jobs.scoring.run import lines_of_versions, night_inputs
from jobs.storage import Store, on_day
from jobs.tables import OVERALL


def rescored_night(
    spark, store: Store, release: Release, versions: Sequence[str], networks: Sequence[str], folder: Path
) -> list[Rescored]:
    """The overall scores of some versions, with every network and without each one in turn, as files in a folder.

    Evidence is counted again without the network, so that people can lose their score as they would have.
    """
    with frozen(store, release) as night:
        pairs = night_inputs(spark, night, release.snapshot_date)["pairs"]
        overall = night.materialised(spark, pairs.where(F.col("topic_id") == OVERALL))
        state, posts, links = (night.frame(spark, table, on_day(release.snapshot_date)) for table in
                               ("feature__engagement_state", "feature__post_state", "core__identity_links"))
        state = state.where(F.col("topic_id") == OVERALL)
        found = []
        for dropped in (None, *networks):
            kept = partial(_without, network=dropped)
            evidence = people_evidence(kept(state), kept(posts), links, release.snapshot_date)
            left = night.materialised(spark, with_whole_pairs(kept(overall)))
            scored = _overall_scores(spark, night, versions, left, evidence)
            target = folder / (f"without_{dropped}" if dropped else "whole")
            scored.write.parquet(target.as_uri())
            found.append(Rescored(dropped, sorted(str(path) for path in target.glob("*.parquet"))))
    return found


def _overall_scores(
    spark, night: FrozenStore, versions: Sequence[str], pairs: DataFrame, evidence: DataFrame
) -> DataFrame:
    """What the versions say of each person over all posts, as Rescored holds it."""
    lines = lines_of_versions(spark, night, versions, pairs)
    scored = scores(Night(night.release.snapshot_date, tuple(versions), None), evidence, lines)
    return scored.where(F.col("topic_id") == OVERALL).select(
        "algorithm_version", "person_id", "influence_score", "distinct_engager_count", "credit")


def _without(rows: DataFrame, network: str | None) -> DataFrame:
    return rows if network is None else rows.where(F.col("network") != network)
