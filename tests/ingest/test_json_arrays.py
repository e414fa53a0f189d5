"""A file that is one JSON array gives its elements one by one, in constant memory, or says that it is not whole."""

import gzip
import json
import random
import tracemalloc
from pathlib import Path

import pytest

from jobs.errors import BadInput
from jobs.ingest import json_documents
from jobs.ingest.contract import Truncated
from jobs.ingest.json_documents import is_array, read_documents
from jobs.ingest.networks.twitter import read_rows

USER = {"id_str": "7", "screen_name": "made_up_7"}
NOON = "Tue Jan 01 12:00:00 +0000 2030"

PRINTED = r"""
the file                                | is an array | its documents
[1, 2]                                  | no          | [1, 2]
[1,↵2]                                  | yes         | 1 & 2
[↵]                                     | yes         |
[↵{"a": [1, 2]},↵{"b": "]"}↵]↵          | yes         | {"a": [1, 2]} & {"b": "]"}
[{"a": ",[{\""},↵{"b": "\\"}]           | yes         | {"a": ",[{\""} & {"b": "\\"}
[↵{"a": 1} {"b": 2},↵"x, y",↵tru]       | yes         | {"a": 1} {"b": 2} & "x, y" & tru
{"a": 1}↵[2,↵3]                         | no          | {"a": 1} & [2, & 3]
[1]↵[2,↵3]                              | no          | [1] & [2, & 3]
"""
"""↵ is the end of a line, & stands between documents; a short array is left to the reader of its line."""


def cases() -> list[list[str]]:
    lines = PRINTED.strip().splitlines()[1:]
    return [[cell.strip().replace("↵", "\n") for cell in line.split("|")] for line in lines]


def status(number: int, text: str = "words") -> dict:
    return {"id_str": str(number), "created_at": NOON, "full_text": text, "user": USER}


def written(folder: Path, text: str) -> Path:
    path = folder / "statuses.json"
    path.write_text(text)
    return path


def read_until_it_breaks(path: Path, error: type[Exception], match: str) -> list:
    read = []
    with pytest.raises(error, match=match):  # noqa: PT012
        for row in read_rows(path, path.name):
            read.append(row)
    return read


@pytest.mark.parametrize(("text", "array", "documents"), cases())
def test_the_documents_of_a_file(tmp_path, text, array, documents):
    path = written(tmp_path, text)
    assert is_array(path) is (array == "yes")
    assert b" & ".join(read_documents(path)).decode() == documents


def made_up(chance: random.Random, depth: int = 0) -> object:
    """A value with all that might be taken for the end of an element."""
    kind = chance.randrange(6 if depth < 4 else 3)
    if kind < 3:
        return [chance.random(), None, "".join(chance.choices('",[]{}\\\n\u00e9\U0001f600 a', k=chance.randrange(9)))][kind]
    values = [made_up(chance, depth + 1) for _ in range(chance.randrange(4))]
    return values if kind < 5 else {f'"{n}],': value for n, value in enumerate(values)}


@pytest.mark.parametrize("block", [1, 7, 1_000])
def test_elements_are_cut_at_the_same_places_whatever_comes_at_once(tmp_path, monkeypatch, block):
    chance = random.Random(7)
    monkeypatch.setattr("jobs.ingest.archives.BLOCK_BYTES", block)
    for indent in (None, 1):
        value = [made_up(chance) for _ in range(60)]
        path = written(tmp_path, "[\n" + json.dumps(value, indent=indent, ensure_ascii=False)[1:])
        assert [json.loads(document) for document in read_documents(path)] == value


