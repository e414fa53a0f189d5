"""The container files, linted: pinned, hashed, not root, healthy before others start, open to loopback only."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from jobs.orchestration import SPARK_POOL
from jobs.settings import Settings

DOCKER = Path(__file__).resolve().parents[2] / "docker"
PINNED = re.compile(r"^[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?$")
ONE_SHOT = {"migration"}
DOCKERFILES = sorted(DOCKER.glob("*.Dockerfile"))


@pytest.fixture(scope="module")
def services() -> dict:
    return yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]


def instructions(dockerfile: Path) -> list[str]:
    """One line for each instruction, without comments."""
    text = re.sub(r"\\\n", " ", dockerfile.read_text())
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_default_profile_is_postgres_and_airflow(services):
    default = {name for name, service in services.items() if "profiles" not in service}
    assert default == {"postgres", "migration", "api-server", "scheduler", "dag-processor"}


def test_the_spark_profile_adds_a_master_and_two_workers(services):
    assert {name for name, service in services.items() if service.get("profiles") == ["spark"]} == {
        "spark-master", "spark-worker",
    }
    assert services["spark-worker"]["deploy"]["replicas"] == 2


def test_every_image_has_a_full_version(services):
    assert [name for name, service in services.items() if not PINNED.match(service["image"])] == []


def test_every_server_says_whether_it_is_healthy(services):
    assert {name for name, service in services.items() if "healthcheck" not in service} == ONE_SHOT


def test_nothing_starts_before_what_it_needs_is_healthy(services):
    conditions = {
        (name, needed): how["condition"]
        for name, service in services.items()
        for needed, how in service.get("depends_on", {}).items()
    }
    assert {conditions[edge] for edge in conditions if edge[1] in ONE_SHOT} == {"service_completed_successfully"}
    assert {conditions[edge] for edge in conditions if edge[1] not in ONE_SHOT} == {"service_healthy"}
    assert ("scheduler", "migration") in conditions


def test_ports_are_open_to_this_machine_only(services):
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_no_secret_has_a_default():
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET))([^}]*)\}", (DOCKER / "compose.yaml").read_text())
    assert {name for name, _ in secrets} == {"CANDOR_DATABASE_PASSWORD", "CANDOR_JWT_SECRET"}
    assert [default for _, default in secrets if default and not default.startswith(":?")] == []


def test_airflow_gets_the_spark_master_as_json_and_from_the_same_variable(services):
    environment = services["scheduler"]["environment"]
    connection = json.loads(environment["AIRFLOW_CONN_SPARK_DEFAULT"])
    assert connection["conn_type"] == "spark"
    assert connection["host"] == environment["CANDOR_SPARK_MASTER"]


def test_every_setting_can_be_given_from_outside_the_containers(services):
    """A setting that is exported and not passed on would silently do nothing, such as who may lift a block."""
    environment = services["scheduler"]["environment"]
    settings = {f"CANDOR_{setting.name.upper()}" for setting in fields(Settings) if setting.name != "home"}
    assert sorted(settings - set(environment)) == []
    passed_on = {name for name, value in environment.items() if f"${{{name}:-" in value}
    assert settings - passed_on == {"CANDOR_CATALOG_URI"}, "made of the password of the database"


def test_people_can_type_candor_in_a_container():
    assert any("/usr/local/bin/candor" in line for line in instructions(DOCKER / "airflow.Dockerfile"))


def test_the_migration_makes_the_pool_that_the_dags_use(services):
    assert f"airflow pools set {SPARK_POOL} 1" in services["migration"]["command"][-1]


def test_driver_and_workers_share_the_files_of_the_tables(services):
    users = {name for name, service in services.items() if "data:/data" in service.get("volumes", [])}
    assert users >= {"scheduler", "spark-worker"}


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_the_base_image_has_a_full_version(dockerfile):
    bases = [line.split()[1] for line in instructions(dockerfile) if line.startswith("FROM ")]
    assert [base for base in bases if not PINNED.match(base)] == []
    assert all(base.startswith("python:3.11.") for base in bases)


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_packages_are_installed_with_their_hashes_and_the_installer_is_pinned(dockerfile):
    installs = [line for line in instructions(dockerfile) if "pip install" in line]
    assert [line for line in installs if "--require-hashes" not in line and "uv==" not in line] == []


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_the_last_user_is_not_root(dockerfile):
    users = [line.split()[1] for line in instructions(dockerfile) if line.startswith("USER ")]
    assert users[-1:] == ["candor"]


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_layers_are_small_and_commands_need_no_shell(dockerfile):
    lines = instructions(dockerfile)
    apt = [line for line in lines if "apt-get install" in line]
    lean = ("--no-install-recommends", "rm -rf /var/lib/apt/lists")
    assert [line for line in apt if not all(words in line for words in lean)] == []
    assert [line for line in lines if line.startswith("ADD ")] == []
    assert [line for line in lines if line.startswith("CMD") and not line.startswith("CMD [")] == []


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_what_is_copied_is_there(dockerfile):
    copied = [word for line in instructions(dockerfile) if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert [name for name in copied if not (DOCKER.parent / name).exists()] == []


def test_both_images_run_the_same_python_and_java():
    airflow, spark = ([line for line in instructions(path) if "FROM " in line or "apt" in line] for path in DOCKERFILES)
    assert airflow == spark


def test_the_locked_drivers_all_carry_hashes():
    text = (DOCKER / "requirements-postgres.txt").read_text()
    pins = re.findall(r"^([\w-]+)==", text, re.MULTILINE)
    assert pins == ["asyncpg", "psycopg2-binary"]
    assert len(re.findall(r"== ?\S+ \\\n +--hash=sha256:", text)) == len(pins)
