"""Archives built to write elsewhere, to fill memory or disk, or to lie: refused, and nothing is left behind."""

import gzip
import tracemalloc
import zlib

import pytest

from tests.security.archive_attacks import COMMENTS, ONLY_NAMES, REFUSED, named_gzip, overlapping, zipped
from tests.security.conftest import leaks

MOST_MEMORY = 300_000_000

GZIP_BOMBS = {
    "one line of zeros": gzip.compress(b"\0" * 15_000_000),
    "many lines": gzip.compress((b"x" * 9_999 + b"\n") * 1_500),
    "many members": gzip.compress(b"x" * 9_999 + b"\n") * 1_500,
}

GZIP_ODDITIES = {
    "gzip within gzip": (gzip.compress(gzip.compress(COMMENTS)), {"truncated_gzip", "broken_xml", "invalid_utf8", "nul_byte"}),
    "name that leads elsewhere": (named_gzip(COMMENTS), {"kept", "duplicate"}),
    "checksum that lies": (gzip.compress(COMMENTS)[:-8] + b"\0" * 8, {"truncated_gzip", "duplicate"}),
    "waste behind the stream": (gzip.compress(COMMENTS) + b"PK\3\4 waste", {"truncated_gzip", "duplicate"}),
    "deflate without gzip": (b"\x1f\x8b" + zlib.compress(COMMENTS), {"truncated_gzip"}),
}


@pytest.fixture(scope="module")
def refused(deliver_all, attacked, tmp_path_factory):
    """The words of refusal for each archive that was refused as a whole."""
    work = tmp_path_factory.mktemp("work")
    files = {name: make(work) for name, (make, _) in REFUSED.items()}
    deliver_all("stackexchange", "site.7z", files)
    rows = attacked.arrow("ops__quarantine").to_pylist()
    return {row["file_name"].split("/")[0]: row["reason_detail"] for row in rows if row["reason_code"] == "file_refused"}


@pytest.fixture(scope="module")
def oddities(deliver_all):
    return deliver_all("stackexchange", "Comments.xml.gz", {name: content for name, (content, _) in GZIP_ODDITIES.items()})


@pytest.mark.parametrize("attack", REFUSED)
def test_a_hostile_archive_is_refused_in_words(refused, attack):
    assert REFUSED[attack][1] in refused[attack]


def test_an_overlapping_bomb_unpacks_no_more_than_its_one_stream(deliver_all):
    assert deliver_all("stackexchange", "site.7z", {"overlapping": overlapping(500)})["overlapping"] == "broken_xml nul_byte"


@pytest.mark.parametrize("attack", GZIP_BOMBS)
def test_a_gzip_bomb_is_refused_before_it_fills_memory(deliver_all, attack):
    tracemalloc.start()
    became = deliver_all("stackexchange", "Comments.xml.gz", {attack: GZIP_BOMBS[attack]})[attack]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "file_refused" in became
    assert peak < MOST_MEMORY


@pytest.mark.parametrize("attack", GZIP_ODDITIES)
def test_a_gzip_stream_is_its_bytes_and_nothing_else(oddities, attack):
    assert set(oddities[attack].split()) <= GZIP_ODDITIES[attack][1]


@pytest.mark.parametrize("name", ONLY_NAMES)
def test_a_name_that_looks_like_an_option_or_pattern_is_only_a_name(deliver_all, name):
    content = zipped((name, COMMENTS.replace(b"row Id", b"row  Id")), ("secret/Badges.xml", b"x" + name.encode()))
    assert deliver_all("stackexchange", "site.7z", {"archive": content})["archive"] in ("kept", "duplicate", "file_refused")


def test_nothing_was_unpacked_into_the_store(attacked, refused, oddities):
    assert leaks(attacked) == []
    assert [path for path in attacked.settings.home.rglob("*") if path.name in ("Comments.xml", "a", "evil")] == []
