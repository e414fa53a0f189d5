"""Real servers for tests: PostgreSQL from Debian's binaries and a Spark standalone cluster from the pip package.

Each server is a process group of its own on loopback, waited for, and ended with everything that it started.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from jobs.session import LOOPBACK_DRIVER, SHORT_LIVED_JAVA, spark_environment
from jobs.settings import Settings

START_SECONDS = 90.0
"""A JVM on a busy core needs up to half of it."""

STOP_SECONDS = 15.0
"""PostgreSQL writes a checkpoint before it ends; then the group is killed."""

WORKERS = 2
DATABASE_USER = "candor"


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(command: Sequence[str], log: Path, ready: Callable[[], bool], **popen) -> Iterator[Path]:
    """Run a server until the block ends; it has answered before the block starts."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(command), stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **popen
        )
    try:
        _wait(process, log, ready)
        yield log
    finally:
        _end_group(process)


def _wait(process: subprocess.Popen, log: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"{process.args[0]} did not start within {START_SECONDS:.0f} s:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)


def _end_group(process: subprocess.Popen) -> None:
    for ending in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, ending)
            process.wait(STOP_SECONDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    _wait_for_the_rest(process.pid)


def _wait_for_the_rest(group: int) -> None:
    """Killed processes that this one did not start are gone a moment later."""
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)


@contextmanager
def postgres() -> Iterator[str]:
    """The catalog address of an empty PostgreSQL database; the test is skipped where Debian's package is absent."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not binaries:
        pytest.skip("no PostgreSQL server found; expected /usr/lib/postgresql/*/bin/initdb (Debian: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="candor-postgres-", dir=_open_folder(Path(tempfile.gettempdir()))))
    try:
        yield from _postgres_in(folder, binaries[-1].parent)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postgres_in(folder: Path, binaries: Path) -> Iterator[str]:
    owner = _unprivileged_owner(folder)
    password, port = secrets.token_hex(16), free_port()
    (folder / "password").write_text(password)
    data, log = folder / "data", folder / "server.log"
    made = [f"{binaries}/initdb", "-D", data, "-U", DATABASE_USER, "-A", "scram-sha-256",
            "--pwfile", folder / "password", "--no-sync", "-E", "UTF8", "--locale=C"]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd=folder, **owner)
    command = [f"{binaries}/postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "",
               "-c", "fsync=off"]
    with server(command, log, lambda: "ready to accept connections" in log.read_text(), cwd=folder, **owner):
        yield f"postgresql+pg8000://{DATABASE_USER}:{password}@127.0.0.1:{port}/postgres"


def _open_folder(preferred: Path) -> Path:
    """Where another user may reach files: the preferred folder, or /tmp when a folder above it is closed."""
    is_open = all(folder.stat().st_mode & stat.S_IXOTH for folder in (preferred, *preferred.parents))
    return preferred if is_open or os.geteuid() != 0 else Path("/tmp")


def _unprivileged_owner(folder: Path) -> dict:
    """Whom PostgreSQL runs as: it refuses root, so the package's own user then owns the folder."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL refuses to run as root and there is no user postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def spark_cluster(folder: Path) -> Iterator["Cluster"]:
    """A standalone master with two workers of one core each, from the installed pyspark."""
    settings = Settings(home=folder)
    environment = {
        **os.environ,
        **spark_environment(settings),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": SHORT_LIVED_JAVA,
        "SPARK_LOCAL_DIRS": str(folder),
    }
    address = f"spark://127.0.0.1:{free_port()}"
    with ExitStack() as running:
        cluster = Cluster(address, folder / "master.log")
        running.enter_context(server(_master(address), cluster.log, cluster.is_up, env=environment))
        for number in range(WORKERS):
            log = folder / f"worker-{number}.log"
            running.enter_context(
                server(_worker(address, folder / f"work-{number}"), log, _registered(log), env=environment)
            )
        yield cluster


@contextmanager
def spark_connect(folder: Path) -> Iterator[str]:
    """The address of a Spark Connect server that works on this machine, from the installed pyspark."""
    address, log = f"127.0.0.1:{free_port()}", folder / "connect.log"
    environment = {**os.environ, **spark_environment(Settings(home=folder)), "SPARK_LOCAL_DIRS": str(folder)}
    with server(_connect(address), log, lambda: "Spark Connect server started at" in log.read_text(), env=environment):
        yield f"sc://{address}"


class Cluster:
    """A running standalone cluster."""

    def __init__(self, address: str, log: Path):
        """Keep where it listens and what its master wrote."""
        self.address = address
        self.log = log

    def is_up(self) -> bool:
        """Whether the master takes workers."""
        return "I have been elected leader" in self.log.read_text()

    def executors_launched(self) -> int:
        """How many executors the master has placed on workers so far."""
        return self.log.read_text().count("Launching executor")


def _registered(log: Path) -> Callable[[], bool]:
    return lambda: "Successfully registered with master" in log.read_text()


def _master(address: str) -> list[str]:
    host, port = address.removeprefix("spark://").split(":")
    master = ["--host", host, "--port", port, "--webui-port", str(free_port())]
    return [_script("spark-class"), "org.apache.spark.deploy.master.Master", *master]


def _worker(address: str, folder: Path) -> list[str]:
    worker = ["--host", "127.0.0.1", "--webui-port", str(free_port()), "--cores", "1", "--memory", "1g",
              "--work-dir", str(folder), address]
    return [_script("spark-class"), "org.apache.spark.deploy.worker.Worker", *worker]


def _connect(address: str) -> list[str]:
    host, port = address.split(":")
    settings = {"spark.connect.grpc.binding.address": host, "spark.connect.grpc.binding.port": port,
                "spark.ui.enabled": "false", **LOOPBACK_DRIVER}
    options = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    return [_script("spark-submit"), "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
            "--driver-java-options", SHORT_LIVED_JAVA, *options, "spark-internal"]


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))
