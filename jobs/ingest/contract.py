"""What a connector yields: one SourceRow for each row of its file, and nothing that it has to remember."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

THE_FILE_ITSELF = 0
"""The number of the row that says that a file was refused as a whole; those of its rows begin with 1."""


@dataclass(frozen=True)
class Account:
    """An account as seen in the file; unknown fields are None."""

    account_id: str
    account_name: str | None = None
    account_created_at: datetime | None = None


@dataclass(frozen=True)
class Post:
    """A post; a hidden author is None, never a shared pseudo-account."""

    post_id: str
    author_account_id: str | None
    posted_at: datetime
    post_text: str | None = None
    native_labels: tuple[str, ...] = ()
    parent_post_id: str | None = None
    topic_source_post_id: str | None = None


@dataclass(frozen=True)
class Interaction:
    """A reaction; author or engager is None when the file does not name it.

    A reaction to a known post may leave author_account_id empty: the engagement stage knows the author of
    the post. An `endorsement` without an engager is given by the author of the parent of its post.
    """

    interaction_id: str
    kind: str
    engager_account_id: str | None
    author_account_id: str | None
    post_id: str | None
    interacted_at: datetime
    source_post_id: str | None = None
    interaction_count: int = 1


Record = Account | Post | Interaction


@dataclass(frozen=True)
class SourceRow:
    """One row of a delivered file and what became of it.

    Exactly one of three: records (kept), rejected (a reason code, to quarantine), or out_of_scope (a word).
    row_key is unique per thing in the network, so that the same thing delivered twice is kept once.
    event_at, UTC, decides the snapshot_date; rows without an own time (profiles) leave it None and are
    dated by the delivery.
    """

    number: int
    row_key: str = ""
    event_at: datetime | None = None
    records: tuple[Record, ...] = field(default=())
    rejected: str | None = None
    detail: str = ""
    out_of_scope: str | None = None


class Truncated(Exception):
    """The file ended before its end; rows read so far stand, and the delivery is marked incomplete."""


class Connector(Protocol):
    """One module in jobs/ingest/networks; the module name is the network's name.

    MEMBERS names the files of one delivery that hold rows (suffixes); others are ignored with a message.
    """

    def read_rows(self, path: Path, file_name: str) -> Iterator[SourceRow]:
        """Stream the rows of one landed file, in constant memory; file_name is the delivered relative path.

        Raises:
            Truncated: the bytes end in the middle (truncated gzip, unclosed XML).
            BadInput: the file is not of this network's format at all, or is hostile (entities, bombs).
        """
        ...
