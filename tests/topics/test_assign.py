"""Which topics posts get, from whom, and with which term as evidence (S33)."""

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from jobs.tables import TABLES
from jobs.topics.assign import MAX_TOPICS_PER_POST, post_topics, topics_of_post
from jobs.topics.lexicon import read_lexicon

POST_COLUMNS = "snapshot_date:date | network | post_id | post_text | native_labels | topic_source_post_id"
STATE_COLUMNS = "network | post_id | topic_id | match_source | matched_term"
NO_TOPIC = "forum | p0 | | |"


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory):
    path = tmp_path_factory.mktemp("lexicon") / "2030-01-01.csv"
    path.write_text(
        "topic_id,topic_name,phrase\n"
        "gardening,Gardening,rose\n"
        "gardening,Gardening,compost\n"
        "jazz,Jazz,bebop\n"
        "chess,Chess,checkmate\n"
    )
    return read_lexicon(path)


@pytest.fixture
def assigned(table, lexicon):
    """Assign topics to printed posts; the answer is {post_id: {topic_id: (match_source, matched_term)}}."""

    def run(posts: str, state: str = "") -> dict:
        rows = post_topics(
            table(f"{POST_COLUMNS}\n{posts.strip()}").selectExpr(
                "snapshot_date", "network", "post_id", "post_text",
                "replace(native_labels, ',', '\\n') AS native_labels", "topic_source_post_id",
            ),
            table(f"{STATE_COLUMNS}\n{state.strip() or NO_TOPIC}"),
            lexicon,
        ).collect()
        found: dict = {}
        for row in rows:
            topics = found.setdefault(row.post_id, {})
            assert row.topic_id not in topics, "one row per post and topic"
            topics[row.topic_id] = (row.match_source, row.matched_term)
        return found

    return run


def test_labels_and_text_give_topics_and_keep_what_matched(assigned):
    assert assigned("""
        2030-01-01 | forum | p1 | A rose and bebop | tea,Orchid-Talk |
        2030-01-01 | forum | p2 | nothing to see   |                 |
        2030-01-01 | forum | p3 |                  |                 |
    """) == {
        "p1": {
            "tea": ("label", "tea"),
            "orchid-talk": ("label", "Orchid-Talk"),
            "gardening": ("lexicon", "rose"),
            "jazz": ("lexicon", "bebop"),
        }
    }


def test_a_label_beats_the_text_about_the_same_topic(assigned):
    topics = assigned("2030-01-01 | forum | p1 | my compost | Rose |")
    assert topics == {"p1": {"gardening": ("label", "Rose")}}


def test_the_first_of_two_labels_of_one_topic_is_kept(assigned):
    topics = assigned("2030-01-01 | forum | p1 | | gardening,rose |")
    assert topics == {"p1": {"gardening": ("label", "gardening")}}


def test_the_same_label_on_two_networks_is_one_topic(assigned):
    assert assigned("""
        2030-01-01 | forum | p1 | | orchid talk |
        2030-01-01 | chat  | p2 | | #Orchid_Talk |
    """) == {
        "p1": {"orchid-talk": ("label", "orchid talk")},
        "p2": {"orchid-talk": ("label", "#Orchid_Talk")},
    }


def test_an_answer_inherits_the_labels_of_a_question_of_the_same_day_but_not_its_text(assigned):
    assert assigned("""
        2030-01-01 | forum | q1 | checkmate in two | rose,tea |
        2030-01-01 | forum | a1 | try bebop        |          | q1
    """)["a1"] == {
        "gardening": ("inherited", "rose"),
        "tea": ("inherited", "tea"),
        "jazz": ("lexicon", "bebop"),
    }


def test_an_answer_inherits_from_yesterdays_state_only_what_was_a_label(assigned):
    answers = "2030-01-02 | forum | a1 | | | q1"
    assert assigned(answers, """
        forum | q1 | gardening | label     | rose
        forum | q1 | chess     | lexicon   | checkmate
        forum | q1 | tea       | inherited | tea
        forum | q2 | jazz      | label     | bebop
        chat  | q1 | jazz      | label     | bebop
        forum | q3 |           |           |
    """) == {"a1": {"gardening": ("inherited", "rose")}}


def test_an_answer_to_a_post_without_topics_inherits_nothing(assigned):
    assert assigned("2030-01-02 | forum | a1 | | | q1", "forum | q1 | | |") == {}


