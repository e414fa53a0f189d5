"""Delivered files without a person, in each format that a network delivers; nobody else's row goes."""

import gzip
import json

import pytest

from jobs.ingest.networks import mailinglist, stackexchange, twitter
from jobs.ingest.records import people_of
from jobs.ingest.redaction import _pack, redact
from jobs.person_identifiers import PersonIdentifiers, all_ids

MESSAGE = """From {0} @end|ng |rom ex@mp|e@org  Tue Jan  1 14:00:00 2030
From: {0} @end|ng |rom ex@mp|e@org ({0} Example)
Date: Tue, 1 Jan 2030 13:00:00 +0100
Message-ID: <{0}@mail.example>

Words for zoe @end|ng |rom ex@mp|e@org and others.
"""
POSTS = """<?xml version="1.0" encoding="utf-8"?>
<posts>
  <row Id="42" PostTypeId="1" CreationDate="2030-01-01T10:00:00.000" Score="42" OwnerUserId="7" Title="a" Body="b" />
  <row Id="43" PostTypeId="1" CreationDate="2030-01-01T10:00:00.000" Score="42" OwnerUserId="42" Title="a" Body="b" />
</posts>
"""
USERS = """<users>
  <row Id="42" DisplayName="Zoe" CreationDate="2029-01-01T10:00:00.000" AccountId="9" />
  <row Id="7" DisplayName="Ann" CreationDate="2029-01-01T10:00:00.000" AccountId="42" />
</users>
"""


def identifiers(network: str, account_id: str) -> PersonIdentifiers:
    accounts = frozenset({(network, account_id)})
    return PersonIdentifiers(accounts, all_ids(accounts), frozenset(), "erased-0")


def people(connector, path, name: str) -> list[str]:
    return [person for row in connector.read_rows(path, name) for record in row.records
            for person in people_of(record) if person]


def test_messages_of_a_sender_go_and_the_address_is_masked_in_those_of_others(tmp_path):
    path, target = tmp_path / "2030-January.txt.gz", tmp_path / "new.txt.gz"
    path.write_bytes(gzip.compress("".join(MESSAGE.format(name) for name in ("ann", "zoe")).encode()))
    ann, zoe = dict.fromkeys(people(mailinglist, path, "talk/2030-January.txt.gz"))
    done = redact(path, "mailinglist", "talk/2030-January.txt.gz", identifiers("mailinglist", zoe), target)
    assert (done.row_count, set(people(mailinglist, target, "talk/2030-January.txt.gz"))) == (1, {ann})
    assert b"zoe" not in gzip.decompress(target.read_bytes())
    assert redact(target, "mailinglist", "x.txt.gz", identifiers("mailinglist", zoe), tmp_path / "again") is None


def test_a_number_is_an_account_only_where_the_dump_says_so_also_in_an_archive(tmp_path):
    for name, text in (("Posts.xml", POSTS), ("Users.xml", USERS)):
        (tmp_path / name).write_text(text)
    _pack(tmp_path, ["Posts.xml", "Users.xml"], tmp_path / "site.7z")
    done = redact(tmp_path / "site.7z", "stackexchange", "site/site.7z", identifiers("stackexchange", "42"),
                  tmp_path / "new.7z")
    assert (done.row_count, set(people(stackexchange, tmp_path / "new.7z", "site/site.7z"))) == (2, {"7"})


@pytest.mark.parametrize("is_response", [True, False])
def test_of_a_response_only_the_statuses_that_name_the_person_go(tmp_path, is_response):
    statuses = [{"id_str": str(number), "created_at": "Tue Jan 01 10:00:00 +0000 2030", "text": "words",
                 "user": {"id_str": author}, "in_reply_to_user_id_str": answered}
                for number, (author, answered) in enumerate([("1000001", None), ("1000002", None),
                                                             ("1000003", "1000002")])]
    path, target = tmp_path / "s.json", tmp_path / "new.json"
    path.write_text(json.dumps({"statuses": statuses}, indent=1) if is_response
                    else "".join(f"{json.dumps(one)}\n" for one in statuses))
    redact(path, "twitter", "s.json", identifiers("twitter", "1000002"), target)
    assert set(people(twitter, target, "s.json")) == {"1000001"}
