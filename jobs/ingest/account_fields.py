"""The fields of a delivered row that name an account.

A number alone names nobody: it is also a count, a post or a vote. So rows of networks that number their accounts are
looked at field by field.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OWN_FIELDS = re.compile(rb'\s(?:\w*UserId|AccountId)="(-?\d+)"')
"""Attributes of a Stack Exchange row that name an account of the site."""

USERS_ID = re.compile(rb'\sId="(-?\d+)"')
"""The account, in the file of users alone."""

STATUS_ENDINGS = ("user_id", "user_id_str")
"""Of fields that hold account ids: in_reply_to_user_id_str, source_user_id, and in rtweet's words mentions_user_id."""

STATUS_ACCOUNTS = frozenset({"user", "user_mentions", "source_user", "contributors", "user_withheld", "friends",
                             "friends_str"})
"""Fields that hold accounts, or account ids without saying so in their name."""


def row_accounts(row: bytes, file_name: str) -> frozenset[str]:
    """The accounts that a row of a Stack Exchange file names; its other numbers are posts, votes and counts."""
    fields = USERS_ID if Path(file_name).name.lower().startswith("users") else OWN_FIELDS
    return frozenset(found.decode() for found in fields.findall(row))


def status_accounts(status: Any) -> frozenset[str]:
    """The accounts that a Twitter status or notice names: author, and whom it answers, quotes, retweets, mentions."""
    return frozenset(account_id for field in _account_fields(status) for account_id in _ids(field))


def _account_fields(value: Any) -> Iterator[Any]:
    """Without recursion: how deep a status is nested is its sender's choice."""
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            pending.extend(value.values())
            yield from (one for name, one in value.items() if name in STATUS_ACCOUNTS or name.endswith(STATUS_ENDINGS))


def _ids(field: Any) -> Iterator[str]:
    for one in field if isinstance(field, list) else [field]:
        if isinstance(one, dict):
            yield from (str(one[name]).strip() for name in ("id", "id_str") if name in one)
        elif isinstance(one, str | int):
            yield from str(one).split()  # flattened tables join the ids of a list by spaces
