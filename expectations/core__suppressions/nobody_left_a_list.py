"""Everybody on a list at the last release is still on it, but for those whose leaving two people approved.

The list of the last release was judged; the list of a blocked night was not, so a list cut short never becomes the
measure of the next night. Who approved what: docs/approvals.md. Source: gate-evidence section 3, rows 21 and 23.
"""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A list cut short would score people who asked to be left out, and minors (S55, S56).",
    places="""
        SELECT concat_ws(' ', list_code, concat_ws(':', network, account_id)) AS place
        FROM left_accounts
        ANTI JOIN approved_removals USING (list_code, network, account_id)
    """,
)
