"""Settings: the environment over the file over the defaults; what is not known is refused in a sentence."""

import socket

import pytest

from jobs.errors import MissingInput, PipelineError
from jobs.session import open_session, spark_submit_settings
from jobs.settings import Settings, load_settings
from jobs.storage import Store

INTERPRETED = "spark.sql.codegen.factoryMode"


@pytest.fixture
def home(tmp_path):
    """A home whose file asks for Spark, two partitions and two approvers."""
    (tmp_path / "candor.toml").write_text(
        'engine = "spark"\nshuffle_partitions = 2\napprovers = ["ann", "bob"]\nspark_tuning = "large"\n')
    return tmp_path


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(home, monkeypatch):
    monkeypatch.setenv("CANDOR_SHUFFLE_PARTITIONS", "7")
    monkeypatch.setenv("CANDOR_APPROVERS", "eve,dan")
    found = load_settings(home)
    assert (found.engine, found.shuffle_partitions, found.approvers) == ("spark", 7, ("eve", "dan"))
    assert (found.spark_tuning, found.shadow_nights) == ("large", Settings(home=home).shadow_nights)


def test_a_name_that_is_no_setting_is_refused_with_those_that_are(home):
    (home / "candor.toml").write_text('engines = "spark"\n')
    with pytest.raises(MissingInput, match=r"candor\.toml: unknown settings engines; known: .*shuffle_partitions"):
        load_settings(home)


def test_an_engine_that_is_not_known_is_refused_with_those_that_are(home):
    refused = open_session(Settings(home=home, engine="flink"), "none")
    with pytest.raises(MissingInput, match="'flink' is not known; set CANDOR_ENGINE to one of sail, spark"), refused:
        pass


@pytest.mark.parametrize(("tuning", "java", "interpreted"), [
    ("small", "TieredStopAtLevel=1", "NO_CODEGEN"), ("large", "UseParallelGC", None)])
def test_spark_compiles_for_large_nights_only(home, tuning, java, interpreted):
    given = spark_submit_settings(Settings(home=home, spark_tuning=tuning))
    assert java in given["spark.driver.extraJavaOptions"]
    assert given.get(INTERPRETED) == interpreted


def test_a_tuning_that_is_not_known_is_refused_with_those_that_are(home):
    with pytest.raises(MissingInput, match="'huge' is not known; set CANDOR_SPARK_TUNING to one of small, large"):
        spark_submit_settings(Settings(home=home, spark_tuning="huge"))


def test_a_connect_server_that_does_not_answer_is_named_without_the_secret_in_its_address(home):
    with socket.socket() as bound:  # nobody listens on it, and nobody else can take it
        bound.bind(("127.0.0.1", 0))
        address = f"sc://127.0.0.1:{bound.getsockname()[1]}/;token=secret"
        opened = open_session(Settings(home=home, engine="spark", spark_master=address), "none")
        with pytest.raises(PipelineError, match=r"Connect server to answer at sc://127\.0\.0\.1.*refused") as raised, opened:
            pass
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(("variable", "text", "expected"), [
    ("CANDOR_NOTICE_DAYS", "seven", "a whole number"), ("CANDOR_SHADOW_NIGHTS", "1.5", "a whole number"),
    ("CANDOR_FALSE_BLOCKS_PER_YEAR", "few", "a number")])
def test_a_variable_that_is_no_number_is_refused_by_its_name(home, monkeypatch, variable, text, expected):
    monkeypatch.setenv(variable, text)
    with pytest.raises(MissingInput, match=f"{variable}: expected {expected}, got '{text}'"):
        load_settings(home)


@pytest.mark.parametrize("name", ["shadow_nights", "notice_days", "embedded_partitions"])
def test_a_count_below_zero_is_refused_in_the_file_and_as_a_variable(home, monkeypatch, name):
    (home / "candor.toml").write_text(f"{name} = -1\n")
    with pytest.raises(MissingInput, match=f"{name}: expected 0 or more, got -1"):
        load_settings(home)
    (home / "candor.toml").write_text("")
    monkeypatch.setenv(f"CANDOR_{name.upper()}", "-3")
    with pytest.raises(MissingInput, match=f"{name}: expected 0 or more, got -3"):
        load_settings(home)


def test_an_empty_home_variable_is_the_default_folder_as_with_every_other_variable(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CANDOR_HOME", "")
    assert load_settings().home == tmp_path / ".candor"


@pytest.mark.parametrize("found", ["0", "-1", "inf", "nan"])
def test_a_budget_of_false_blocks_that_switches_the_statistics_off_is_refused(home, monkeypatch, found):
    refused = "false_blocks_per_year: expected a finite number above 0, got"
    (home / "candor.toml").write_text(f"false_blocks_per_year = {found}\n")
    with pytest.raises(MissingInput, match=refused):
        load_settings(home)
    (home / "candor.toml").write_text("")
    monkeypatch.setenv("CANDOR_FALSE_BLOCKS_PER_YEAR", found)
    with pytest.raises(MissingInput, match=refused):
        load_settings(home)


def test_a_budget_of_false_blocks_that_is_text_is_refused(home):
    (home / "candor.toml").write_text('false_blocks_per_year = "2"\n')
    with pytest.raises(MissingInput, match="expected a finite number above 0, got '2'"):
        load_settings(home)


@pytest.mark.parametrize(("line", "said"), [
    ('networks = "mailinglist,twitter"', r'networks: expected a list such as \["one", "two"\], got str'),
    ("approvers = [1, 2]", "approvers: expected a list such as"),
    ('notice_days = "7"', "notice_days: expected a whole number, got str"),
    ("shadow_nights = 1.5", "shadow_nights: expected a whole number, got float"),
    ("embedded_partitions = true", "embedded_partitions: expected a whole number, got bool"),
    ("engine = 1", "engine: expected text in quotes, got int"),
    ("engine = sail", r"expected TOML, .* got what cannot be read: .*at line 1, column 10"),
    ("engine = 'sail", "expected TOML, .* got what cannot be read: .*at end of document"),
])
def test_a_line_of_the_file_that_is_no_setting_is_refused_in_a_sentence(home, line, said):
    (home / "candor.toml").write_text(f"{line}\n")
    with pytest.raises(MissingInput, match=rf"candor\.toml: {said}"):
        load_settings(home)


def test_a_file_that_is_no_utf8_is_refused_in_a_sentence(home):
    (home / "candor.toml").write_bytes(b'engine = "caf\xe9"\n')
    with pytest.raises(MissingInput, match=r"candor\.toml: expected TOML"):
        load_settings(home)


@pytest.mark.parametrize(("address", "said"), [
    ("postgresql+pg8000://candor:secret@127.0.0.1:9/candor",
     r"pg8000://candor:\*\*\*@127.0.0.1:9/candor: expected the catalog to answer, got .*9.*server is up"),
    ("sqlite:////dev/null/catalog.db", "sqlite:////dev/null/catalog.db: expected the catalog to answer"),
    ("postgresql+nodriver://candor:secret@127.0.0.1:9/candor", "CANDOR_CATALOG_URI: expected an address such as"),
    ("candor:secret", "CANDOR_CATALOG_URI: expected an address such as")])
def test_a_catalog_that_does_not_answer_is_named_in_a_sentence_without_its_password(home, address, said):
    with pytest.raises(PipelineError, match=said) as raised:
        Store(Settings(home=home, catalog_uri=address)).files("core__posts")
    assert "secret" not in str(raised.value)
