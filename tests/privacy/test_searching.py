"""Whether a file names a person is found block by block, whatever its size and wherever the blocks end (S55, S56)."""

import gzip
import tracemalloc
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.person_identifiers import PersonIdentifiers, all_ids
from jobs.privacy import outside_tables, searching

ACCOUNTS = frozenset({("twitter", "canary-zq7x"), ("stackexchange", "12345")})
ZOE = PersonIdentifiers(ACCOUNTS, all_ids(ACCOUNTS) | {"zoe"}, frozenset({"Zoe"}), "erased-0")
FOUR_MEGABYTES = 4_000_000
TEXTS = """
text                                          | is named
by canary-zq7x                                | True
canary-zq7x by                                | True
by xcanary-zq7x                               | False
by xcanary-zq7x and nobody else, nor others   | False
by canary-zq7x0                               | False
at stackexchange:12345, and others            | True
at stackexchange:123456, and others           | False
a word to @ZOE                                | True
a word to @zoe-2 and to @zoe_2                | True
a word to @zoe_2                              | False
stackexchange:1234 stackexchange:12345        | True
canary-zq7canary-zq7x                         | False
"""


@pytest.mark.parametrize("line", TEXTS.strip().splitlines()[1:])
def test_the_ends_of_blocks_hide_nothing_and_make_no_word(line, tmp_path, monkeypatch):
    text, is_named = (cell.strip() for cell in line.split("|"))
    path = tmp_path / "log.txt"
    path.write_text(text)
    for size in range(1, len(text) + 2):
        monkeypatch.setattr(searching, "BLOCK_BYTES", size)
        assert (size, searching.is_named_in(path, ZOE)) == (size, is_named == "True")


@pytest.mark.parametrize("name", ["run.log", "run.log.gz"])
def test_a_large_file_is_searched_and_masked_in_constant_memory(tmp_path, name):
    path = tmp_path / "store" / "airflow" / name
    path.parent.mkdir(parents=True)
    content = b"a line about others\n" * (10 * FOUR_MEGABYTES // 20) + b"one about twitter:canary-zq7x\n"
    path.write_bytes(gzip.compress(content, 1) if name.endswith(".gz") else content)
    del content
    tracemalloc.start()
    swept = outside_tables.sweep_rest(tmp_path / "store", ZOE)
    left = outside_tables.still_named(tmp_path / "store", tmp_path / "store" / "warehouse", ZOE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (swept, left) == ([path], [path] if name.endswith(".gz") else [])
    assert peak < FOUR_MEGABYTES


def test_of_a_broken_stream_what_can_be_read_is_searched(tmp_path):
    packed = bytearray(gzip.compress(b"about canary-zq7x\n" + bytes(range(256)) * 4_000, 1))
    packed[len(packed) // 2:] = b"\xff" * (len(packed) - len(packed) // 2)
    (tmp_path / "a.gz").write_bytes(packed)
    (tmp_path / "b.gz").write_bytes(packed[:3])
    assert [searching.is_named_in(tmp_path / name, ZOE) for name in ("a.gz", "b.gz")] == [True, False]


@pytest.mark.parametrize(("row", "is_named"), [
    ({"network": "stackexchange", "author_account_id": "12345"}, True), ({"network": "twitter", "author_account_id": "12345"}, False),
    ({"network": "stackexchange", "post_id": "12345"}, False), ({"person_id": "zoe"}, True), ({"topic_id": "zoe"}, False),
    ({"post_text": "by canary-zq7x"}, True)])
def test_a_leftover_of_a_killed_run_names_an_account_in_its_columns(tmp_path, row, is_named):
    path = Path(tmp_path / "part-0.parquet")
    pq.write_table(pa.Table.from_pylist([dict.fromkeys(row, "other"), row]), path)
    assert outside_tables.sweep_warehouse(tmp_path, frozenset(), ZOE) == ([path] if is_named else [])
