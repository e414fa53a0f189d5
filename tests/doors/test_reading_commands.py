"""The reading commands, from the typed line to the printed answer, on the released garden."""

import json

import pytest
import typer
from typer.testing import CliRunner

from jobs.answers.reading import Reader
from jobs.doors import reading, topics
from jobs.errors import PipelineError

CARD = ("explain", "mailinglist:ann", "--topic", "gardening", "--date", "2030-01-02")


@pytest.fixture
def candor(reader, monkeypatch):
    """Runs one reading command on the garden and gives what it prints; errors come through as they are."""
    app = typer.Typer()
    reading.register(app)
    topics.register(app)
    monkeypatch.setattr(reading, "_reader", lambda: _Open(reader))

    def run(*words: str) -> str:
        result = CliRunner().invoke(app, list(words), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


class _Open:
    """A reader that stays open after the command."""

    def __init__(self, reader: Reader):
        self.reader = reader

    def __enter__(self) -> Reader:
        return self.reader

    def __exit__(self, *_: object) -> None:
        pass


def test_top_lists_the_leaders_with_version_date_and_topic(candor, assert_rows):
    """Answers S37, S67: no bare number."""
    assert_rows(json.loads(candor("top", "--topic", "gardening", "--date", "2030-01-02", "--json")), """
        rank | person_id       | influence_score | leading_kind | topic_id  | snapshot_date | algorithm_version
        1    | mailinglist:ann | 41.5            | reply        | gardening | 2030-01-02    | v2
        2    | mailinglist:bob | 31.25           | reply        | gardening | 2030-01-02    | v2
        2    | twitter:cy      | 31.25           | reply        | gardening | 2030-01-02    | v2
    """)


def test_top_takes_a_version_and_a_limit(candor, assert_rows):
    assert_rows(json.loads(candor("top", "--topic", "gardening", "--version", "v1", "--limit", "1", "--json")), """
        rank | person_id       | influence_score | algorithm_version
        1    | mailinglist:ann | 39.5            | v1
    """)


@pytest.mark.parametrize("topic", ["gardening", "GARDENING", "Gardening"])
def test_a_topic_is_known_by_id_or_name_in_any_case(candor, topic):
    assert len(json.loads(candor("top", "--topic", topic, "--json"))) == 3


def test_top_prints_a_table_for_people(candor):
    printed = candor("top", "--topic", "gardening")
    assert "gardening, 2030-01-02, v2" in printed
    assert printed.index("mailinglist:ann") < printed.index("twitter:cy")


def test_top_of_a_topic_where_nobody_has_enough_evidence_is_empty(candor):
    assert json.loads(candor("top", "--topic", "jazz", "--json")) == []
    assert "nobody has a score here" in candor("top", "--topic", "jazz")


def test_topics_shows_scores_and_what_is_missing(candor, assert_rows):
    """Answers S36."""
    assert_rows(json.loads(candor("topics", "--person", "twitter:dee", "--json")), """
        topic_id  | influence_score | state                 | threshold_missed
        gardening |                 | insufficient_evidence | 2 of 3 engagers
        jazz      |                 | insufficient_evidence | 1 of 2 days
    """)


def test_explain_gives_lines_that_add_up_to_the_score(candor, assert_rows):
    """Answers S12, S33: 30.5 + 12.5 - 2.5 = 40.5, and 1 + 40.5 = 41.5."""
    card = json.loads(candor(*CARD, "--json"))
    assert_rows(card["contributions"], """
        network     | kind    | points | distinct_engager_count | last_kind_date
        mailinglist | reply   | 30.5   | 7                      | 2030-01-02
        twitter     | reshare | 12.5   | 4                      | 2030-01-01
        _all        | ceiling | -2.5   | 0                      | 2030-01-02
    """)
    assert (card["influence_score"], card["points_sum"], card["points_sum_plus_1"]) == (41.5, 30.5 + 12.5 - 2.5, 41.5)
    assert (card["percentile"], card["rank"]) == (100.0, 1)
    assert [post["matched_term"] for post in card["evidence"]] == ["garden-talk", "raised beds"]


def test_explain_says_what_the_number_is_and_is_not(candor):
    """Answers S10, S17, S18, S20."""
    note = json.loads(candor(*CARD, "--json"))["what_this_number_is"]
    assert "docs/algorithms/v2.md" in note
    assert "does not measure truth" in note


def test_explain_prints_a_card_for_people(candor):
    printed = candor(*CARD)
    assert "sum of the points 40.5000; 1 + sum = 41.5000, the score" in printed
    assert "raised beds" in printed


def test_explain_without_a_topic_lists_the_topics_behind_the_whole(candor):
    """Answers S21."""
    card = json.loads(candor("explain", "mailinglist:ann", "--json"))
    assert (card["topic_id"], card["influence_score"]) == ("_overall", 45.0)
    assert [topic["topic_id"] for topic in card["topics"]] == ["gardening"]


def test_explain_of_an_unscored_topic_says_what_is_missing(candor):
    """Answers S36: never a number."""
    words = ("explain", "twitter:dee", "--topic", "gardening")
    card = json.loads(candor(*words, "--json"))
    assert (card["influence_score"], card["points_sum"], card["threshold_missed"]) == (None, None, "2 of 3 engagers")
    assert "no score: not enough evidence, 2 of 3 engagers" in candor(*words)


def test_status_shows_every_night_the_gap_and_since_when_readers_wait(candor):
    assert json.loads(candor("status", "--json")) == {
        "nights": [
            {"snapshot_date": "2030-01-01", "verdict": "pass", "released": True, "blocked_by": [], "suspect": None,
             "release_number": 1},
            {"snapshot_date": "2030-01-02", "verdict": "warn", "released": True, "blocked_by": [], "suspect": None,
             "release_number": 3},
            {"snapshot_date": "2030-01-04", "verdict": "block", "released": False,
             "blocked_by": ["scores_in_range", "coverage_not_shrunk"], "suspect": None, "release_number": None},
        ],
        "gaps": ["2030-01-03"],
        "stale_since": "2030-01-04",
        "on_older_state": [],
        "held": [],
    }


def test_status_prints_the_gap_in_its_place(candor):
    printed = candor("status")
    assert printed.index("2030-01-02") < printed.index("gap") < printed.index("2030-01-04")
    assert "readers see an older night since 2030-01-04" in printed


def test_sql_gives_a_list_of_row_objects(candor):
    asked = "SELECT person_id, influence_score, snapshot_date FROM topic_leaderboard WHERE influence_score > 41"
    assert json.loads(candor("sql", f"{asked} AND topic_id = 'gardening'", "--json")) == [
        {"person_id": "mailinglist:ann", "influence_score": 41.5, "snapshot_date": "2030-01-02"}
    ]


def test_sql_shows_people_a_thousand_rows_and_machines_all(candor):
    asked = "SELECT range AS row_number FROM range(3000)"
    assert len(json.loads(candor("sql", asked, "--json"))) == 3000
    assert len(json.loads(candor("sql", asked, "--json", "--limit", "7"))) == 7
    assert "first 1000 rows; more with --limit, all with --json" in candor("sql", asked)


def test_sql_runs_a_kept_statement_with_parameters(candor, assert_rows):
    words = ("sql", "--file", "sql/analysis/missing_evidence.sql", "--json")
    given = ("--param", "snapshot_date=2030-01-02", "--param", "topic_id=gardening")
    assert_rows(json.loads(candor(*words, *given)), "threshold_missed | person_count\n2 of 3 engagers | 1")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("top", "--topic", "gardning"), r"no topic 'gardning' on 2030-01-02 under v2; nearest: gardening,"),
        (("top", "--topic", "gardening", "--date", "2030-01-04"), r"2030-01-04 is not released; .* 2030-01-02"),
        (("top", "--topic", "gardening", "--date", "31.01.2030"), r"--date '31.01.2030': expected a day such as"),
        (("top", "--topic", "gardening", "--version", "v9"), r"no scores of version 'v9' .* that night holds v1, v2"),
        (("topics", "--person", "ann"), r"no person 'ann' on 2030-01-02 under v2.*alike: mailinglist:ann"),
        (("explain", "nobody\x1b[31m"), r"no person 'nobody\[31m' on 2030-01-02"),
        (("explain", "mailinglist:bob", "--topic", "jazz"), r"topics of this person: gardening"),
        (("sql", "SELECT 1; SELECT 2"), r"exactly one SELECT statement; got SELECT, SELECT"),
        (("sql",), r"expected a statement or --file"),
        (("sql", "--file", "no/such.sql"), r"no file no/such.sql"),
        (("sql", "SELECT $a AS a", "--param", "a"), r"--param 'a': expected name=value"),
    ],
)
def test_an_error_says_what_where_and_what_to_do(candor, words, message):
    with pytest.raises(PipelineError, match=message):
        candor(*words)


