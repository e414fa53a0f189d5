"""Every file of the candidate and of its inputs has exactly the declared columns, in the declared types."""

from expectations.contract import hard_invariant

INVARIANT = hard_invariant(
    why="A column of another name, type or time zone is read as null or as another quantity (S29).",
    among="file_columns",
    places="""
        WITH files AS (SELECT DISTINCT checked_table, file_name FROM file_columns),
        expected AS (
            SELECT checked_table, file_name, column_name, declared_columns.column_type
            FROM files
            INNER JOIN declared_columns USING (checked_table)
        )
        SELECT
            concat_ws(' ', checked_table, file_name, column_name, 'expected', coalesce(expected.column_type, 'none'),
                      'got', coalesce(file_columns.column_type, 'none')) AS place
        FROM expected
        FULL JOIN file_columns USING (checked_table, file_name, column_name)
        WHERE expected.column_type IS DISTINCT FROM file_columns.column_type
    """,
)
