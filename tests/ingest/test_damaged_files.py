"""However a file is damaged, each connector gives numbered rows with known reasons, or says that the file is bad."""

import gzip
import json
import random
from pathlib import Path

import pytest

from jobs.errors import BadInput
from jobs.ingest.contract import Truncated
from jobs.ingest.networks import mailinglist, stackexchange, twitter
from jobs.ingest.refusals import REASONS

ROUNDS = 60
"""Damaged copies of each file; a seed makes them the same in every run."""

COMMENTS = b"\xef\xbb\xbf<comments>\r\n" + b"".join(
    b'<row Id="%d" PostId="9" UserId="7" CreationDate="2030-01-01T12:00:00.000" Text="a &amp; b" />\r\n' % n
    for n in range(30)
) + b"</comments>"  # fmt: skip

MAIL = b"".join(
    b"From ann @end|ng |rom ex@mp|e@org  Tue Jan  1 14:00:00 2030\nFrom: ann @end|ng |rom ex@mp|e@org (=?utf-8?q?=41?=)\n"
    b"Date: Tue, 1 Jan 2030 13:00:00 +0100 (CET)\nIn-Reply-To: <0@mail.example>\nMessage-ID: <%d@mail.example>\n\n> a\n\n" % n
    for n in range(30)
)  # fmt: skip

PERSON = {"id_str": "1", "screen_name": "made_up_1", "created_at": "Tue Jan 01 12:00:00 +0000 2019"}
STATUS = {
    "created_at": "Tue Jan 01 12:00:00 +0000 2030", "id_str": "5", "text": "words \u00e9", "user": PERSON,
    "entities": {"hashtags": [{"text": "soil"}], "user_mentions": [{"id_str": "2"}]}, "in_reply_to_user_id_str": "3",
}  # fmt: skip
STATUSES = "".join(json.dumps({**STATUS, "retweeted_status": STATUS if n % 2 else None}) + "\n" for n in range(30))


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A copy with a few bytes changed, and sometimes a piece cut out or the end missing."""
    copy = bytearray(content)
    for _ in range(chance.randint(1, 20)):
        copy[chance.randrange(len(copy))] = chance.choice(b'\0\n<>&"{}[]:,0\xff\xed ') if chance.random() < 0.7 else 65
    start = chance.randrange(len(copy))
    match chance.randrange(4):
        case 0:
            return bytes(copy[:start])
        case 1:
            return bytes(copy[:start] + copy[start + 200 :])
        case _:
            return bytes(copy)


@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("connector", "name", "content"),
    [
        (stackexchange, "Comments.xml", COMMENTS),
        (mailinglist, "garden-talk/2030-01.txt", MAIL),
        (twitter, "statuses.jsonl", STATUSES.encode()),
    ],
    ids=["stackexchange", "mailinglist", "twitter"],
)
def test_a_damaged_file_never_stops_a_connector_with_another_error(tmp_path, connector, name, content, is_packed):
    chance, refused, survived = random.Random(7), 0, 0
    for _ in range(ROUNDS):
        path = write(tmp_path, Path(name).name, damaged(content, chance), chance if is_packed else None)
        read = []
        try:
            for row in connector.read_rows(path, name):
                read.append(row)
        except (Truncated, BadInput):
            refused += 1
        assert [row.number for row in read] == list(range(1, len(read) + 1))
        assert {row.rejected for row in read} <= REASONS | {None}
        refused += sum(bool(row.rejected) for row in read)
        survived += sum(bool(row.records) for row in read)
    assert refused > ROUNDS / 2
    assert survived > ROUNDS


def write(folder: Path, name: str, content: bytes, chance: random.Random | None) -> Path:
    """The content as a plain file, or as a gzip file of which every other one is damaged as well."""
    path = folder / (f"{name}.gz" if chance else name)
    packed = gzip.compress(content, mtime=0) if chance else content
    path.write_bytes(damaged(packed, chance) if chance and chance.random() < 0.5 else packed)
    return path
