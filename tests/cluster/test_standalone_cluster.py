"""Beyond one machine, by configuration alone: the catalog in PostgreSQL, the work on a Spark standalone cluster."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from jobs.catalog import Move
from jobs.demo.world import make_world
from jobs.errors import CommitConflict
from jobs.settings import Settings
from jobs.storage import Store, on_day
from jobs.tables import TABLES
from tests.cluster import servers

pytestmark = pytest.mark.slow

FIRST, SECOND = date(2030, 1, 1), date(2030, 1, 2)
NIGHTS = 1
PEOPLE = 200

STARTS_ANOTHER = "sleep 300 & echo $!; wait"

CLUSTER_JOB = """
import pyarrow as pa
from jobs.session import open_session
from jobs.settings import load_settings

def doubled(batches):
    for batch in batches:
        yield pa.RecordBatch.from_arrays([pa.array([2 * n for n in batch.column(0).to_pylist()])], ["n"])

with open_session(load_settings(), "cluster test") as spark:
    rows = spark.range(100).repartition(4).mapInArrow(doubled, "n long")
    print(spark.conf.get("spark.master"), rows.agg({"n": "sum"}).first()[0])
"""


@pytest.fixture
def shared_store(catalog_uri, tmp_path):
    """A store whose catalog is the PostgreSQL server; each test has tables of its own."""
    store = Store(Settings(home=tmp_path, catalog_uri=catalog_uri))
    yield store
    for identifier in store.catalog.list_tables("candor"):
        store.catalog.drop_table(identifier)


def accounts(snapshot_date: date, *account_ids: str) -> pa.Table:
    rows = [
        {"snapshot_date": snapshot_date, "network": "mailinglist", "account_id": account_id}
        for account_id in account_ids
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["core__accounts"].arrow_schema)


def account_ids(store: Store, **where) -> list[str]:
    return sorted(store.arrow("core__accounts", columns=["account_id"], **where).column(0).to_pylist())


def appended(store: Store, table: str, rows: pa.Table) -> Move:
    """A commit that is prepared and not made."""
    iceberg = store.iceberg(table)
    transaction = iceberg.transaction()
    transaction.append(rows)
    return Move(iceberg, transaction)


def run_python(settings: Settings, *command: str) -> str:
    """What a process on the settings prints."""
    environment = {
        **os.environ,
        "CANDOR_HOME": str(settings.home),
        "CANDOR_ENGINE": settings.engine,
        "CANDOR_SPARK_MASTER": settings.spark_master,
        "CANDOR_CATALOG_URI": settings.catalog_uri,
        "CANDOR_DRIVER_MEMORY": settings.driver_memory,
    }
    done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def test_a_day_is_replaced_as_one_and_the_day_before_it_stays(shared_store):
    shared_store.append_rows("core__accounts", accounts(FIRST, "ann", "bob"))
    before = shared_store.append_rows("core__accounts", accounts(SECOND, "cy"))
    files = shared_store.write_rows("core__accounts", accounts(SECOND, "cy", "dee"))
    shared_store.replace_day("core__accounts", SECOND, files)
    assert account_ids(shared_store, where=on_day(SECOND)) == ["cy", "dee"]
    assert account_ids(shared_store, where=on_day(FIRST)) == ["ann", "bob"]
    assert account_ids(shared_store, snapshot=before) == ["ann", "bob", "cy"]


def test_rows_on_a_branch_are_not_seen_by_readers_of_main(shared_store):
    first = shared_store.append_rows("core__accounts", accounts(FIRST, "ann"))
    shared_store.iceberg("core__accounts").manage_snapshots().create_branch(first, "candidate").commit()
    shared_store.append_rows("core__accounts", accounts(FIRST, "bob"), branch="candidate")
    assert account_ids(shared_store) == ["ann"]
    assert account_ids(shared_store, branch="candidate") == ["ann", "bob"]


def test_two_tables_are_committed_together(shared_store):
    moves = [
        appended(shared_store, "core__accounts", accounts(FIRST, "ann")),
        appended(shared_store, "core__suppressions", suppressions(FIRST, "bob")),
    ]
    shared_store.catalog.commit_together(moves)
    assert account_ids(shared_store) == ["ann"]
    assert shared_store.arrow("core__suppressions").num_rows == 1


def test_a_table_that_moved_meanwhile_keeps_all_tables_where_they_are(shared_store):
    moves = [
        appended(shared_store, "core__suppressions", suppressions(FIRST, "bob")),
        appended(shared_store, "core__accounts", accounts(FIRST, "ann")),
    ]
    Store(shared_store.settings).append_rows("core__accounts", accounts(FIRST, "cy"))
    with pytest.raises(CommitConflict, match="core__accounts was moved by another run"):
        shared_store.catalog.commit_together(moves)
    assert account_ids(shared_store) == ["cy"]
    assert shared_store.arrow("core__suppressions").num_rows == 0


def suppressions(snapshot_date: date, account_id: str) -> pa.Table:
    row = {"snapshot_date": snapshot_date, "list_code": "opt_out", "network": "mailinglist", "account_id": account_id}
    return pa.Table.from_pylist([row], schema=TABLES["core__suppressions"].arrow_schema)


def test_python_work_is_done_on_both_workers(cluster, tmp_path):
    settings = Settings(home=tmp_path, engine="spark", spark_master=cluster.address, driver_memory="512m")
    assert run_python(settings, "-c", CLUSTER_JOB).split() == [cluster.address, str(99 * 100)]
    assert cluster.executors_launched() == 2


def test_a_server_is_ended_with_what_it_started(tmp_path):
    log = tmp_path / "server.log"
    with servers.server(["sh", "-c", STARTS_ANOTHER], log, lambda: "\n" in log.read_text()):
        started = Path(f"/proc/{log.read_text().strip()}")
        assert started.is_dir()
    assert not started.is_dir()


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Path:
    """Deliveries of two days, small enough for three engines."""
    folder = tmp_path_factory.mktemp("world")
    make_world(folder, people=PEOPLE, days=NIGHTS, first_day=FIRST)
    return folder


def night_digests(settings: Settings, world: Path) -> dict[date, str]:
    """Run the nights of the world in a process on the settings; the digest of each candidate by its night."""
    shutil.copytree(world / "inbox", settings.inbox)
    last = FIRST + timedelta(days=NIGHTS - 1)
    run_python(settings, "-m", "jobs.cli", "night", "--from", f"{FIRST}", "--to", f"{last}")
    columns = ["snapshot_date", "candidate_digest"]
    candidates = Store(settings).arrow("staged__candidates", columns=columns).to_pylist()
    return {row["snapshot_date"]: row["candidate_digest"] for row in candidates}


@pytest.fixture(scope="module")
def embedded(world, tmp_path_factory) -> dict[date, str]:
    """The digests that the embedded engine comes to."""
    digests = night_digests(Settings(home=tmp_path_factory.mktemp("embedded")), world)
    assert len(digests) == NIGHTS
    return digests


def test_a_night_has_the_same_digest_on_a_connect_server_as_embedded(connect_server, embedded, world, tmp_path):
    served = Settings(home=tmp_path / "served", engine="spark", spark_master=connect_server)
    assert night_digests(served, world) == embedded


def test_a_night_has_the_same_digest_on_a_cluster_on_one_machine_and_embedded(
    cluster, shared_store, embedded, world, tmp_path
):
    assert night_digests(Settings(home=tmp_path / "local", engine="spark"), world) == embedded
    spread = replace(shared_store.settings, engine="spark", spark_master=cluster.address, driver_memory="1g")
    assert night_digests(spread, world) == embedded
