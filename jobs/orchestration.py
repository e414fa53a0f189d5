"""Airflow without a server: its environment, all of it inside the store's home, and one run of one DAG."""

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from queue import SimpleQueue
from typing import TextIO

from jobs.commands import PROJECT, StageProcess
from jobs.errors import MissingInput
from jobs.settings import Settings, load_settings

SPARK_POOL = "candor_spark"
SPARK_POOL_SLOTS = 1
"""One Spark application at a time: two on the same cores take longer than one after the other."""

API_TIMEOUT_SECONDS = 60.0
"""On a busy machine the first call of a task to its API took 22 s, against a default of 5 s."""

ONE_PROCESS = """
import json, sys
from airflow.cli.cli_parser import get_parser
database, *dags = json.loads(sys.argv[1])
def run(words):
    arguments = get_parser().parse_args(words)
    arguments.func(arguments)
for words in database:
    run(words)
for words in dags:
    if sys.stdin.readline() != "go\\n":
        sys.exit("the process that was to say go has ended")
    run(words)
"""
"""Several `airflow` commands after one import; on two cores the import is 8 s of each. It waits before each DAG."""


PROGRESS = (
    (re.compile(r"\[DAG TEST\] starting task_id=(\S+)"), "{0}"),
    (re.compile(r"\[\w+ *\] ([^\s{].*?) *\[airflow\.task\.\S*(?:Stage|Feed)Operator\]"), "  {0}"),
    (re.compile(r"\[\w+ *\] ((?!at |\S+ \S+ INFO )\S.*?) *\[airflow\.task\.\S*SparkSubmitHook\]"), "  {0}"),
    (re.compile(r"^\S*(?:AirflowException|AirflowFailException): (.*)"), "  failed: {0}"),
    (re.compile(r"DagRun Finished: .* state=(\w+)"), "{0}"),
)
"""Lines of `airflow dags test` that are shown, and how; JSON and Spark's own log are for the file."""


def airflow_environment(settings: Settings) -> dict[str, str]:
    """What makes Airflow run on this store: SQLite, our DAGs only, quiet, nothing outside the home."""
    home = settings.home / "airflow"
    scratch = settings.home / "scratch"
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": str(API_TIMEOUT_SECONDS),
        "AIRFLOW_CONN_SPARK_DEFAULT": spark_connection(settings),
        "GX_ANALYTICS_ENABLED": "false",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "TMPDIR": str(scratch),
        **settings_environment(settings),
    }


def spark_connection(settings: Settings) -> str:
    """The Spark connection as JSON: in a URI, Airflow loses the brackets of local[*] and submits to YARN."""
    client = {"deploy-mode": "client"}
    return json.dumps({"conn_type": "spark", "host": settings.spark_master, "extra": client})


def settings_environment(settings: Settings) -> dict[str, str]:
    """The settings as variables, so that the DAGs and their stages see the same ones.

    Left out: empty values, and calendar_key, because these variables are printed; a stage inherits the key from the
    environment of its caller.
    """
    chosen = {setting.name: getattr(settings, setting.name) for setting in fields(Settings)
              if setting.name != "calendar_key"}
    return {f"CANDOR_{name.upper()}": ",".join(value) if isinstance(value, tuple) else str(value)
            for name, value in chosen.items() if value not in ("", ())}


@dataclass(frozen=True)
class DagRun:
    """DAGs of one night in one process of Airflow, which waits before each, and what they say."""

    process: StageProcess
    log: Path
    ended: Future[int]
    lines: SimpleQueue[str | None]

    def begin(self) -> None:
        """Let the next DAG run, as `airflow dags test` does, beside whatever comes next here."""
        self.process.go()

    def run(self, on_line: Callable[[str], None] = print) -> int:
        """Let the last DAG run to its end; 0 when every task of all DAGs succeeded. A failed DAG ends the run.

        on_line gets the progress of all of them; the whole of Airflow's log lies in self.log.
        """
        self.begin()
        with self.log.open("w") as whole:
            for line in iter(self.lines.get, None):
                _pass_on(line, whole, on_line)
        return self.ended.result()


@contextmanager
def standby_dags(settings: Settings, dag_ids: Sequence[str], snapshot_date: str) -> Iterator[DagRun]:
    """Make the metadata database, or bring it up to date, and keep the DAGs of a night ready to run.

    Errors: MissingInput when Airflow is not installed.
    """
    environment = airflow_environment(settings)
    if not shutil.which("airflow", path=environment["PATH"]):
        raise MissingInput(f"no airflow command beside {sys.executable}; install requirements.txt into its environment")
    (settings.home / "scratch").mkdir(parents=True, exist_ok=True)
    log = settings.home / "airflow" / "logs" / "runs" / f"{snapshot_date}_{'_'.join(dag_ids)}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    commands = [database_commands(), *(dag_test_command(dag_id, snapshot_date) for dag_id in dag_ids)]
    process = StageProcess([sys.executable, "-c", ONE_PROCESS, json.dumps(commands)], environment)
    process.start()
    with ThreadPoolExecutor(1) as reader:
        lines = SimpleQueue()
        ended = reader.submit(_followed, process, lines)
        try:
            yield DagRun(process, log, ended, lines)
        finally:
            process.end()


def _followed(process: StageProcess, lines: SimpleQueue[str | None]) -> int:
    """Take every line while it comes, or the process would stand still with a full pipe; None is the end."""
    try:
        return process.follow(lines.put)
    finally:
        lines.put(None)


def _pass_on(line: str, whole: TextIO, on_line: Callable[[str], None]) -> None:
    whole.write(line + "\n")
    told = progress(line)
    if told is not None:
        on_line(told)


def progress(line: str) -> str | None:
    """What an operator sees of a line of Airflow's log: task starts, what tasks print, why they fail."""
    for pattern, form in PROGRESS:
        if found := pattern.search(line):
            return form.format(*found.groups())
    return None


def database_commands() -> list[list[str]]:
    """The `airflow` commands that make the metadata database ready."""
    pool = ["pools", "set", SPARK_POOL, str(SPARK_POOL_SLOTS), "One Spark application at a time"]
    return [["db", "migrate"], pool]


def dag_test_command(dag_id: str, snapshot_date: str) -> list[str]:
    """The `airflow` command that runs a DAG for a night in one process."""
    return ["dags", "test", dag_id, "--conf", json.dumps({"snapshot_date": snapshot_date})]


def shell_lines(environment: dict[str, str]) -> str:
    """The variables as lines that a shell can take over with eval."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in environment.items())


if __name__ == "__main__":
    print(shell_lines(airflow_environment(load_settings())))
