"""A scale is fitted to one night for a draft, never for a released version, and keeps what `candor train` froze in it."""

from datetime import date
from functools import partial

import pytest
from typer.testing import CliRunner

from jobs.cli import app
from jobs.doors.writing import calibrate as command
from jobs.errors import MissingInput, ReleasedVersionEdited
from jobs.released import Registry, load_registry
from jobs.scoring import calibrate as calibrating
from jobs.scoring import calibration
from jobs.scoring.calibration import load_calibration, save_calibration
from jobs.scoring.run import calibrations_of

NIGHT = date(2030, 1, 10)
FACTORS = {"answered": 0.4, "attention": 0.1, "reach": 0.3, "reshared": 0.1, "trusted": 0.1}


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder of calibrations of its own."""
    monkeypatch.setattr(calibration, "FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
def fit(spark, store, files, pairs, monkeypatch):
    """Calibrates v4, as if it were a draft, on a night in which ann has two engagers."""
    reactions = pairs("""
        author | engager | topic_id
        ann    | eve     | _overall
        ann    | flo     | _overall
    """)
    monkeypatch.setattr(calibrating, "load_registry", lambda: Registry("v2", {}))
    monkeypatch.setattr(calibrating, "night_inputs", lambda *night: {"pairs": reactions})
    return partial(calibrating.calibrate, spark, store, NIGHT, "v4")


def test_a_released_version_keeps_its_calibration(files):
    with pytest.raises(ReleasedVersionEdited, match="v3 is released and its calibration is frozen"):
        calibrating.calibrate(None, None, NIGHT, "v3")
    assert list(files.glob("*.json")) == []


def test_the_example_of_the_command_names_a_draft():
    assert [name for name in load_registry().released if f"--version {name} " in command.__doc__] == []


def test_a_night_without_credit_is_named(spark, store, files, monkeypatch):
    monkeypatch.setattr(calibrating, "load_registry", lambda: Registry("v2", {}))
    with pytest.raises(MissingInput, match="feature__engagement_state: expected reactions between people for 2030-01-10"):
        calibrating.calibrate(spark, store, NIGHT, "v5")
    assert list(files.glob("*.json")) == []


@pytest.mark.parametrize("words", [("calibrate", "--date", "2030-01-10"), ("train", "--from", "2030-01-02", "--to", "2030-02-13")])
def test_a_mistyped_store_is_refused_and_not_made(tmp_path, monkeypatch, words):
    home = tmp_path / "mistyped"
    monkeypatch.setenv("CANDOR_HOME", str(home))
    with pytest.raises(MissingInput, match="no store at"):
        CliRunner().invoke(app, [*words, "--version", "v5"], catch_exceptions=False)
    assert not home.exists()


def test_a_scale_fitted_again_keeps_the_trained_factors_and_says_what_they_are_from(fit):
    first = fit()
    trained = calibration.Calibration(**{**first.__dict__, "term_factors": FACTORS,
                                         "made_from": f"{first.made_from}; factors from 9 pairs"})
    save_calibration("v4", trained)
    assert first.term_factors == {}
    assert fit() == load_calibration("v4") == trained


@pytest.mark.parametrize("factors", [{}, {"reach": 1.0}, FACTORS | {"other": 0.1}])
def test_a_version_of_terms_is_not_scored_without_a_factor_for_each(fit, factors):
    """A term that no factor is known for would count in full."""
    save_calibration("v4", calibration.Calibration(**{**fit().__dict__, "term_factors": factors}))
    with pytest.raises(MissingInput, match="v4.json: expected factors of the terms .*candor train --version v4"):
        calibrations_of(["v4"])
