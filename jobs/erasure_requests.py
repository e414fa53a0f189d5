"""Requests to be forgotten that wait for the next release: the accounts lie in one file of the store, and nowhere else.

Until they are erased, they count as on the suppression list of each new day; so the night that follows says why scores
moved. What a DAG is started with stays in Airflow's database and logs, so it is started with the name of a request.
"""

import json
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from jobs.erasures_in_progress import account_begun
from jobs.errors import BadInput, MissingInput

NAME = re.compile(r"request-[0-9a-f]{16}")

Account = tuple[str, str]
"""Network and account id."""


def file_request(home: Path, accounts: Iterable[Account]) -> str:
    """Keep accounts, readable by the owner alone, and give the name of the request; the same one when asked again."""
    wanted = frozenset(accounts)
    for name, known in _requests(home).items():
        if known == wanted:
            return name
    name = f"request-{secrets.token_hex(8)}"
    path = _folder(home) / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(sorted(wanted), file)
    return name


def requested(home: Path, name: str) -> str:
    """One account of a request, as network:account_id; errors: BadInput for no name, MissingInput for none such."""
    if not NAME.fullmatch(name):
        raise BadInput("expected the name of a request as `candor forget ID` prints it, got something else. Never give "
                       "an id here: it would stay in logs.")
    waiting = _requests(home).get(name)
    account = min(waiting) if waiting else account_begun(home, name)
    if account is None:
        raise MissingInput(f"no request {name}: it was carried out, or filed in another store. Nothing was changed.")
    return ":".join(account)


def waiting_accounts(home: Path) -> frozenset[Account]:
    """Every account that waits to be erased."""
    return frozenset(account for accounts in _requests(home).values() for account in accounts)


def requests_of(home: Path, accounts: frozenset[Account]) -> list[str]:
    """The names of the requests that wait for any of these accounts."""
    return [name for name, waiting in _requests(home).items() if waiting & accounts]


def same_request(home: Path, accounts: frozenset[Account]) -> frozenset[Account]:
    """Accounts, and those that a request which waits says to be the same person."""
    return accounts.union(*(waiting for waiting in _requests(home).values() if waiting & accounts))


def close_requests(home: Path, erased: frozenset[Account]) -> None:
    """Remove the requests of accounts that are erased."""
    for name, accounts in _requests(home).items():
        if accounts <= erased:
            (_folder(home) / name).unlink(missing_ok=True)


def _requests(home: Path) -> dict[str, frozenset[Account]]:
    paths = sorted(_folder(home).glob("request-*"))
    return {path.name: frozenset(map(tuple, json.loads(path.read_text(encoding="utf-8")))) for path in paths}


def _folder(home: Path) -> Path:
    return home / "keys" / "requests"
