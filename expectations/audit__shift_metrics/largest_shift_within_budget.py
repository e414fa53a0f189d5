"""The most surprising statistic of the night stays within what two good nights a year exceed.

observed: U over tau, 1 is the limit; 0 while fewer than 28 released nights say what is usual, and not measured, which
blocks, when a series that was always there is missing tonight, however young the store. The offenders name the most
surprising series first. Source: gate-evidence sections 4 and 5, jobs/gate/history.py.
"""

from expectations.contract import Invariant

INVARIANT = Invariant(
    severity="block",
    why="A night unlike all nights before it is a fault until somebody knows the cause (S4, S7).",
    measure="SELECT observed, offenders FROM shift_judgements WHERE judgement = 'largest_shift'",
    limit_max=1.0,
    waivable=True,
    needs_release=True,
)
