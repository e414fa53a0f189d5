"""What accounts for a move, in worked examples; held against nothing that scored it (S7, S26)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from math import exp, log

import duckdb
import pytest

from jobs.audit.holding import found
from jobs.released import load_registry
from jobs.scoring.algorithms import v3, v5
from jobs.scoring.calibration import load_calibration
from tests.doors.conftest import arrow_rows

YESTERDAY, TONIGHT = date(2030, 1, 1), date(2030, 1, 2)
CREDIT, SLOPE = 9, 10
"""ann's score of yesterday: 1 + 10 ln(1 + 9) = 24.03 points."""

DISCOUNTS = {"v3": {"untrusted_cap": 8}, "v5": {"untrusted_cap": 8, "own_circle": 4}}
"""Credits that ann's score of yesterday did not count, by version."""

OTHERS = ("x:bob | jazz | v3 | credit | x | untrusted_cap | 0 | 1 | 1", "x:bob | jazz | v5 | credit | x | own_circle | 0 | 1 | 1")
"""Lines of somebody else, which say what a version can discount at all."""

INPUTS = {
    "links": ("core__identity_links", "network | account_id | person_id"),
    "suppressions": ("core__suppressions", "network | account_id"),
    "groups": ("feature__coordinated_groups", "network | account_id | group_id | group_size"),
    "trusted_accounts": ("feature__trusted_accounts", "network | topic_id | account_id"),
}
PAIRS = "network | topic_id | engager_account_id | author_account_id | kind"


def reactions(*engagers: str, author: str = "ann") -> str:
    """Rows of pairs: who reacted to an author about jazz."""
    return "\n".join([PAIRS, *(f"x | jazz | {engager} | {author} | like" for engager in engagers)])


def many(count: int) -> list[str]:
    return [f"fan{number}" for number in range(count)]


