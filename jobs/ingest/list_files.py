"""A list about people as a file: CSV beside a manifest, believed only when the two agree."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from jobs.errors import BadInput
from jobs.ingest.land import NOT_TO_BE_OPENED, DeliveredFile, delivered_files

MANIFEST_SUFFIX = ".manifest.json"
LISTED_ACCOUNT = ["network", "account_id"]
IDENTITY_LINK = [*LISTED_ACCOUNT, "person_id", "link_source", "declared_date"]


def list_file(paths: list[Path]) -> DeliveredFile:
    """The one CSV file of a delivery; errors: BadInput when there are none or several."""
    found = [file for file in delivered_files(paths) if file.name.endswith(".csv")]
    if len(found) != 1:
        names = ", ".join(file.name for file in found) or "none"
        raise BadInput(
            f"{', '.join(map(str, paths))}: expected one .csv file, which is the whole list, found {names}; "
            f"nothing loaded. Deliver the list as one file."
        )
    return found[0]


def read_manifest(path: Path) -> dict:
    """The row count and checksum that were sent with a list.

    Errors: BadInput when the manifest is missing or does not say both.
    """
    manifest = path.with_name(path.name + MANIFEST_SUFFIX)
    try:
        facts = json.loads(manifest.read_text(encoding="utf-8"))
    except (*NOT_TO_BE_OPENED, ValueError) as error:
        raise BadInput(
            f"{manifest}: expected a manifest beside the list, got {error}; nothing loaded. "
            f'Deliver it as {{"rows": 12, "sha256": "..."}}.'
        ) from error
    if not (
        isinstance(facts, dict) and type(facts.get("rows")) is int and isinstance(facts.get("sha256"), str)
    ):
        raise BadInput(
            f"{manifest}: expected a whole number `rows` and a text `sha256`; nothing loaded. Write both."
        )
    return facts


def require_equal(name: str, fact: str, expected: str | int, found: str | int) -> None:
    """Refuse a list that differs from its manifest; errors: BadInput."""
    if found != expected:
        raise BadInput(
            f"{name}: expected {fact} {expected} as its manifest says, found {found}; nothing loaded. "
            f"The list was cut or changed on its way: deliver list and manifest again."
        )


def list_rows(path: Path, header: list[str]) -> Iterator[list[str]]:
    """Stream the cells under a header; columns after those named are left out.

    Errors: BadInput when the header differs, a cell is empty, a row is short or long, or it is not UTF-8 CSV.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            found = next(reader, [])
            _require_header(path, header, found)
            for cells in reader:
                _require_cells(path, reader.line_num, cells[: len(header)], len(found) - len(cells))
                yield [cell.strip() for cell in cells[: len(header)]]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(
            f"{path.name}: expected CSV in UTF-8, got {error}; nothing loaded. Deliver it again."
        ) from error


def identity_row(path: Path, cells: list[str]) -> list[str | date]:
    """The cells of an identity link with its date read; errors: BadInput when it is no date."""
    try:
        return [*cells[:-1], date.fromisoformat(cells[-1])]
    except ValueError as error:
        raise BadInput(
            f"{path.name}: expected declared_date as YYYY-MM-DD, found {cells[-1]!r}; nothing loaded. "
            f"Correct the row and the manifest."
        ) from error


def _require_header(path: Path, header: list[str], found: list[str]) -> None:
    if found[: len(header)] != header:
        raise BadInput(
            f"{path.name}: expected the header to begin with {','.join(header)}, found {','.join(found)!r}; "
            f"nothing loaded. Correct the header and the manifest."
        )


def _require_cells(path: Path, line_number: int, required: list[str], missing_count: int) -> None:
    if missing_count or not all(cell.strip() for cell in required):
        raise BadInput(
            f"{path.name} line {line_number}: expected as many cells as the header has, the required ones "
            f"filled; nothing loaded. Correct the row and the manifest."
        )
