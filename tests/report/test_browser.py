"""Every page in a real browser: no console error, no request leaves, readable on a small telephone."""

import pytest

from jobs.report.gate import write_report
from tests.report.browser import FOUND, SMALL_WIDTH, opened, small_width
from tests.report.test_gate_report import NIGHT, WAIVABLE
from tests.security.test_hostile_pages import listed_page, moved_page

pytestmark = pytest.mark.skipif(FOUND is None, reason="no chromium on this machine; apt-get install chromium")


@pytest.fixture(params=["gate", "compare", "why"])
def page(request, judged_nights, tmp_path):
    """One page of each kind, as a file."""
    if request.param == "gate":
        return write_report(judged_nights(WAIVABLE), NIGHT)
    path = tmp_path / f"{request.param}.html"
    path.write_text({"compare": listed_page, "why": moved_page}[request.param]("person " * 30))
    return path


def test_a_page_is_silent_calls_nobody_and_fits_a_telephone(page, tmp_path):
    document, console, asked = opened(page, tmp_path / "profile")
    assert "<h1>" in document
    assert console == []
    assert asked == set()
    assert small_width(page, tmp_path, tmp_path / "profile") <= SMALL_WIDTH


def test_a_page_that_calls_out_or_fails_is_noticed(tmp_path):
    """The measure itself: a bad page is seen by each of its three parts."""
    bad = tmp_path / "bad.html"
    bad.write_text('<!DOCTYPE html><title>bad</title><body><img src="http://leak.test/x">'
                   '<div style="width: 900px">wide</div>'
                   "<script>console.error('broken')</script></body>")
    _, console, asked = opened(bad, tmp_path / "profile")
    assert any("broken" in line for line in console)
    assert asked == {b"leak.test"}
    assert small_width(bad, tmp_path, tmp_path / "profile") > SMALL_WIDTH
