"""Folders that a command writes whole: made beside their place, and put there only when they are complete."""

import shutil
import uuid
from pathlib import Path

from jobs.errors import BadInput


def require_replaceable(folder: Path, mark: str, called: str) -> None:
    """Refuse to write where something else lies: what may be replaced holds the file `mark`.

    Called: the word for what it is. Errors: BadInput.
    """
    if folder.exists() and not (folder / mark).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder}: expected no such folder, an empty one or an earlier {called}; found something else. "
                       "Choose another with --out.")


def put_in_place(made: Path, folder: Path, mark: str, called: str) -> None:
    """Move a finished folder to its place; an earlier one gives way to it. Errors: BadInput."""
    require_replaceable(folder, mark, called)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        earlier = folder.with_name(f".{folder.name}-{uuid.uuid4().hex}")
        folder.rename(earlier)
        made.rename(folder)
        shutil.rmtree(earlier)
    else:
        made.rename(folder)
