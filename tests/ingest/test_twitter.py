"""Statuses become posts and reactions, alike in the native and in the flattened shape."""

import gzip
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.ingest.contract import Account, Interaction, Post, Truncated
from jobs.ingest.networks.twitter import read_rows

AT_NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
NOON = "Tue Jan 01 12:00:00 +0000 2030"
BIG = "1147167602705408001"
"""An id that a double cannot hold."""


def user(number: int) -> dict:
    return {"id": number, "id_str": str(number), "screen_name": f"made_up_{number}", "followers_count": 9}


def status(number: int | str, author: int = 1, text="words", tags=(), mentions=(), **more) -> dict:
    """A native status; only what a test is about differs."""
    entities = {
        "hashtags": [{"text": tag} for tag in tags],
        "user_mentions": [{"id_str": str(one), "screen_name": f"made_up_{one}"} for one in mentions],
    }
    return {
        "created_at": NOON, "id_str": str(number), "text": text, "user": user(author), "entities": entities, **more,
    }  # fmt: skip


def flattened(number: int, author: int = 1, **more) -> dict:
    """A row of an rtweet table, absent keys being missing values."""
    return {
        "status_id": str(number), "user_id": str(author), "screen_name": f"made_up_{author}",
        "created_at": "2030-01-01T12:00:00Z", "text": "words", "is_retweet": False, "is_quote": False, **more,
    }  # fmt: skip


def rows_of(folder: Path, *documents) -> list:
    path = folder / "statuses.jsonl"
    lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in documents]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return list(read_rows(path, "statuses.jsonl"))


def record(row, kind: type):
    return [one for one in row.records if isinstance(one, kind)]


def edges(row) -> list[tuple]:
    """Kind, engager, author and post of each reaction of a row."""
    return [
        (one.kind, one.engager_account_id, one.author_account_id, one.post_id) for one in record(row, Interaction)
    ]


def test_a_status_is_an_account_and_a_post(tmp_path):
    [row] = rows_of(tmp_path, status(BIG, text="R&amp;D", tags=("Soil", "soil", "ÄPFEL")))
    assert (row.number, row.row_key, row.event_at) == (1, f"status:{BIG}", AT_NOON)
    assert row.records == (
        Account("1", "made_up_1"),
        Post(BIG, "1", AT_NOON, "R&D", ("soil", "äpfel")),
    )


def test_a_flattened_row_gives_the_same_records_as_the_native_status(tmp_path):
    native = status(5, mentions=(3,), tags=("Soil",), in_reply_to_status_id_str="4", in_reply_to_user_id_str="2")
    row = flattened(5, reply_to_status_id="4", reply_to_user_id="2", mentions_user_id=["3"], hashtags=["Soil"])
    [first, second] = rows_of(tmp_path, native, row)
    assert first.records == second.records


def test_the_long_text_and_its_hashtags_are_preferred(tmp_path):
    long = {"full_text": "the whole text", "entities": {"hashtags": [{"text": "whole"}]}}
    [streamed, plain] = rows_of(tmp_path, status(5, extended_tweet=long), status(6, full_text="all of it"))
    [post] = record(streamed, Post)
    assert (post.post_text, post.native_labels) == ("the whole text", ("whole",))
    assert record(plain, Post)[0].post_text == "all of it"


def test_a_numeric_id_keeps_all_its_digits(tmp_path):
    text = json.dumps(status("x")).replace('"id_str": "x"', f'"id": {BIG}')
    [row] = rows_of(tmp_path, text.encode())
    assert row.row_key == f"status:{BIG}"


def test_a_retweet_is_a_reshare_of_the_original_and_no_post_of_its_own(tmp_path):
    original = status(4, author=2, tags=("soil",), text="the original")
    [row] = rows_of(tmp_path, status(5, text="RT: the", tags=("x",), mentions=(2, 3), retweeted_status=original))
    assert edges(row) == [("reshare", "1", "2", "4")]
    assert record(row, Post) == [Post("4", "2", AT_NOON, "the original", ("soil",))]
    assert record(row, Account) == [Account("1", "made_up_1"), Account("2", "made_up_2")]


def test_a_flattened_retweet_lends_its_hashtags_to_the_original(tmp_path):
    row = flattened(
        5, is_retweet=True, hashtags=["Soil"], mentions_user_id=["2"], retweet_status_id="4", retweet_user_id="2",
        retweet_screen_name="made_up_2", retweet_created_at="2030-01-01T01:00:00Z", retweet_text="the original",
    )  # fmt: skip
    [read] = rows_of(tmp_path, row)
    assert edges(read) == [("reshare", "1", "2", "4")]
    assert record(read, Post) == [Post("4", "2", datetime(2030, 1, 1, 1, tzinfo=UTC), "the original", ("soil",))]


def test_an_original_of_an_earlier_day_is_not_written_again(tmp_path):
    original = {**status(4, author=2), "created_at": "Mon Dec 31 23:59:59 +0000 2029"}
    [row] = rows_of(tmp_path, status(5, retweeted_status=original))
    assert (len(edges(row)), record(row, Post)) == (1, [])


def test_a_retweet_in_an_older_table_has_no_author(tmp_path):
    [row] = rows_of(tmp_path, flattened(5, is_retweet=True, retweet_status_id="4"))
    assert edges(row) == [("reshare", "1", None, "4")]


def test_a_reply_may_name_only_a_person(tmp_path):
    [row] = rows_of(tmp_path, status(5, mentions=(2,), in_reply_to_user_id_str="2", in_reply_to_status_id_str=None))
    assert edges(row) == [("reply", "1", "2", None)]


