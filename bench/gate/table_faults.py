"""Faults that arise in tables: rows of the night loaded twice, scores missing, lowered, swapped or doubled."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def with_a_part_twice(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """A load ran twice: a part of the reactions is there a second time, keys and all."""
    share = random.choice([0.05, 0.5, 1.0])
    return pa.concat_tables([rows, rows.filter(pa.array(random.random(len(rows)) < share))])


def in_another_unit(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """Counts of the second smallest network are multiplied, undeclared."""
    factor = int(random.choice([2, 4, 10]))
    sizes = sorted(pc.value_counts(rows.column("network")).to_pylist(), key=lambda each: each["counts"])
    of_it = pc.equal(rows.column("network"), sizes[1]["values"])
    place = rows.schema.get_field_index("interaction_count")
    counts = rows.column(place)
    return rows.set_column(place, rows.schema.field(place), pc.if_else(of_it, pc.multiply(counts, factor), counts))


def without_some_scores(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """A part of the scores is missing where a score should be."""
    gone = random.random(len(rows)) < random.uniform(0.01, 0.2)
    return _with_scores(rows, pc.if_else(pa.array(gone), None, rows.column("influence_score")))


def with_lower_scores(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """Everybody is lower by one to five points."""
    scores = pc.cast(rows.column("influence_score"), pa.float64())
    lower = pc.max_element_wise(pc.subtract(scores, float(random.uniform(1, 5))), 1.0, skip_nulls=False)
    return _with_scores(rows, lower)


def with_swapped_scores(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """Some people have each other's scores."""
    place = np.arange(len(rows))
    chosen = random.choice(len(rows), max(int(random.uniform(0.02, 0.3) * len(rows)), 2), replace=False)
    place[chosen] = np.roll(chosen, 1)
    return _with_scores(rows, rows.column("influence_score").take(pa.array(place)))


def with_one_swing(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """One score swings."""
    scores = pc.cast(rows.column("influence_score"), pa.float64())
    scored = np.flatnonzero(scores.is_valid())
    swings = np.arange(len(rows)) == random.choice(scored)
    points = float(random.choice([10, 20, 40]))
    return _with_scores(rows, pc.if_else(pa.array(swings), pc.add(scores, points), scores))


def with_rows_twice(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """Some rows are there twice."""
    return pa.concat_tables([rows, rows.slice(0, int(random.integers(1, len(rows))))])


def without_a_topic(rows: pa.Table, random: np.random.Generator) -> pa.Table:
    """A topic is gone, as when its dictionary broke."""
    topics = sorted(set(rows.column("topic_id").to_pylist()) - {"_overall"})
    return rows.filter(pc.not_equal(rows.column("topic_id"), str(random.choice(topics))))


def _with_scores(rows: pa.Table, scores) -> pa.Table:
    place = rows.schema.get_field_index("influence_score")
    return rows.set_column(place, rows.schema.field(place), pc.cast(scores, rows.schema.field(place).type, safe=False))
