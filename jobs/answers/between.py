"""Two released nights computed against each other: why scores moved, when the nights between do not say it.

Both ends are scored again from what their releases froze; reactions of the first night are aged to the last one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.answers.statement import Question, ScorePath
from jobs.audit.change import changes, moves
from jobs.audit.replay import FrozenStore, frozen
from jobs.ledger import Release, newest_release
from jobs.released import load_registry
from jobs.scoring.ageing import with_aged
from jobs.scoring.registry import algorithm, require_frozen
from jobs.scoring.rows import Night, night_lines, scores
from jobs.scoring.run import earlier_lines, lines_of_versions, night_inputs
from jobs.session import open_session
from jobs.storage import Store


@dataclass(frozen=True)
class RescoredNight:
    """One night scored again: lines, and the rows of staged__scores."""

    lines: DataFrame
    scores: DataFrame


@dataclass(frozen=True)
class Between:
    """Everybody's scores on two nights, as staged__scores, and why they moved, as audit__changes."""

    scores_from: DataFrame
    scores_to: DataFrame
    changes: DataFrame


def computed(store: Store, question: Question, versions: Sequence[str]) -> Mapping[str, ScorePath]:
    """The ways of some versions for one person and topic, also of versions that a night was not released with.

    Errors: ReleasedVersionEdited when the files of a released version are not those that were released.
    """
    require_frozen(load_registry())
    earlier, later = (newest_release(store, on=night) for night in (question.first, question.last))
    name = f"candor why {question.first} {question.last}"
    with open_session(store.settings, name) as spark, two_nights(spark, store, earlier, later, versions) as both:
        asked = (F.col("person_id") == question.person_id) & (F.col("topic_id") == question.topic_id)
        found = [frame.where(asked).toArrow().to_pylist() for frame in (both.scores_from, both.scores_to, both.changes)]
    return {version: _path(version, *found) for version in versions}


@contextmanager
def two_nights(
    spark, store: Store, earlier: Release, later: Release, versions: Sequence[str]
) -> Iterator[Between]:
    """Two releases against each other; the frames can be read inside the with block only."""
    with frozen(store, earlier) as then, frozen(store, later) as now:
        first, last = _rescored(spark, then, versions), _rescored(spark, now, versions)
        night = _night(now, versions)
        aged = earlier_lines(spark, now, night, {version: algorithm(version) for version in versions}, earlier)
        before = first.lines.withColumnsRenamed({"author_person_id": "person_id", "line": "line_units"})
        after = night_lines(night, with_aged(last.lines, aged))
        moved = moves(first.scores, last.scores)
        told = changes(before, after, moved, later.snapshot_date, earlier.snapshot_date)
        yield Between(first.scores, last.scores, now.materialised(spark, told))


def _rescored(spark, night: FrozenStore, versions: Sequence[str]) -> RescoredNight:
    """What the versions say of a night, from what its release froze."""
    inputs = night_inputs(spark, night, night.release.snapshot_date)
    lines = lines_of_versions(spark, night, versions, inputs["pairs"])
    return RescoredNight(lines, night.materialised(spark, scores(_night(night, versions), inputs["evidence"], lines)))


def _night(night: FrozenStore, versions: Sequence[str]) -> Night:
    return Night(night.release.snapshot_date, tuple(versions), stale_networks=None)


def _path(version: str, first: list[dict], last: list[dict], lines: list[dict]) -> ScorePath:
    ends = [next((row["influence_score"] for row in rows if row["algorithm_version"] == version), None)
            for rows in (first, last)]
    own = [line for line in lines if line["algorithm_version"] == version]
    return ScorePath(*ends, own, is_direct=True)
