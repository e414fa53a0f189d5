"""The frozen numbers of a version's scale: what earns 100, per topic, and what a network's credit is worth."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from jobs.errors import MissingInput

FOLDER = Path(__file__).parent / "calibrations"

FACTORS_TOLD = "; factors "
"""In made_from: before it stands what the scale was fitted to, after it what the factors were trained on."""


@dataclass(frozen=True)
class Calibration:
    """A calibration file, read once and never refitted for a released version.

    reference: credit R that earns 100 in the roll-up. topic_references: R_t per topic; a topic that is not in the
    file uses default_topic_reference. term_factors: how much a term of the version counts, 1 where a term is not named;
    they sum to 1 where there are several. network_medians: rho_n, the median credit of active accounts on a network;
    common_level: g, the level that medians are brought to; a network that is not in the file is taken as it is.
    """

    reference: float
    default_topic_reference: float
    topic_references: dict[str, float]
    network_medians: dict[str, float]
    common_level: float
    made_from: str
    term_factors: dict[str, float] = field(default_factory=dict)

    def exchange_rates(self) -> dict[str, float]:
        """Rate g / rho_n per network, so that a typical active account weighs the same everywhere (S45)."""
        return {network: self.common_level / median for network, median in self.network_medians.items()}


def path_of(version: str) -> Path:
    """Where the calibration of a version lies."""
    return FOLDER / f"{version}.json"


def load_calibration(version: str) -> Calibration:
    """The calibration of a version; errors: MissingInput when there is none."""
    path = path_of(version)
    if not path.is_file():
        raise MissingInput(
            f"calibration of {version} not found at {path.name}; make it with: candor calibrate --version {version}"
        )
    return Calibration(**json.loads(path.read_text()))


def save_calibration(version: str, calibration: Calibration) -> Path:
    """Write a calibration as sorted JSON, one number a line, so that two of them can be compared by eye."""
    path = path_of(version)
    path.write_text(json.dumps(calibration.__dict__, indent=1, sort_keys=True) + "\n")
    return path
