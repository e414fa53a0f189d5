"""What became of earlier reactions when lists and links changed between two nights of a store, half a life apart."""

from datetime import date
from functools import partial

import pytest

from jobs.causes import CREDIT_CAUSES, OPTED_OUT, RELINKED
from jobs.decay import UNIT
from jobs.ledger import Release
from jobs.scoring.registry import algorithm
from jobs.scoring.rows import Night
from jobs.scoring.run import earlier_lines
from tests.doors.conftest import commit_rows

BEFORE, TONIGHT = date(2030, 1, 1), date(2030, 1, 31)

REACTED = "\n".join(["network | topic_id | engager_account_id | author_account_id | kind | decayed_weight | last_interacted_date",
                     *(f"net | jazz | {engager} | ann | reply | {UNIT} | {BEFORE}" for engager in ("eve", "flo", "gus"))])
LISTED = "list_code | network | account_id"
LINKED = "network | account_id | person_id"

CASES = """
tonight                                     | list        | links                        | aged | listed | relinked
nothing changed                             | zoe         | zoe is Zoe                   | 1.5  | 0      | 0
gus is listed, too                          | zoe, gus    | zoe is Zoe                   | 1.5  | 0.5    | 0
gus turns out to be Zoe, who was listed     | zoe         | zoe is Zoe, gus is Zoe       | 1.5  | 0.5    | 0
flo turns out to be gus | zoe | zoe is Zoe, flo is G, gus is G | 1.5 | 0 | 0.5
flo turns out to be Zoe, and eve to be gus  | zoe         | zoe is Zoe, flo is Zoe, eve is G, gus is G | 1.5 | 0.5 | 0.5
gus is listed, and flo turns out to be eve  | zoe, gus    | zoe is Zoe, flo is E, eve is E | 1.5 | 0.5   | 0.5
"""
"""Three people reacted to ann once; half of each is left. Zoe was on the list before."""


def cases() -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in CASES.strip().splitlines()[1:]]


@pytest.fixture
def write(store):
    return partial(commit_rows, store)


@pytest.fixture
def earlier(store, write) -> Release:
    """A release that froze the reactions, the list and the links of the first night."""
    frozen = {"feature__engagement_state": REACTED, "core__suppressions": f"{LISTED}\nsuppression | net | zoe",
              "core__identity_links": f"{LINKED}\nnet | zoe | Zoe"}
    for table, text in frozen.items():
        write(table, text, snapshot_date=str(BEFORE))
    snapshots = {table: store.iceberg(table).current_snapshot().snapshot_id for table in frozen}
    unread = dict.fromkeys(Release.__dataclass_fields__)
    return Release(**unread | {"snapshot_date": BEFORE, "table_snapshots": snapshots})


def test_the_parts_of_a_line_are_the_causes_of_lists_and_links():
    assert (CREDIT_CAUSES["listed_credit"], CREDIT_CAUSES["relinked_credit"]) == (OPTED_OUT, RELINKED)


@pytest.mark.parametrize(("tonight", "listed", "links", "aged", "opted_out", "relinked"), cases(), ids=lambda cell: cell)
def test_what_lists_and_links_took_is_named(spark, store, write, earlier, tonight, listed, links, aged, opted_out, relinked):
    """By v1, in credits of a reaction of today."""
    write("core__suppressions", "\n".join([LISTED, *(f"suppression | net | {name}" for name in listed.split(", "))]),
          snapshot_date=str(TONIGHT))
    write("core__identity_links", "\n".join(
        [LINKED, *(f"net | {link.replace(' is ', ' | ')}" for link in links.split(", "))]), snapshot_date=str(TONIGHT))
    night = Night(TONIGHT, ("v1",), None)
    [line] = earlier_lines(spark, store, night, {"v1": algorithm("v1")}, earlier).where("topic_id = 'jazz'").collect()
    found = [line[name] / UNIT for name in ("aged_units", "listed_units", "relinked_units")]
    assert found == [float(aged), float(opted_out), float(relinked)]
