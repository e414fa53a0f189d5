"""Release one hold: one person says so in the event ledger; the next night shows it as it is computed."""

from dataclasses import dataclass

import duckdb

from jobs.approvals import ledger_faults
from jobs.duckdb_files import open_connection, rows_of_files
from jobs.errors import BadInput, MissingInput, PipelineError
from jobs.events import Decision, Event, append, open_ledger
from jobs.hold_releases import HOLD_RELEASED, HoldRelease, hold_releases
from jobs.ledger import newest_release, released_files
from jobs.manifest import now
from jobs.pseudonyms import LEDGER, key_of
from jobs.publish.approval import require_words
from jobs.storage import Store, on_day

HELD = """
    SELECT holds.snapshot_date AS held_date, holds.scored_date, holds.held_delta
    FROM holds
    INNER JOIN (FROM scores WHERE state = 'held') AS shown USING (person_id, topic_id, algorithm_version)
    WHERE person_id = $person_id AND topic_id = $topic_id AND algorithm_version = $algorithm_version
"""


@dataclass(frozen=True)
class HeldScore:
    """The score that is asked about."""

    person_id: str
    topic_id: str
    algorithm_version: str


def release_hold(store: Store, held: HeldScore, reason: str, made_by: str) -> Event:
    """Record that somebody releases the hold of a score of the newest release; the release itself is not changed.

    Errors: BadInput without a name or a reason of 40 characters, or one that names the person; MissingInput when the
    newest release does not hold this score; PipelineError for a broken chain, or a hold that was released already.
    """
    require_words(made_by, reason)
    if held.person_id in f"{reason} {made_by}":
        raise BadInput("--reason: expected a reason that does not name the person, because the ledger can never be "
                       "erased. Say why without the id; nothing was recorded.")
    ledger = open_ledger(store)
    if faults := ledger_faults(ledger.events):
        raise PipelineError(f"{'; '.join(faults)}. Nothing was recorded: where the chain is broken nothing counts.")
    key, found = key_of(store.settings.home, LEDGER), _held(store, held)
    wanted = HoldRelease(
        key.digest(held.person_id), key.key_id, held.topic_id, held.algorithm_version, *found, reason.strip(),
        made_by.strip(), now())
    if earlier := [one for one in hold_releases(ledger.events) if _about(one) == _about(wanted)]:
        raise PipelineError(f"{earlier[0].made_by} has released this hold of {wanted.held_date} already; the next "
                            "night shows the score. Nothing was recorded.")
    return append(store, ledger, Decision(
        HOLD_RELEASED, wanted.person_digest, wanted.made_by, wanted.to_details()))


def _held(store: Store, held: HeldScore) -> tuple:
    release = newest_release(store)
    with open_connection(store.settings) as connection:
        for name, table in (("holds", "audit__holds"), ("scores", "pub__scores")):
            files = released_files(store, release, table, on_day(release.snapshot_date)) if release else []
            rows_of_files(connection, table, files).create_view(name)
        found = _only_row(connection, held)
    if found is None:
        raise MissingInput(f"{held.person_id} on {held.topic_id} under {held.algorithm_version}: expected a score that "
                           "the newest release holds, found none. `candor status` lists who is held now.")
    return found


def _only_row(connection: duckdb.DuckDBPyConnection, held: HeldScore) -> tuple | None:
    return connection.execute(HELD, held.__dict__).fetchone()


def _about(release: HoldRelease) -> tuple:
    return (release.person_digest, release.topic_id, release.algorithm_version, release.held_date)
