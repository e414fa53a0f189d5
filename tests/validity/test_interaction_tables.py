"""An interaction file becomes scores by the project's own functions, up to a day and not beyond it."""

import gzip
from datetime import date, timedelta
from functools import partial

import duckdb
import pytest

from bench.interactions import most_reacted_to, parts_up_to, read_interactions, scores_up_to
from bench.stability import ageing_bound
from bench.validity import Question, measured
from jobs.decay import HALF_LIFE_DAYS
from jobs.errors import BadInput, MissingInput
from jobs.released import load_registry

NOON = 1_893_499_200
"""2030-01-01, noon, UTC."""

DAY_SECONDS = 86_400
AS_OF = date(2030, 1, 4)

REACTIONS = """
ben ann 0 RT
cem ann 0 RT
cem ann 3 RE
dot ann 3 MT
ann ann 3 RT
ann ben 1 RT
eve ben 2 FOLLOW
dot ben 4 RT
eve ben 4 RT
eve ann 5 RT
"""


def lines(text: str) -> str:
    """The printed reactions with Unix seconds for the number of the day."""
    rows = [line.split() for line in text.strip().splitlines()]
    return "".join(f"{engager}\t{author}  {NOON + int(day) * DAY_SECONDS} {kind}\n" for engager, author, day, kind in rows)


@pytest.fixture
def interactions(tmp_path):
    (tmp_path / "reactions.txt").write_text(lines(REACTIONS))
    return read_interactions(tmp_path / "reactions.txt", tmp_path / "reactions.parquet")


@pytest.fixture
def materialise(spark, store):
    return partial(store.materialised, spark)


def scores(frame) -> dict:
    return {(row["algorithm_version"], row["person_id"]): row["credit"] for row in frame.collect()}


def test_both_formats_plain_and_zipped_give_the_same_table(tmp_path, interactions):
    text = lines(REACTIONS)
    with gzip.open(tmp_path / "reactions.txt.gz", "wt") as file:
        file.write(text)
    rows = [line.split() for line in text.splitlines()]
    (tmp_path / "reactions.csv").write_text("engager,author,time,kind\n" + "".join(",".join(row) + "\n" for row in rows))
    again = [read_interactions(tmp_path / name, tmp_path / f"{name}.parquet") for name in ("reactions.txt.gz", "reactions.csv")]
    expected = duckdb.read_parquet(str(interactions)).fetchall()
    assert [duckdb.read_parquet(str(path)).fetchall() for path in again] == [expected, expected]
    assert {row[2] for row in expected} == {"reshare", "reply", "mention", "follow"}


def test_iso_time_and_object_are_read(tmp_path):
    (tmp_path / "one.csv").write_text("engager,author,time,kind,object\nben,ann,2030-01-01T23:30:00-01:00,reply,p1\n")
    rows = duckdb.read_parquet(str(read_interactions(tmp_path / "one.csv", tmp_path / "one.parquet")))
    assert rows.project("object, interacted_date").fetchall() == [("p1", date(2030, 1, 2))]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [("a.txt", "ben ann 5 RT\nben ann RT\n", "line 2"), ("a.txt", "ben ann soon RT\n", "line 1"),
     ("a.csv", "engager,author,time,kind\nben,,5,RT\n", "line 2"), ("a.csv", "from,to,time,kind\nben,ann,5,RT\n", "engager, author")],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path, name, text, says):
    (tmp_path / name).write_text(text)
    with pytest.raises(BadInput, match=says):
        read_interactions(tmp_path / name, tmp_path / "a.parquet")


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(MissingInput):
        read_interactions(tmp_path / "none.txt", tmp_path / "none.parquet")


def test_credits_are_those_of_the_formulas(spark, interactions, materialise):
    """Up to 4 January: ann by ben 3 days ago, cem and dot today; ben by ann 2 days ago. Follows and ann herself do nothing."""
    found = scores(scores_up_to(spark, spark.read.parquet(str(interactions)), AS_OF, ["v1", "v2"], [], materialise))
    q = 2 ** (-1 / HALF_LIFE_DAYS)
    saturated = [m / (m + 1) for m in (q**3, 1 + q**3, 1.0)]
    assert found == pytest.approx({("v1", "ann"): q**3 + 2, ("v1", "ben"): q**2, ("v2", "ann"): sum(saturated),
                                   ("v2", "ben"): q**2 / (q**2 + 1)}, abs=1e-8)


def test_scores_and_parts_do_not_change_when_the_future_is_removed(spark, interactions, materialise):
    rows = spark.read.parquet(str(interactions))
    known = rows.where(f"interacted_date <= DATE '{AS_OF}'")
    whole, cut = (scores(scores_up_to(spark, each, AS_OF, ["v2"], [], materialise)) for each in (rows, known))
    assert whole == cut
    parts = [sorted(parts_up_to(spark, each, AS_OF, "v2", [], materialise).collect()) for each in (rows, known)]
    assert parts[0] == parts[1]
    assert {row["part_name"] for row in parts[0]} == {"reshare", "reply", "mention"}


def test_seeds_are_those_to_whom_most_people_reacted(interactions):
    assert most_reacted_to(interactions, AS_OF, 1) == ["ann"]
    assert most_reacted_to(interactions, AS_OF, 9) == ["ann", "ben"]


def test_a_report_counts_what_can_be_counted_by_hand(spark, interactions, store):
    """After 4 January dot and eve reshare ben, and eve ann; nobody reacts in the night of the 4th but to ben."""
    report = measured(spark, store, "printed", interactions, Question([AS_OF], "reshare", None), ["v1"])
    found = {row.score_name: row for row in report.foretelling}
    assert {"raw events", "distinct engagers", "PageRank", "own activity", "followers", "v1"} <= set(found)
    assert found["v1"].ranked_count == 2
    assert found["v1"].spearman == pytest.approx(-1)
    assert found["followers"].spearman == pytest.approx(1)
    assert found["v1"].coverage == 1
    night = {row.score_name: row for row in report.moves}["v1"]
    assert (night.people, night.unchanged, night.beyond_ageing) == (2, 1, 0)
    assert -ageing_bound("v1") <= night.lowest < 0
    assert night.max_move > ageing_bound("v1")


def test_a_horizon_cuts_the_outcome(spark, interactions, store):
    """One day after the 4th only ben has been reshared, so ann's share of coverage is gone."""
    report = measured(spark, store, "printed", interactions, Question([AS_OF - timedelta(days=1)], "reshare", 1), ["v1"])
    found = {row.score_name: row for row in report.foretelling}
    assert found["v1"].spearman is None
    assert found["v1"].coverage is None


def test_every_released_version_can_be_scored_on_a_table(spark, interactions, materialise):
    released = list(load_registry().released)
    found = scores(scores_up_to(spark, spark.read.parquet(str(interactions)), AS_OF, released, ["ben"], materialise))
    assert {version for version, _ in found} == set(released)
