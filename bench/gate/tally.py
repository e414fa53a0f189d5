"""Counts and their bounds: how sure a recall and a rate are."""

from dataclasses import dataclass, field

from scipy.stats import beta, chi2

CONFIDENCE = 0.95
NIGHTS_A_YEAR = 365.25


@dataclass
class Tally:
    """Hits among trials."""

    hits: int = 0
    trials: int = 0

    def add(self, is_hit: bool) -> None:
        """One more trial."""
        self.hits += bool(is_hit)
        self.trials += 1

    @property
    def share(self) -> float:
        """Hits per trial; NaN without a trial."""
        return self.hits / self.trials if self.trials else float("nan")

    @property
    def lower(self) -> float:
        """One-sided lower bound of the share, by the beta distribution."""
        return lower_bound(self.hits, self.trials)


@dataclass
class Blocks:
    """False blocks over clean nights."""

    count: int = 0
    nights: int = 0

    def add(self, is_block: bool) -> None:
        """One more clean night."""
        self.count += bool(is_block)
        self.nights += 1

    @property
    def years(self) -> float:
        """Clean years."""
        return self.nights / NIGHTS_A_YEAR

    @property
    def per_year(self) -> float:
        """False blocks a year."""
        return self.count / self.years if self.nights else float("nan")

    @property
    def upper(self) -> float:
        """One-sided upper bound of the rate, by the Poisson distribution."""
        return float(chi2.ppf(CONFIDENCE, 2 * (self.count + 1)) / 2 / self.years) if self.nights else float("nan")


@dataclass
class KindTally:
    """One gate's answers to one kind of fault: over the sizes that count, by size, and right suspects first."""

    found: Tally = field(default_factory=Tally)
    by_size: dict[float, Tally] = field(default_factory=dict)
    pointed: Tally = field(default_factory=Tally)

    def add(self, size: float, is_found: bool, counts: bool) -> None:
        """One more injection; counts: whether its size is one that the goals are about."""
        if counts:
            self.found.add(is_found)
        self.by_size.setdefault(size, Tally()).add(is_found)


def lower_bound(hits: int, trials: int) -> float:
    """The share below which the true one lies with five per cent probability."""
    return float(beta.ppf(1 - CONFIDENCE, hits, trials - hits + 1)) if hits else 0.0
