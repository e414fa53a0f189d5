"""The command that verifies a store: a thin door to jobs/comparing/verify.py."""

from dataclasses import asdict
from typing import Annotated

import typer

from jobs.comparing.verify import summary, verify
from jobs.door import FAILED
from jobs.existing_store import require_tables
from jobs.settings import load_settings
from jobs.storage import Store
from jobs.terminal import show_json_rows, show_line, show_table
from jobs.verifying.checked import Checked


def register(app: typer.Typer) -> None:
    """Add the verify command to the `candor` command."""
    app.command("verify", epilog="Example: candor verify --json")(verify_store)


def verify_store(as_json: Annotated[bool, typer.Option("--json", help="Print every outcome as JSON.")] = False) -> None:
    """Check digests, the ledger, manifests, lists and verdicts; exit 1 when anything does not hold. Changes nothing."""
    store = Store(load_settings())
    outcomes = verify(store)
    broken = [outcome for outcome in outcomes if not outcome.holds]
    if not broken:
        require_tables(store)
    if as_json:
        show_json_rows(asdict(outcome) for outcome in outcomes)
    else:
        _show(outcomes, broken)
    if broken:
        raise typer.Exit(FAILED)


def _show(outcomes: list[Checked], broken: list[Checked]) -> None:
    show_table("checks", summary(outcomes))
    for outcome in broken:
        show_line(f"{outcome.check}: {outcome.subject}")
        show_line(f"    expected {outcome.expected}")
        show_line(f"    found    {outcome.found}")
        show_line(f"    {outcome.next_step}")
    show_line(f"{len(outcomes):,} checks made, {len(broken):,} do not hold")
