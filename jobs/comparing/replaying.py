"""How the stages are called once more on a released night: what a replay hands to jobs/audit/replay.py."""

from jobs.audit.holding.kept import HELD
from jobs.audit.holds import held_back
from jobs.audit.replay import Files, FrozenStore, release_before
from jobs.engagement import run as engagement
from jobs.ledger import Release, released_state
from jobs.released import Registry, load_registry
from jobs.scoring.registry import require_frozen
from jobs.scoring.rows import Night, with_rank
from jobs.scoring.run import lines_of_versions, night_inputs, staged_rows
from jobs.storage import Store, on_day
from jobs.topics.assign import post_topics
from jobs.topics.lexicon import load_lexicon


def rescored(spark, night: FrozenStore, name: str, stale_networks: str | None) -> Files:
    """The staged files of one version, from a night as it was frozen.

    Errors: ReleasedVersionEdited when the files of the version are not those that were released.
    """
    registry = load_registry()
    require_frozen(Registry(name, {name: registry.released[name]}))
    day = night.release.snapshot_date
    inputs = night_inputs(spark, night, day)
    lines = lines_of_versions(spark, night, [name], inputs["pairs"])
    return with_holds(spark, night, staged_rows(spark, night, Night(day, (name,), stale_networks), inputs, lines))


def with_holds(spark, night: FrozenStore, staged: Files) -> Files:
    """Staged files in which the people whom the night held keep the rows of the release before it."""
    day = night.release.snapshot_date
    held = night.arrow("pub__scores", f"{on_day(day)} AND state = '{HELD}'", columns=["person_id"])
    if not held.num_rows:
        return staged
    earlier = release_before(Store(night.settings), night.release)
    return held_back(spark, night, day, earlier, staged, with_rank)


def refolded(spark, night: FrozenStore, earlier: Release | None, lexicon_version: str | None) -> None:
    """Stage topics and engagement of a frozen night again, from the release before it."""
    day = night.release.snapshot_date
    posts = night.frame(spark, "core__posts", on_day(day))
    known = released_state(spark, night, "feature__post_state", earlier)
    topics = post_topics(posts, known, load_lexicon(lexicon_version))
    night.replace_day("core__post_topics", day, night.write_frame(topics, "core__post_topics"))
    engagement.run(spark, night, day, earlier)