@contextmanager
def asked(delta: float, **shown: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that shows ann's move since yesterday, and the inputs of both nights."""
    with duckdb.connect() as connection:
        for name, (table, header) in INPUTS.items():
            for side in (name, f"earlier_{name}"):
                connection.from_arrow(arrow_rows(table, shown.get(side, header))).create(side)
        version = shown.get("version", "v2")
        discounts = [f"x:ann | jazz | {version} | credit | x | {kind} | {-(units << 32)} | {CREDIT} | 0"
                     for kind, units in DISCOUNTS.get(version, {}).items()]
        connection.from_arrow(arrow_rows("staged__lines", "\n".join([
            "person_id | topic_id | algorithm_version | term | network | kind | line_units | credit | term_height",
            f"x:ann | jazz | {version} | credit | x | like | 0 | {CREDIT} | {SLOPE * log(1 + CREDIT)}",
            *discounts, *OTHERS]))).create("earlier_lines")
        connection.from_arrow(arrow_rows("pub__scores", f"""
            person_id | topic_id | algorithm_version | influence_score | credit
            x:ann     | jazz     | {version}         | {1 + SLOPE * log(1 + CREDIT):.4f} | {CREDIT}
        """)).create("released")
        for name, table in (("engagement_days", "feature__engagement_days"), ("earlier_state", "feature__engagement_state"),
                            ("state", "feature__engagement_state")):
            connection.from_arrow(arrow_rows(table, shown.get(name, PAIRS))).create(name)
        connection.execute(
            "CREATE TABLE large_moves AS SELECT 'x:ann' AS person_id, 'jazz' AS topic_id, ? AS algorithm_version, "
            "CAST(? AS DECIMAL(9, 4)) AS held_delta, CAST(? AS DATE) AS scored_date", [version, delta, YESTERDAY])
        yield connection


def accounted(delta: float, **shown: str) -> str | None:
    """What the inputs account for of ann's move since yesterday; null when they account for all of it."""
    with asked(delta, **shown) as connection:
        found.keep_unaccounted_since(connection, YESTERDAY, TONIGHT)
        rows = connection.sql("SELECT format('{:.2f}', accounted_points) FROM unaccounted").fetchall()
    return rows[0][0] if rows else None


OPTED_OUT = "network | account_id\n" + "\n".join(f"x | fan{number}" for number in range(6))
LINKED = "\n".join([INPUTS["links"][1], *(f"x | fan{number} | one-person" for number in range(60))])
TRUSTED = "network | topic_id | account_id\nx | jazz | fan0"


GROUPED = "\n".join([INPUTS["groups"][1], *(f"x | {name} | g | 7" for name in ["ann", *many(6)])])


def circle(size: int) -> str:
    """Over all posts, ann and so many others all reacted to each other."""
    names = ["ann", *many(size)]
    rows = [(fan, author) for fan in names for author in names if fan != author]
    return "\n".join([PAIRS, *(f"x | _overall | {fan} | {author} | like" for fan, author in rows)])


CEILING_OFF = 9 - 8 * (1 - exp(-9 / 8))
"""Credit of ann's 9 that needs trusted engagers, where strangers alone can bring 8."""


@pytest.mark.parametrize(("what", "delta", "shown", "points"), [
    ("nobody reacted", 20, {}, "0.00"),
    ("three people bring 1.6 credits each: 10 ln(14.8 / 10)", 20, {"engagement_days": reactions(*many(3))}, "3.92"),
    ("sixty people do: a real viral day is not held", 20, {"engagement_days": reactions(*many(60))}, None),
    ("sixty reactions of one person do not", 20, {"engagement_days": reactions(*["fan0"] * 60)}, "1.48"),
    ("nor do sixty accounts of one person", 20, {
        "engagement_days": reactions(*many(60)), "links": LINKED, "earlier_links": LINKED}, "1.48"),
    ("nor do reactions to somebody else", 20, {"engagement_days": reactions(*many(60), author="bob")}, "0.00"),
    ("a day of ageing takes 10 ln2 / 30", -20, {}, "0.23"),
    ("six who opted out may have been all there was", -20, {
        "earlier_state": reactions(*many(20)), "suppressions": OPTED_OUT}, None),
    ("six who opted out and never reacted took nothing", -20, {"suppressions": OPTED_OUT}, "0.23"),
    ("her own accounts were unlinked", -20, {
        "earlier_state": reactions("fan0"), "earlier_links": "network | account_id | person_id\nx | ann | ann-herself"
    }, None),
    ("an engager whom trust reached lifts the ceiling by what it cut off", 10, {
        "version": "v3", "earlier_state": reactions("fan0"), "trusted_accounts": TRUSTED}, "8.92"),
    ("and only in a version that has such a ceiling", 10, {
        "earlier_state": reactions("fan0"), "trusted_accounts": TRUSTED}, "1.48"),
    ("a trusted engager who is lost takes the part that needs trust", -20, {
        "version": "v3", "earlier_state": reactions("fan0"), "earlier_trusted_accounts": TRUSTED},
     f"{SLOPE * log(10 / (10 - 1.6 - CEILING_OFF)) + SLOPE * log(2) / 30:.2f}"),
    ("where circles do not count, trust is divided, too, and may give back what the ceiling cut off: 8", 20, {
        "version": "v5"}, f"{SLOPE * log((10 + 1.6 * 8) / 10):.2f}"),
    ("and a circle that ends gives back its six members", 20, {"version": "v5", "earlier_state": circle(6)},
     f"{SLOPE * log((10 + 1.6 * 6 + 1.6 * 8) / 10):.2f}"),
    ("one that stays gives nothing", 20, {"version": "v5", "earlier_state": circle(6), "state": circle(6)},
     f"{SLOPE * log((10 + 1.6 * 8) / 10):.2f}"),
    ("nor does one in a version that looks for none", 20, {"version": "v3", "earlier_state": circle(6)}, "0.00"),
    ("divided trust may take what needs trust", -20, {"version": "v5"},
     f"{SLOPE * log(10 / (10 - CEILING_OFF)) + SLOPE * log(2) / 30:.2f}"),
    ("six have five partners in common with ann: a circle that closes takes them all", -20, {
        "version": "v5", "state": circle(6)}, None),
    ("and so does a group that ann is found in", -20, {
        "version": "v5", "groups": GROUPED, "earlier_state": reactions(*many(6))}, None),
    ("five have four: no circle", -20, {"version": "v5", "state": circle(5)},
     f"{SLOPE * log(10 / (10 - CEILING_OFF)) + SLOPE * log(2) / 30:.2f}"),
    ("and only in a version that looks for circles", -20, {"version": "v3", "state": circle(6)}, "0.23"),
])
def test_what_the_inputs_account_for(what, delta, shown, points):
    assert accounted(delta, **shown) == points, what


@pytest.mark.parametrize(("what", "delta", "shown", "is_needed"), [
    ("a fall that neither ageing nor lists account for", -20, {"version": "v5"}, True),
    ("the same in a version that looks for no circles", -20, {"version": "v3"}, False),
    ("a rise that reactions account for", 20, {"version": "v5", "engagement_days": reactions(*many(60))}, False),
    ("a fall that lists account for", -20, {
        "version": "v5", "earlier_state": reactions(*many(20)), "suppressions": OPTED_OUT}, False),
])
def test_circles_are_worked_out_only_where_nothing_else_accounts_for_a_move_under_v5(
    monkeypatch, what, delta, shown, is_needed
):
    asked_for, statement = [], found._statement
    monkeypatch.setattr(found, "_statement", lambda name: asked_for.append(name) or statement(name))
    accounted(delta, **shown)
    assert ("circle_edges" in asked_for) is is_needed, what


def test_who_can_be_of_one_circle_tonight_is_worked_out_once_for_all_nights_of_held_scores():
    """What is asked of a second night finds the circle of six, though no reaction is there to find it in any more."""
    with asked(-20, version="v5", state=circle(6)) as connection:
        for _ in range(2):
            found.keep_unaccounted_since(connection, YESTERDAY, TONIGHT)
            assert not found._is_any(connection, "unaccounted")
            connection.execute("DELETE FROM state")


def test_no_released_version_gives_more_credit_than_the_limits_say():
    """A new version or calibration outside of these numbers must raise them, or it would hold real moves."""
    rates = [rate for version in load_registry().released for rate in load_calibration(version).exchange_rates().values()]
    lifted = v3.UNTRUSTED_PER_TRUSTED
    assert max(rates) <= found.ENGAGER_CREDIT
    assert max(rates) * ((1 + lifted) ** 3 + 4 * lifted ** 3) ** (1 / 3) <= found.TRUSTED_CREDIT
    assert min(rates) * min(v3.FREE_UNTRUSTED, v5.FREE_UNTRUSTED) >= found.LEAST_CEILING
    assert lifted >= v5.UNTRUSTED_PER_TRUSTED
    assert found.CIRCLES == {"mutual_partners": v5.MUTUAL_PARTNERS, "partners": v5.PARTNERS}
