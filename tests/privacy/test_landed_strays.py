"""A landed file that no delivery names is gone when it names the person, in whatever words its feed has for that."""

import gzip

import pytest

from jobs.forgetting.landed_strays import remove_strays
from jobs.person_identifiers import PersonIdentifiers

SHORT = PersonIdentifiers(frozenset({("stackexchange", "1087")}), frozenset(), frozenset(), "m-1")
"""An id of four digits, which is a count or a year in other words and is looked for in id columns only."""

STRAYS = """
landed                                                 | what                                   | goes
suppression/2030-01-01/3a/suppression.csv              | stackexchange,1087                     | True
suppression/2030-01-01/3a/suppression.csv              | stackexchange,10870                    | False
stackexchange/2030-01-01/3a/site/Users.xml             |   <row Id="1087" DisplayName="A" />    | True
stackexchange/2030-01-01/3a/site/Posts.xml             |   <row Id="1087" OwnerUserId="5" />    | False
stackexchange/2030-01-01/3a/site/Posts.xml             |   <row Id="7" OwnerUserId="1087" />    | True
stackexchange/all/.arriving-1f                         |   <row Id="1087" DisplayName="A" />    | True
stackexchange/all/.redacting-1f/Posts.xml              |   <row Id="7" OwnerUserId="1087" />    | True
"""


@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize("line", STRAYS.strip().splitlines()[1:])
def test_a_stray_goes_when_it_names_the_person(tmp_path, line, is_packed):
    place, content, goes = (cell.strip() for cell in line.split("|"))
    text = f"{content}\n".encode()
    path = tmp_path / "landed" / place
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(text) if is_packed else text)
    removed = remove_strays(tmp_path, frozenset(), SHORT)
    assert (removed, path.exists()) == (([path], False) if goes == "True" else ([], True))


def test_what_a_delivery_names_is_left_to_its_delivery_and_what_cannot_be_read_goes(tmp_path):
    folder = tmp_path / "landed" / "stackexchange" / "all"
    folder.mkdir(parents=True)
    known, broken = folder / "Users.xml", folder / ".arriving-2a"
    known.write_text('<row Id="1087" />')
    broken.write_bytes(b"7z, and nothing that an archive holds")
    assert remove_strays(tmp_path, frozenset({"landed/stackexchange/all/Users.xml"}), SHORT) == [broken]
    assert known.exists()
