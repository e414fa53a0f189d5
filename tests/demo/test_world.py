"""The demo world: what is planted is in the files, and a seed gives the same files again."""

import gzip
import hashlib
import json
import zlib
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from jobs.demo.topics import demo_topics
from jobs.demo.world import make_world
from jobs.errors import MissingInput, PipelineError

SMALL = 200
VIRAL_DATE, BROKEN_DATE, LAST_DATE = date(2030, 1, 30), date(2030, 2, 7), date(2030, 2, 8)
LISTS = ("suppression", "minors", "identity")


def fingerprints(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def twitter_ids(people: list[str]) -> set[str]:
    return {person.removeprefix("twitter:") for person in people if person.startswith("twitter:")}


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    make_world(tmp_path / "once", people=SMALL, days=3)
    make_world(tmp_path / "again", people=SMALL, days=3)
    assert len(fingerprints(tmp_path / "once")) > 3 * 6
    assert fingerprints(tmp_path / "once") == fingerprints(tmp_path / "again")


def test_another_seed_gives_other_bytes(tmp_path):
    make_world(tmp_path / "seven", seed=7, people=SMALL, days=1)
    make_world(tmp_path / "eight", seed=8, people=SMALL, days=1)
    seven, eight = fingerprints(tmp_path / "seven"), fingerprints(tmp_path / "eight")
    assert [name for name in seven if seven[name] == eight.get(name)] == []


def test_a_longer_world_begins_with_the_shorter_one(delivered, world, tmp_path):
    make_world(tmp_path, people=world.people_count, days=2)
    assert fingerprints(tmp_path / "inbox").items() <= fingerprints(world.folder / "inbox").items()


def test_every_feed_delivers_every_day(delivered, world):
    every_day = [date(2030, 1, 1) + timedelta(days=day) for day in range(39)]
    for feed in ("mailinglist", "stackexchange", "twitter", *LISTS):
        assert delivered.days(feed) == every_day
    assert world.last_day == LAST_DATE


def test_the_truth_beside_the_inbox_is_the_truth_returned(world):
    written = json.loads((world.folder / "truth.json").read_text())
    assert written["experts"] == world.experts
    assert written["row_counts"] == world.row_counts
    assert written["viral_day"] == "2030-01-30"
    assert written["broken_day"] == "2030-02-07"


def test_rows_counted_are_rows_written(delivered, world):
    counted = world.row_counts[LAST_DATE.isoformat()]
    dump = counted["stackexchange"]
    assert {name: len(delivered.rows(name, LAST_DATE)) for name in dump} == dump
    assert counted["twitter"] == {"statuses.jsonl.gz": len(delivered.statuses(LAST_DATE))}
    assert len(delivered.messages) == sum(sum(day["mailinglist"].values()) for day in world.row_counts.values())


def test_a_weekend_day_has_about_three_fifths_of_a_weekday(world):
    volumes = [(date.fromisoformat(day), sum(feeds["mailinglist"].values())) for day, feeds in world.row_counts.items()]
    weekend = [count for day, count in volumes if day.weekday() >= 5]
    weekdays = [count for day, count in volumes if day.weekday() < 5]
    assert sum(weekend) / len(weekend) == pytest.approx(0.6 * sum(weekdays) / len(weekdays), rel=0.15)


def test_every_topic_has_an_expert_who_is_nothing_else(world):
    experts = {person for people in world.experts.values() for person in people}
    assert all(people for people in world.experts.values())
    assert set(world.experts) == set(world.topics)
    assert not experts & {*world.bots, *world.ring, *world.newcomers, world.viral_person}


def test_experts_draw_many_people_and_the_shouting_bots_nobody(delivered, world):
    posts = Counter(status["user"]["id_str"] for status in delivered.all_statuses)
    bots = twitter_ids(world.bots)
    assert min(posts[bot] for bot in bots) > max(posts[other] for other in set(posts) - bots - twitter_ids(world.ring))
    assert all(delivered.resharers(bot) == set() for bot in bots)
    leading = [world.linked[person]["twitter"] for people in world.experts.values() for person in people[:1]
               if person in world.linked]
    assert min(len(delivered.resharers(expert)) for expert in leading) >= 20


def test_every_pair_of_the_ring_reacts_every_day(delivered, world):
    ring = twitter_ids(world.ring)
    wanted = {(fan, author) for fan in ring for author in ring if fan != author}
    assert len(wanted) == 12 * 11
    for day in (date(2030, 1, 1), date(2030, 1, 6), LAST_DATE):
        reshares = (status for status in delivered.statuses(day) if "retweeted_status" in status)
        assert wanted <= {(s["user"]["id_str"], s["retweeted_status"]["user"]["id_str"]) for s in reshares}


def test_fans_react_to_the_same_expert_on_two_networks(delivered, world):
    fan, expert = next(iter(world.fans_on_every_network.items()))
    fan, expert = world.linked[fan], world.linked[expert]
    posts, comments = delivered.all_rows("Posts.xml"), delivered.all_rows("Comments.xml")
    owned = {post["Id"] for post in posts if post.get("OwnerUserId") == expert["stackexchange"]}
    assert fan["twitter"] in delivered.resharers(expert["twitter"])
    assert owned & {comment["PostId"] for comment in comments if comment["UserId"] == fan["stackexchange"]}


def test_people_are_on_one_network_or_declared_on_several(world):
    assert {len(accounts) for accounts in world.linked.values()} == {2, 3}
    assert not set(world.single_network) & set(world.linked)
    assert len(world.single_network) + len(world.linked) == world.people_count


def test_newcomers_are_silent_before_their_first_day(delivered, world):
    began = {account: world.newcomers[f"twitter:{account}"] for account in twitter_ids(list(world.newcomers))}
    seen = {account: delivered.active_dates(account) for account in began}
    assert sum(len(days) for days in seen.values()) > 0
    assert all(days[0] >= began[account] for account, days in seen.items() if days)
    assert {first.day for first in world.newcomers.values()} <= {18, 19, 20, 21, 22}


def test_the_viral_post_about_doubles_the_day_with_real_accounts(delivered, world):
    viral, week_before = delivered.statuses(VIRAL_DATE), delivered.statuses(VIRAL_DATE - timedelta(days=7))
    reshares = [s for s in viral if s.get("retweeted_status", {}).get("id_str") == world.viral_post_id]
    resharers = {status["user"]["id_str"] for status in reshares}
    assert 1.7 <= len(viral) / len(week_before) <= 3
    assert len(resharers) == len(reshares) > 0.6 * 0.45 * world.people_count
    assert not resharers & twitter_ids(world.bots)
    assert {f"twitter:{status['retweeted_status']['user']['id_str']}" for status in reshares} == {world.viral_person}


def test_the_broken_file_ends_in_the_middle_of_its_stream(delivered, world):
    content = (delivered.folder(world.broken_feed, world.broken_day) / "statuses.jsonl.gz").read_bytes()
    stream = zlib.decompressobj(wbits=31)
    readable = stream.decompress(content).count(b"\n")
    assert (world.broken_day, world.broken_feed) == (BROKEN_DATE, "twitter")
    assert 0 < readable < world.row_counts["2030-02-07"]["twitter"]["statuses.jsonl.gz"]
    assert not stream.eof
    with pytest.raises(EOFError):
        gzip.decompress(content)


@pytest.mark.parametrize("feed", LISTS)
def test_lists_only_grow_and_match_their_manifests(delivered, feed):
    history = [delivered.listed(feed, day) for day in delivered.days(feed)]
    assert all(before <= after for before, after in zip(history, history[1:], strict=False))
    assert 0 < len(history[0]) < len(history[-1])
    for day, accounts in zip(delivered.days(feed), history, strict=True):
        path = delivered.folder(feed, day) / f"{feed}.csv"
        manifest = json.loads(path.with_name(f"{feed}.csv.manifest.json").read_text())
        assert manifest == {"rows": len(accounts), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


@pytest.mark.parametrize("feed", LISTS)
def test_accounts_on_a_list_exist_on_their_network(delivered, feed):
    accounts = delivered.listed(feed, LAST_DATE)
    assert len(accounts & delivered.accounts_seen) >= 0.9 * len(accounts)  # the rest stayed silent for 39 days


def test_people_go_on_after_they_are_listed(delivered, world):
    listed = {account.removeprefix("twitter:"): day for account, day in (world.minors | world.opted_out).items()}
    late = {account: day for account, day in listed.items() if day > world.first_day}
    seen = {account: delivered.active_dates(account) for account in late}
    before_and_after = [account for account, days in seen.items() if days and days[0] < late[account] <= days[-1]]
    assert before_and_after


def test_canaries_are_active_on_every_network_and_listed_from_the_first_day(delivered, world):
    listed = {"minor": world.minors, "opt_out": world.opted_out}
    for role, accounts in world.canaries.items():
        names = {f"{network}:{account}" for network, account in accounts.items()}
        assert len(names) == 3
        assert names <= delivered.accounts_seen
        assert {listed[role][name] for name in names} == {world.first_day}


def test_a_short_world_has_no_viral_and_no_broken_day(tmp_path):
    short = make_world(tmp_path, people=SMALL, days=1)
    assert (short.viral_day, short.viral_person, short.viral_post_id) == (None, None, None)
    assert (short.broken_day, short.broken_feed) == (None, None)


def test_an_inbox_with_deliveries_is_left_alone(tmp_path):
    make_world(tmp_path, people=SMALL, days=1)
    with pytest.raises(PipelineError, match="expected no deliveries"):
        make_world(tmp_path, people=SMALL, days=1)


def test_too_small_a_world_is_refused(tmp_path):
    with pytest.raises(PipelineError, match="expected 200 people or more, got 199"):
        make_world(tmp_path, people=199)


def test_a_lexicon_without_a_demo_topic_is_refused(tmp_path):
    lexicon = tmp_path / "2030-01-01.csv"
    lexicon.write_text("topic_id,topic_name,phrase\npython,Python,python library\n")
    with pytest.raises(MissingInput, match="machine-learning"):
        demo_topics(lexicon)
