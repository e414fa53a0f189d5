"""When more people would be held than may be, the night is at fault: nobody is held, and the gate sees it as scored."""

from datetime import date
from decimal import Decimal

import pyarrow as pa

from jobs.audit import holds
from jobs.storage import on_day
from jobs.tables import TABLES
from tests.versions.conftest import usual_row

NIGHT = date(2030, 1, 2)


def test_a_night_in_which_many_would_be_held_is_left_as_it_was_scored(store, monkeypatch):
    people = [usual_row("audit__holds", snapshot_date=NIGHT, person_id=f"x:{name}", held_delta=Decimal(20))
              for name in ("ann", "bob", "cy", "dee")]
    scored = [usual_row("staged__scores", snapshot_date=NIGHT, person_id=row["person_id"]) for row in people]
    files = store.write_rows("staged__scores", pa.Table.from_pylist(scored, TABLES["staged__scores"].arrow_schema))
    store.replace_day("staged__scores", NIGHT, files)
    found = pa.Table.from_pylist(people, TABLES["audit__holds"].arrow_schema)
    monkeypatch.setattr(holds, "found_holds", lambda *given: found)
    assert holds.run(None, store, NIGHT, None, None) == 0
    assert store.files("staged__scores", on_day(NIGHT)) == files
    assert store.arrow("audit__holds", on_day(NIGHT)).num_rows == len(people), "few_people_are_held blocks by these"
