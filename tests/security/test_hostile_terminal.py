"""No text of a person, of a file or of a command line is obeyed by a terminal: tables, lines, cards, errors."""

import unicodedata

import pytest
import typer

from jobs.door import run_door
from jobs.errors import BadInput, NightBlocked
from jobs.nights.results import NightResult, told
from jobs.terminal import STEERING_CATEGORIES, show_line, show_table
from tests.security.conftest import DAY
from tests.security.sheet_and_page_attacks import STEERING


def obeyed(shown: str) -> list[str]:
    """The characters of an output that steer; line ends are our own."""
    return [letter for letter in shown.replace("\n", "") if unicodedata.category(letter) in STEERING_CATEGORIES]


@pytest.mark.parametrize("attack", STEERING)
def test_a_name_is_shown_and_never_obeyed(capsys, attack):
    name = STEERING[attack]
    show_table(name, [{name: name, "person_id": f"x:{name}", "points": 1}])
    show_line(name)
    assert obeyed(capsys.readouterr().out) == []


@pytest.mark.parametrize("error", [BadInput, NightBlocked])
@pytest.mark.parametrize("attack", STEERING)
def test_an_error_that_quotes_a_name_is_shown_and_never_obeyed(capsys, monkeypatch, attack, error):
    app = typer.Typer()

    @app.command()
    def fail() -> None:
        raise error(f"file {STEERING[attack]}: refused\nnext line")

    monkeypatch.setattr("sys.argv", ["candor"])
    with pytest.raises(SystemExit):
        run_door(app)
    shown = capsys.readouterr().err
    assert obeyed(shown) == []
    assert "refused\nnext line" in shown


@pytest.mark.parametrize("attack", STEERING)
def test_a_night_that_quotes_a_name_is_shown_and_never_obeyed(attack):
    name = STEERING[attack]
    result = NightResult(DAY, "block", None, [name], [f"finding about {name}"], {"twitter": f"{name} was refused"}, 1, 0, 1)
    assert obeyed(told(result)) == []
