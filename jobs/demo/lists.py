"""The lists about people: who opted out, who is a minor, and which accounts are declared to be one person."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from jobs.demo.packing import write_with_manifest
from jobs.demo.people import Person

LINK_SOURCE = "demo-profile-link"
LISTED_HEADER = "network,account_id"
IDENTITY_HEADER = "network,account_id,person_id,link_source,declared_date"
ROLE_OF_LIST = {"suppression": "opt_out", "minors": "minor"}


def write_lists(inbox: Path, people: list[Person], day: int, first_day: date) -> dict[str, dict[str, int]]:
    """Write the three lists as they stand on the day, whole, and count their rows."""
    folder_name = (first_day + timedelta(days=day - 1)).isoformat()
    counts = {}
    for feed, lines in _lists(people, day, first_day):
        path = inbox / feed / folder_name / f"{feed}.csv"
        write_with_manifest(path, "".join(f"{line}\n" for line in lines).encode(), len(lines) - 1)
        counts[feed] = {path.name: len(lines) - 1}
    return counts


def listed_accounts(people: list[Person], role: str) -> dict[str, int]:
    """The accounts on the list of the role, as network:account, with their first day on it."""
    listed = (person for person in people if person.role == role and person.listed_from)
    return {name: person.listed_from for person in listed for name in person.account_names}


def _lists(people: list[Person], day: int, first_day: date) -> Iterable[tuple[str, list[str]]]:
    for feed, role in ROLE_OF_LIST.items():
        accounts = [name for name, listed_from in listed_accounts(people, role).items() if listed_from <= day]
        yield feed, [LISTED_HEADER, *sorted(name.replace(":", ",") for name in accounts)]
    linked = [person for person in people if person.linked_from and person.linked_from <= day]
    yield "identity", [IDENTITY_HEADER, *(line for person in linked for line in _links(person, first_day))]


def _links(person: Person, first_day: date) -> list[str]:
    declared = first_day + timedelta(days=person.linked_from - 1)
    return [
        f"{network},{account},{person.person_id},{LINK_SOURCE},{declared}"
        for network, account in person.accounts.items()
    ]
