"""Holds on single people: a move that the inputs do not account for is not shown until they do.

Whose score moved too far keeps the row of the last release, marked `held`; everybody else is released as scored.
Rule: gate-evidence section 7; what accounts for a move: decision 0014.
"""

from collections.abc import Callable
from datetime import date

from pyspark.sql import DataFrame

from jobs.audit.holding.found import found_holds, most_held_people
from jobs.audit.holding.kept import KEY, kept_rows, marked_held, unmoved_lines
from jobs.ledger import Release, released_state
from jobs.storage import Store, on_day

WithRank = Callable[[DataFrame], DataFrame]
"""Gives staged scores their percentile and rank again; the scoring stage's own function, handed in by the night."""


def run(spark, store: Store, snapshot_date: date, earlier: Release | None, with_rank: WithRank) -> int:
    """Write audit__holds for a night, and let held people keep the rows of the last release; how many people are held.

    When more people would be held than few_people_are_held lets pass, nobody is: the gate then judges the night as it
    was scored.
    """
    found = found_holds(store, snapshot_date, earlier)
    store.replace_day("audit__holds", snapshot_date, store.write_rows("audit__holds", found))
    people = len(found.column("person_id").unique())
    if not 0 < people <= most_held_people(store, snapshot_date):
        return 0
    staged = {table: store.files(table, on_day(snapshot_date)) for table in
              ("staged__scores", "staged__contributions", "staged__evidence", "staged__lines")}
    for table, files in held_back(spark, store, snapshot_date, earlier, staged, with_rank).items():
        store.replace_day(table, snapshot_date, files)
    return people


def held_back(
    spark, store: Store, snapshot_date: date, earlier: Release, staged: dict[str, list[str]],
    with_rank: WithRank,
) -> dict[str, list[str]]:
    """Rewrite staged files, with the rows of the last release for the keys of audit__holds; the files by table."""
    held = store.frame(spark, "audit__holds", on_day(snapshot_date)).select(*KEY)
    released = {
        "staged__scores": marked_held(released_state(spark, store, "pub__scores", earlier)),
        "staged__contributions": released_state(spark, store, "pub__contributions", earlier),
        "staged__evidence": released_state(spark, store, "pub__evidence", earlier),
        "staged__lines": unmoved_lines(released_state(spark, store, "staged__lines", earlier)),
    }
    rows = {table: kept_rows(store.frame_of(spark, table, files), released[table], held, snapshot_date, table)
            for table, files in staged.items()}
    rows["staged__scores"] = with_rank(rows["staged__scores"])
    return {table: store.write_frame(frame, table) for table, frame in rows.items()}
