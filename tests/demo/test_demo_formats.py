"""The deliveries of the demo world have the formats of the networks, with the oddities of real files."""

import hashlib
import re
from datetime import date

from jobs.demo.names import RARE, scrambled, sender_key

THURSDAY = date(2030, 1, 3)


def test_dump_files_open_with_a_mark_and_hold_a_row_on_each_line(delivered):
    content = (delivered.folder("stackexchange", THURSDAY) / "Posts.xml").read_bytes()
    assert content.startswith(b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>\r\n<posts>\r\n')
    assert content.endswith(b"\r\n</posts>")
    rows = content.split(b"\r\n")[2:-1]
    assert rows
    assert all(row.startswith(b"  <row ") and row.endswith(b" />") for row in rows)


def test_votes_show_a_day_and_hide_the_voter_except_favourites(delivered):
    votes = delivered.all_rows("Votes.xml")
    assert {vote["VoteTypeId"] for vote in votes} == {"1", "2", "3", "5"}
    assert all(vote["CreationDate"].endswith("T00:00:00.000") for vote in votes)
    assert all(("UserId" in vote) == (vote["VoteTypeId"] == "5") for vote in votes)


def test_a_question_accepts_at_most_one_answer(delivered):
    answers = {row["Id"]: row["ParentId"] for row in delivered.all_rows("Posts.xml") if row["PostTypeId"] == "2"}
    accepted = [answers[vote["PostId"]] for vote in delivered.all_rows("Votes.xml") if vote["VoteTypeId"] == "1"]
    assert len(accepted) == len(set(accepted)) > 0


def test_questions_bear_tags_and_answers_name_their_question(delivered):
    posts = delivered.all_rows("Posts.xml")
    questions = {post["Id"]: post["Tags"] for post in posts if post["PostTypeId"] == "1"}
    assert all(re.fullmatch(r"(<[a-z-]+>){1,2}", tags) for tags in questions.values())
    assert {post["ParentId"] for post in posts if post["PostTypeId"] == "2"} <= set(questions)


def test_a_deleted_account_leaves_a_name_and_no_id(delivered):
    hidden = [post for post in delivered.all_rows("Posts.xml") if "OwnerUserId" not in post]
    assert hidden
    assert all(post["OwnerDisplayName"] for post in hidden)


def test_comments_come_after_their_post_and_some_on_a_later_day(delivered):
    written = {row["Id"]: row["CreationDate"] for row in delivered.all_rows("Posts.xml")}
    pairs = [(written[row["PostId"]], row["CreationDate"]) for row in delivered.all_rows("Comments.xml")]
    assert all(post <= comment for post, comment in pairs)
    assert any(post[:10] < comment[:10] for post, comment in pairs)


def test_a_user_is_announced_once(delivered):
    users = [row["Id"] for row in delivered.all_rows("Users.xml")]
    assert len(users) == len(set(users))
    assert {row["UserId"] for row in delivered.all_rows("Comments.xml")} <= set(users)


def test_messages_have_the_headers_of_pipermail(delivered):
    names = {
        tuple(re.findall(r"^([A-Z][\w-]+): ", message.split("\n\n")[0], re.M)) for message in delivered.messages
    }
    opening = ("From", "Date", "Subject", "Message-ID")
    answer = ("From", "Date", "Subject", "In-Reply-To", "References", "Message-ID")
    assert names == {opening, answer}


def test_replies_name_messages_that_were_delivered(delivered):
    known = [re.search(r"^Message-ID: (.*)$", message, re.M)[1] for message in delivered.messages]
    parents = re.findall(r"^In-Reply-To: (.*)$", "\n".join(delivered.messages), re.M)
    assert len(known) == len(set(known))
    assert len(parents) > len(known) / 2
    assert set(parents) <= set(known)


def test_mail_has_encoded_names_zones_quoted_lines_and_both_scramblings(delivered):
    text = "\n".join(delivered.messages)
    for oddity in ("(=?utf-8?", "(LOCAL)\n", "\n> ", "\nFrom what ", " @end|ng |rom ", " m@iii@g oii "):
        assert oddity in text


def test_both_scramblings_of_an_address_are_one_account():
    usual, rare = scrambled("nila.s@mail.example"), scrambled("nila.s@mail.example", RARE)
    assert usual == "n||@@@ @end|ng |rom m@||@ex@mp|e"
    assert rare == "@ii@@s m@iii@g oii m@ii@ex@mpie"
    assert sender_key("nila.s@mail.example") == hashlib.sha256(b"@||@@@ m@||@ex@mp|e").hexdigest()[:16]


def test_statuses_have_ids_beyond_a_double_and_the_times_of_the_network(delivered):
    found = delivered.all_statuses
    assert all(status["id_str"] == str(status["id"]) and status["id"] > 2**53 for status in found)
    assert len({status["id_str"] for status in found}) == len(found)
    assert re.fullmatch(r"Tue Jan 01 \d\d:\d\d:\d\d \+0000 2030", found[0]["created_at"])


def test_a_reshare_holds_the_post_and_mentions_its_author(delivered):
    reshares = [status for status in delivered.all_statuses if "retweeted_status" in status]
    assert reshares
    for status in reshares:
        author = status["retweeted_status"]["user"]
        assert status["text"].startswith(f"RT @{author['screen_name']}: ")
        assert [mention["id_str"] for mention in status["entities"]["user_mentions"]] == [author["id_str"]]
        assert len(status["text"]) <= 140


def test_a_quote_holds_the_post_and_a_reply_names_it(delivered):
    quotes = [status for status in delivered.all_statuses if "quoted_status" in status]
    replies = [status for status in delivered.all_statuses if status["in_reply_to_status_id_str"]]
    assert all(status["quoted_status_id_str"] == status["quoted_status"]["id_str"] for status in quotes)
    assert all(status["text"].startswith(f"@{status['in_reply_to_screen_name']} ") for status in replies)
    assert min(len(quotes), len(replies)) > 0


def test_entities_point_at_the_words_in_the_text(delivered):
    found = [(status["text"], status["entities"]) for status in delivered.statuses(THURSDAY)]
    tags = [(text[slice(*tag["indices"])], f"#{tag['text']}") for text, e in found for tag in e["hashtags"]]
    names = [(text[slice(*m["indices"])], f"@{m['screen_name']}") for text, e in found for m in e["user_mentions"]]
    assert tags
    assert names
    assert all(shown == meant for shown, meant in [*tags, *names])
