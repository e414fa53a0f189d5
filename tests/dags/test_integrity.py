"""Every DAG file parses, quickly, without a database, and without loading what only a task needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from jobs.orchestration import airflow_environment
from jobs.settings import Settings

DAGS = Path(__file__).resolve().parents[2] / "dags"
IGNORED = (DAGS / ".airflowignore").read_text().split()
"""Files of the folder that hold no DAG."""
DAG_FILES = sorted(path for path in DAGS.glob("*.py") if path.name not in IGNORED)

HEAVY = ("pandas", "pyspark", "great_expectations", "duckdb", "pyiceberg", "pyarrow")
LONGEST_DAG_FILE = 80

LOADED = f"""
import sys
sys.path.insert(0, {str(DAGS)!r})
import ingest_daily, influence_daily, backfill_scores, compare_versions, erase_person, approve_release
print("loaded:", *(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_every_dag_file_is_parsed_without_an_error(dagbag):
    assert dagbag.import_errors == {}
    assert set(dagbag.dags) == {
        "ingest_daily", "influence_daily", "backfill_scores", "compare_versions", "erase_person",
        "approve_release"}


def test_a_dag_has_the_name_of_its_file(dagbag):
    assert {dag_id: Path(dag.fileloc).stem for dag_id, dag in dagbag.dags.items()} == {
        dag_id: dag_id for dag_id in dagbag.dags
    }


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.name)
def test_a_dag_file_stays_thin(path):
    assert len(path.read_text().splitlines()) <= LONGEST_DAG_FILE


def test_parsing_loads_nothing_that_only_a_task_needs(tmp_path):
    environment = airflow_environment(Settings(home=tmp_path))
    parsed = subprocess.check_output([sys.executable, "-c", LOADED], env=environment, text=True)
    assert parsed.splitlines()[-1] == "loaded:"
