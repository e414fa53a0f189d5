"""Every version of the last release is in the candidate, unless it was retired."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A version that stops without notice takes away what people compare with (S3, S26).",
    among="candidate_scores",
    places="""
        SELECT DISTINCT algorithm_version AS place
        FROM released_scores
        ANTI JOIN candidate_scores USING (algorithm_version)
        ANTI JOIN retired_versions USING (algorithm_version)
    """,
)
