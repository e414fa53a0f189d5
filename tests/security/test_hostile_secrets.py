"""A marker planted as every secret that an operator has: found in nothing that runs print, and in no file that they write."""

import pytest
from typer.testing import CliRunner

from jobs.cli import app
from jobs.orchestration import airflow_environment, settings_environment
from jobs.settings import Settings, load_settings
from tests.security.json_attacks import status

MARKER = "marker-9b7e41-secret"

PLANTED = ("AIRFLOW_CONN_SLACK", "AIRFLOW_CONN_POSTGRES", "AWS_SECRET_ACCESS_KEY", "POSTGRES_PASSWORD", "PGPASSWORD",
           "CANDOR_PSEUDONYM_KEY", "AIRFLOW__CORE__FERNET_KEY", "SSH_PRIVATE_KEY", "NETRC")
"""Variables that hold a secret on a real machine."""

COMMANDS = {
    "ingest": ("ingest", "--network", "twitter", "--date", "2030-01-01", "{inbox}"),
    "ingest of nothing": ("ingest", "--network", "twitter", "--date", "2030-01-01", "{inbox}/none"),
    "ingest of another feed": ("ingest", "--network", "other", "--date", "2030-01-01", "{inbox}"),
    "status": ("status",), "statement": ("sql", "SELECT * FROM none"), "score": ("explain", "x:ann"), "check": ("verify",),
    "environment": ("sql", "SELECT getenv('PGPASSWORD')"),
}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A store with a delivery that waits, and a machine full of secrets."""
    for name in PLANTED:
        monkeypatch.setenv(name, MARKER)
    home = tmp_path / "store"
    monkeypatch.setenv("CANDOR_HOME", str(home))
    (home / "inbox").mkdir(parents=True)
    (home / "inbox" / "statuses.jsonl").write_text(status(1))
    return home


def written(home) -> list[str]:
    return [str(path) for path in home.rglob("*") if path.is_file() and MARKER.encode() in path.read_bytes()]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_prints_or_keeps_a_secret(home, command):
    words = [word.replace("{inbox}", str(home / "inbox")) for word in COMMANDS[command]]
    done = CliRunner().invoke(app, words)
    assert MARKER not in f"{done.output} {done.stderr} {done.exception}"
    assert written(home) == []


def test_the_password_of_the_catalog_is_in_no_error(home, monkeypatch):
    monkeypatch.setenv("CANDOR_CATALOG_URI", f"postgresql+psycopg2://candor:{MARKER}@127.0.0.1:9/candor")
    done = CliRunner().invoke(app, ["status"])
    assert done.exit_code != 0
    assert MARKER not in f"{done.output} {done.stderr} {done.exception!r}"
    assert written(home) == []


def test_a_wrong_value_of_a_secret_setting_is_not_repeated(home):
    (home / "candor.toml").write_text(f'password = "{MARKER}"\n')
    done = CliRunner().invoke(app, ["status"])
    assert "unknown settings password" in str(done.exception)
    assert MARKER not in f"{done.output} {done.exception}"


def test_settings_do_not_show_a_password_when_they_are_printed(home, monkeypatch):
    monkeypatch.setenv("CANDOR_CATALOG_URI", f"postgresql+psycopg2://candor:{MARKER}@127.0.0.1:9/candor")
    assert MARKER not in repr(load_settings())


def test_only_the_settings_of_candor_are_handed_to_its_stages(home):
    handed = {**airflow_environment(Settings(home=home)), **settings_environment(Settings(home=home))}
    assert MARKER not in str({name: value for name, value in handed.items() if name != "PATH"})
