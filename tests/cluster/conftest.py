"""The servers, started once for all tests here."""

import pytest

from tests.cluster import servers


@pytest.fixture(scope="module")
def catalog_uri():
    """An empty PostgreSQL database for the Iceberg catalog."""
    with servers.postgres() as address:
        yield address


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A standalone master and two workers."""
    with servers.spark_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture(scope="module")
def connect_server(tmp_path_factory):
    """A Spark Connect server that stays up."""
    with servers.spark_connect(tmp_path_factory.mktemp("connect")) as address:
        yield address