@pytest.mark.parametrize("form", ["one line", "a status a line", "printed over many lines", "gzip"])
def test_an_array_longer_than_any_line_is_read_in_constant_memory(tmp_path, monkeypatch, form):
    for name in ("json_documents.MAX_LINE_BYTES", "archives.MAX_LINE_BYTES", "archives.BLOCK_BYTES"):
        monkeypatch.setattr(f"jobs.ingest.{name}", 50_000)
    chance = random.Random(7)
    statuses = [status(number, "".join(chance.choices("0123456789 ", k=2_000))) for number in range(500)]
    lines = ",\n".join(map(json.dumps, statuses))
    text = {"a status a line": f"[{lines}]", "printed over many lines": json.dumps(statuses, indent=2)}.get(
        form, json.dumps(statuses))
    path = written(tmp_path, text)
    assert path.stat().st_size > 1_000_000
    if form == "gzip":
        path = path.with_suffix(".json.gz")
        path.write_bytes(gzip.compress(text.encode()))
    tracemalloc.start()
    kept = sum(bool(row.records) for row in read_rows(path, path.name))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept == 500
    assert peak < 500_000


def test_a_bad_status_of_an_array_is_refused_and_the_others_survive(tmp_path):
    bad = ['{"id_str": "5", "created', "7", '{"id_str": "6"} {"id_str": "7"}', '{"id_str": tru}', '{"text": "a\0b"}']
    whole = [json.dumps(status(number)) for number in (4, 8)]
    read = list(read_rows(written(tmp_path, "[\n" + ",\n".join([whole[0], *bad[1:], whole[1]]) + "]"), "s.json"))
    assert [row.rejected or row.row_key for row in read] == [
        "status:4", "wrong_shape", "invalid_json", "invalid_json", "nul_byte", "status:8"]


@pytest.mark.parametrize("ending", ["", ",", ',\n{"id_str": "9", "te'])
def test_an_array_without_its_end_keeps_what_came_before_and_says_so(tmp_path, ending):
    text = "[\n" + ",\n".join(json.dumps(status(number)) for number in range(9)) + ","
    read = read_until_it_breaks(written(tmp_path, text + ending), Truncated, "ends before the ]")
    assert [row.row_key or row.rejected for row in read] == [f"status:{n}" for n in range(9)] + ["invalid_json"]


@pytest.mark.parametrize(("text", "said"), [
    ('[\n{"id_str": "1"},\n' + "[" * 2_000 + "]" * 2_000 + "]", "1,000 levels"),
    ('[\n{"id_str": "1"},\n"' + "x" * 5_000 + '"]', "at most 2,000 bytes"),
    ('[\n{"id_str": "1"}]\n{"id_str": "2"}', "got 16 more bytes behind its ]"),
    ('{\n"statuses": [\n' + '{"id_str": "1"},\n' * 300, "at most 2,000 bytes over its lines"),
    ('{"search_metadata": {}, "statuses": [' + '{"id_str": "1"},' * 300, "several statuses in one document"),
    ('{"id_str": "0"}\n[' + '{"id_str": "1"},' * 300, "several statuses in one document"),
], ids=["too deep", "too long", "more behind it", "response over lines", "response in a line", "a list among lines"])
def test_a_file_of_several_statuses_that_cannot_be_read_is_refused_and_not_lost_as_one_row(
        tmp_path, monkeypatch, text, said):
    for module in ("json_documents", "archives"):
        monkeypatch.setattr(f"jobs.ingest.{module}.MAX_LINE_BYTES", 2_000)
    monkeypatch.setattr("jobs.ingest.archives.BLOCK_BYTES", 1_000)
    read_until_it_breaks(written(tmp_path, text), BadInput, said)


def test_a_line_that_is_too_long_and_no_list_is_one_bad_row(tmp_path, monkeypatch):
    for module in ("json_documents", "archives"):
        monkeypatch.setattr(f"jobs.ingest.{module}.MAX_LINE_BYTES", 2_000)
    long = json.dumps(status(5, '"statuses": [' * 300))
    read = list(read_rows(written(tmp_path, f"{long}\n{json.dumps(status(6))}\n"), "s.json"))
    assert [row.rejected or row.row_key for row in read] == ["field_too_large", "status:6"]
    assert json_documents.MAX_LINE_BYTES == 2_000
