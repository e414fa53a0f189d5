"""The scoring stage: every released version from one state, in one pass over all of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.concurrency import in_parallel
from jobs.digest import same_rows
from jobs.errors import MissingInput
from jobs.identity import suppressed_accounts, without_suppressed
from jobs.ledger import Release, released_files, released_state
from jobs.lifecycle import scored_versions
from jobs.released import load_registry
from jobs.scoring.ageing import AGED, KEPT, UNLISTED, aged_lines, still_live, with_aged
from jobs.scoring.calibration import Calibration, load_calibration, path_of
from jobs.scoring.contract import Algorithm
from jobs.scoring.people import met_pairs, people_evidence, people_posts, with_marks, with_whole_pairs
from jobs.scoring.registry import algorithm, require_frozen
from jobs.scoring.rows import Night, contributions, evidence_posts, night_lines, scores
from jobs.scoring.scale import network_lines, scored_lines, summed_lines
from jobs.scoring.steps import STEP, summed_by_step
from jobs.storage import Store, on_day

LISTS = {"core__suppressions": ("network", "account_id"),
         "core__identity_links": ("network", "account_id", "person_id")}
"""Lists that change what earlier reactions are worth, and the columns that do."""

MARKS = ("feature__trusted_accounts", "feature__trust_seeds", "feature__coordinated_groups")
"""What is known about engagers, in the order in which with_marks asks for it."""

Materialise = Callable[[DataFrame], DataFrame]

TONIGHT = "tonight"
"""The step of the night's own pairs."""


def run(spark, store: Store, snapshot_date: date, earlier: Release | None, stale_networks: str | None) -> list[str]:
    """Score one day with every released version that is not retired and stage the result; the versions scored.

    Errors: ReleasedVersionEdited before anything is computed.
    """
    require_frozen(load_registry())
    versions = {version: algorithm(version) for version in scored_versions(store, snapshot_date)}
    night = Night(snapshot_date, tuple(versions), stale_networks)
    materialise = partial(store.materialised, spark)
    inputs, before = in_parallel(
        lambda: night_inputs(spark, store, snapshot_date),
        lambda: earlier_pairs(spark, store, snapshot_date, earlier))
    sums = materialise(summed_by_step(versions, {TONIGHT: inputs["pairs"], **before}, materialise))
    aged = aged_lines(sums, before)
    tonight = sums.where(F.col(STEP) == TONIGHT).drop(STEP)
    lines = _lines_of(tonight, calibrations_of(versions), materialise)
    written, line_files = in_parallel(
        lambda: staged_rows(spark, store, night, inputs, lines),
        lambda: store.write_frame(night_lines(night, with_aged(lines, aged)), "staged__lines"))
    written["staged__lines"] = line_files
    for table, files in written.items():
        store.replace_day(table, snapshot_date, files)
    return list(versions)


def night_inputs(spark, store: Store, snapshot_date: date, released: Release | None = None) -> dict:
    """What all versions share: people's pairs, their evidence and their posts, from the state of the day.

    released: a release of the day, to read what it froze and nothing else; the tables as they are now unless given.
    """
    def today(table: str) -> DataFrame:
        if released:
            return released_state(spark, store, table, released)
        return store.frame(spark, table, on_day(snapshot_date))

    state, posts = today("feature__engagement_state"), today("feature__post_state")
    links = today("core__identity_links")
    marks = [today(table) for table in MARKS]
    pairs, evidence = in_parallel(
        lambda: marked_pairs(partial(store.materialised, spark), state, links, marks, snapshot_date),
        lambda: store.materialised(spark, people_evidence(state, posts, links, snapshot_date)))
    return {"pairs": pairs, "evidence": evidence, "posts": people_posts(posts, links)}


def marked_pairs(
    materialise: Materialise, state: DataFrame, links: DataFrame, marks: Sequence[DataFrame], snapshot_date: date
) -> DataFrame:
    """The contract's pairs, computed; the engines would join the links again for each use of them."""
    met = materialise(met_pairs(state, links, snapshot_date))
    return materialise(with_marks(with_whole_pairs(met), *marks, links))


def calibrations_of(versions: Sequence[str] | Mapping[str, Algorithm]) -> dict[str, Calibration]:
    """The frozen calibration of each version; errors: MissingInput when one has terms without factors of their own."""
    found = {version: load_calibration(version) for version in versions}
    for version, calibration in found.items():
        _require_factors(version, calibration)
    return found


