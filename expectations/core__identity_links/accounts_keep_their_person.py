"""At most one known account, or one in a thousand, moves between two people who are both known before and after.

A person who is declared to be another one is gone afterwards, and a part of a person's accounts under a new name was
not there before: neither moves anything between people who stay. People may declare more moves than that for one night;
two others may say so. Source: gate-evidence section 2, L0, identity fingerprint, and section 3, row 9.
"""

from expectations.contract import PLACES_SHOWN, Invariant

MOST_MOVED = 0.001
"""Share of the accounts that were linked at the last release: a remap moves nearly all that it touches."""

MOVES_OF_PEOPLE = 1
"""Accounts that may move whatever the share: on a list of twenty a single one would be a twentieth."""

INVARIANT = Invariant(
    severity="block",
    why="An account that is given to another person takes a stranger's reactions along (S16, S60).",
    measure=f"""
        WITH moved AS (
            SELECT network, account_id
            FROM identity_links AS links
            INNER JOIN previous_identity_links AS previous USING (network, account_id)
            WHERE links.person_id != previous.person_id
                AND previous.person_id IN (SELECT person_id FROM identity_links)
                AND links.person_id IN (SELECT person_id FROM previous_identity_links)
        )
        SELECT
            CASE WHEN count(*) > {MOVES_OF_PEOPLE} THEN count(*) / (SELECT count(*) FROM previous_identity_links)
                ELSE 0 END AS observed,
            array_to_string(min(concat_ws(':', network, account_id), {PLACES_SHOWN}), '; ') AS offenders
        FROM moved
    """,
    limit_max=MOST_MOVED,
    waivable=True,
)
