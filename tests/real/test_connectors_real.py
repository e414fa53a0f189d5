"""The connectors on files of real networks: the counted numbers of the READMEs beside the data come out again."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from jobs.ingest.contract import Account, Interaction, Post, SourceRow
from jobs.ingest.networks import mailinglist, stackexchange, twitter


@cache
def rows_of(connector, folder: Path, pattern: str) -> list[SourceRow]:
    """Every row of the files below a folder that match."""
    paths = sorted(folder.glob(pattern))
    assert paths, f"no {pattern} in {folder}"
    return [row for path in paths for row in connector.read_rows(path, str(path.relative_to(folder)))]


def of_kind(rows: list[SourceRow], kind: type) -> list:
    return [record for row in rows for record in row.records if isinstance(record, kind)]


def kinds(rows: list[SourceRow]) -> Counter:
    return Counter(reaction.kind for reaction in of_kind(rows, Interaction))


def edges(reactions: list[Interaction], authors: dict[str, str | None]) -> list[tuple[str, str]]:
    """Engager and author of each reaction whose post is known, reactions to oneself left out."""
    pairs = [(one.engager_account_id, one.author_account_id or authors.get(one.post_id)) for one in reactions]
    return [(engager, author) for engager, author in pairs if engager and author and engager != author]


def authors_of(rows: list[SourceRow]) -> dict[str, str | None]:
    return {post.post_id: post.author_account_id for post in of_kind(rows, Post)}


@pytest.fixture
def dump(real_data) -> list[SourceRow]:
    """The rows of one Stack Exchange site."""
    return rows_of(stackexchange, real_data / "stackexchange-cardano", "*.7z")


@pytest.fixture
def mail(real_data) -> list[SourceRow]:
    """The messages of seven mailing lists."""
    return rows_of(mailinglist, real_data / "mbox-rlists-2019", "*/*.txt.gz")


@pytest.fixture
def once(mail) -> list[SourceRow]:
    """Each message once, though some went to two lists."""
    return list({row.row_key: row for row in reversed(mail)}.values())


@pytest.fixture
def flat(real_data) -> list[SourceRow]:
    """The statuses of one conference, flattened."""
    return rows_of(twitter, real_data / "twitter-user2019", "user2019.jsonl.gz")


@pytest.fixture
def native(real_data) -> list[SourceRow]:
    """The statuses of eleven search responses."""
    return rows_of(twitter, real_data / "fixtures-twitter-v11", "*.json.gz")


def test_every_row_of_the_dump_is_kept_or_out_of_scope(dump):
    outcomes = Counter(row.rejected or row.out_of_scope or "kept" for row in dump)
    files = {"Comments": 1_829, "Posts": 2_630, "Tags": 224, "Users": 3_988, "Votes": 9_147}
    assert len(dump) == sum(files.values())
    assert [row.number for row in dump] == list(range(1, len(dump) + 1))
    assert outcomes["other_post_type"] == 86 + 6
    assert outcomes["program"] == 1
    assert outcomes["kept"] == len(dump) - (86 + 6) - 1 - 224 - (9_147 - 7_604 - 460 - 291)


def test_row_keys_of_the_dump_are_unique(dump):
    keys = Counter(row.row_key for row in dump if row.records)
    assert max(keys.values()) == 1


def test_questions_answers_and_comments_of_the_dump_are_counted(dump):
    posts, reactions = of_kind(dump, Post), of_kind(dump, Interaction)
    assert sum(post.parent_post_id is None for post in posts) == 1_042
    assert sum(post.parent_post_id is not None for post in posts) == 1_496
    assert sum(one.interaction_id.startswith("answer:") for one in reactions) == 1_496
    assert sum(one.interaction_id.startswith("comment:") for one in reactions) == 1_829
    assert len(of_kind(dump, Account)) == 3_988 - 1


def test_votes_of_the_dump_are_counted(dump):
    counted = kinds(dump)
    assert (counted["vote"], counted["like"]) == (7_604, 291)
    answers = {post.post_id for post in of_kind(dump, Post) if post.parent_post_id}
    accepted = [one for one in of_kind(dump, Interaction) if one.kind == "endorsement" and one.post_id in answers]
    assert len(accepted) == 459


def test_answer_edges_of_the_dump_are_counted(dump):
    answers = [one for one in of_kind(dump, Interaction) if one.interaction_id.startswith("answer:")]
    found = edges(answers, authors_of(dump))
    assert (len(found), len(set(found))) == (1_399, 1_280)


def test_the_most_used_tag_of_the_dump_is_counted(dump):
    [(_, most)] = Counter(label for post in of_kind(dump, Post) for label in post.native_labels).most_common(1)
    assert most == 242


def test_no_hidden_person_of_the_dump_becomes_an_account(dump):
    people = {one.engager_account_id for one in of_kind(dump, Interaction)} | set(authors_of(dump).values())
    assert None in people
    assert not people & {"", "-1"}


def test_messages_and_senders_of_the_lists_are_counted(mail, once):
    assert {row.rejected for row in mail} == {None}
    assert (len(mail), len(once)) == (3_104, 3_078)
    assert len({account.account_id for account in of_kind(mail, Account)}) == 665


def test_messages_of_each_list_are_counted(mail):
    lists = Counter(label for post in of_kind(mail, Post) for label in post.native_labels)
    assert lists == {
        "r-devel": 365, "r-help": 1_115, "r-package-devel": 781, "r-sig-finance": 89, "r-sig-geo": 245,
        "r-sig-mac": 75, "r-sig-mixed-models": 434,
    }  # fmt: skip


def test_replies_of_the_lists_are_counted(once):
    replies, authors = of_kind(once, Interaction), authors_of(once)
    assert len(replies) == 2_392
    assert sum(one.post_id in authors for one in replies) == 2_192
    found = edges(replies, authors)
    assert (len(found), len(set(found))) == (2_062, 1_550)


def test_messages_fall_on_their_utc_days(mail):
    days = Counter(row.event_at.date().isoformat() for row in mail)
    summer = [day for day in days if "2019-06-01" <= day <= "2019-08-31"]
    assert (len(summer), sum(days[day] for day in summer)) == (92, 2_333)
    assert sum(days[f"2019-07-{day:02}"] for day in range(5, 16)) == 229


def test_no_text_or_name_of_the_lists_holds_an_address(mail):
    texts = [post.post_text for post in of_kind(mail, Post)]
    texts += [account.account_name or "" for account in of_kind(mail, Account)]
    assert not [text for text in texts if " @end|ng |rom " in text or " m@iii@g oii " in text]


def test_declared_links_join_with_both_networks(real_data, mail, flat):
    lines = (real_data / "identity-pairs" / "identity_pairs.csv").read_text().splitlines()[1:]
    links = [line.split(",")[:2] for line in lines]
    senders = {account.account_id for account in of_kind(mail, Account)}
    tweeters = {post.author_account_id for post in of_kind(flat, Post)} | {
        one.engager_account_id for one in of_kind(flat, Interaction)
    }
    assert len(links) == 39
    assert all(sender in senders and tweeter in tweeters for sender, tweeter in links)


def test_retweets_of_the_flattened_rows_all_have_an_author(flat):
    retweets = [one for one in of_kind(flat, Interaction) if one.kind == "reshare"]
    assert (len(flat), len({row.row_key for row in flat})) == (8_318, 8_318)
    assert len(retweets) == 6_356
    assert all(one.author_account_id for one in retweets)
    assert sum(one.engager_account_id == one.author_account_id for one in retweets) == 6
    # The README's 5,069 distinct pairs include those of people who retweet themselves.
    assert len({(one.engager_account_id, one.author_account_id) for one in retweets}) == 5_069


def test_replies_quotes_and_accounts_of_the_flattened_rows_are_counted(flat):
    counted = kinds(flat)
    replies = [one for one in of_kind(flat, Interaction) if one.kind == "reply"]
    assert (counted["reply"], counted["quote"]) == (286, 197)
    assert sum(one.engager_account_id == one.author_account_id for one in replies) == 142
    assert sum(one.post_id is not None for one in replies) == 211
    assert len({account.account_id for account in of_kind(flat, Account)}) == 2_165


def test_mentions_of_the_flattened_rows_never_double_another_reaction(flat):
    assert 0 < kinds(flat)["mention"] < 1_956
    mentions, others = set(), set()
    for one in of_kind(flat, Interaction):
        (mentions if one.kind == "mention" else others).add((one.source_post_id, one.author_account_id))
    assert len(mentions) == kinds(flat)["mention"]
    assert not mentions & others


def test_the_daily_files_give_the_rows_of_the_whole_file(real_data, flat):
    daily = rows_of(twitter, real_data / "twitter-user2019" / "daily", "*.jsonl.gz")
    assert {row.row_key: row.records for row in daily} == {row.row_key: row.records for row in flat}


def test_search_responses_are_counted(native):
    once = {row.row_key: row for row in native}
    assert (len(native), len(once)) == (1_074, 859)
    assert kinds(list(once.values()))["reshare"] == 742
    days = Counter(row.event_at.date().isoformat() for row in once.values())
    assert (min(days), max(days), days["2014-04-14"]) == ("2014-04-14", "2014-04-22", 622)
