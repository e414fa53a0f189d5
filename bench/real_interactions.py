"""Interaction tables of the real sets, through the project's own connectors; only counts ever leave them."""

import os
from pathlib import Path

from jobs.engagement.days import credited_interactions, resolved_interactions
from jobs.errors import MissingInput
from jobs.ingest.feeds import ingest_feed
from jobs.storage import Store
from jobs.tables import TABLES

ROOT = Path(__file__).resolve().parent.parent

REAL_SETS = {
    "twitter": "twitter-user2019/daily/*.jsonl.gz",
    "mailinglist": "mbox-rlists-2019/r-*",
    "stackexchange": "stackexchange-cardano",
}
"""Where the deliveries of a network lie in the folder of real data."""


def real_data_folder() -> Path:
    """The folder of real data; errors: MissingInput when it is absent."""
    folder = Path(os.environ.get("CANDOR_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        raise MissingInput(f"test data not found at {folder}; set CANDOR_TEST_DATA to its folder")
    return folder


def write_real_interactions(spark, store: Store, network: str, data: Path, target: Path) -> Path:
    """Load all days of one network into a store and write its reactions between two named accounts.

    Grain and columns: of bench.interactions.read_interactions. Reactions without a known engager or author are not
    in it.
    """
    ingest_feed(store, network, sorted(data.glob(REAL_SETS[network])), None)
    posts = store.frame(spark, "core__posts").select("network", "post_id", "author_account_id", "parent_post_id")
    resolved = resolved_interactions(store.frame(spark, "core__interactions"), posts)
    nobody = spark.createDataFrame([], TABLES["core__suppressions"].spark_schema)
    named = credited_interactions(resolved, nobody).where("engager_account_id IS NOT NULL")
    times = store.frame(spark, "core__interactions").selectExpr(
        "network", "interaction_id", "interacted_at", "snapshot_date AS interacted_date")
    named.join(times, on=["network", "interaction_id"], how="inner").selectExpr(
        "engager_account_id AS engager", "author_account_id AS author", "kind", "post_id AS object", "interacted_at",
        "interacted_date", "interaction_count").write.parquet(target.as_uri())
    return target
