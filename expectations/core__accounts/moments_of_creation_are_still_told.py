"""A network that gave the moments of creation of known accounts goes on giving them.

observed: over the networks that gave them, the least share of tonight's known accounts that come with their moment, per
usual share; 1 where fewer than twenty known accounts were seen. Known: given on a released night of the last four
weeks. Usual: of the sightings of known accounts on those nights. What is not given is not compared, so that
known_accounts_stay_themselves would look at nobody. Source: gate-evidence section 2, L0, identity fingerprint.
"""

from expectations.contract import Invariant

MOST_TELL = 0.75
"""Usual share from which a network counts as one that gives it; a mailing list knows of no such moment."""

FEWEST_SEEN = 20
"""Known accounts of a night; of fewer, half may be mentions, of which only the id is given."""

INVARIANT = Invariant(
    severity="block",
    why="Without the moment of creation a remapped account cannot be told from the one it was (S16).",
    measure=f"""
        WITH sighted AS (
            SELECT network, account_id, account_created_at
            FROM earlier_accounts
            SEMI JOIN releases USING (snapshot_date)
        ),
        known AS (
            SELECT DISTINCT network, account_id FROM sighted WHERE account_created_at IS NOT NULL
        ),
        usual AS (
            SELECT network, count(account_created_at) / count(*) AS share
            FROM sighted
            SEMI JOIN known USING (network, account_id)
            GROUP BY network
            HAVING count(account_created_at) >= {MOST_TELL} * count(*)
        ),
        told AS (
            SELECT network, count(account_created_at) / count(*) / any_value(usual.share) AS share
            FROM accounts
            SEMI JOIN known USING (network, account_id)
            INNER JOIN usual USING (network)
            GROUP BY network
            HAVING count(*) >= {FEWEST_SEEN}
        )
        SELECT
            coalesce(min(share), 1) AS observed,
            string_agg(concat(network, ' ', round(100 * share), ' %'), '; ' ORDER BY share, network) AS offenders
        FROM told
    """,
    limit_min=0.5,
    waivable=True,
)
