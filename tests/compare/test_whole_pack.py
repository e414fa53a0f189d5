"""One whole pack of a lived store: sound, closed, readable by everybody, the same again, and refused when it cannot be."""

import hashlib
import json
import re
from html.parser import HTMLParser

import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from jobs.audit.comparing.sources import find_compared
from jobs.comparing.compare import PAGE_ROWS, compare, pack_folder
from jobs.doors import comparing
from jobs.errors import BadInput, MissingInput
from jobs.ledger import newest_release
from jobs.settings import Settings
from jobs.storage import Store, on_day


class Page(HTMLParser):
    """What a page consists of: its elements, and the words inside some of them."""

    def __init__(self, text: str):
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.words: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, text):
        if self._open:
            self.words.setdefault(self._open[-1], []).append(text)

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def text(lived_pack):
    return (lived_pack.folder / "index.html").read_text()


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def rows(pack, name: str) -> list[dict]:
    return pq.read_table(pack.folder / f"{name}.parquet").to_pylist()


def test_every_difference_is_accounted_for_to_the_digit(lived_pack):
    (sums,) = rows(lived_pack, "line_sums")
    assert sums["score_count"] > 0
    assert sums["score_with_lines_count"] == sums["score_count"]
    assert (sums["score_with_residual_count"], sums["largest_residual"]) == (0, 0)
    split = rows(lived_pack, "algorithm_and_data_sums")
    assert {row["largest_residual"] for row in split} == {0}


def test_the_frozen_inputs_give_the_released_scores_again(lived_pack):
    found = {row["algorithm_version"]: row for row in rows(lived_pack, "computed_again")}
    assert set(found) == {"v1", "v2"}
    assert {row["differing_score_count"] for row in found.values()} == {0}
    assert min(row["computed_score_count"] for row in found.values()) > 0


def test_attack_results_are_of_the_two_versions_and_the_page_lists_the_first(lived_pack, text):
    found = rows(lived_pack, "attacks")
    assert {row["algorithm_version"] for row in found} == {"v1", "v2"}
    assert {type(row["accounts"]) for row in found} == {int}
    assert len(found) > PAGE_ROWS
    assert f"{PAGE_ROWS} of {len(found)} rows: <a href=\"attacks.csv\"" in text
    assert "seeds_sha256" in found[0]
    assert "seeds_sha256" not in text


def test_each_network_was_dropped_under_each_version_and_it_matters(lived_pack):
    found = rows(lived_pack, "sensitivity")
    assert {(row["algorithm_version"], row["dropped_network"]) for row in found} == {
        (version, network) for version in ("v1", "v2") for network in ("mailinglist", "stackexchange", "twitter")}
    assert all(row["still_scored_count"] < row["scored_count"] for row in found)


def test_the_movers_are_all_the_people_scored_by_both(lived_world, newest_night, lived_pack):
    snapshot = newest_release(lived_world.store, on=newest_night).table_snapshots["pub__scores"]
    scores = lived_world.store.arrow("pub__scores", on_day(newest_night), snapshot=snapshot).to_pylist()
    scored = [{row["person_id"] for row in scores if row["algorithm_version"] == version and row["topic_id"] == "_overall"
               and row["state"] == "scored"} for version in ("v1", "v2")]
    movers = [row["mover_count"] for row in rows(lived_pack, "movers") if row["dimension"] == "everybody"]
    assert sum(movers) == len(scored[0] & scored[1]) > 20


def test_no_number_of_a_small_cohort_is_in_the_pack(lived_pack):
    covered = rows(lived_pack, "coverage")
    small = {(row["dimension"], row["cohort"]) for row in covered if row["is_suppressed"]}
    assert small
    for name in ("movers", "agreement", "crossings", "impact_ratios"):
        assert small.isdisjoint((row["dimension"], row["cohort"]) for row in rows(lived_pack, name))
    assert {row["person_count"] for row in rows(lived_pack, "cohorts") if row["is_suppressed"]} == {None}


def test_the_fingerprints_hold_the_release_and_the_frozen_files(lived_world, newest_night, lived_pack):
    found = {(row["subject"], row["fingerprint"]): row for row in rows(lived_pack, "fingerprints")}
    release = newest_release(lived_world.store, on=newest_night)
    assert found["release", "candidate_digest"]["recorded"] == release.candidate_digest
    assert found["release", "chain_hash"]["recorded"] == release.chain_hash
    assert [found[version, "file_sha256"]["agrees"] for version in ("v1", "v2")] == [True, True]


def test_the_seal_covers_every_file(lived_pack):
    sums = (lived_pack.folder / "SHA256SUMS").read_text()
    assert hashlib.sha256(sums.encode()).hexdigest() == lived_pack.pack_digest
    listed = dict(reversed(line.split("  ")) for line in sums.splitlines())
    files = {path.name for path in lived_pack.folder.iterdir()} - {"SHA256SUMS"}
    assert set(listed) == files
    assert {name for name in files
            if hashlib.sha256((lived_pack.folder / name).read_bytes()).hexdigest() != listed[name]} == set()
    assert {f"{name}.{kind}" for name in lived_pack.row_counts for kind in ("csv", "parquet")} | {"index.html"} == files


