"""Everything that may happen to a store, in any order, beside a model: short lives of the machine of bench/crash."""

from datetime import date

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from bench.crash.lived import reached
from bench.crash.machine import LISTED, SCORED, Nights, taken
from bench.crash.model import WAIVABLE

SHORT = settings(max_examples=2, stateful_step_count=10, deadline=None, database=None, derandomize=True,
                 suppress_health_check=list(HealthCheck))

FIRST, SECOND = date(2030, 1, 1), date(2030, 1, 2)
ANN, BOB = SCORED[:2]
TWO_PEOPLE = [("Ann", True), (" ann ", True), ("Ben", True)]

LIFE = [
    ("ingest", FIRST, {*LISTED}), ("backfill", FIRST, {ANN, BOB}), ("score", SECOND, {BOB}),
    ("blocked_night", SECOND, {ANN, BOB}, WAIVABLE, TWO_PEOPLE, FIRST, True), ("roll_back", 0, 7), ("read", SECOND),
    ("rerun", SECOND), ("roll_back", 1, None), ("rerun", SECOND), ("forget", ANN, 9), ("gc",),
    ("rerun", FIRST), ("read", FIRST),
]
"""One life with every kind of step: what two people let through, rolled back with a crash, erased with another one."""

REACHED = {"published": 3, "published by two approvals": 1, "refused, rolled back before": 2, "rolled back": 2,
           "forgotten": 1}
"""What comes of it: what was rolled back stays so; new inputs, or a person less, make another candidate."""


def test_the_store_says_what_the_model_says():
    run_state_machine_as_test(Nights, settings=SHORT)
    assert taken.total() >= SHORT.stateful_step_count


def test_a_life_with_every_kind_of_step_comes_out_as_it_must():
    before, machine = reached.copy(), Nights()
    for name, *given in LIFE:
        getattr(machine, name)(*given)
        machine.readers_see_what_was_released()
    machine.teardown()
    assert {name: reached[name] - before[name] for name in REACHED} == REACHED
