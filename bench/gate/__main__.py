"""How far the gate can be trusted: faults put into simulated years, and what each gate says about them.

`full` (make bench-gate) writes docs/gate-benchmark.md; `short` (make bench-gate-short) runs other seeds, exit 1 unless
the table is reproduced; `repeats` puts the same fault in again after a block; `pipeline` puts faults through the whole
pipeline, `statistics` those that only learned limits find; `replays` reads real daily counts; `cost` times the gate.
"""

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from bench.gate.cost import cost_of
from bench.gate.drifting import POINTS_A_NIGHT, nights_to_find, starts_of
from bench.gate.judging import Answers, judge_run
from bench.gate.kinds import KINDS
from bench.gate.outcome import figures_of, goals_of, outcome_of
from bench.gate.page import page_of
from bench.gate.pipeline import statistics_through_the_pipeline, through_the_pipeline
from bench.gate.repeating import SEEDS, repeats_of
from bench.gate.replays import replayed
from bench.gate.reproduce import differences
from bench.gate.simulate import Plan, simulated
from jobs.door import run_door
from jobs.terminal import show_line

ROOT = Path(__file__).parent.parent.parent
RESULTS, PAGE = ROOT / "bench" / "results" / "gate.json", ROOT / "docs" / "gate-benchmark.md"
PARTS = {part: RESULTS.with_name(f"gate_{part}.json") for part in ("repeats", "pipeline", "statistics", "replays")}

TUNING_SEEDS = (*range(101, 104), *range(201, 211))
"""Seeds on which floors, views, prior and aim were chosen; no figure of the page comes from them."""

TEST_SEEDS, SHORT_SEEDS = range(501, 511), range(301, 303)
YEARS_OF_A_SEED, REPEATS, SHORT_REPEATS = 5, 7, 8
"""Ten seeds of five years: fifty clean years; seven times three sizes a seed: 210 injections of each kind."""

DRIFTS_OF_A_SEED = 2

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, help=__doc__)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")]


@app.command(epilog="Example: python -m bench.gate full")
def full(as_json: AsJson = False) -> None:
    """Fifty clean years and 210 injections of each kind; writes the results and the page."""
    outcome = _measured(TEST_SEEDS, YEARS_OF_A_SEED, REPEATS)
    RESULTS.write_text(json.dumps(outcome, indent=1) + "\n")
    _write_page()
    _show(outcome, as_json)


@app.command(epilog="Example: python -m bench.gate short")
def short(as_json: AsJson = False) -> None:
    """Other seeds, ten years; exit 1 where the recorded table lies outside what these seeds allow."""
    outcome = _measured(SHORT_SEEDS, YEARS_OF_A_SEED, SHORT_REPEATS)
    apart = differences(json.loads(RESULTS.read_text()), outcome)
    for line in apart:
        show_line(f"not reproduced: {line}")
    _show(outcome, as_json)
    raise typer.Exit(1 if apart else 0)


@app.command(epilog="Example: python -m bench.gate repeats --worlds 10")
def repeats(worlds: Annotated[int, typer.Option(help="Simulated worlds, a year each.")] = len(SEEDS)) -> None:
    """The same incident again after a block, and nights until the next release; under a minute of one core a world."""
    PARTS["repeats"].write_text(json.dumps(repeats_of(SEEDS[:worlds]), indent=1) + "\n")
    _write_page()


@app.command(epilog="Example: python -m bench.gate pipeline --repeats 20")
def pipeline(repeats: Annotated[int, typer.Option(help="Nights of each kind.")] = 20) -> None:
    """Faults through the whole pipeline of a small world; about ten minutes of one core."""
    PARTS["pipeline"].write_text(json.dumps(through_the_pipeline(repeats), indent=1) + "\n")
    _write_page()


@app.command(epilog="Example: python -m bench.gate statistics --people 1000 --liveliness 12")
def statistics(people: Annotated[int, typer.Option(help="People of the store; its row is replaced.")] = 400,
               liveliness: Annotated[float, typer.Option(help="Times what people of the demo world do in a day.")] = 1,
               repeats: Annotated[int, typer.Option(help="Nights of each kind.")] = 20) -> None:
    """Statistical faults through the whole pipeline of a store with planted nights; half an hour for 400 people."""
    recorded = json.loads(PARTS["statistics"].read_text())["stores"] if PARTS["statistics"].is_file() else []
    stores = [store for store in recorded if store["people"] != people]
    stores.append(statistics_through_the_pipeline(people, liveliness, repeats))
    stores.sort(key=lambda store: store["authors_a_night"])
    PARTS["statistics"].write_text(json.dumps({"stores": stores}, indent=1) + "\n")
    _write_page()


@app.command(epilog="Example: python -m bench.gate cost --people 20000 --nights 4")
def cost(people: Annotated[int, typer.Option(help="People of the made-up world.")] = 2000,
         nights: Annotated[int, typer.Option(help="Nights; the last one is reported.")] = 4) -> None:
    """Processor seconds of the gate beside those of the scoring, as JSON; the table of docs/gate.md."""
    show_line(json.dumps(cost_of(people, nights)))


@app.command(epilog="Example: CANDOR_TEST_DATA=../shared/data python -m bench.gate replays")
def replays() -> None:
    """Real daily counts, with and without faults; says why when they are absent."""
    found = replayed()
    if found["series"]:
        PARTS["replays"].write_text(json.dumps(found, indent=1) + "\n")
        _write_page()
    show_line(json.dumps(found))


@app.command(epilog="Example: python -m bench.gate page")
def page() -> None:
    """Write the page again from the recorded results."""
    _write_page()


def _measured(seeds: range, years: int, repeats: int) -> dict:
    answers, drifts = Answers(), {points: [] for points in POINTS_A_NIGHT}
    started = time.process_time()
    for seed in seeds:
        run = simulated(Plan(seed, years, repeats, KINDS))
        judge_run(run, answers)
        for points, nights in drifts.items():
            nights += [nights_to_find(run, start, points) for start in starts_of(run, DRIFTS_OF_A_SEED)]
        show_line(f"seed {seed}: {time.process_time() - started:.0f} s of one core so far")
    provenance = {"seeds": list(seeds), "tuning_seeds": list(TUNING_SEEDS), "years_of_a_seed": years,
                  "repeats": repeats, "core_seconds": time.process_time() - started}
    return outcome_of(answers, drifts, provenance)


def _write_page() -> None:
    if not RESULTS.is_file():
        return show_line("no recorded years yet: python -m bench.gate full")
    beside = {part: json.loads(path.read_text()) if path.is_file() else None for part, path in PARTS.items()}
    PAGE.write_text(page_of(json.loads(RESULTS.read_text()), **beside))
    return show_line(f"written: {PAGE.name}")


def _show(outcome: dict, as_json: bool) -> None:
    if as_json:
        show_line(json.dumps(outcome))
        return
    figures = figures_of(outcome)
    for goal in goals_of(figures):
        show_line(f"{goal['goal']}: {goal['measured']:.3f} (wanted {goal['wanted']:g}) "
                  f"{'held' if goal['is_held'] else 'MISSED'}")
    show_line(", ".join(f"{name} {value:.3f}" for name, value in figures.items()))


if __name__ == "__main__":
    run_door(app)
