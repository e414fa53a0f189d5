"""Erasures that have begun: who is being erased, kept until nothing names them any more.

Once the tables are rewritten, no table says which accounts are one person, nor what they are called: a run that was
killed then could not be finished without this. One file an erasure, readable by the owner alone, beside the requests.
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from jobs.person_identifiers import PersonIdentifiers


def begin(home: Path, identifiers: PersonIdentifiers, requests: Iterable[str]) -> None:
    """Keep who is being erased, and the names of the requests that wait for it; the whole file or none."""
    path = _folder(home) / identifiers.mark
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{identifiers.mark}")
    draft.unlink(missing_ok=True)
    facts = {name: sorted(getattr(identifiers, name)) for name in ("accounts", "people", "names")}
    facts["requests"] = sorted(requests)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(facts, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def begun(home: Path, wanted: str) -> PersonIdentifiers | None:
    """Who is being erased under an id; None when no erasure of theirs has begun."""
    return next((_identifiers(path, facts) for path, facts in _facts(home) if wanted in facts["people"]), None)


def account_begun(home: Path, request: str) -> tuple[str, str] | None:
    """An account of the erasure that a request was closed by, when that one is not finished."""
    return next((min(map(tuple, facts["accounts"])) for _, facts in _facts(home) if request in facts["requests"]), None)


def end(home: Path, identifiers: PersonIdentifiers) -> None:
    """Nothing names the person any more: this goes too, with drafts that a killed run left."""
    for name in (identifiers.mark, f".{identifiers.mark}"):
        (_folder(home) / name).unlink(missing_ok=True)


def _facts(home: Path) -> Iterator[tuple[Path, dict]]:
    for path in sorted(_folder(home).glob("erased-*")):
        yield path, json.loads(path.read_text(encoding="utf-8"))


def _identifiers(path: Path, facts: dict) -> PersonIdentifiers:
    accounts, people, names = (facts[name] for name in ("accounts", "people", "names"))
    return PersonIdentifiers(frozenset(map(tuple, accounts)), frozenset(people), frozenset(names), path.name)


def _folder(home: Path) -> Path:
    return home / "keys" / "erasures"