def test_the_page_loads_nothing_and_runs_nothing(text, page):
    assert re.findall(r"https?:|//[a-z]|@import|url\(", text) == []
    assert {tag for tag, _ in page.elements} & {"script", "link", "img", "iframe", "object", "form", "base"} == set()
    assert [name for _, attributes in page.elements for name in attributes if name.startswith("on") or name == "style"] == []
    (policy,) = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_links_lead_into_the_page_or_to_a_file_beside_it(lived_pack, page):
    anchors = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    targets = {link["href"] for link in page.all("a")}
    assert targets
    assert {target for target in targets if not (
        target[1:] in anchors if target.startswith("#") else (lived_pack.folder / target).is_file())} == set()


def test_every_chart_says_in_words_what_it_draws(page):
    charts = page.all("svg")
    assert len(charts) == 4
    assert {chart["role"] for chart in charts} == {"img"}
    ids = {attributes.get("id") for tag, attributes in page.elements if tag in {"title", "desc"}}
    assert {name for chart in charts for name in chart["aria-labelledby"].split()} <= ids
    descriptions = page.words["desc"]
    assert len(descriptions) == len(charts)
    assert all(re.search(r"\d", words) for words in descriptions)


def test_the_page_has_a_dark_and_a_printed_form_and_fits_a_narrow_screen(text, page):
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert "width=device-width, initial-scale=1" in [meta.get("content") for meta in page.all("meta")]
    assert len(page.all("caption")) == len(page.all("table"))


def test_the_same_inputs_give_the_same_bytes(lived_world, newest_night, lived_pack, tmp_path):
    again = compare(lived_world.store, "v1", "v2", newest_night, tmp_path / "again")
    assert again.pack_digest == lived_pack.pack_digest
    assert [path.name for path in tmp_path.iterdir()] == ["again"]


def test_the_command_prints_the_folder_and_the_digest(lived_world, newest_night, lived_pack, monkeypatch):
    monkeypatch.setattr("jobs.comparing.compare.compare", lambda *given: lived_pack)
    monkeypatch.setenv("CANDOR_HOME", str(lived_world.store.settings.home))
    app = typer.Typer()
    app.callback()(lambda: None)
    comparing.register(app)
    shown = CliRunner().invoke(app, ["compare", "v1", "v2", "--date", str(newest_night)])
    assert lived_pack.pack_digest in shown.output
    printed = CliRunner().invoke(app, ["compare", "v1", "v2", "--date", str(newest_night), "--json"])
    found = json.loads(printed.output)
    assert (found["pack_digest"], found["headline"]["largest_line_residual"]) == (lived_pack.pack_digest, 0)


@pytest.mark.parametrize(("versions", "day", "error", "words"), [
    (("v1", "v9"), None, MissingInput, "v9 was not scored"),
    (("v1", "v1"), None, BadInput, "two versions"),
    (("v1", "v2"), "2029-12-31", MissingInput, "no release of the night 2029-12-31"),
])
def test_what_cannot_be_compared_is_refused_in_a_sentence(lived_world, newest_night, tmp_path, versions, day, error, words):
    with pytest.raises(error, match=words):
        compare(lived_world.store, *versions, day or newest_night, tmp_path / "refused")
    assert list(tmp_path.iterdir()) == []


def test_a_pack_lies_in_the_reports_of_the_store_unless_told_otherwise(lived_world, newest_night):
    folder = pack_folder(lived_world.store, find_compared(lived_world.store, "v1", "v2", newest_night))
    assert folder == lived_world.store.settings.home / "reports" / "compare" / f"v1_v2_{newest_night}"


@pytest.fixture
def command(monkeypatch):
    """Runs `candor compare` on a home, which must be refused before anything is compared."""
    app = typer.Typer()
    comparing.register(app)
    monkeypatch.setattr("jobs.comparing.compare.compare", lambda *given: pytest.fail("compared"))

    def run(home, *words):
        monkeypatch.setenv("CANDOR_HOME", str(home))
        CliRunner().invoke(app, ["v1", "v2", "--date", "2030-01-31", *words], catch_exceptions=False)

    return run


def test_the_command_makes_no_store(command, tmp_path):
    with pytest.raises(MissingInput, match=f"no store at {tmp_path / 'mistyped'}"):
        command(tmp_path / "mistyped")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_refused_before_anything_is_compared(command, tmp_path):
    Store(Settings(home=tmp_path)).iceberg("ops__deliveries")
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match=f"--out .*file/deep/pack: .* found the file {tmp_path / 'file'}"):
        command(tmp_path, "--out", str(tmp_path / "file" / "deep" / "pack"))
