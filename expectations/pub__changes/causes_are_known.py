"""Every cause is a word of jobs/causes.py that can act within a version."""

from expectations.contract import hard_invariant
from jobs.causes import ALGORITHM, WORDS

KNOWN = ", ".join(f"'{cause}'" for cause in sorted(WORDS) if cause != ALGORITHM)

INVARIANT = hard_invariant(
    why="A cause without plain words for it explains nothing (S1, S3).",
    among="candidate_scores",
    places=f"""
        SELECT concat_ws(' ', person_id, topic_id, algorithm_version, cause) AS place
        FROM candidate_changes
        WHERE cause IS NULL OR cause NOT IN ({KNOWN})
    """,
)
