"""How a command ends when the machine refuses, not the data: a sentence on standard error and exit code 1."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from jobs.cli import app as candor
from jobs.door import run_door


def refused(code: int, path: str | None = None) -> OSError:
    """What the operating system raises: read-only store, full disk, closed folder."""
    return OSError(code, os.strerror(code), *([path] if path else []))


@pytest.mark.parametrize(("error", "sentence"), [
    (refused(errno.EROFS, "/store/scratch/replay-1"), "error: /store/scratch/replay-1: expected to read or write there, "
                                                      "got: Read-only file system."),
    (refused(errno.EACCES, "/store/keys"), "error: /store/keys: expected to read or write there, got: Permission denied."),
    (refused(errno.ENOSPC), "error: this machine: expected to read or write there, got: No space left on device."),
    (OSError("the stream broke"), "error: this machine: expected to read or write there, got: the stream broke."),
])
def test_what_the_machine_refuses_is_a_sentence(capsys, monkeypatch, error, sentence):
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command()
    def night() -> None:
        raise error

    monkeypatch.setattr("sys.argv", ["candor"])
    with pytest.raises(SystemExit) as ended:
        run_door(app)
    shown = capsys.readouterr()
    assert ended.value.code == 1
    assert shown.err.startswith(sentence)
    assert shown.out == ""


def test_a_letter_that_the_terminal_does_not_know_ends_no_command(tmp_path):
    """Cards have a middle dot, names any letter; in an old locale they are escaped."""
    program = "import typer\nfrom jobs.door import run_door\nfrom jobs.terminal import show_line\napp = typer.Typer()\n" \
              "@app.command()\ndef show() -> None:\n    show_line('gardening · Änne')\nrun_door(app)\n"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[2],
                           env={**os.environ, "PYTHONIOENCODING": "ascii"}, check=False)
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "gardening \\xb7 \\xc4nne\n", "")


@pytest.mark.parametrize("words", [
    ["night", "--date", "14.2.2030"], ["compare", "v1", "v2", "--date", "14.2.2030"], ["report", "--date", "14.2.2030"],
    ["export", "--out", "out", "--date", "14.2.2030"], ["replay", "--version", "v2", "--date", "14.2.2030"],
    ["version", "announce", "v3", "--pack-digest", "0", "--by", "ann", "--on", "14.2.2030"],
], ids=" ".join)
def test_a_day_that_is_none_is_refused_in_the_words_of_the_reading_commands(words):
    refused = CliRunner().invoke(candor, words, env={"COLUMNS": "200"})
    assert "'14.2.2030': expected a day such as 2030-01-31. Write year, month and day with dashes." in refused.stderr
