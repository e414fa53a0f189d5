"""XML that expands, reads files or calls out, delivered as a Stack Exchange dump: refused row by row, never resolved."""

import pytest

from jobs.errors import BadInput
from tests.security.conftest import leaks, was_called
from tests.security.xml_attacks import BODIES, DECLARED, ENCODED, comments, encoded, post


@pytest.fixture(scope="module")
def declared(deliver_all, target):
    files = {name: target.filled(comments(before, text, number)).encode()
             for number, (name, (before, text, _)) in enumerate(DECLARED.items(), start=1)}
    return deliver_all("stackexchange", "Comments.xml", files)


@pytest.fixture(scope="module")
def bodies(deliver_all, target):
    files = {name: post(target.filled(body), number).encode()
             for number, (name, body) in enumerate(BODIES.items(), start=1)}
    return deliver_all("stackexchange", "Posts.xml", files)


@pytest.mark.parametrize("attack", DECLARED)
def test_what_is_declared_is_refused_and_never_used(declared, attack):
    assert declared[attack] == DECLARED[attack][-1]


@pytest.mark.parametrize("attack", ENCODED)
def test_no_encoding_but_utf8_is_understood(deliver_all, attack):
    try:
        found = deliver_all("stackexchange", "Comments.xml", {attack: encoded(ENCODED[attack], 1_000)})
    except BadInput:
        return
    assert set(found[attack].split()) <= {"broken_xml", "nul_byte", "invalid_utf8", "entity_refused"}


@pytest.mark.parametrize("attack", BODIES)
def test_the_html_of_a_post_is_only_text(bodies, attack):
    assert bodies[attack] == "kept"


def test_nothing_was_read_and_nobody_was_called(attacked, listener, declared, bodies):
    assert leaks(attacked) == []
    assert not was_called(listener)
    texts = [row["post_text"] for row in attacked.arrow("core__posts").to_pylist()]
    assert len(texts) == len(BODIES)
    assert "<" not in "".join(texts)
