"""A made-up network whose files can be read with the eye, and shorthands to deliver and to look."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from types import SimpleNamespace

import pytest

from jobs.errors import BadInput
from jobs.ingest.contract import Account, Interaction, Post, SourceRow, Truncated


def demo_rows(path, file_name):
    """A line is `key day record...`, day `-` when there is none, or a mark: !reason, ~word, CUT, HOSTILE."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        yield demo_row(number, line, file_name)


def demo_row(number, line, file_name):
    if line == "CUT":
        raise Truncated(file_name)
    if line == "HOSTILE":
        raise BadInput(f"{file_name}: expected a demo file, got a bomb")
    if line.startswith("!"):
        return SourceRow(number, rejected=line[1:], detail="expected a row")
    if line.startswith("~"):
        return SourceRow(number, out_of_scope=line[1:])
    key, day, *words = line.split()
    event_at = None if day == "-" else datetime.fromisoformat(f"{day}T12:00:00+00:00").astimezone(UTC)
    return SourceRow(number, key, event_at, tuple(demo_record(word, event_at) for word in words))


def demo_record(word, event_at):
    """A record: `@ann` an account, `17/ann` a post by ann, `9:bob>ann` a reaction of bob to ann."""
    if word.startswith("@"):
        return Account(word[1:])
    if ">" in word:
        interaction_id, people = word.split(":")
        engager, author = people.split(">")
        return Interaction(interaction_id, "reply", engager or None, author or None, None, event_at)
    post_id, author = word.split("/")
    return Post(post_id, author or None, event_at, post_text="made up", native_labels=("demo",))


@pytest.fixture
def network():
    """The connector of the made-up network."""
    return SimpleNamespace(MEMBERS=(".demo",), read_rows=demo_rows)


@pytest.fixture
def deliver(tmp_path):
    """Writes the lines of a printed file, below a folder of deliveries, and gives its path."""

    def write(name, text):
        path = tmp_path / "deliveries" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(line.strip() for line in text.strip().splitlines()) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def deliver_list(deliver):
    """Writes a list and, beside it, the manifest that belongs to it."""

    def write(name, text):
        path = deliver(name, text)
        facts = {"rows": len(text.strip().splitlines()) - 1, "sha256": sha256(path.read_bytes()).hexdigest()}
        path.with_name(f"{path.name}.manifest.json").write_text(json.dumps(facts))
        return path

    return write


@pytest.fixture
def look(store):
    """The rows of a table as sorted lines of the columns asked for."""

    def read(table, columns):
        rows = store.arrow(table, columns=columns.split()).to_pylist()
        return sorted(" ".join(str(cell) for cell in row.values()) for row in rows)

    return read


