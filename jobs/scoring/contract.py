"""What a version of the algorithm is: a file that turns pairs into credits, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

UNIT = 1 << 32
"""One full credit, in fixed point: sums of integers do not depend on order, partitions or executors."""

PAIR = ("topic_id", "author_person_id", "engager_person_id")
"""The key of an engagement between two people about a topic, over all networks and kinds."""


@dataclass(frozen=True)
class Algorithm:
    """One version. credits(pairs) maps people's pairs to credit lines.

    Grain in:  topic_id, author_person_id, engager_person_id, network, kind, with weight (decayed count),
               touch (decay since the last reaction; both in UNIT), first_interacted_date, last_interacted_date.
               Engager and author differ, and both are known. About the whole pair: home_network, pair_weight (all
               networks and kinds together), first_kind (the first kind by name: one row to hang the pair on). About
               the engager: engager_is_trusted (a seed, or reached from the seeds), engager_is_seed (serves as one),
               engager_group_id (coordinated group, null outside one).
    Grain out: topic_id, author_person_id, engager_person_id, network, kind, credit (long, in UNIT; a discount is
               a kind of its own with negative credit), last_interacted_date; term in a version that names terms:
               lines of one term are combined and logged together, and a kind belongs to one term. engager_person_id
               is null on a discount that belongs to no single engager. The sum per network and term is never negative.
    """

    summary: str
    credits: Callable[[DataFrame], DataFrame]
    terms: tuple[str, ...] = ()
    """Names of the terms of a learned version, in the order of its evidence; empty where all credit is one term."""


def home_network() -> Column:
    """The one network on which a pair is credited: where it first met, so that a linked engager counts once."""
    return F.col("home_network")
