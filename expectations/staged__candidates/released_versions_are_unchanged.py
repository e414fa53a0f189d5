"""The algorithm and the calibration of every released version are, byte for byte, what was released."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="An edited version would say something else under the same name (S26, S27).",
    among="frozen_files",
    places="""
        SELECT concat_ws(' ', algorithm_version, file_name) AS place
        FROM frozen_files
        WHERE found IS DISTINCT FROM expected OR expected IS NULL
    """,
)
