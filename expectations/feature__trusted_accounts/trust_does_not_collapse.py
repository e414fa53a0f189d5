"""Trust over all posts reaches at least half of the accounts that it reached in the last release.

observed: accounts now per account then; 1 while it reached so few that a loss may be chance. Reach follows reactions of
thirty days and seeds that serve for two to four months, so that it hardly moves in a night.
"""

from expectations.contract import Invariant

FEWEST = 20
"""Accounts reached; half of fewer may leave by chance."""

INVARIANT = Invariant(
    severity="block",
    why="Half of the trusted gone in a night moves every score of v3, and no reader could say why (S4, S40).",
    measure=f"""
        WITH reached AS (
            SELECT
                (SELECT count(*) FROM trusted_accounts WHERE topic_id = '_overall') AS now,
                (SELECT count(*) FROM previous_trusted_accounts WHERE topic_id = '_overall') AS before
        )
        SELECT
            CASE WHEN before < {FEWEST} THEN 1 ELSE now / before END AS observed,
            concat(before, ' accounts then, ', now, ' now') AS offenders
        FROM reached
    """,
    limit_min=0.5,
    waivable=True,
)