def test_own_text_beats_inheritance(assigned):
    assert assigned("""
        2030-01-01 | forum | q1 |         | rose |
        2030-01-01 | forum | a1 | compost |      | q1
    """)["a1"] == {"gardening": ("lexicon", "compost")}


def test_a_question_seen_today_and_before_is_inherited_once(assigned):
    assert assigned("""
        2030-01-02 | forum | q1 | | rose |
        2030-01-02 | forum | a1 | | | q1
    """, "forum | q1 | gardening | label | compost")["a1"] == {"gardening": ("inherited", "compost")}


def test_many_answers_to_one_question_each_get_one_row(assigned):
    assert assigned("""
        2030-01-01 | forum | q1 | | rose |
        2030-01-01 | forum | a1 | |      | q1
        2030-01-01 | forum | a2 | |      | q1
        2030-01-01 | forum | a3 | |      | q1
    """).keys() == {"q1", "a1", "a2", "a3"}


def test_the_rows_have_the_columns_of_the_table_and_the_lexicons_version(table, lexicon):
    posts = table(f"{POST_COLUMNS}\n2030-01-01 | forum | p1 | a rose | |")
    rows = post_topics(posts, table(f"{STATE_COLUMNS}\n{NO_TOPIC}"), lexicon)
    assert rows.columns == TABLES["core__post_topics"].column_names
    assert [tuple(row) for row in rows.collect()] == [
        (date(2030, 1, 1), "forum", "p1", "gardening", "lexicon", "rose", "2030-01-01")]


def test_a_day_without_posts_has_no_topics(table, lexicon):
    posts = table(f"{POST_COLUMNS}\n2030-01-01 | forum | p1 | | |").where("post_id = 'none'")
    assert post_topics(posts, table(f"{STATE_COLUMNS}\n{NO_TOPIC}"), lexicon).collect() == []


def test_a_post_full_of_hashtags_counts_for_the_limit_only(lexicon):
    """S40: nobody becomes known for everything by listing everything; labels go first, then the alphabet."""
    labels = "\n".join(f"tag{number:02}" for number in range(20, 0, -1))
    topics = topics_of_post(lexicon, labels, "a rose", "chess\tchess")
    first = [f"tag{number:02}" for number in range(1, MAX_TOPICS_PER_POST + 1)]
    assert topics == [(label, "label", label) for label in first]


def test_text_topics_go_before_inherited_ones_at_the_limit(lexicon):
    labels = "\n".join(f"tag{number:02}" for number in range(1, MAX_TOPICS_PER_POST))
    topics = topics_of_post(lexicon, labels, "bebop", "chess\tchess")
    assert topics[-1] == ("jazz", "lexicon", "bebop")


def test_the_order_of_posts_is_irrelevant(assigned):
    first = "2030-01-01 | forum | p1 | rose | tea |"
    second = "2030-01-01 | forum | p2 | bebop | | p1"
    assert assigned(f"{first}\n{second}") == assigned(f"{second}\n{first}")


def test_topics_go_from_stored_posts_into_their_table_on_a_first_night(spark, store, lexicon):
    columns = TABLES["core__posts"].arrow_schema
    written_at = datetime(2030, 1, 1, 8, tzinfo=UTC)
    day = {"snapshot_date": written_at.date(), "network": "forum", "posted_at": written_at}
    question = {**day, "post_id": "q1", "native_labels": "tea\nRose"}
    answer = {**day, "post_id": "a1", "post_text": "bebop", "topic_source_post_id": "q1"}
    store.append_rows("core__posts", pa.Table.from_pylist([question, answer], schema=columns))
    no_state = spark.createDataFrame([], TABLES["feature__post_state"].spark_schema)

    topics = post_topics(store.frame(spark, "core__posts"), no_state, lexicon)
    store.append_files("core__post_topics", store.write_frame(topics, "core__post_topics"))

    stored = store.arrow("core__post_topics", columns=["post_id", "topic_id", "match_source"]).to_pylist()
    assert sorted(tuple(row.values()) for row in stored) == [
        ("a1", "gardening", "inherited"),
        ("a1", "jazz", "lexicon"),
        ("a1", "tea", "inherited"),
        ("q1", "gardening", "label"),
        ("q1", "tea", "label"),
    ]
