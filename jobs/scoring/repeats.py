"""Parts that a plan holds twice, computed once: the embedded engine computes a frame again for each of its uses.

A version may use a frame of its own twice; once released, its file cannot be made to say that it does.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.plan import LogicalPlan
from pyspark.sql.connect.proto import Relation

WORK = frozenset({"aggregate", "join", "deduplicate"})
"""Relations worth computing once; to read a file again takes less than to write one."""


def with_repeats_once(frame: DataFrame, materialise: Callable[[DataFrame], DataFrame]) -> DataFrame:
    """The same rows, from a plan that reads each of its parts with several uses from what once computed.

    From the inside out, so that a part of a part is computed once, too. frame is of a remote session: its plan is
    what the Spark Connect protocol sends.
    """
    session, plan = frame.sparkSession, _plan(frame)
    for number in _repeated(plan):
        uses = [part for part in _parts(plan) if part.common.plan_id == number]
        computed = _plan(materialise(DataFrame(_Sent(uses[0]), session)))
        for use in uses:
            use.CopyFrom(computed)
    return DataFrame(_Sent(plan), session)


class _Sent(LogicalPlan):
    """A plan that is a message already."""

    def __init__(self, relation: Relation):
        super().__init__(None)
        self._relation = _copied(relation)

    def plan(self, session) -> Relation:
        return self._relation


def _plan(frame: DataFrame) -> Relation:
    return _copied(frame._plan.plan(frame.sparkSession.client))


def _copied(relation: Relation) -> Relation:
    copy = Relation()
    copy.CopyFrom(relation)
    return copy


def _repeated(plan: Relation) -> list[int]:
    """Numbers of the parts that do some work and have several uses, the innermost first."""
    parts = {part.common.plan_id: part for part in _parts(plan)}
    uses = Counter(used.common.plan_id for part in parts.values() for used in _inputs(part))
    repeated = [number for number, count in uses.items() if count > 1 and _does_work(parts[number])]
    return sorted(repeated, key=lambda number: parts[number].ByteSize())


def _does_work(plan: Relation) -> bool:
    return any(part.WhichOneof("rel_type") in WORK for part in _parts(plan))


def _parts(plan: Relation) -> Iterator[Relation]:
    yield plan
    for used in _inputs(plan):
        yield from _parts(used)


def _inputs(plan: Relation) -> Iterator[Relation]:
    """What a relation reads, whatever its kind calls it."""
    own = getattr(plan, plan.WhichOneof("rel_type"))
    for field, value in own.ListFields():
        if field.message_type is Relation.DESCRIPTOR:
            yield from value if field.is_repeated else [value]
