"""Ridge regression over past nights in closed form, each past night seen as if it had not been learned from."""

from dataclasses import dataclass

import numpy as np

PRIOR_SHARE = 0.5
"""Weight of the prior that nothing accounts for anything, in nights per night of history: strong, since forty inputs
that move together explain each other away (tuning seeds of the benchmark: 0.02 to 3 tried, 0.3 to 1 alike)."""

MOST_LEVERAGE = 0.95
"""A night that decides its own slope says nothing about the others; beyond this the correction would explode."""


@dataclass(frozen=True)
class Slopes:
    """Slopes from drivers to targets, and how much each past night pulls them."""

    values: np.ndarray
    leverage: np.ndarray

    def of_past(self, drivers: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """What drivers account for on each past night, by slopes learned without that night."""
        share = self.leverage[:, None]
        return (drivers @ self.values - share * targets) / (1 - share)

    def of_tonight(self, drivers: np.ndarray) -> np.ndarray:
        """What drivers account for tonight."""
        return drivers @ self.values


def slopes_of(drivers: np.ndarray, targets: np.ndarray) -> Slopes:
    """Learn slopes; rows are nights, and drivers are in units of their own tails."""
    solved = precision_of(drivers) @ drivers.T
    leverage = np.clip(np.einsum("nd,dn->n", drivers, solved), 0.0, MOST_LEVERAGE)
    return Slopes(solved @ targets, leverage)


def precision_of(drivers: np.ndarray) -> np.ndarray:
    """Inverse of the second moments, with the prior on its diagonal."""
    moments = drivers.T @ drivers
    size = max(float(np.trace(moments)) / max(len(moments), 1), 1e-9)
    return np.linalg.inv(moments + PRIOR_SHARE * size * np.eye(len(moments)))


def given_the_others(drivers: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """What of each driver the other drivers do not account for."""
    return drivers @ precision / np.diag(precision)


def past_given_the_others(drivers: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """The same for past nights, each by a precision learned without it (Sherman and Morrison)."""
    pulled = drivers @ precision
    left = 1 - np.clip(np.einsum("nd,nd->n", pulled, drivers), 0.0, MOST_LEVERAGE)[:, None]
    return (pulled / left) / (np.diag(precision) + pulled**2 / left)
