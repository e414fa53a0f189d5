"""What a comparison reads of the night before, when that night is restated later."""

from datetime import timedelta

from jobs.audit.comparing.sources import find_compared
from jobs.ledger import releases
from tests.versions.conftest import FIRST


def test_a_night_before_that_is_restated_later_is_compared_as_it_was(release_nights):
    release_nights(2, "v1", "v2")
    store = release_nights(1, "v1", "v2", "v3")
    first, _, again = releases(store)
    assert again.restates_release_id == first.release_id
    assert find_compared(store, "v1", "v2", FIRST + timedelta(days=1)).previous == first
    assert find_compared(store, "v1", "v2", FIRST).previous is None
