"""Every kind of fault with its row in gate-evidence section 3, its level and its three sizes, small to large.

The sizes of the toy that gate-evidence section 3 tells of are among them; a faint one lies below the goals.
"""

from bench.gate import faults as f
from bench.gate import faults_inside as inside
from bench.gate.faults import APART, L0, STATISTICAL, Kind

KINDS = (
    Kind("1", "feed missing", L0, (3, 2, 0), "place of the feed in size", f.missing_feed),
    Kind("2", "partition half loaded", L0, (0.05, 0.25, 0.5), "share lost", f.half_loaded),
    Kind("2", "rows lost upstream, signed", STATISTICAL, (0.4, 0.5, 0.8), "share lost", f.lost_upstream, faint=0.3),
    Kind("3", "loaded twice", L0, (0.05, 0.5, 1.0), "share twice", f.loaded_twice),
    Kind("3", "sent twice under new keys", STATISTICAL, (0.5, 0.75, 1.0), "share twice", f.sent_twice, faint=0.3),
    Kind("4", "unit changed, undeclared", STATISTICAL, (2, 4, 10), "factor", f.unit_changed),
    Kind("5", "schema drift", L0, (0, 1, 2), "name, type, unit", f.schema_drift),
    Kind("6", "time zone of a feed", STATISTICAL, (2, 5, 8), "hours", f.time_zone, faint=1),
    Kind("7", "bot burst on 1 % of authors", STATISTICAL, (100, 200, 400), "reactions each", f.bot_burst, faint=50),
    Kind("8", "ring", APART, (10, 40, 120), "members", f.ring),
    Kind("9", "identities remapped", L0, (0.01, 0.05, 1.0), "share", inside.identity_remap),
    Kind("9", "scores swapped by a join", STATISTICAL, (0.02, 0.05, 0.5), "share", inside.scores_swapped, True,
         faint=0.01),
    Kind("10", "topic left the dictionary", L0, (1, 2, 5), "topics", f.topic_dropped),
    Kind("10", "topic lost its words", STATISTICAL, (0.5, 0.8, 1.0), "share lost", f.topic_gutted, faint=0.3),
    Kind("11", "sign flip", L0, (80, 50, 1), "from points", inside.sign_flip),
    Kind("12", "unnormalised", L0, (1.05, 2, 100), "factor", inside.unnormalised),
    Kind("13", "NaN flood", L0, (0.001, 0.08, 1.0), "share", inside.nan_flood, True),
    Kind("14", "stale feeds", L0, (1, 2, 4), "feeds", f.stale_feed),
    Kind("14", "stale feed, exported anew", STATISTICAL, (0.25, 0.5, 1.0), "share of authors", f.re_exported,
         faint=0.1),
    Kind("15", "clock skew", L0, (2, 8, 24), "hours", f.clock_skew),
    Kind("16", "one account", APART, (10, 20, 40), "points", inside.one_account, True),
    Kind("17", "cohort lost", STATISTICAL, (0.5, 0.4, 0.1), "share kept", f.cohort_lost, faint=0.6),
    Kind("19", "scale", L0, (1.01, 1.05, 1.2), "factor", inside.scaled),
    Kind("19/20", "everybody lower by the code", L0, (1, 3, 5), "points", inside.shifted),
    Kind("19/20", "everybody lower by the data", STATISTICAL, (0.3, 1, 3), "points", inside.scores_lowered, True,
         faint=0.1),
    Kind("22", "late rows", L0, (0.05, 0.3, 0.8), "share of yesterday", f.late_rows),
    Kind("23", "suppression list truncated", L0, (0.05, 0.2, 0.5), "share", inside.list_truncated),
    Kind("24", "wrong reference", L0, (0.99, 0.9, 2.0), "factor", inside.wrong_reference),
)
"""Rows 18 (drift) and 21 (repeated incident) last longer than a night: drifting.py and repeating.py."""
