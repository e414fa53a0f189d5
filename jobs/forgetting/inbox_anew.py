"""Delivered files that wait, or that were loaded and lie there still, without a person."""

import json
from hashlib import sha256
from pathlib import Path

from jobs.digest import file_digest
from jobs.failpoints import failpoint
from jobs.ingest.archives import UnreadableFile
from jobs.ingest.list_files import MANIFEST_SUFFIX
from jobs.ingest.redaction import redact
from jobs.ingest.unreadable import note_of
from jobs.person_identifiers import PersonIdentifiers
from jobs.privacy import outside_tables
from jobs.settings import LIST_FEEDS


def redact_inbox(
    inbox: Path, identifiers: PersonIdentifiers, delivered: frozenset[str]
) -> tuple[list[Path], list[Path]]:
    """Put each file that names the person in its place without them; these files, and those that are left as they are.

    delivered: the sha256 of landed files. A file that cannot be unpacked becomes a note where the note was landed for
    it already; any other one is left, because it may still be on its way.
    """
    for draft in list(inbox.rglob(f".redacting-{identifiers.mark}*")):  # of a run that was killed
        draft.unlink()
    changed, left = [], []
    for path in list(outside_tables.files_below(inbox)):
        target = path.with_name(f".redacting-{identifiers.mark}")
        try:
            if _redacted(path, inbox, identifiers, target):
                changed.append(path)
        except UnreadableFile:
            (changed if _noted(path, delivered, target) else left).append(path)
    return changed, left


def _noted(path: Path, delivered: frozenset[str], target: Path) -> bool:
    """Put a note in the place of a file that cannot be unpacked, where one was landed for it; whether that was so."""
    note = note_of(file_digest(path))
    if sha256(note).hexdigest() not in delivered:
        return False
    target.write_bytes(note)
    target.replace(path)
    return True


def _redacted(path: Path, inbox: Path, identifiers: PersonIdentifiers, target: Path) -> bool:
    """Put a file without the person in its place, a list beside a manifest that agrees with it; whether it named them.

    The manifest goes first: a run that is killed between them finds the person again, and puts the file beside it.
    """
    feed, name = path.relative_to(inbox).parts[0], "/".join(path.relative_to(inbox).parts[1:])
    done = None if name.endswith(MANIFEST_SUFFIX) else redact(path, feed, name, identifiers, target)
    if not done:
        return False
    if feed in LIST_FEEDS:
        _correct_manifest(path, target, done.row_count)
    failpoint("forget.manifest_corrected")
    target.replace(path)
    return True


def _correct_manifest(path: Path, redacted: Path, cut_row_count: int) -> None:
    """A manifest that does not agree with its file stays: it was corrected already, or the list is to be refused."""
    manifest = path.with_name(path.name + MANIFEST_SUFFIX)
    facts = _facts(manifest)
    if facts.get("sha256") != file_digest(path) or not isinstance(facts.get("rows"), int):
        return
    facts |= {"rows": facts["rows"] - cut_row_count, "sha256": file_digest(redacted)}
    draft = redacted.with_name(f"{redacted.name}-manifest")
    draft.write_text(json.dumps(facts), encoding="utf-8")
    draft.replace(manifest)


def _facts(manifest: Path) -> dict:
    """What a manifest says; nothing, when there is none or it cannot be read: the night refuses such a list."""
    try:
        facts = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}
