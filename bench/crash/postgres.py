"""The connection to a PostgreSQL catalog is cut between two statements, at every failpoint of the commits."""

from collections.abc import Callable

from sqlalchemy import create_engine, text

from bench.crash.faults import complete
from bench.crash.kills import Tally, every_place
from bench.crash.nights import a_night, broken_now
from bench.crash.processes import run
from bench.crash.world import NEXT, CrashWorld
from jobs.failpoints import OnNthPass
from tests.cluster.servers import postgres as server

__all__ = ["cuts", "server"]

OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'candor'"


def cuts(world: CrashWorld, tally: Tally) -> int:
    """Cut the connection of a night at each failpoint, verify, and run it again; the number of cuts."""
    aims = every_place(world)
    for aim in aims:
        world.restore()
        case = f"connection cut at {aim.place} {aim.nth}"
        ended = run(a_night(world, NEXT[0], OnNthPass(aim.place, _cut(world.catalog_uri), aim.nth)))
        tally.expect(ended.ended_by is None, f"{case}: ended by signal {ended.ended_by}")
        found = run(broken_now(world))
        tally.expect(found.result == [], f"{case}: {found.error or found.result}")
        complete(world, case, tally, NEXT[:1])
    return len(aims)


def _cut(address: str) -> Callable[[str], None]:
    def cut(name: str) -> None:
        engine = create_engine(address)
        with engine.connect() as connection:
            connection.execute(text(OTHERS))
        engine.dispose()

    return cut
