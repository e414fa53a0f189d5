"""Everything that may happen to a store, in any order, beside a model: a short life of the machine of bench/crash."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from bench.crash.machine import Nights, taken

SHORT = settings(max_examples=2, stateful_step_count=15, deadline=None, database=None, derandomize=True,
                 suppress_health_check=list(HealthCheck))


def test_the_store_says_what_the_model_says():
    run_state_machine_as_test(Nights, settings=SHORT)
    assert taken.total() >= SHORT.stateful_step_count
