"""Delivered files in which others still call a person by name: the last look at what an erasure masked."""

from pathlib import Path

from jobs.forgetting.landed import network_files
from jobs.person_identifiers import PersonIdentifiers
from jobs.privacy import outside_tables
from jobs.privacy.searching import is_mentioned_in
from jobs.settings import LIST_FEEDS
from jobs.storage import Store

ARCHIVES = ".7z"
"""Packed whole: any short name stands in their bytes by chance, and what they unpack to was masked row by row."""


def still_mentioned(store: Store, identifiers: PersonIdentifiers) -> list[Path]:
    """The files of networks, landed or waiting, that hold an `@name` of the person.

    A list is none of them: its accounts are named as networks name them, and `@name` may be somebody else.
    """
    inbox = store.settings.inbox
    waiting = [path for path in outside_tables.files_below(inbox) if path.relative_to(inbox).parts[0] not in LIST_FEEDS]
    return [path for path in (*network_files(store), *waiting)
            if path.suffix != ARCHIVES and is_mentioned_in(path, identifiers)]
