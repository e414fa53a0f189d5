"""At most one known account in a thousand was created at another moment than it was before.

Known: seen with a moment of creation on a released night of the last four weeks. A network that gives no such moment
has nothing to compare, nor has an account of which tonight only the id was given, such as somebody mentioned.
Source: gate-evidence section 2, L0, and section 3, row 9.
"""

from expectations.contract import PLACES_SHOWN, Invariant

MOST_CHANGED = 0.001
"""Share of known accounts: an identity remap changes nearly all of those that it touches, a correction a few."""

INVARIANT = Invariant(
    severity="block",
    why="An account that was made at another moment is another account, and would inherit a stranger's score (S16).",
    measure=f"""
        WITH known AS (
            SELECT network, account_id, arg_max(account_created_at, snapshot_date) AS account_created_at
            FROM earlier_accounts
            SEMI JOIN releases USING (snapshot_date)
            WHERE account_created_at IS NOT NULL
            GROUP BY network, account_id
        ),
        compared AS (
            SELECT
                network,
                account_id,
                accounts.account_created_at != known.account_created_at AS is_changed
            FROM accounts
            INNER JOIN known USING (network, account_id)
            WHERE accounts.account_created_at IS NOT NULL
        )
        SELECT
            coalesce(count(*) FILTER (WHERE is_changed) / nullif(count(*), 0), 0) AS observed,
            array_to_string(
                min(concat_ws(':', network, account_id), {PLACES_SHOWN}) FILTER (WHERE is_changed), '; '
            ) AS offenders
        FROM compared
    """,
    limit_max=MOST_CHANGED,
)
