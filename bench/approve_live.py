"""A live answer to Airflow's question: approve_release, its API server and scheduler, and two logged-in people.

Makes a scratch store with one blocked night, starts Airflow on loopback, triggers the DAG through the API, lets people
answer through the API, and holds what the event ledger says against what was clicked. Nothing outlives the run.
Run: python -m bench.approve_live [--keep FOLDER]
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pyarrow as pa
import typer

from jobs.approvals import APPROVAL_GIVEN, RELEASE_APPROVED
from jobs.commands import PROJECT
from jobs.errors import PipelineError
from jobs.events import events
from jobs.ledger import releases
from jobs.manifest import now
from jobs.orchestration import airflow_environment, database_commands
from jobs.publish.candidate import Candidate, propose
from jobs.settings import Settings
from jobs.storage import Store
from jobs.tables import RELEASED_TABLES, TABLES

NIGHT, WAIVED = date(2030, 1, 2), "mean_move_bounded"
PEOPLE = ("ann", "ben", "mallory")
"""Ann and ben may approve; mallory is logged in and is not assigned."""

REASONS = {"ann": "The garden festival of 2 January; counted by hand in the archive.",
           "ben": "Looked at the archive of both lists; the festival is real.",
           "mallory": "I was not asked, and should like to see this night released."}
USUAL = {"string": "made-up", "long": 3, "double": 1.5, "boolean": True, "points": Decimal("20.5"),
         "date": NIGHT, "timestamp": datetime(2030, 1, 2, 12, tzinfo=UTC)}
DAG = "approve_release"
WAITING, ENDED = "awaiting_input", ("success", "failed")

READING_SECONDS = 5.0
"""A person reads before the click. An answer within the second in which the scheduler still settles that the task was
parked makes it fail the task: "finished with state success, but the task instance's state attribute is queued"."""

PATIENCE_SECONDS = 180.0
"""For any one thing to happen: a process of Airflow takes 10 to 30 s to start on two busy cores."""

@dataclass
class Live:
    """A running Airflow: its address, the passwords of its people, and the seconds of each step."""

    address: str
    passwords: dict[str, str]
    seconds: dict[str, float]

    def call(self, who: str, method: str, path: str, **more) -> httpx.Response:
        """Ask the API in somebody's name."""
        login = httpx.post(f"{self.address}/auth/token", timeout=60,
                           json={"username": who, "password": self.passwords[who]}).raise_for_status()
        return httpx.request(method, f"{self.address}/api/v2{path}", timeout=60, **more,
                             headers={"Authorization": f"Bearer {login.json()['access_token']}"})

    def until(self, what: str, happened: Callable[[], bool]) -> None:
        """Wait until something has happened; errors: PipelineError when patience ends."""
        started = time.monotonic()
        while not _asked(happened):
            if time.monotonic() - started > PATIENCE_SECONDS:
                raise PipelineError(f"{what}: not within {PATIENCE_SECONDS:g} s; the logs lie in the scratch folder")
            time.sleep(0.5)
        self.seconds[what] = round(time.monotonic() - started, 1)


