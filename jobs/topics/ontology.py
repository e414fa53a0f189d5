"""Import the Klout topic ontology: topics, their parents, and their names in six languages.

Source: https://github.com/klout/opendata, CC BY 3.0, columns as in the files of 2018-06-01.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from jobs.errors import BadInput, MissingInput
from jobs.storage import Store

ONTOLOGY_FILE = re.compile(r"klout_topic_ontology_(\d{8})\.csv")

ROOT_TOPIC_ID = "0"
"""Parent of the widest topics; the files give it no row of its own, only an edge from itself to itself."""

TOPIC_COLUMNS = {"topicId": "topic_id", "topicSlug": "topic_slug", "topicDisplayName": "topic_name"}

EDGE_COLUMNS = {"parentTopicId": "parent_topic_id", "parrentTopicSlug": None, "childTopicId": "topic_id",
                "childTopicSlug": None}
"""The second name is spelled so in the files."""

NAME_COLUMNS = {"topicId": "topic_id", "language": "language_code", "topicDisplayName": "topic_name"}

KEYS = {
    "core__topics": ("topic_id",),
    "core__topic_edges": ("parent_topic_id", "topic_id"),
    "core__topic_names": ("topic_id", "language_code"),
}


@dataclass(frozen=True)
class OntologyImport:
    """What an import found; a recognised one had been loaded before, and wrote nothing.

    self_loop_count: edges from a topic to itself, left out: a walk to the ancestors would not end.
    unknown_edge_count, unknown_name_count: rows about a topic that the ontology does not list, kept: without
    them its children would lose their ancestors.
    """

    topic_source: str
    topic_count: int
    edge_count: int
    name_count: int
    self_loop_count: int
    unknown_edge_count: int
    unknown_name_count: int
    is_recognised: bool


def import_klout(store: Store, folder: Path) -> OntologyImport:
    """Load the newest Klout ontology of a folder into core__topics, core__topic_edges and core__topic_names.

    Errors: MissingInput when a file is absent; BadInput when one does not read as the ontology, or when other
    content was loaded under the same date.
    """
    stamp = _newest_stamp(folder)
    topics = _read(folder / f"klout_topic_ontology_{stamp}.csv", TOPIC_COLUMNS)
    all_edges = _read(folder / f"klout_topic_edge_{stamp}.csv", EDGE_COLUMNS)
    names = _read(folder / f"klout_topic_display_{stamp}.csv", NAME_COLUMNS)
    edges = all_edges.filter(pc.not_equal(all_edges["parent_topic_id"], all_edges["topic_id"]))
    source = f"klout-{_source_date(folder, stamp)}"
    frames = {"core__topics": topics, "core__topic_edges": edges, "core__topic_names": names}
    return OntologyImport(
        topic_source=source,
        topic_count=topics.num_rows,
        edge_count=edges.num_rows,
        name_count=names.num_rows,
        self_loop_count=all_edges.num_rows - edges.num_rows,
        unknown_edge_count=_unknown_edge_count(edges, topics),
        unknown_name_count=pc.sum(pc.invert(_is_known(names["topic_id"], topics))).as_py() or 0,
        is_recognised=_load(store, source, frames),
    )


def _newest_stamp(folder: Path) -> str:
    names = (ONTOLOGY_FILE.fullmatch(path.name) for path in folder.glob("*.csv"))
    stamps = sorted(name[1] for name in names if name)
    if not stamps:
        raise MissingInput(
            f"{folder}: expected klout_topic_ontology_<YYYYMMDD>.csv, found none. "
            "Name the folder that holds the Klout ontology files."
        )
    return stamps[-1]


def _source_date(folder: Path, stamp: str) -> date:
    try:
        return date.fromisoformat(stamp)
    except ValueError as error:
        raise BadInput(f"{folder}: expected a date in klout_topic_ontology_{stamp}.csv") from error


def _read(path: Path, columns: dict[str, str | None]) -> pa.Table:
    """Named columns of a file, all as text: 3,541 of the ids do not fit 64 signed bits."""
    if not path.is_file():
        raise MissingInput(f"{path}: expected this file beside the others of its date, found none. Add it.")
    wanted = f"{path}: expected UTF-8 CSV with the columns {','.join(columns)} filled in every row"
    try:
        rows = csv.read_csv(path, convert_options=_as_text(columns))
    except pa.ArrowInvalid as error:
        raise BadInput(f"{wanted}, got: {error}") from error
    missing = [name for name in columns if name not in rows.column_names]
    if missing:
        raise BadInput(f"{wanted}, got {','.join(rows.column_names)}; missing {','.join(missing)}.")
    empty = [name for name in columns if rows[name].null_count]
    if empty:
        raise BadInput(f"{wanted}, got empty cells in {','.join(empty)}.")
    return pa.table({ours: rows[theirs] for theirs, ours in columns.items() if ours})


def _as_text(columns: Iterable[str]) -> csv.ConvertOptions:
    return csv.ConvertOptions(
        column_types=dict.fromkeys(columns, pa.string()),
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
        null_values=[""],
    )


def _unknown_edge_count(edges: pa.Table, topics: pa.Table) -> int:
    parents = edges["parent_topic_id"]
    is_parent_known = pc.or_(_is_known(parents, topics), pc.equal(parents, ROOT_TOPIC_ID))
    is_known = pc.and_(is_parent_known, _is_known(edges["topic_id"], topics))
    return pc.sum(pc.invert(is_known)).as_py() or 0


def _is_known(topic_ids: pa.ChunkedArray, topics: pa.Table) -> pa.ChunkedArray:
    return pc.is_in(topic_ids, value_set=topics["topic_id"].combine_chunks())


def _load(store: Store, source: str, frames: dict[str, pa.Table]) -> bool:
    """Append the tables that are not there yet, which completes a cut import; true when all were there."""
    sourced = {table: _sorted(table, rows.add_column(0, "topic_source", _repeated(source, rows)))
               for table, rows in frames.items()}
    stored = {table: store.arrow(table, where=f"topic_source = '{source}'") for table in sourced}
    missing = {table: rows for table, rows in sourced.items() if not stored[table].num_rows}
    for table in sourced.keys() - missing.keys():
        _require_equal(table, source, _sorted(table, stored[table]), sourced[table])
    for table, rows in missing.items():
        store.append_rows(table, rows)
    return not missing


def _repeated(source: str, rows: pa.Table) -> pa.Array:
    return pa.repeat(pa.scalar(source, pa.string()), rows.num_rows)


def _sorted(table: str, rows: pa.Table) -> pa.Table:
    keys = KEYS[table]
    repeated_count = rows.num_rows - rows.group_by(list(keys)).aggregate([]).num_rows
    if repeated_count:
        raise BadInput(f"{table}: expected one row per {', '.join(keys)}, got {repeated_count} repeated.")
    return rows.sort_by([(key, "ascending") for key in keys])


def _require_equal(table: str, source: str, stored: pa.Table, delivered: pa.Table) -> None:
    if stored.select(delivered.column_names).to_pylist() != delivered.to_pylist():
        raise BadInput(
            f"{table}: {source} was loaded before with other content ({stored.num_rows} rows stored, "
            f"{delivered.num_rows} delivered). Deliver a changed ontology under its own date."
        )
