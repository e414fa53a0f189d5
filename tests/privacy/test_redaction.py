"""Delivered files without a person, in each format that a network delivers; nobody else's row goes."""

import gzip
import json

import pytest

from jobs.ingest.contract import Truncated
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
  <row Id="{0}" PostTypeId="1" CreationDate="2030-01-01T10:00:00.000" ViewCount="{0}" OwnerUserId="7" Title="{0} a" />
  <row Id="43" PostTypeId="1" CreationDate="2030-01-01T10:00:00.000" Score="5" OwnerUserId="{0}" Title="a" Body="b" />
  <row Id="44" PostTypeId="1" CreationDate="2030-01-01T10:00:00.000" OwnerUserId="7" Title="by stackexchange:{0}" />
</posts>
"""
USERS = """<users>
  <row Id="{0}" DisplayName="Zoe" CreationDate="2029-01-01T10:00:00.000" AccountId="9" />
  <row Id="7" DisplayName="Ann" CreationDate="2029-01-01T10:00:00.000" AccountId="{0}" />
</users>
"""
STATUSES = """
what                                                        | status                                                                   | goes
the author                                                  | {"user": {"id_str": "ID"}}                                               | True
the author, as a number                                     | {"user": {"id": ID}}                                                     | True
whom it answers                                             | {"in_reply_to_user_id_str": "ID"}                                        | True
whom it retweets                                            | {"retweeted_status": {"user": {"id_str": "ID"}}}                         | True
whom it quotes                                              | {"quoted_status": {"user": {"id_str": "ID"}}}                            | True
whom it mentions                                            | {"entities": {"user_mentions": [{"id_str": "ID"}]}}                      | True
whom it mentions after the first 140 characters             | {"extended_tweet": {"entities": {"user_mentions": [{"id": ID}]}}}        | True
whose picture it shows                                      | {"extended_entities": {"media": [{"source_user_id_str": "ID"}]}}         | True
the author, in rtweet's words                               | {"status_id": "8", "user_id": "ID"}                                      | True
whom it mentions, in rtweet's words                         | {"status_id": "8", "user_id": "7", "mentions_user_id": ["6", "ID"]}      | True
whom it mentions, joined                                    | {"status_id": "8", "user_id": "7", "mentions_user_id": "6 ID"}           | True
whom it retweets, in rtweet's words                         | {"status_id": "8", "user_id": "7", "retweet_user_id": "ID"}              | True
a notice about one of their statuses                        | {"delete": {"status": {"id": 8, "user_id": ID}}}                         | True
what is no status and names them                            | {"user": {"id_str": "ID"}                                                | True
named in words                                              | {"user": {"id_str": "7"}, "text": "see twitter:ID"}                      | True
another status of that id                                   | {"id_str": "ID", "user": {"id_str": "7"}}                                | False
an answer to another status of that id                      | {"in_reply_to_status_id_str": "ID", "user": {"id_str": "7"}}             | False
as many followers                                           | {"user": {"id_str": "7", "followers_count": ID}}                         | False
a number in words                                           | {"user": {"id_str": "7"}, "text": "ID steps"}                            | False
a longer id                                                 | {"user": {"id_str": "1ID"}}                                              | False
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


@pytest.mark.parametrize("account_id", ["42", "123456"])
def test_a_number_is_an_account_only_where_the_dump_says_so_also_in_an_archive(tmp_path, account_id):
    """Users, posts, votes and comments are counted apart, and views are a count as well."""
    for name, text in (("Posts.xml", POSTS), ("Users.xml", USERS)):
        (tmp_path / name).write_text(text.format(account_id))
    _pack(tmp_path, ["Posts.xml", "Users.xml"], tmp_path / "site.7z")
    done = redact(tmp_path / "site.7z", "stackexchange", "site/site.7z", identifiers("stackexchange", account_id),
                  tmp_path / "new.7z")
    rows = list(stackexchange.read_rows(tmp_path / "new.7z", "site/site.7z"))
    assert (done.row_count, [row.row_key for row in rows]) == (3, [f"post:{account_id}", "user:7"])


@pytest.mark.parametrize("account_id", ["42", "123456"])
@pytest.mark.parametrize("line", STATUSES.strip().splitlines()[1:], ids=lambda line: line.split("|")[0].strip())
def test_a_status_goes_where_a_field_of_it_names_the_account(tmp_path, line, account_id):
    _, status, goes = (cell.strip().replace("ID", account_id) for cell in line.split("|"))
    other = '{"id_str": "9", "user": {"id_str": "7"}}'
    path, target = tmp_path / "s.json", tmp_path / "new.json"
    path.write_text(f"{other}\n{status}\n")
    redact(path, "twitter", "s.json", identifiers("twitter", account_id), target)
    rest = (target if target.exists() else path).read_text().splitlines()
    assert rest == ([other] if goes == "True" else [other, status])


@pytest.mark.parametrize(("account_id", "goes"), [("123456789012345", False), ("1234567890123456", True)])
def test_a_number_that_is_too_long_for_a_count_names_its_account_in_words_too(tmp_path, account_id, goes):
    path = tmp_path / "s.json"
    path.write_text(json.dumps({"id_str": "9", "user": {"id_str": "7"}, "text": f"by {account_id}"}) + "\n")
    assert (redact(path, "twitter", "s.json", identifiers("twitter", account_id), tmp_path / "n") is not None) is goes


@pytest.mark.parametrize("account_id", ["42", "123456"])
def test_a_response_in_which_nobody_is_named_stays_as_it_came(tmp_path, account_id):
    path = tmp_path / "s.json"
    path.write_text('{ "statuses": [ {"id_str": "ID", "user": {"id_str": "7"}} ] }\n'.replace("ID", account_id))
    assert redact(path, "twitter", "s.json", identifiers("twitter", account_id), tmp_path / "new.json") is None


@pytest.mark.parametrize(("row", "goes"), [("zoe likes jazz by 42", True), ("zoe likes jazz by 421", False)])
def test_of_a_network_whose_fields_nobody_described_each_row_with_the_id_goes(tmp_path, row, goes):
    path, target = tmp_path / "rows.txt", tmp_path / "new.txt"
    path.write_text(f"{row}\n")
    assert (redact(path, "pigeonpost", "rows.txt", identifiers("pigeonpost", "42"), target) is not None) is goes


FORMS = {
    "response": lambda statuses: json.dumps({"statuses": statuses}, indent=1),
    "lines": lambda statuses: "".join(f"{json.dumps(one)}\n" for one in statuses),
    "array": lambda statuses: json.dumps(statuses, indent=1),
    "array that is cut": lambda statuses: json.dumps(statuses, indent=1)[:-1],
    "array that cannot be read": lambda statuses: json.dumps(statuses, indent=1) + " and more",
}


@pytest.mark.parametrize("form", FORMS)
def test_of_several_statuses_only_those_that_name_the_person_go(tmp_path, form):
    statuses = [{"id_str": str(number), "created_at": "Tue Jan 01 10:00:00 +0000 2030", "text": "words",
                 "user": {"id_str": author}, "in_reply_to_user_id_str": answered}
                for number, (author, answered) in enumerate([("1000001", None), ("1000002", None),
                                                             ("1000003", "1000002")])]
    path, target = tmp_path / "s.json", tmp_path / "new.json"
    path.write_text(FORMS[form](statuses))
    redact(path, "twitter", "s.json", identifiers("twitter", "1000002"), target)
    found = target.read_bytes()
    assert b"1000002" not in found
    assert (b"1000001" in found) is (form != "array that cannot be read"), "nothing says where its statuses end"
    if form in ("response", "lines", "array"):
        assert set(people(twitter, target, "s.json")) == {"1000001"}
    if form == "array that is cut":
        with pytest.raises(Truncated):
            people(twitter, target, "s.json")
