"""No version creeps in one direction, a little every night.

observed: the largest CUSUM of the mean move over the versions; 0 for versions younger than their baseline of 112
nights. Source: gate-evidence section 6, jobs/gate/drift.py.
"""

from expectations.contract import Invariant

LARGEST_CUSUM = 25.0
"""Standard deviations, less half a one a night: 0.2 points a day are found in about 22 nights, with one false alarm in
16 series-years (gate-evidence section 6)."""

INVARIANT = Invariant(
    severity="block",
    why="A drift that no single night shows moves everybody by points in a month (S1, S7).",
    measure="SELECT observed, offenders FROM shift_judgements WHERE judgement = 'slow_drift'",
    limit_max=LARGEST_CUSUM,
    waivable=True,
    needs_release=True,
)
