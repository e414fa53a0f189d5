"""No column that may not be null holds a null, in the candidate or in its inputs.

The files count their own nulls; a file that does not say is not believed.
"""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A null where none may be joins to nothing, and the row is lost without a reason code (S29).",
    among="file_columns",
    places="""
        SELECT
            concat_ws(' ', checked_table, column_name, coalesce(null_count::VARCHAR, 'unknown'), 'nulls') AS place
        FROM file_columns
        INNER JOIN declared_columns USING (checked_table, column_name)
        WHERE NOT is_nullable AND null_count IS DISTINCT FROM 0
    """,
)
