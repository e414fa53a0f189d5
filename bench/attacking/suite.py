"""The whole suite on one world: honest, attacked in three sizes, and captured from the first day."""

from dataclasses import replace
from pathlib import Path

import duckdb

from bench.attacking.fight import Outcome, attacked, outcome, seeds_drawn_under_attack
from bench.attacking.honest import HonestWorld
from bench.attacking.launch import Launcher
from bench.attacking.measure import OLD_VERSION, Arena, gains, losses, losses_against
from bench.attacking.plans import BY_KNOWN_ACCOUNTS, BY_NEW_ACCOUNTS, CAPTURE, Family
from jobs.storage import Store
from jobs.tables import OVERALL

STEPS = 3


class Suite:
    """Runs attacks on a world and collects flat rows: one an attack, size and version."""

    def __init__(self, spark, store: Store, world: HonestWorld, versions: list[str]):
        """store: an empty one for what is computed. versions: OLD_VERSION must be among them."""
        self.spark, self.store, self.world, self.versions = spark, store, world, versions
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        self.topic = self._busiest_topic()
        self.rows: list[dict] = []

    def run(self) -> list[dict]:
        """Every family in three sizes, then the capture of seeds; rows in the order of the report."""
        arena, launcher = self._fights()
        for step in range(STEPS):
            self._capture(arena, launcher, step)
        return self.rows

    def run_without_capture(self) -> list[dict]:
        """Every family in three sizes, where the seeds are given and no rule can be captured."""
        self._fights()
        return self.rows

    def _fights(self) -> tuple[Arena, Launcher]:
        honest = self._pass(self.world)
        self._keep(honest, "honest_score")
        self._keep_inputs(honest)
        arena = Arena(self.connection, self.world.network, self.topic)
        launcher = Launcher(self.connection, self.world, self.topic)
        for row in losses_against(arena, OLD_VERSION):
            self._note("none", 0, row, honest)
        for step in range(STEPS):
            for together in (BY_NEW_ACCOUNTS, *((family,) for family in BY_KNOWN_ACCOUNTS)):
                self._fight(arena, launcher, together, step)
        return arena, launcher

    def _fight(self, arena: Arena, launcher: Launcher, families: tuple[Family, ...], step: int) -> None:
        path = self._room() / f"attack{step}.parquet"
        launcher.write(families, step, launcher.first_attack_day(), path)
        fought = self._pass(attacked(self.world, self.spark.read.parquet(path.as_uri())))
        self._measure(arena, families, step, fought)

    def _capture(self, arena: Arena, launcher: Launcher, step: int) -> None:
        path = self._room() / f"capture{step}.parquet"
        launcher.write((CAPTURE,), step, self.world.first_day, path)
        held = attacked(self.world, self.spark.read.parquet(path.as_uri()))
        seeds = seeds_drawn_under_attack(self.spark, self.store, held)
        self._measure(arena, (CAPTURE,), step, self._pass(replace(held, seeds=seeds)))
        captured, seats = self.connection.execute(
            "SELECT count(*) FILTER (starts_with(account, $captors)), count(*) FROM serving",
            {"captors": CAPTURE.name}).fetchone()
        self.rows.append(self._row("seats captured", CAPTURE.sizes[step],
                                   {"algorithm_version": "v3", "captured_seats": captured, "seats": seats}))

    def _measure(self, arena: Arena, families: tuple[Family, ...], step: int, fought: Outcome) -> None:
        self._keep(fought, "fought_score")
        for family in families:
            for row in gains(arena, family, family.sizes[step]):
                self.rows.append(self._row(row.pop("attack"), row.pop("accounts"), row))
        for row in losses(arena):
            self._note(f"bystanders of {families[0].name}" if len(families) == 1 else "bystanders of new accounts",
                       families[0].sizes[step], row, fought)

    def _note(self, attack: str, accounts: int, row: dict, passed: Outcome) -> None:
        version = row["algorithm_version"]
        self.rows.append(self._row(attack, accounts, {
            **row, "scoring_seconds": round(passed.seconds[version], 1),
            "detection_seconds": round(passed.seconds["detection"], 1)}))

    def _row(self, attack: str, accounts: int, measured: dict) -> dict:
        return {"world": self.world.name, "attack": attack, "accounts": accounts, **measured}

    def _pass(self, world: HonestWorld) -> Outcome:
        return outcome(self.spark, self.store, world, self.versions, [OVERALL, self.topic])

    def _keep(self, passed: Outcome, name: str) -> None:
        self._table(name, passed.scores)
        self._table("grouped", passed.groups)
        serving = passed.seeds.where(f"network = '{self.world.network}' AND expires_date > snapshot_date")
        self._table("serving", serving.selectExpr("account_id AS account"))

    def _keep_inputs(self, honest: Outcome) -> None:
        self._table("acted", self.world.actions.selectExpr(
            "network", "snapshot_date AS day", "engager_account_id AS engager", "author_account_id AS author",
            "post_id", "CAST(interacted_at AS timestamp_ntz) AS interacted_at"))
        self.connection.execute("CREATE TABLE planted (person_id VARCHAR)")
        for person in self.world.planted:
            self.connection.execute("INSERT INTO planted VALUES (?)", [person])
        self.connection.execute("CREATE TABLE seed AS "
                                "SELECT account, row_number() OVER (ORDER BY account) - 1 AS place FROM serving")

    def _table(self, name: str, frame) -> None:
        self.connection.register("incoming", frame.toArrow())
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS FROM incoming")
        self.connection.unregister("incoming")

    def _busiest_topic(self) -> str:
        """The topic with most pairs on the attacked network; the roll-up itself when the world has no topics."""
        days = self.world.days.where(f"network = '{self.world.network}' AND topic_id <> '{OVERALL}'")
        row = days.groupBy("topic_id").count().orderBy("count", "topic_id", ascending=[False, True]).first()
        return row["topic_id"] if row else OVERALL

    def _room(self) -> Path:
        self.store.settings.home.mkdir(parents=True, exist_ok=True)
        return self.store.settings.home
