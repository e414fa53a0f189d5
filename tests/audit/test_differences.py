"""Where a night computed again differs, and what erasures account for, as printed tables (S55, S56)."""

import pyarrow.parquet as pq
import pytest

from jobs.audit.differences import compare
from jobs.erased import ErasedSince
from tests.doors.conftest import arrow_rows

SCORES = "person_id | topic_id | algorithm_version | influence_score | distinct_engager_count | credit | rank"
RELEASED = SCORES + """
    ann | jazz | v2 | 30 | 5 | 2 | 1
    bob | jazz | v2 | 20 | 3 | 1 | 2
"""
LINES = "person_id | topic_id | algorithm_version | network | kind | points"
NOBODY, ONE, AUTHOR = ErasedSince(), ErasedSince(1, 1, 0), ErasedSince(1, 1, 4, is_author_among=True)


@pytest.fixture
def found(tmp_path):
    """The comparison of printed tables: by table, the released and the replayed rows."""

    def compared(erased: ErasedSince, **printed: tuple[str, str]) -> dict[str, tuple[int, int]]:
        files = {}
        for table, sides in printed.items():
            files[table] = {}
            for side, text in zip(("released", "replayed"), sides, strict=True):
                path = tmp_path / f"{table}.{side}.parquet"
                pq.write_table(arrow_rows(table, text), path)
                files[table][side] = [str(path)]
        return {one.table: (one.differing_row_count, one.unaccounted_row_count)
                for one in compare(files, "true", erased)}

    return compared


@pytest.mark.parametrize(("what", "erased", "ann", "counts"), [
    ("equal", NOBODY, "30 | 5 | 2 | 1", (0, 0)),
    ("nobody was erased", NOBODY, "29 | 4 | 1.9 | 1", (1, 1)),
    ("one is gone, one was erased", ONE, "29 | 4 | 1.9 | 1", (1, 0)),
    ("two are gone, one was erased", ONE, "29 | 3 | 1.9 | 1", (1, 1)),
    ("nobody is gone", ONE, "29 | 5 | 1.9 | 1", (1, 1)),
    ("where others stand is nobody's own", ONE, "30 | 5 | 2 | 7", (0, 0)),
    ("unless nobody was erased", NOBODY, "30 | 5 | 2 | 7", (1, 1)),
    ("credit is free that went to an erased author", AUTHOR, "31 | 5 | 2.2 | 1", (1, 0)),
    ("no author was erased", ONE, "31 | 5 | 2.2 | 1", (1, 1)),
])
def test_what_erasures_account_for_in_a_score(found, what, erased, ann, counts):
    replayed = f"{SCORES}\nann | jazz | v2 | {ann}\nbob | jazz | v2 | 20 | 3 | 1 | 2"
    assert found(erased, pub__scores=(RELEASED, replayed)) == {"pub__scores": counts}, what


def test_lines_and_evidence_go_with_their_score_and_with_no_other(found):
    replayed = f"{SCORES}\nann | jazz | v2 | 29 | 4 | 1.9 | 1\nbob | jazz | v2 | 20 | 3 | 1 | 2"
    lines = [f"{LINES}\nann | jazz | v2 | x | reply | {ann}\nbob | jazz | v2 | x | reply | {bob}"
             for ann, bob in ((29, 19), (28, 18))]
    assert found(ONE, pub__scores=(RELEASED, replayed), pub__contributions=tuple(lines)) == {
        "pub__scores": (1, 0), "pub__contributions": (2, 1)}


@pytest.mark.parametrize(("what", "erased", "replayed", "counts"), [
    ("fewer reactions are left", ONE, "ann | 4 | 90", (1, 0)),
    ("more reactions", ONE, "ann | 6 | 90", (1, 1)),
    ("another author", ONE, "bob | 4 | 90", (1, 1)),
    ("nobody was erased", NOBODY, "ann | 4 | 90", (1, 1)),
])
def test_what_erasures_account_for_in_a_post(found, what, erased, replayed, counts):
    header = "network | post_id | topic_id | author_account_id | interaction_count | decayed_weight\nx | p | jazz | "
    sides = (f"{header}ann | 5 | 100", f"{header}{replayed}")
    assert found(erased, feature__post_state=sides) == {"feature__post_state": counts}, what