def test_a_card_whose_lines_do_not_add_up_is_refused(garden, write, release, versions_file):
    """A released file that was changed is found by the reader, not passed on."""
    write("pub__contributions", """
        snapshot_date | person_id       | topic_id  | algorithm_version | network | kind | points
        2030-01-02    | mailinglist:bob | gardening | v2                | twitter | like | 0.0001
    """)
    release("release_number | release_id | snapshot_date | candidate_id | verdict\n4 | r-4 | 2030-01-02 | c-5 | pass")
    with Reader(garden, versions_file) as reader, pytest.raises(PipelineError, match="sum to 30.2500, got 30.2501"):
        reading.lookups.explain(reader, "mailinglist:bob", "gardening", None, None)


@pytest.mark.parametrize("command", ["top", "topics", "explain", "status", "sql"])
def test_the_help_of_every_command_has_an_example(candor, command):
    assert f"Example: candor {command} " in " ".join(candor(command, "--help").split())


def test_the_commands_open_the_store_of_the_settings(planted, versions_file, monkeypatch):
    monkeypatch.setenv("CANDOR_HOME", str(planted.settings.home))
    monkeypatch.setattr(Reader.__init__, "__defaults__", (versions_file, 60.0))
    with reading._reader() as reader:
        assert len(reader.released_dates) == 2
