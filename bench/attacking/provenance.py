"""Which files the numbers were measured with."""

from pathlib import Path

from bench.attacking.fight import SCALE_OF_DRAFTS
from jobs.digest import file_digest
from jobs.engagement import coaction, seeds, trust
from jobs.scoring.calibration import path_of
from jobs.scoring.registry import ALGORITHMS

DEFENCES = {"coaction_sha256": coaction, "seeds_sha256": seeds, "trust_sha256": trust}


def checksums_of(versions: list[str]) -> dict[str, dict[str, str]]:
    """By version, the sha256 of its algorithm, its calibration and the defences; taken before a run."""
    defences = {name: file_digest(Path(module.__file__)) for name, module in DEFENCES.items()}
    return {version: {**_of_version(version), **defences} for version in versions}


def _of_version(version: str) -> dict[str, str]:
    own = path_of(version)
    scale = own if own.is_file() else path_of(SCALE_OF_DRAFTS)
    return {"algorithm_sha256": file_digest(ALGORITHMS / f"{version}.py"), "calibration": scale.stem,
            "calibration_sha256": file_digest(scale)}
