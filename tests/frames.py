"""Frames that are computed once, as the store does it for a night; here the copy is kept in memory."""


def materialise(frame):
    """Computed and kept; a plan of everything at once would be analysed anew for each use."""
    rows = frame.toArrow()
    return frame.sparkSession.createDataFrame(rows, None if rows.num_rows else frame.schema)
