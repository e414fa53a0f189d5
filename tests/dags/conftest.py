"""One Airflow for all DAG tests: SQLite in a temporary home, migrated once."""

from pathlib import Path

import pytest

from jobs.orchestration import airflow_environment, database_commands
from jobs.settings import Settings

DAGS = Path(__file__).resolve().parents[2] / "dags"


@pytest.fixture(scope="session")
def airflow_settings(tmp_path_factory) -> Settings:
    """Settings of the one home; Airflow reads its configuration once in a process, at its first import."""
    home = tmp_path_factory.mktemp("airflow_home")
    (home / "scratch").mkdir()
    return Settings(home=home)


@pytest.fixture(scope="module")
def airflow_home(airflow_settings):
    """The home, in the environment of this process for one test module only: other tests have their own."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in airflow_environment(airflow_settings).items():
            patch.setenv(name, value)
        patch.syspath_prepend(str(DAGS))
        yield airflow_settings.home


@pytest.fixture
def dagbag(airflow_home):
    """Every DAG of the project, parsed afresh: a run leaves the values of its params in the objects."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(DAGS, bundle_name="dags-folder")


@pytest.fixture(scope="module")
def migrated(airflow_home):
    """The metadata database, ready for dag.test()."""
    if not (airflow_home / "airflow" / "airflow.db").is_file():
        _make_database()
    return airflow_home


def _make_database() -> None:
    from airflow.cli.cli_parser import get_parser

    for words in database_commands():
        arguments = get_parser().parse_args(words)
        arguments.func(arguments)


@pytest.fixture
def stages(airflow_home):
    """The module dags/stages.py, as the DAG files see it."""
    import stages as module

    assert Path(module.__file__).parent == DAGS
    return module
