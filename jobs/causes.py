"""Why a score can move: the words of audit__changes, and how each is said to a person."""

NEW_REACTIONS = "new_reactions"
AGEING = "ageing"
OPTED_OUT = "opted_out"
RELINKED = "relinked"
NETWORKS_COMBINED = "networks_combined"
CEILING = "ceiling"
ALGORITHM = "algorithm"
TRUST = "trust"
HOLD = "hold"

TRUSTED = "trusted"
"""Kind of the lines that count trusted engagers alone."""

CREDIT_CAUSES = {"aged_credit": AGEING, "listed_credit": OPTED_OUT, "relinked_credit": RELINKED,
                 "combined_credit": NETWORKS_COMBINED}
"""Part of a line's move, and its cause."""

DISCOUNT_CAUSES = {"actor_budget": "actor_budget", "coordination": "coordination", "own_circle": "own_circle",
                   "untrusted_cap": TRUST}
"""Kind of a discount line, and the cause that a change of it is."""

WORDS = {
    NEW_REACTIONS: "new reactions",
    AGEING: "older reactions count less each day",
    OPTED_OUT: "people who reacted have left, or are on a list",
    RELINKED: "accounts were linked to a person, or unlinked",
    "actor_budget": "people who react to very many give less to each",
    "coordination": "accounts that act together count as one source",
    "own_circle": "people of one's own circle do not count for each other",
    TRUST: "the limit on credit from people no trusted person reacted to",
    NETWORKS_COMBINED: "how several networks add up",
    CEILING: "the end of the scale at 100",
    HOLD: "the nights on which the score was held: what they brought and took",
    ALGORITHM: "another version of the algorithm",
}
"""Every cause in plain words. A lexicon or a calibration cannot act within a version: topics stay as they were
assigned on the day of the post, and a calibration is frozen with its version; between versions both are part of
`algorithm`."""

NAMED = (OPTED_OUT, RELINKED, *DISCOUNT_CAUSES.values(), NETWORKS_COMBINED, CEILING, HOLD)
"""Causes that may take more in a night than ageing can (algorithms-evidence section 4)."""
