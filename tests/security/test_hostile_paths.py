"""Names of files, folders, feeds and settings that lead elsewhere: refused in words, and nothing outside is read."""

import os
from datetime import date

import pytest

from jobs.errors import PipelineError
from jobs.ingest.feeds import ingest_feed, ingest_inbox
from jobs.settings import load_settings
from tests.security.conftest import CANARY, DAY, leaks
from tests.security.json_attacks import status

FEEDS = ("../twitter", "twitter/../../x", "/etc/passwd", "os", "jobs.errors", "__init__", "_hidden", "twitter\0", "", "..",
         "twitter;rm -rf", "TWITTER")

NAMES = {
    "line break": b"a\nb.jsonl", "escape": b"\x1b[2J.jsonl", "no UTF-8": b"\xff\xfe.jsonl", "turned": "\u202elnosj.jsonl".encode(),
    "zero-width": "a\u200b.jsonl".encode(), "folder of the manifest": b"manifest.json/a.jsonl",
}

HARMLESS_NAMES = ("..jsonl", "-rf.jsonl", "$(id).jsonl", "a'; --.jsonl", "%2e%2e%2f.jsonl", "CON.jsonl", "~.jsonl", "*.jsonl")


@pytest.fixture
def inbox(attacked):
    """An empty inbox folder of the feed and day."""
    folder = attacked.settings.inbox / "twitter" / DAY.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def message(store, feed: str = "twitter", day: date = DAY) -> str:
    """What the door of the inbox says."""
    with pytest.raises(PipelineError) as refused:
        ingest_inbox(store, feed, day)
    return str(refused.value)


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_is_only_a_known_name(attacked, tmp_path, feed):
    delivered = tmp_path / "a.jsonl"
    delivered.write_text(status(1))
    before = set(tmp_path.rglob("*"))
    with pytest.raises(PipelineError, match="known"):
        ingest_feed(attacked, feed, [delivered], DAY)
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_that_hides_something_is_refused(attacked, inbox, name):
    path = inbox / os.fsdecode(NAMES[name])
    path.parent.mkdir(exist_ok=True)
    path.write_text(status(2))
    assert message(attacked).isprintable()


@pytest.mark.parametrize("name", HARMLESS_NAMES)
def test_a_file_name_that_only_looks_bad_is_a_name(attacked, inbox, name):
    (inbox / name).write_text(status(100 + HARMLESS_NAMES.index(name)))
    (summary,) = ingest_inbox(attacked, "twitter", DAY).files
    assert summary.kept == 1
    assert summary.file_name.endswith(name)


@pytest.mark.parametrize("kind", ["file", "folder", "link to a link"])
def test_a_link_in_the_inbox_hands_nothing_over(attacked, inbox, target, kind):
    aim = {"file": target.file, "folder": target.folder, "link to a link": inbox / "first.jsonl"}[kind]
    (inbox / "second.jsonl").symlink_to(aim)
    if kind == "link to a link":
        aim.symlink_to(target.file)
    if kind == "folder":
        assert ingest_inbox(attacked, "twitter", DAY) is None
    else:
        assert "a link" in message(attacked)
    assert leaks(attacked) == []


def test_a_pipe_in_the_inbox_is_not_waited_for(attacked, inbox):
    os.mkfifo(inbox / "statuses.jsonl")
    assert ingest_inbox(attacked, "twitter", DAY) is None


@pytest.mark.parametrize("line", ['catalog = "x"', "home = '/etc'", "__class__ = 1", "[engine]\na=1\n[x]\nb=2"])
def test_settings_that_are_not_known_are_refused(tmp_path, line):
    (tmp_path / "candor.toml").write_text(f'secret = "{CANARY}"\n{line}\n')
    with pytest.raises(PipelineError, match="unknown settings") as refused:
        load_settings(tmp_path)
    assert CANARY not in str(refused.value)