def main(keep: Path | None = None) -> None:
    """Run it all once, and print what happened as JSON; exit 1 when the ledger does not say what was clicked."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="approve-live-") as scratch:
        store = Store(Settings(home=Path(scratch) / "store", approvers=("ann", "ben")))
        try:
            candidate = blocked_night(store)
            with airflow(store.settings) as live:
                answers = answered(live, candidate)
            found = told(Store(store.settings)) | {
                "answers": answers, "seconds": live.seconds, "all_seconds": round(time.monotonic() - started, 1)}
        finally:
            if keep:
                shutil.copytree(store.settings.home / "airflow" / "logs", keep, dirs_exist_ok=True)
    print(json.dumps(found, indent=2))
    if not found["is_as_clicked"]:
        raise typer.Exit(1)


def blocked_night(store: Store) -> Candidate:
    """A proposed night of two made-up people that one statistic blocks."""
    for table in RELEASED_TABLES:
        rows = [_row(table, person_id=person, topic_id="_overall", algorithm_version="v2") for person in ("amy", "bob")]
        store.replace_day(table, NIGHT, store.write_rows(table, _arrow(table, rows)))
    candidate = propose(store, NIGHT)
    key = {"candidate_id": candidate.candidate_id, "recorded_at": now()}
    judged = {"gate__findings": {"invariant": WAIVED, "is_held": False, "severity": "block"},
              "gate__verdicts": {"candidate_digest": candidate.candidate_digest, "verdict": "block",
                                 "blocked_by": WAIVED}}
    for table, said in judged.items():
        store.append_rows(table, _arrow(table, [_row(table, **key, **said)]))
    return candidate


def _row(table: str, **given) -> dict:
    return {column.name: USUAL[column.type] for column in TABLES[table].columns} | {"snapshot_date": NIGHT} | given


def _arrow(table: str, rows: list[dict]) -> pa.Table:
    names = TABLES[table].column_names
    return pa.Table.from_pylist([{name: row[name] for name in names} for row in rows], TABLES[table].arrow_schema)


def answered(live: Live, candidate: Candidate) -> list[dict]:
    """Trigger the DAG and answer as people would: the wrong ones first; each answer with its status."""
    given = {"snapshot_date": NIGHT.isoformat(), "candidate_digest": candidate.candidate_digest,
             "waived_metrics": WAIVED}
    live.until("dag_known", lambda: live.call("ann", "PATCH", f"/dags/{DAG}", json={"is_paused": False}).is_success)
    run = live.call("ann", "POST", f"/dags/{DAG}/dagRuns", json={"logical_date": None, "conf": given})
    place = f"/dags/{DAG}/dagRuns/{run.raise_for_status().json()['dag_run_id']}"
    said = []
    for task, wrong, right in (("first_approval", "mallory", "ann"), ("second_approval", "mallory", "ben")):
        question = f"{place}/taskInstances/{task}/-1/hitlDetails"
        live.until(f"{task}_asked", lambda task=task: _state(live, place, task) == WAITING)
        time.sleep(READING_SECONDS)
        said += [_answer(live, who, question) for who in (wrong, right, right)]
        live.until(f"{task}_recorded", lambda task=task: _state(live, place, task) in ENDED)
        if _state(live, place, task) != "success":
            raise PipelineError(f"{task} failed after the answer; the logs of --keep say why")
    live.until("run_ended", lambda: live.call("ann", "GET", place).json()["state"] in ENDED)
    return said


def _answer(live: Live, who: str, question: str) -> dict:
    answer = {"chosen_options": ["Approve"], "params_input": {"reason": REASONS[who]}}
    status = live.call(who, "PATCH", question, json=answer).status_code
    return {"who": who, "task": question.split("/")[-3], "status": status}


def _state(live: Live, place: str, task: str) -> str | None:
    return live.call("ann", "GET", f"{place}/taskInstances/{task}").json().get("state")


def told(store: Store) -> dict:
    """What the ledgers say afterwards, and whether it is what was clicked: ann, ben, one release by approval."""
    given = [event.made_by for event in events(store) if event.event_type == APPROVAL_GIVEN]
    reasons = [event.details["reason"] for event in events(store) if event.event_type == APPROVAL_GIVEN]
    approved = [event for event in events(store) if event.event_type == RELEASE_APPROVED]
    verdicts = [release.verdict for release in releases(store)]
    return {"approvals": given, "releases": verdicts,
            "is_as_clicked": (given, reasons, verdicts, len(approved)) == (
                ["ann", "ben"], [REASONS["ann"], REASONS["ben"]], ["approved"], 1)}


@contextmanager
def airflow(settings: Settings) -> Iterator[Live]:
    """Airflow on loopback: its database, then DAG processor, API server and scheduler; ended at the end."""
    environment, live = _environment(settings)
    for words in database_commands():
        subprocess.run(["airflow", *words], env=environment, check=True, cwd=PROJECT, capture_output=True)
    commands = [["api-server", "--host", "127.0.0.1", "--port", live.address.rsplit(":", 1)[1], "--workers", "1"],
                ["dag-processor"], ["scheduler"]]
    logs = settings.home / "airflow" / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    started = []
    try:
        for words in commands:
            with (logs / f"{words[0]}.log").open("w") as log:
                started.append(subprocess.Popen(["airflow", *words], env=environment, cwd=PROJECT, stdout=log,
                                                stderr=subprocess.STDOUT, start_new_session=True))
        live.until("server_up", lambda: httpx.get(f"{live.address}/api/v2/monitor/health", timeout=10).is_success)
        yield live
    finally:
        _end(started)


def _environment(settings: Settings) -> tuple[dict[str, str], Live]:
    home = settings.home / "airflow"
    for folder in (home, settings.home / "scratch"):
        folder.mkdir(parents=True, exist_ok=True)
    passwords = {name: secrets.token_urlsafe(16) for name in PEOPLE}
    (home / "passwords.json").write_text(json.dumps(passwords))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    return {
        **os.environ, **airflow_environment(settings), "PYTHONPATH": str(PROJECT),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/", "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__API__PORT": str(port), "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(32),
        "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(32), "AIRFLOW__CORE__PARALLELISM": "1",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:admin" for name in PEOPLE),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
    }, Live(address, passwords, {})


def _asked(happened: Callable[[], bool]) -> bool:
    """Whether it has happened; a server that does not answer yet is no error."""
    try:
        return happened()
    except httpx.HTTPError:
        return False


def _end(processes: list[subprocess.Popen]) -> None:
    """End each process with all that it started, in the order opposite to their start."""
    for process in reversed(processes):
        for told_by in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, told_by)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)


if __name__ == "__main__":
    sys.exit(typer.run(main))
