"""A night without a single score is refused with what was delivered for it, and where to look."""

from datetime import date

import pytest

from jobs.errors import MissingInput
from jobs.publish.candidate import propose

NIGHT = date(2030, 1, 1)


def delivery(feed: str, kept: int) -> dict:
    return {"feed": feed, "covers_from_date": NIGHT, "covers_to_date": NIGHT, "row_count": 10, "kept_row_count": kept}


@pytest.mark.parametrize(("delivered", "cause"), [
    ([], "no network delivered anything for that day"),
    ([delivery("suppression", 10)], "no network delivered anything for that day"),
    ([delivery("twitter", 0), delivery("mailinglist", 3), delivery("mailinglist", 4)],
     r"delivered were mailinglist \(7 of 20 rows kept\), twitter \(0 of 10 rows kept\), and nobody reacted"),
])
def test_the_cause_is_named_and_where_to_look(store, add, delivered, cause):
    if delivered:
        add("ops__deliveries", *delivered)
    with pytest.raises(MissingInput, match=cause) as refused:
        propose(store, NIGHT)
    assert f"{store.settings.inbox}/<feed>/2030-01-01" in str(refused.value)
    assert "candor night --date 2030-01-01" in str(refused.value)
