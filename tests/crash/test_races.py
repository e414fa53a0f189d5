"""Two runs in the same table at the same moment: one of them wins, and nothing is added to what the other wrote."""

from datetime import date

import pytest

from bench.crash import made
from jobs import failpoints
from jobs.errors import CommitConflict, MissingInput, NightBlocked, PipelineError
from jobs.manifest import Run
from jobs.nights import nightly
from jobs.publish.candidate import propose, require_newest_state, scored_on
from jobs.publish.release import release
from jobs.storage import Store, on_day

DAY, OTHER_DAY = date(2030, 1, 1), date(2030, 1, 2)


@pytest.fixture
def meanwhile():
    """Has something done, once, when a place is passed; and disarms the process in the end."""

    def arm(place, done):
        def act(name):
            failpoints.arm(None)
            done()

        failpoints.arm(failpoints.OnNthPass(place, act))

    yield arm
    failpoints.arm(None)


def people(store: Store, day: date) -> list[str]:
    return sorted(store.arrow("staged__scores", on_day(day), columns=["person_id"]).column("person_id").to_pylist())


def test_a_day_swapped_by_two_runs_holds_the_files_of_one(store, meanwhile):
    """PyIceberg rebases a lost commit: the first files of a day would then be added to the winner's."""
    meanwhile("storage.day_prepared", lambda: made.stage(Store(store.settings), DAY, ["bob"]))
    made.stage(store, DAY, ["ann"])
    assert people(store, DAY) == ["ann"]


def test_a_run_that_clears_its_intermediate_frames_leaves_those_of_another(spark, store):
    other = Store(store.settings)
    kept = other.materialised(spark, spark.range(3).toDF("number"))
    store.materialised(spark, spark.range(2).toDF("number"))
    store.clear_scratch()
    assert kept.count() == 3
    other.clear_scratch()
    assert [path for path in (store.settings.home / "scratch").rglob("*") if path.is_file()] == []


def test_a_night_that_fails_takes_its_intermediate_frames_with_it(spark, store, monkeypatch):
    def interrupted(spark, store, *night):
        store.materialised(spark, spark.range(2).toDF("number"))
        raise PipelineError("lost")

    monkeypatch.setattr(nightly.topics, "run", interrupted)
    with pytest.raises(PipelineError, match="lost"):
        nightly.stage_night(spark, store, DAY, None, Run(store, DAY))
    assert [path for path in (store.settings.home / "scratch").rglob("*") if path.is_file()] == []


def test_a_night_and_a_backfill_swap_different_days_of_one_table(store, meanwhile):
    meanwhile("storage.day_prepared", lambda: made.stage(Store(store.settings), OTHER_DAY, ["bob"]))
    made.stage(store, DAY, ["ann"])
    assert (people(store, DAY), people(store, OTHER_DAY)) == (["ann"], ["bob"])


def test_a_proposal_that_another_one_overtakes_is_refused_in_a_sentence(store, meanwhile):
    made.stage(store, DAY, ["ann"])
    meanwhile("propose.branch_made", lambda: propose(Store(store.settings), DAY))
    with pytest.raises(CommitConflict, match="[Rr]un .*again"):
        propose(store, DAY)


def test_the_digest_of_a_candidate_is_that_of_its_branch_even_when_the_day_is_staged_anew_meanwhile(store, meanwhile):
    made.stage(store, DAY, ["ann"])
    undisturbed = propose(store, DAY).candidate_digest
    meanwhile("propose.branch_filled", lambda: made.stage(Store(store.settings), DAY, ["bob"]))
    mixed = propose(store, DAY)
    rows = store.arrow("pub__scores", snapshot=mixed.table_snapshots["pub__scores"], columns=["person_id"])
    assert rows.column("person_id").to_pylist() == ["ann"]
    assert mixed.candidate_digest == undisturbed, "all branches move at once, so none of them holds the new rows"


def test_a_verdict_holds_for_the_inputs_that_it_was_given_on(store, tmp_path):
    """The same rows from other inputs, such as a list that came later, are another candidate and judged anew."""
    made.deliver_list(store, tmp_path, DAY, ["zoe"])
    made.stage(store, DAY, ["ann"])
    judged = propose(store, DAY)
    made.judge(store, judged, "pass")
    made.deliver_list(store, tmp_path / "later", DAY, ["zoe", "max"])
    again = propose(store, DAY)
    assert again.candidate_digest == judged.candidate_digest
    with pytest.raises(NightBlocked, match="verdict 'none'"):
        release(store, again)


def a_night(store: Store, day: date, person: str):
    made.stage(store, day, [person])
    candidate = propose(store, day)
    made.judge(store, candidate, "pass")
    return release(store, candidate)


def test_a_night_on_a_restated_one_is_a_new_release_though_its_rows_are_the_same(store, tmp_path):
    """Its frozen state is another: the night after it would go on from what the late file is not in."""
    first, second = a_night(store, DAY, "ann"), a_night(store, OTHER_DAY, "bob")
    assert a_night(store, OTHER_DAY, "bob") == second, "nothing before it changed"
    made.deliver_list(store, tmp_path, DAY, ["zoe"])
    restated, again = a_night(store, DAY, "ann"), a_night(store, OTHER_DAY, "bob")
    assert (restated.restates_release_id, again.restates_release_id) == (first.release_id, second.release_id)
    assert again.candidate_digest == second.candidate_digest
    assert again.input_digest != second.input_digest


def test_a_night_scored_before_the_one_before_it_was_restated_is_not_proposed(store, tmp_path):
    first = a_night(store, DAY, "ann")
    require_newest_state(store, OTHER_DAY, first.candidate_id)
    require_newest_state(store, DAY, None)
    made.deliver_list(store, tmp_path, DAY, ["zoe"])
    restated = a_night(store, DAY, "ann")
    with pytest.raises(CommitConflict, match=f"2030-01-02 was scored on .*{first.candidate_id}.*"
                                             f"expected that of {restated.release_id}.* [Ss]core the night again"):
        require_newest_state(store, OTHER_DAY, first.candidate_id)


def test_what_a_night_was_scored_on_is_what_its_last_run_says(store):
    with pytest.raises(MissingInput, match="score that night first: python -m jobs.nights.nightly"):
        scored_on(store, DAY)
    for base in ("c1", "c2"):
        run = Run(store, DAY)
        with run.stage("engagement") as details:
            details["state_of"] = base
        run.write()
    assert scored_on(store, DAY) == "c2"