def test_a_quote_is_a_reaction_and_a_post(tmp_path):
    [row] = rows_of(tmp_path, status(5, mentions=(2, 3), quoted_status=status(4, author=2)))
    assert edges(row) == [("quote", "1", "2", "4"), ("mention", "1", "3", "5")]
    assert [post.post_id for post in record(row, Post)] == ["5"]


def test_a_quote_of_an_unseen_status_has_no_author(tmp_path):
    [row] = rows_of(tmp_path, status(5, quoted_status_id_str="4"))
    assert edges(row) == [("quote", "1", None, "4")]


def test_a_person_mentioned_twice_is_mentioned_once_and_never_on_top_of_an_answer(tmp_path):
    native = status(5, mentions=(2, 3, 3), in_reply_to_status_id_str="4", in_reply_to_user_id_str="2")
    [row] = rows_of(tmp_path, native)
    assert edges(row) == [("reply", "1", "2", "4"), ("mention", "1", "3", "5")]


def test_reactions_to_oneself_stay_for_the_engagement_stage(tmp_path):
    [row] = rows_of(tmp_path, status(5, in_reply_to_status_id_str="4", in_reply_to_user_id_str="1"))
    assert edges(row) == [("reply", "1", "1", "4")]


@pytest.mark.parametrize("indent", [None, 2], ids=["one line", "printed over many lines"])
def test_each_status_of_a_search_response_is_a_row(tmp_path, indent):
    path = tmp_path / "response.json"
    path.write_text(json.dumps({"statuses": [status(4), 7, status(5)], "search_metadata": {}}, indent=indent))
    read = list(read_rows(path, "response.json"))
    assert [(row.number, row.row_key, row.rejected) for row in read] == [
        (1, "status:4", None), (2, "", "wrong_shape"), (3, "status:5", None),
    ]  # fmt: skip


def test_blank_lines_are_no_rows_and_notices_of_a_stream_are_out_of_scope(tmp_path):
    read = rows_of(tmp_path, b"", status(4), b"\r", {"delete": {"status": {"id_str": "4"}}})
    assert [(row.number, row.out_of_scope) for row in read] == [(1, None), (2, "stream_notice")]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"id_str": "5", "created_at', "invalid_json"),
        (b"[" * 100_000, "invalid_json"),
        (b'{"id": ' + b"9" * 5_000 + b"}", "invalid_json"),
        (b'{"text": "\xff"}', "invalid_utf8"),
        (status(5, text="half \ud83d"), "invalid_utf8"),
        (status(5, text="a\0b"), "nul_byte"),
        (b'{"text": "a\0b"}', "nul_byte"),
        (status(5, text="x" * 1_000_001), "field_too_large"),
        (status(5, text="x" * 10_000_000), "field_too_large"),
        ({"statuses": [status(5, text="x" * 1_000_001)]}, "field_too_large"),
        ({**status(5), "id_str": None}, "missing_id"),
        ({**status(5), "id_str": None, "id": 1e300}, "missing_id"),
        ({**status(5), "user": None}, "missing_id"),
        (flattened("", 1), "missing_id"),
        ({**flattened(5), "user_id": None}, "missing_id"),
        ({**status(5), "created_at": "Tue Feb 30 12:00:00 +0000 2030"}, "impossible_date"),
        ({**status(5), "created_at": None}, "impossible_date"),
        ({**flattened(5), "created_at": "2030-13-01T00:00:00Z"}, "impossible_date"),
        ({**status(5), "created_at": 7}, "impossible_date"),
        (b"7", "wrong_shape"),
        ({**status(5), "entities": 7}, "wrong_shape"),
        ({**status(5), "user": {**user(1), "screen_name": {"a": 1}}}, "wrong_shape"),
        ({**status(5), "text": ["a"]}, "wrong_shape"),
        ({"data": [], "includes": {}}, "missing_id"),
    ],
)
def test_a_bad_status_is_refused_with_its_reason_and_the_others_survive(tmp_path, bad, reason):
    read = rows_of(tmp_path, status(4), bad, status(6))
    assert [(row.number, row.row_key, row.rejected) for row in read] == [
        (1, "status:4", None), (2, "", reason), (3, "status:6", None),
    ]  # fmt: skip


def test_a_truncated_gzip_keeps_what_came_before_and_says_so(tmp_path):
    path = tmp_path / "statuses.jsonl.gz"
    whole = gzip.compress(b"".join(json.dumps(status(n)).encode() + b"\n" for n in range(5_000)))
    path.write_bytes(whole[: len(whole) // 2])
    read = []
    with pytest.raises(Truncated, match="gzip stream breaks"):  # noqa: PT012
        for row in read_rows(path, "statuses.jsonl.gz"):
            read.append(row)
    assert [row.rejected for row in read if row.rejected] == ["truncated_gzip"]
    assert [row.number for row in read] == list(range(1, len(read) + 1))
    assert len(read) > 1_000


def test_a_file_of_10_mb_is_read_in_constant_memory(tmp_path):
    path = tmp_path / "statuses.jsonl"
    with path.open("w") as lines:
        for number in range(5_000):
            lines.write(json.dumps(status(number, text=f"{number} " * 400)) + "\n")
    assert path.stat().st_size > 10_000_000
    tracemalloc.start()
    kept = sum(bool(row.records) for row in read_rows(path, path.name))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept == 5_000
    assert peak < 2_000_000
