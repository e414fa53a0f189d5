"""Shown values never steer a terminal, and JSON holds only what JSON has."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from jobs.terminal import plain, printable, show_json_rows, show_table

STEERING = "\x1b[31mred\x1b[0m \x07bell \r\n line \u202eturned \u200bhidden \x9b2J [bold]markup[/bold]"


def test_control_characters_are_left_out_and_text_stays():
    assert printable(STEERING) == "[31mred[0m bell  line turned hidden 2J [bold]markup[/bold]"


@pytest.mark.parametrize("text", ["Zoë", "平仮名", "naïve 👍", "a|b", "émile:ß"])
def test_letters_of_any_script_stay(text):
    assert printable(text) == text


def test_a_table_holds_no_steering_character_and_no_markup(capsys):
    show_table(STEERING, [{STEERING: STEERING, "points": Decimal("1.5000")}])
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert shown.count("[bold]markup[/bold]") == 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("57.1234"), 57.1234),
        (Decimal("57.0000"), 57.0),
        (Decimal(12), 12),
        (float("nan"), None),
        (Decimal("Infinity"), None),
        (date(2030, 1, 31), "2030-01-31"),
        (datetime(2030, 1, 31, 4, tzinfo=UTC), "2030-01-31T04:00:00+00:00"),
        ((1, {"a": Decimal("0.5")}), [1, {"a": 0.5}]),
        (b"\x00\xff", "00ff"),
        (True, True),
    ],
)
def test_a_value_becomes_its_json_type(value, expected):
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


@pytest.mark.parametrize("rows", [[], [{"a": 1}], [{"a": Decimal("1.2500")}, {"a": None}]])
def test_rows_that_come_one_by_one_are_one_json_list(capsys, rows):
    show_json_rows(iter(rows))
    assert json.loads(capsys.readouterr().out) == [{"a": plain(row["a"])} for row in rows]
