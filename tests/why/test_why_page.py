"""The page of a statement: self-contained, readable without seeing it, and nobody's name runs in it."""

from html.parser import HTMLParser

import pytest

from jobs.answers.why import why
from jobs.errors import BadInput
from jobs.report.why import page, waterfall
from tests.why.conftest import STEERING

RUNS = {"script", "iframe", "object", "embed", "img", "link", "base", "form"}


class Page(HTMLParser):
    """What a page is made of: its tags, attributes, and texts by tag."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.attributes, self.texts, self.open = [], [], {}, []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data.strip())


@pytest.fixture
def told(told_reader, ask, must_not_compute):
    return why(told_reader, ask("x:ann"), must_not_compute)


def test_the_page_loads_and_runs_nothing(told):
    found = Page(page(told))
    assert RUNS & set(found.tags) == set()
    assert [pair for pair in found.attributes if pair[0].startswith("on") or pair[0] in ("src", "href")] == []
    assert "http" not in page(told).replace("http-equiv", "")


def test_the_waterfall_has_a_text_alternative_and_a_table(told):
    found = Page(page(told))
    assert found.texts["desc"] == [
        "In points: score on 2030-01-01 74.0000; older reactions count less each day -9.5000; people who reacted have "
        "left, or are on a list -9.2500; new reactions +1.7500; score on 2030-01-03 57.0000."]
    assert ("role", "img") in found.attributes
    assert ("aria-labelledby", "waterfall-title waterfall-words") in found.attributes
    cells = found.texts["td"]
    assert [number for number in ("-9.5000", "-9.2500", "1.7500", "-17.0000") if number not in cells] == []


def test_the_steps_of_the_waterfall_meet(told):
    """Each bar begins where the one before ended; the last bar ends where the last cause ended."""
    first, *causes, last = waterfall(told).steps
    reached = first.ends_at
    for step in causes:
        assert reached in (step.left, pytest.approx(step.left + step.width, abs=0.011))
        reached = step.ends_at
    assert last.ends_at == reached
    assert [step.style for step in (first, *causes, last)] == ["whole", "down", "down", "up", "whole"]


def test_a_name_that_is_a_script_stays_text(told_reader, ask, must_not_compute):
    text = page(why(told_reader, ask(STEERING, first=2), must_not_compute))
    found = Page(text)
    assert "<script" not in text
    assert RUNS & set(found.tags) == set()
    assert STEERING in found.texts["h1"][0]


def test_without_a_score_at_one_end_there_is_no_chart_and_there_are_words(told_reader, ask, must_not_compute):
    found = Page(page(why(told_reader, ask("x:cy"), must_not_compute)))
    assert "svg" not in found.tags
    assert "On 2030-01-03 there was no score: 1 of 2 days." in found.texts["p"]


def test_the_command_writes_the_page(candor, tmp_path):
    path = tmp_path / "why.html"
    printed = candor("x:ann", "--from", "2030-01-01", "--to", "2030-01-03", "--html", str(path))
    assert "page: " in printed
    assert "svg" in Page(path.read_text()).tags


def test_the_ends_of_two_versions_on_one_night_are_told_apart(told):
    first, *_, last = waterfall(told | {"to": told["from"], "versions": {"from": "v1", "to": "v2"}}).steps
    assert [first.label, last.label] == ["score on 2030-01-01 under v1", "score on 2030-01-01 under v2"]


@pytest.mark.parametrize(("place", "found"), [
    (".", "expected a file to write the page to, found a folder"), ("none/why.html", "to exist, found nothing there"),
    ("file/why.html", "to exist, found a file there")])
def test_a_page_that_cannot_be_written_is_refused_before_anything_is_read(candor, tmp_path, monkeypatch, place, found):
    (tmp_path / "file").touch()
    monkeypatch.setattr("jobs.answers.why.why", lambda *given: pytest.fail("computed before the path was checked"))
    with pytest.raises(BadInput, match=f"--html {tmp_path / place}: .*{found}"):
        candor("x:ann", "--html", str(tmp_path / place))
