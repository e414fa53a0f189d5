"""Users, posts, votes and comments of a site are counted apart: who is forgotten takes nobody else's row along."""

import json
from datetime import date

import pytest

from jobs.comparing.verify import verify
from jobs.forgetting.forget import forget, leave_out
from jobs.ingest.feeds import ingest_feed
from jobs.settings import Settings
from jobs.storage import Store
from tests.privacy.conftest import status

DAY = date(2030, 1, 1)
ZOE = "123456"
AT = 'CreationDate="2030-01-01T10:00:00.000"'
DUMP = {
    "Users.xml": f'<users>\n<row Id="{ZOE}" DisplayName="Zoe" {AT} />\n<row Id="7" DisplayName="Ann" {AT} />\n</users>\n',
    "Posts.xml": f'<posts>\n<row Id="{ZOE}" PostTypeId="1" {AT} ViewCount="{ZOE}" OwnerUserId="7" Title="a" />\n'
                 f'<row Id="8" PostTypeId="1" {AT} OwnerUserId="{ZOE}" Title="b" />\n</posts>\n',
    "Votes.xml": f'<votes>\n<row Id="{ZOE}" PostId="{ZOE}" VoteTypeId="2" {AT} />\n</votes>\n',
    "Comments.xml": f'<comments>\n<row Id="{ZOE}" PostId="{ZOE}" UserId="7" {AT} />\n'
                    f'<row Id="9" PostId="{ZOE}" UserId="{ZOE}" {AT} />\n</comments>\n',
}
OF_OTHERS = {f"user:{7}", f"post:{ZOE}", f"vote:{ZOE}", f"comment:{ZOE}"}


@pytest.fixture
def store(tmp_path) -> Store:
    """An empty store."""
    return Store(Settings(home=tmp_path / "store", networks=("stackexchange",)))


def load(store: Store, day: date = DAY) -> list:
    """Deliver the dump of the site and load it for a day; what became of each file."""
    folder = store.settings.inbox / "stackexchange" / day.isoformat() / "site"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in DUMP.items():
        (folder / name).write_text(text)
    return ingest_feed(store, "stackexchange", [folder.parent], day).files


def keys(store: Store) -> set[str]:
    """What the tables hold, each thing under its key."""
    return {*(f"user:{row['account_id']}" for row in store.arrow("core__accounts").to_pylist()),
            *(f"post:{row['post_id']}" for row in store.arrow("core__posts").to_pylist()),
            *(row["interaction_id"] for row in store.arrow("core__interactions").to_pylist())}


def test_an_erasure_leaves_other_things_of_the_same_number_in_tables_and_landed_files(store):
    load(store)
    assert keys(store) == OF_OTHERS | {f"user:{ZOE}", "post:8", "comment:9"}
    done = forget(store, f"stackexchange:{ZOE}", "ann")
    assert (done.left, done.landed_file_count, done.landed_row_count) == ([], 3, 3)
    assert keys(Store(store.settings)) == OF_OTHERS
    assert [row["post_id"] for row in Store(store.settings).arrow("core__interactions").to_pylist()] == [ZOE, ZOE]
    assert [one for one in verify(Store(store.settings)) if not one.holds] == []


def test_of_a_later_dump_only_the_rows_of_the_forgotten_are_cut(store):
    leave_out(store, f"stackexchange:{ZOE}")
    files = {file.file_name.split("/")[-1]: file for file in load(store)}
    assert {name: (file.row_count, file.suppressed) for name, file in files.items()} == {
        "Users.xml": (2, 1), "Posts.xml": (2, 1), "Votes.xml": (1, 0), "Comments.xml": (2, 1)}
    assert keys(store) == OF_OTHERS


def test_a_name_within_the_id_of_somebody_elses_post_is_no_mention(tmp_path):
    """Tables are joined by ids; a Message-ID may end in `@zoe.example`."""
    store = Store(Settings(home=tmp_path / "store", networks=("twitter",)))
    path = store.settings.inbox / "twitter" / DAY.isoformat() / "statuses.json"
    path.parent.mkdir(parents=True)
    statuses = [status(DAY, 1, "zoe-00009"), status(DAY, 2, "ann-00001", "by @zoe", id_str="5@zoe.example")]
    path.write_text("".join(f"{json.dumps(one)}\n" for one in statuses))
    ingest_feed(store, "twitter", [path.parent], DAY)
    done = forget(store, "twitter:zoe-00009", "ann")
    [post] = Store(store.settings).arrow("core__posts").to_pylist()
    assert (post["post_id"], post["post_text"]) == ("5@zoe.example", f"by {done.erasure}")


def test_of_a_later_delivery_the_status_of_an_account_with_a_short_id_is_cut(tmp_path):
    store = Store(Settings(home=tmp_path / "store", networks=("twitter",)))
    leave_out(store, "twitter:12")
    path = store.settings.inbox / "twitter" / DAY.isoformat() / "statuses.json"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{json.dumps(status(DAY, number, author))}\n" for number, author in enumerate(["12", "7"])))
    [file] = ingest_feed(store, "twitter", [path.parent], DAY).files
    assert (file.row_count, file.kept, file.suppressed) == (2, 1, 1)
    [landed] = store.arrow("ops__deliveries")["landed_path"].to_pylist()
    assert [json.loads(row)["user"]["id_str"] for row in (store.settings.home / landed).read_text().splitlines()] == ["7"]
