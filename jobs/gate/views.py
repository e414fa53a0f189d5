"""Three looks at the moves of a night: by themselves, given the other inputs, and as falls that nobody else shares.

By themselves: an input against its own history, an output less what the night's inputs account for, so that a real
surge passes and the same move of an output without its inputs does not. More volume is a surge and no fault by itself.
Given the others: rows that double while authors and engagers stay are a load that ran twice. Falls: a holiday empties
all feeds, a lost partition one of them.
Rises of one feed or cohort against the others are no view: real events look just so (gate-evidence 2, contrasts).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from jobs.gate.ridge import Slopes, given_the_others, past_given_the_others, precision_of, slopes_of
from jobs.gate.series import cohort_of, is_input, is_part, metric_of
from jobs.gate.tails import tails

LARGEST_MOVE = 3.0
"""A move accounts for others as far as it was ever seen to: no further than three of its own tails."""

VOLUME = ("log_rows", "log_authors", "log_engagers", "log_activity")
"""Metrics that fall when something is lost. log_activity sums the logarithms of the authors' reactions, so that one
viral post does not hide what a thousand others lost."""

SWAYED_BY_ONE_POST = ("log_rows", "log_engagers")
"""A viral post doubles them beside unmoved others: given the others they are no view, or they set everybody's limit."""

Explained = Callable[[Slopes, np.ndarray, np.ndarray], np.ndarray]
"""What slopes and drivers account for in moves: on past nights without the night itself, or tonight."""


@dataclass(frozen=True)
class Views:
    """The views of past nights and of tonight; rows are nights, columns series, NaN where a view does not look."""

    names: tuple[str, ...]
    residuals: np.ndarray
    floors: np.ndarray

    def of_past(self) -> list[np.ndarray]:
        """Each view over the past nights, every night left out of what is learned about it."""
        given_inputs = past_given_the_others(self._in_tails(self.residuals)[:, self._inputs], self._precision)
        return self._views(self.residuals, given_inputs, Slopes.of_past)

    def of_tonight(self, moves: np.ndarray) -> list[np.ndarray]:
        """Each view of tonight; moves: observed less expected, NaN where missing."""
        given_inputs = given_the_others(self._in_tails(moves[None])[:, self._inputs], self._precision)
        views = self._views(moves[None], given_inputs, lambda slopes, drivers, _: slopes.of_tonight(drivers))
        return [view[0] for view in views]

    def _views(self, residuals: np.ndarray, given_inputs: np.ndarray, explained: Explained) -> list[np.ndarray]:
        """By themselves, given the other inputs, and as falls that nobody else shares; one row per night."""
        moves, drivers = np.nan_to_num(residuals), self._in_tails(residuals)
        own = self._without_rises(residuals)
        own[:, self._outputs] -= _at_most_all(
            explained(self._slopes, drivers[:, self._inputs], moves[:, self._outputs]), moves[:, self._outputs])
        given = np.full_like(own, np.nan)
        given[:, self._inputs] = given_inputs
        given[:, self._swayed] = np.nan
        falls = np.full_like(own, np.nan)
        for mine, others, slopes in self._fall_slopes:
            shared = explained(slopes, _in_the_middle(drivers, others), moves[:, mine])
            falls[:, mine] = np.minimum(moves[:, mine] - shared, 0.0)
        return [np.where(np.isnan(residuals), np.nan, view) for view in (own, given * self._tails, falls)]

    @cached_property
    def _inputs(self) -> np.ndarray:
        return np.flatnonzero([is_input(name) for name in self.names])

    @cached_property
    def _swayed(self) -> np.ndarray:
        return np.flatnonzero([metric_of(name) in SWAYED_BY_ONE_POST for name in self.names])

    @cached_property
    def _outputs(self) -> np.ndarray:
        return np.flatnonzero([not is_input(name) for name in self.names])

    @cached_property
    def _tails(self) -> np.ndarray:
        return np.maximum(tails(self.residuals), self.floors)

    @cached_property
    def _precision(self) -> np.ndarray:
        return precision_of(self._in_tails(self.residuals)[:, self._inputs])

    @cached_property
    def _slopes(self) -> Slopes:
        """From inputs to outputs; outputs are cut at their tail, so that no single night rules."""
        outputs = np.nan_to_num(np.clip(self.residuals, -self._tails, self._tails))[:, self._outputs]
        return slopes_of(self._in_tails(self.residuals)[:, self._inputs], outputs)

    @cached_property
    def _fall_slopes(self) -> list[tuple]:
        """Per cohort of the inputs: its volume series, those of each metric of the feeds beside it, and the slopes."""
        volume = [i for i in self._inputs if metric_of(self.names[i]) in VOLUME]
        feeds = [i for i in volume if not is_part(cohort_of(self.names[i]))]
        drivers, moves, found = self._in_tails(self.residuals), np.nan_to_num(self.residuals), []
        for cohort in dict.fromkeys(cohort_of(self.names[i]) for i in volume):
            mine = [i for i in volume if cohort_of(self.names[i]) == cohort]
            beside = [i for i in feeds if i not in mine]
            by_metric = [group for group in ([i for i in beside if metric_of(self.names[i]) == metric]
                                             for metric in VOLUME) if group]
            if by_metric:
                found.append((mine, by_metric, slopes_of(_in_the_middle(drivers, by_metric), moves[:, mine])))
        return found

    def _without_rises(self, moves: np.ndarray) -> np.ndarray:
        """The moves, with each volume's rise as no move: the view given the other inputs sees a load that ran twice."""
        volume = [i for i in self._inputs if metric_of(self.names[i]) in VOLUME]
        falls = moves.copy()
        falls[:, volume] = np.minimum(falls[:, volume], 0.0)
        return falls

    def _in_tails(self, moves: np.ndarray) -> np.ndarray:
        return np.clip(np.nan_to_num(moves / self._tails), -LARGEST_MOVE, LARGEST_MOVE)


def _in_the_middle(drivers: np.ndarray, groups: list[list[int]]) -> np.ndarray:
    """The middle feed of each metric: a surge of one feed is no fall of the others."""
    return np.column_stack([np.median(drivers[:, group], axis=1) for group in groups])


def _at_most_all(explained: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """An explanation only ever takes away from a move: never more than all of it, never in the other direction."""
    return np.clip(explained, np.minimum(moves, 0), np.maximum(moves, 0))
