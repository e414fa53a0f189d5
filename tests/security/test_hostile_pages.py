"""No text of a person becomes a part of a page: with a hostile name, every page has the very tags of a harmless one."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from jobs.report.charts import bars
from jobs.report.page import Listing, Section, render
from jobs.report.why import page as why_page
from tests.security.sheet_and_page_attacks import MARKUP

LOADS = {"script", "iframe", "object", "embed", "img", "link", "base", "form", "input"}


class Shape(HTMLParser):
    """The tags of a page with the names of their attributes, and every address in it."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, *sorted(name for name, _ in attrs)))
        self.addresses += [value for name, value in attrs if name in ("href", "src")]

    def handle_decl(self, decl: str) -> None:
        self.tags.append(("declaration", decl))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment",))


def listed_page(name: str) -> str:
    """A page with the name at every place where a page of listings shows one."""
    listing = Listing("movers", name, [{"person_id": name, "topic_name": name, "points": -1.5}], 1)
    chart = bars("chart-one", name, "movers.csv", [(name, -2.0)], "")
    return render("compare.html.j2", title=name, lead=name, sections=[Section("one", name, [name], [chart], [listing])])


def moved_page(name: str) -> str:
    """A page of a change statement about the name."""
    part = {"network": name, "kind": name, "points": Decimal("1.5")}
    return why_page({
        "person_id": name, "topic_name": name, "topic_id": name, "from": date(2030, 1, 1), "to": date(2030, 1, 2),
        "versions": {"from": "v1", "to": "v2"}, "score_from": Decimal(3), "score_to": Decimal("4.5"),
        "score_delta": Decimal("1.5"), "sentences": [name],
        "causes": [{"cause": "x", "words": name, "points": Decimal("1.5"), "parts": [part]}],
        "nights": [{"snapshot_date": date(2030, 1, 2), "compared_date": date(2030, 1, 1), "points": Decimal("1.5")}],
    })


PAGES: dict[str, Callable[[str], str]] = {"listings": listed_page, "why": moved_page}


@pytest.mark.parametrize("attack", MARKUP)
@pytest.mark.parametrize("page", PAGES)
def test_a_hostile_name_leaves_the_page_as_it_is(page, attack):
    harmless, hostile = Shape(PAGES[page]("ann")), Shape(PAGES[page](MARKUP[attack]))
    assert hostile.tags == harmless.tags
    assert hostile.addresses == harmless.addresses
    assert not LOADS & {tag for tag, *_ in hostile.tags}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_allows_nothing_but_its_own_style(page):
    text = PAGES[page]("ann")
    assert "default-src 'none'; style-src 'sha256-" in text
    assert "unsafe" not in text
