"""Who acts together: pairs of accounts on the same posts within seconds, and the groups they form. Pure functions."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window, WindowSpec
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

TIME_WINDOW_SECONDS = 60
"""Seconds between two actions on one post that still count as together: CooRTweet's vignette uses 60 for retweets; its
default of 10 misses tools that spread their accounts over a minute."""

MIN_PARTICIPATION = 5
"""Posts on which a pair must have acted together: one or two happen by chance, and reference R15 compares at 5."""

MAX_NEIGHBOURS = 20
"""Accounts that each account of a crowd is compared with; one account more, and the crowd is compared wholly. It is the
cost, 20 rows an action, and enough: a group holds as long as one chain of neighbours does."""

SEATINGS = 4
"""Orders in which a crowd is compared, MAX_NEIGHBOURS / SEATINGS neighbours in each. A group that acts together on g
crowded posts while each member acts on m others sits together in one order for g of g + m members: four orders miss
(m / (g + m))^4 of them at most, 8 % when g = 6 and m = 7."""

FORGET_DAYS = 90
"""Days after its last co-action that a pair at or above the threshold is kept: as long as a post without reactions."""

FORGET_UNPROVEN_DAYS = 7
"""Days after its last co-action that a pair below the threshold is kept. Nearly all pairs are chance pairs of crowds
that never meet again: a week of them is the size of the state, and chance less often than weekly does not add up."""

MICROSECONDS = 1_000_000
PAIR_KEY = ["network", "account_id", "partner_account_id"]
ACTION_KEY = ["network", "post_id", "account_id"]
CELL_KEY = ["network", "post_id", "cell"]
GROUPS_DDL = "network string, account_id string, group_id string, group_size bigint"


def timed_interactions(interactions: DataFrame) -> DataFrame:
    """Reactions that carry a moment: without the kinds of a network that all happened at midnight.

    Some networks give the day only (votes and favourites of Stack Exchange): all of a day would seem to act at once.
    """
    midnight = F.date_trunc("day", "interacted_at")
    timed = interactions.where(F.col("interacted_at") != midnight).select("network", "kind").distinct()
    return interactions.join(timed, on=["network", "kind"], how="left_semi")


def coactions(interactions: DataFrame, time_window: int = TIME_WINDOW_SECONDS) -> DataFrame:
    """Pairs of accounts that acted on the same post within time_window seconds, and on how many posts they did.

    Grain in: reaction (network, engager_account_id, post_id, interacted_at); rows with a null among these are left out.
    Grain out: (network, account_id, partner_account_id), account_id the smaller; coaction_count in posts.
    The pairs are those of CooRTweet's detect_groups: object_id = post_id, |t1 - t2| <= time_window, no loops. Its edge
    weight counts pairs of contents; ours counts posts, so that one busy account cannot raise it. Answers S40.

    Exact in cells (a post within two windows) of at most MAX_NEIGHBOURS + 1 accounts. A larger cell is a crowd: it is
    put in order SEATINGS times and each account is compared with the next few, so the cost is linear in the actions.
    An order goes by one other crowded post that the account acted on (the first by a hash: a minhash), then by a hash
    of the account. Accounts that follow one plan share that post, so they sit together in every crowd they join.
    Strangers do not, and are no pair unless the definition makes them one: a crowd can hide a pair, never invent it.
    """
    actions = _first_and_last_actions(interactions, time_window)
    cells = _shared(_cells(actions, time_window))
    is_crowd = F.col("accounts") > MAX_NEIGHBOURS + 1
    partners = _all_partners(cells.where(~is_crowd)).unionByName(_crowd_partners(cells.where(is_crowd)))
    together = partners.where(_acted_together(time_window))
    pairs = together.select(
        "network", "post_id", F.least("account_id", "partner.account_id").alias("account_id"),
        F.greatest("account_id", "partner.account_id").alias("partner_account_id"),
    ).distinct()
    return pairs.groupBy(*PAIR_KEY).agg(F.count("post_id").alias("coaction_count"))


def folded_coactions(earlier: DataFrame, day: DataFrame, snapshot_date: date) -> DataFrame:
    """The pairs known up to a day, from those known before it and the co-actions of the day.

    Grain: (snapshot_date, network, account_id, partner_account_id); coaction_count in posts since the pair was new.
    A pair is forgotten FORGET_DAYS after its last co-action, below MIN_PARTICIPATION after FORGET_UNPROVEN_DAYS.
    A post that draws both accounts on two days counts on each.
    """
    today = F.lit(snapshot_date)
    before = earlier.select(*PAIR_KEY, "coaction_count", "last_coacted_date")
    fresh = day.select(*PAIR_KEY, "coaction_count", today.alias("last_coacted_date"))
    folded = before.where(_is_remembered(today)).unionByName(fresh).groupBy(*PAIR_KEY).agg(
        F.sum("coaction_count").alias("coaction_count"), F.max("last_coacted_date").alias("last_coacted_date")
    )
    return folded.select(today.alias("snapshot_date"), *PAIR_KEY, "coaction_count", "last_coacted_date")


def coordinated_groups(state: DataFrame, min_participation: int = MIN_PARTICIPATION) -> DataFrame:
    """Accounts joined by pairs that acted together on at least min_participation posts.

    Grain: (network, account_id) of a group; group_id is the smallest account of the group, group_size counts accounts.
    An account without such a partner has no row. Pairs above the threshold are few, so a network's fit in one task.
    """
    proven = state.where(F.col("coaction_count") >= min_participation).select(*PAIR_KEY)
    return proven.groupBy("network").applyInArrow(_components, GROUPS_DDL)


def _first_and_last_actions(interactions: DataFrame, time_window: int) -> DataFrame:
    """One row per account, post and time bucket, with the first and last moment: all that a pair's distance needs.

    Units: microseconds. A bucket is one microsecond longer than the window: within it all actions are together, and
    actions that are together lie in one bucket or in two neighbours.
    """
    width = F.lit(_bucket_width(time_window))
    moment = F.unix_micros("interacted_at")
    actions = interactions.select(
        "network", "post_id", F.col("engager_account_id").alias("account_id"), moment.alias("moment"),
        (moment - F.pmod(moment, width)).alias("bucket"),
    ).dropna()
    return actions.groupBy(*ACTION_KEY, "bucket").agg(F.min("moment").alias("first"), F.max("moment").alias("last"))


def _cells(actions: DataFrame, time_window: int) -> DataFrame:
    """Each account once in the cell of its bucket and the one before: a cell holds two neighbouring buckets.

    early is the last moment in the cell's first bucket, late the first moment in its second; null when there was none.
    """
    nothing = F.lit(None).cast("bigint")
    own = actions.select(
        *ACTION_KEY, F.col("bucket").alias("cell"), F.col("last").alias("early"), nothing.alias("late")
    )
    before = actions.select(
        *ACTION_KEY, (F.col("bucket") - _bucket_width(time_window)).alias("cell"), nothing.alias("early"),
        F.col("first").alias("late"),
    )
    return own.unionByName(before).groupBy(*ACTION_KEY, "cell").agg(
        F.max("early").alias("early"), F.max("late").alias("late")
    )


def _shared(cells: DataFrame) -> DataFrame:
    """Cells of two accounts or more: most actions meet nobody, and ordering them would be most of the cost."""
    shared = cells.groupBy(*CELL_KEY).agg(F.count("account_id").alias("accounts")).where(F.col("accounts") > 1)
    return cells.join(shared, on=CELL_KEY)


def _all_partners(cells: DataFrame) -> DataFrame:
    """Each account of a small cell with all that come after it."""
    in_order = Window.partitionBy(*CELL_KEY).orderBy("account_id")
    return _partners(cells, in_order, MAX_NEIGHBOURS)


def _crowd_partners(crowds: DataFrame) -> DataFrame:
    """Each account of a crowd with the few that come after it, in each of SEATINGS orders."""
    is_here = F.col("sign") == F.col("post_id")
    sign_elsewhere = F.when(is_here, F.col("second_sign")).otherwise(F.col("sign"))
    in_order = Window.partitionBy(*CELL_KEY, "seating").orderBy(
        sign_elsewhere.asc_nulls_last(), F.xxhash64("seating", "account_id"), "account_id"
    )
    seated = crowds.join(_signs(crowds), on=["network", "account_id"])
    return _partners(seated, in_order, MAX_NEIGHBOURS // SEATINGS)


def _signs(crowds: DataFrame) -> DataFrame:
    """The first two crowded posts that each account acted on, by a hash that differs by seating.

    Grain out: (network, account_id, seating); second_sign is null when the account acted on one crowded post only.
    """
    seatings = F.explode(F.array(*[F.lit(seating) for seating in range(SEATINGS)])).alias("seating")
    acted = crowds.select(*ACTION_KEY).distinct().select(*ACTION_KEY, seatings)
    seat = ["network", "account_id", "seating"]
    by_hash = Window.partitionBy(*seat).orderBy(F.xxhash64("seating", "post_id"), "post_id")
    ranked = acted.withColumn("rank", F.row_number().over(by_hash))
    return ranked.where(F.col("rank") <= 2).groupBy(*seat).agg(
        F.max(F.when(F.col("rank") == 1, F.col("post_id"))).alias("sign"),
        F.max(F.when(F.col("rank") == 2, F.col("post_id"))).alias("second_sign"),
    )


def _partners(cells: DataFrame, in_order: WindowSpec, following: int) -> DataFrame:
    partners = F.collect_list(F.struct("account_id", "early", "late")).over(in_order.rowsBetween(1, following))
    with_partners = cells.withColumn("partners", partners)
    return with_partners.select(*ACTION_KEY, "early", "late", F.explode("partners").alias("partner"))


def _acted_together(time_window: int) -> Column:
    reach = time_window * MICROSECONDS
    early, late = F.col("early"), F.col("late")
    partner_early, partner_late = F.col("partner.early"), F.col("partner.late")
    in_one_bucket = (early.isNotNull() & partner_early.isNotNull()) | (late.isNotNull() & partner_late.isNotNull())
    return in_one_bucket | (partner_late - early <= reach) | (late - partner_early <= reach)


def _bucket_width(time_window: int) -> int:
    return time_window * MICROSECONDS + 1


def _is_remembered(today: Column) -> Column:
    is_proven = F.col("coaction_count") >= MIN_PARTICIPATION
    days_kept = F.when(is_proven, F.lit(FORGET_DAYS)).otherwise(F.lit(FORGET_UNPROVEN_DAYS))
    return F.datediff(today, "last_coacted_date") <= days_kept


def _components(pairs: pa.Table) -> pa.Table:
    """The groups of one network: connected components of its pairs."""
    smaller, larger = (pairs.column(name).cast(pa.string()) for name in ("account_id", "partner_account_id"))
    accounts = pc.unique(pa.chunked_array([*smaller.chunks, *larger.chunks], pa.string())).sort()
    edges = (pc.index_in(smaller, accounts).to_numpy(), pc.index_in(larger, accounts).to_numpy())
    graph = coo_array((np.ones(pairs.num_rows, dtype=bool), edges), shape=(len(accounts), len(accounts)))
    _, group = connected_components(graph, directed=False)
    _, smallest, sizes = np.unique(group, return_index=True, return_counts=True)
    return pa.table({
        "network": pa.repeat(pairs.column("network")[0].as_py(), len(accounts)),
        "account_id": accounts,
        "group_id": accounts.take(pa.array(smallest[group])),
        "group_size": pa.array(sizes[group], pa.int64()),
    })
