"""The page of the benchmark: docs/gate-benchmark.md."""

from pathlib import Path

import jinja2

from bench.gate.faults import APART, L0, STATISTICAL
from bench.gate.outcome import DEFAULT, figures_of, goals_of
from bench.gate.repeating import FADING_REPLIES
from bench.gate.world import ACCOUNTS, EVENTS_A_YEAR, HOLIDAYS_A_YEAR, NETWORKS, TOPICS

SHOWN_OTHERS = ("row counts ± 20 %", "Karma3 row count ± 25 %", "PSI ≥ 0.1", "PSI ≥ 0.25", "KS p < 0.05", "mean ± 3 σ",
                "3 σ on all metrics", "Deequ OnlineNormal", "Deequ Holt-Winters")


def page_of(outcome: dict, **parts: dict | None) -> str:
    """The page; parts, repeats, pipeline, statistics and replays: their own results, None where they were not run."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=False,
                                     trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {"percent": _percent, "number": lambda value: "–" if value is None else f"{value:g}"}
    by_level = {level: [row for row in outcome["kinds"] if row["level"] == level] for level in (L0, STATISTICAL, APART)}
    world = {"accounts": ACCOUNTS, "networks": len(NETWORKS), "topics": TOPICS, "holidays": HOLIDAYS_A_YEAR,
             "events": EVENTS_A_YEAR}
    return environment.get_template("page.md.j2").render(
        outcome=outcome, goals=goals_of(figures_of(outcome)), by_level=by_level, others=SHOWN_OTHERS, world=world,
        shares=", ".join(_percent(share) for share in FADING_REPLIES.values()),
        statistic_rows=_side_by_side(parts["statistics"]),
        gate=next(row for row in outcome["gates"] if row["gate"] == DEFAULT), **parts)


def _side_by_side(statistics: dict | None) -> list[dict]:
    """A row for each kind of any store, found in each of them; what blocked it is of the largest."""
    stores = [{row["kind"]: row for row in store["kinds"]} for store in (statistics or {"stores": []})["stores"]]
    kinds = {kind: row for store in stores for kind, row in store.items()}
    return [{"kind": kind, "blocked_by": row["blocked_by"], "found": [_found(store.get(kind)) for store in stores]}
            for kind, row in kinds.items()]


def _found(row: dict | None) -> str:
    return f"{row['blocked']} of {row['nights']}" if row else "–"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"