def _require_factors(version: str, calibration: Calibration) -> None:
    """A term that the file does not name would count in full."""
    expected, named = sorted(algorithm(version).terms), sorted(calibration.term_factors)
    if named != expected:
        raise MissingInput(
            f"{path_of(version).name}: expected factors of the terms {', '.join(expected) or 'none'}, found "
            f"{', '.join(named) or 'none'}. Train them: candor train --version {version} --from A --to B")


def lines_of_versions(spark, store: Store, versions: Sequence[str], pairs: DataFrame) -> DataFrame:
    """The lines of versions that are named, by their files and frozen calibrations; grain and columns as version_lines.

    Intermediate frames lie in the store. Errors: MissingInput for a version without a file or a calibration.
    """
    named = {version: algorithm(version) for version in versions}
    return version_lines(named, calibrations_of(named), pairs, partial(store.materialised, spark))


def version_lines(
    versions: Mapping[str, Algorithm], calibrations: Mapping[str, Calibration], pairs: DataFrame,
    materialise: Materialise,
) -> DataFrame:
    """The lines of all versions for all people, not rounded yet, and the scores that they add up to.

    materialise computes a frame that is used several times; without it the engines compute the credits for each use.
    """
    return _lines_of(materialise(summed_lines(versions, pairs, materialise)), calibrations, materialise)


def _lines_of(sums: DataFrame, calibrations: Mapping[str, Calibration], materialise: Materialise) -> DataFrame:
    return materialise(scored_lines(materialise(network_lines(sums, calibrations)), calibrations))


def staged_rows(spark, store: Store, night: Night, inputs: dict, lines: DataFrame) -> dict[str, list[str]]:
    """Write scores, contributions and evidence; the files of each table, not committed yet."""
    score_files = store.write_frame(scores(night, inputs["evidence"], lines), "staged__scores")
    scored = store.frame_of(spark, "staged__scores", score_files)
    line_files, evidence_files = in_parallel(
        lambda: store.write_frame(contributions(night, scored, lines), "staged__contributions"),
        lambda: store.write_frame(evidence_posts(night, scored, inputs["posts"]), "staged__evidence"))
    return {"staged__scores": score_files, "staged__contributions": line_files, "staged__evidence": evidence_files}


def earlier_lines(
    spark, store: Store, night: Night, versions: Mapping[str, Algorithm], earlier: Release | None
) -> DataFrame:
    """The lines of the last release on the night's day: aged, and less what lists and links took since (ageing.py).

    Between nights that are not neighbours too; a night itself computes it beside its own lines.
    """
    materialise = partial(store.materialised, spark)
    before = earlier_pairs(spark, store, night.snapshot_date, earlier)
    return aged_lines(materialise(summed_by_step(versions, before, materialise)), before)


def earlier_pairs(spark, store: Store, snapshot_date: date, earlier: Release | None) -> dict[str, DataFrame]:
    """The last release's pairs on the night's day by step: aged, without whom lists name now, with tonight's links.

    From its frozen state and marks, and no new reaction. A step that changed nothing is not there.
    """
    materialise, today = partial(store.materialised, spark), on_day(snapshot_date)
    state, links, *marks = (
        released_state(spark, store, table, earlier)
        for table in ("feature__engagement_state", "core__identity_links", *MARKS))

    def pairs(rows: DataFrame, known_links: DataFrame) -> DataFrame:
        return marked_pairs(materialise, rows, known_links, marks, snapshot_date)

    left = still_live(state, snapshot_date)
    steps = {AGED: pairs(left, links)}
    links_now = store.frame(spark, "core__identity_links", today)
    changed = {table for table in LISTS if not _is_unchanged(store, table, snapshot_date, earlier)}
    if changed:  # of links alone, too: tonight they may lead from somebody on a list to one more account
        left = without_suppressed(left, suppressed_accounts(store.frame(spark, "core__suppressions", today), links_now))
        steps[UNLISTED] = pairs(left, links)
    if "core__identity_links" in changed:
        steps[KEPT] = pairs(left, links_now)
    return steps


def _is_unchanged(store: Store, table: str, snapshot_date: date, earlier: Release | None) -> bool:
    """Whether a list says on the night what it said on the night of the last release."""
    if earlier is None:
        return True
    before = released_files(store, earlier, table, on_day(earlier.snapshot_date))
    return same_rows(before, store.files(table, on_day(snapshot_date)), LISTS[table])
