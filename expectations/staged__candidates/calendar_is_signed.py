"""The event calendar, where there is one, carries the signature of its very bytes and says nothing that it may not."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A calendar loosens checks, so only who holds its key may write one (S56).",
    places="SELECT place FROM calendar_faults",
)
