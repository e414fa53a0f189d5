"""How many authors live on posts of earlier nights: what a missing night may take from those after it."""

from collections.abc import Sequence
from datetime import date, timedelta
from types import MappingProxyType

import duckdb
import pandas as pd

from jobs.duckdb_files import rows_of_files
from jobs.gate.gap import NOTHING, REPLY_NIGHTS, ReplyShares, missing_ages
from jobs.storage import Store

NIGHTS_READ = 7
"""Released nights that are read: each weekday once."""

SHARES = """
    WITH known AS (
        SELECT network, post_id, any_value(author_account_id) AS post_author, min(snapshot_date) AS posted_date
        FROM earlier_posts
        GROUP BY ALL
    ),
    reactions AS (
        SELECT
            replies.network, replies.snapshot_date, coalesce(replies.author_account_id, known.post_author) AS author,
            CASE WHEN replies.author_account_id IS NULL THEN replies.snapshot_date - known.posted_date END AS age
        FROM earlier_reactions AS replies
        LEFT JOIN known USING (network, post_id)
        WHERE list_contains($nights, replies.snapshot_date)
    ),
    nights AS (
        SELECT network, snapshot_date, count(DISTINCT author) AS author_count
        FROM reactions
        GROUP BY ALL
    ),
    shares AS (
        SELECT network, age, count(DISTINCT author) / any_value(author_count) AS share
        FROM reactions
        INNER JOIN nights USING (network, snapshot_date)
        WHERE author IS NOT NULL AND age > 0
        GROUP BY network, snapshot_date, age
    )
    SELECT network, age, max(share) FROM shares GROUP BY ALL
"""
"""A network that names the author beside each reaction loses none of them with the post: its age is null."""


def reply_shares_of(
    store: Store, connection: duckdb.DuckDBPyConnection, released: Sequence[date], night: date
) -> ReplyShares:
    """Per network and age of a post, the largest share of a night's authors that such posts drew reactions to.

    released: nights of the history, the oldest first; the night itself is never read. Costs a query only when one of
    the last seven nights is missing among them.
    """
    if not missing_ages(pd.DatetimeIndex(released), pd.Timestamp(night)):
        return NOTHING
    nights = list(released[-NIGHTS_READ:])
    _open(store, connection, "earlier_reactions", "core__interactions", nights[0], night)
    _open(store, connection, "earlier_posts", "core__posts", nights[0] - timedelta(days=REPLY_NIGHTS), night)
    shares: dict[str, dict[int, float]] = {}
    for network, age, share in connection.execute(SHARES, {"nights": nights}).fetchall():
        shares.setdefault(network, {})[age] = share
    return MappingProxyType(shares)


def _open(store: Store, connection: duckdb.DuckDBPyConnection, name: str, table: str, first: date, night: date) -> None:
    files = store.files(table, f"snapshot_date >= '{first}' AND snapshot_date < '{night}'")
    rows_of_files(connection, table, files).create_view(name)
