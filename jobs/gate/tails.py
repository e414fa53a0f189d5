"""The tail of a series: the size that its own wildest nights have."""

import numpy as np

TAIL_QUANTILE = 0.997
"""The second wildest night of a year. Scaling each series by its own tail matters more than the choice of sigma or MAD
(gate-evidence section 4); at 0.99 the few series with viral tails set the threshold of all others."""


def tails(moves: np.ndarray) -> np.ndarray:
    """The upper tail of the sizes of each column, NaN left out. Nulls: 0 for a column without any."""
    sizes, counts = _sorted_sizes(moves)
    places = TAIL_QUANTILE * np.maximum(counts - 1, 0)
    low = np.floor(places).astype(int)
    below, above = _taken(sizes, low, counts), _taken(sizes, low + 1, counts)
    return below + (places - low) * (above - below)


def tails_without_each(moves: np.ndarray) -> np.ndarray:
    """The tail of each column without the row in question, for every row: how the others looked to that night."""
    sizes, counts = _sorted_sizes(moves)
    places = TAIL_QUANTILE * np.maximum(counts - 2, 0)
    low = np.floor(places).astype(int)
    first, second, third = (_taken(sizes, low + step, counts) for step in (0, 1, 2))
    own = np.abs(moves)
    below, above = np.where(first >= own, second, first), np.where(second >= own, third, second)
    return below + (places - low) * (above - below)


def _sorted_sizes(moves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sizes of each series in ascending order, one row per series, NaN last; and how many are known."""
    return np.sort(np.abs(moves).T.copy(), axis=1), (~np.isnan(moves)).sum(axis=0)


def _taken(sizes: np.ndarray, places: np.ndarray, counts: np.ndarray) -> np.ndarray:
    within = np.minimum(places, np.maximum(counts - 1, 0))
    return np.where(counts > 0, sizes[np.arange(len(sizes)), within], 0.0)
