"""What an operator may set: read once from the environment and candor.toml, then passed down as values."""

import math
import os
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path

from jobs.errors import MissingInput

LIST_FEEDS = ("suppression", "minors", "identity")
"""Feeds that are lists about people, not deliveries of a network; the night needs every one of them."""

SUPPRESSING_FEEDS = ("suppression", "minors")
"""The lists that leave accounts out: who asked for it, and who is too young to."""

NAME_LISTS = ("networks", "required_networks", "notify", "approvers")
"""Settings that hold several names; the environment gives them comma separated."""

KINDS = {str: "text in quotes", int: "a whole number", tuple: 'a list such as ["one", "two"]'}
"""What a setting of candor.toml has to be, by its default; false_blocks_per_year has a check of its own."""

WHOLE_NUMBERS = {"shuffle_partitions", "embedded_partitions", "shadow_nights", "notice_days"}
"""Settings that the environment gives as text and that are counted with."""


@dataclass(frozen=True)
class Settings:
    """One store and how it is worked on.

    home: folder that holds landed files, warehouse, catalog, reports and logs; nothing is written elsewhere. engine:
    sail (embedded, no Java) or spark. spark_master: where the spark engine runs, `local[*]`, a `spark://` address or
    `sc://`. spark_tuning: small or large, for nights of thousands or of millions of reactions on Spark. catalog_uri:
    SQLAlchemy address of the Iceberg catalog; empty is SQLite in home. embedded_partitions: into how many parts the
    embedded engine cuts a step, 0 is one a core; a small store is faster with 1, one of millions of pairs with 32.
    networks: feeds that a night expects; required_networks: those whose absence blocks it, empty is all of them.
    shadow_nights and notice_days: released nights, and days after its announcement, before a version may become the
    active one. notify: ids of the connections through which notices go. approvers: Airflow users who may lift a block.
    false_blocks_per_year: good nights that the gate's statistics may block; its thresholds follow. calendar_key: the
    key that the event calendar is signed with; set it in the environment, never in a file beside the calendar.
    """

    home: Path
    engine: str = "sail"
    spark_master: str = "local[*]"
    catalog_uri: str = field(default="", repr=False)
    shuffle_partitions: int = 4
    embedded_partitions: int = 0
    networks: tuple[str, ...] = ("mailinglist", "stackexchange", "twitter")
    required_networks: tuple[str, ...] = ()
    driver_memory: str = "2g"
    spark_tuning: str = "small"
    shadow_nights: int = 14
    notice_days: int = 7
    notify: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    false_blocks_per_year: float = 2.0
    calendar_key: str = field(default="", repr=False)

    @property
    def catalog(self) -> str:
        """The catalog address, SQLite in the home folder unless another is set."""
        return self.catalog_uri or f"sqlite:///{self.home}/catalog.db"

    @property
    def warehouse(self) -> Path:
        """Where table files lie."""
        return self.home / "warehouse"

    @property
    def inbox(self) -> Path:
        """Where deliveries wait, as inbox/<feed>/<date>/."""
        return self.home / "inbox"


def load_settings(home: Path | None = None) -> Settings:
    """Settings from CANDOR_* variables over <home>/candor.toml over the defaults.

    Errors: MissingInput for unknown keys, and for values that are none of the setting.
    """
    root = Path(home or os.environ.get("CANDOR_HOME") or ".candor").absolute()
    chosen = {**_from_file(root / "candor.toml"), **_from_environment()}
    for name in NAME_LISTS:
        if name in chosen:
            chosen[name] = tuple(chosen[name])
    settings = Settings(home=root, **chosen)
    _require_counts(settings)
    _require_budget(settings.false_blocks_per_year)
    return settings


def _known_names() -> set[str]:
    return {f.name for f in fields(Settings)} - {"home"}


def _from_file(path: Path) -> dict:
    if not path.is_file():
        return {}
    values = _parsed(path)
    unknown = sorted(set(values) - _known_names())
    if unknown:
        raise MissingInput(f"{path}: unknown settings {', '.join(unknown)}; known: {', '.join(sorted(_known_names()))}")
    for name, value in values.items():
        _require_kind(path, name, value)
    return values


def _parsed(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise MissingInput(f"{path}: expected TOML, such as engine = \"sail\" on a line, got what cannot be read: "
                           f"{error}. Correct that line; jobs/settings.py names the settings.") from error


def _require_kind(path: Path, name: str, value: object) -> None:
    """A text where a list is meant would be read as its letters. The value is not repeated: it may be a password."""
    kind = type(getattr(Settings, name))
    names = isinstance(value, list) and all(isinstance(one, str) for one in value)
    if kind in KINDS and not (names if kind is tuple else type(value) is kind):
        raise MissingInput(f"{path}: {name}: expected {KINDS[kind]}, got {type(value).__name__}. Correct that line.")


def _from_environment() -> dict:
    found = {name: os.environ.get(f"CANDOR_{name.upper()}") for name in _known_names()}
    values = {name: value for name, value in found.items() if value}
    for name in NAME_LISTS:
        if name in values:
            values[name] = [word for word in values[name].split(",") if word]
    for name in WHOLE_NUMBERS & set(values):
        values[name] = _number(name, values[name], int, "a whole number")
    if "false_blocks_per_year" in values:
        values["false_blocks_per_year"] = _number(
            "false_blocks_per_year", values["false_blocks_per_year"], float, "a number")
    return values


def _number(name: str, text: str, kind: type, expected: str) -> int | float:
    try:
        return kind(text)
    except ValueError as error:
        raise MissingInput(f"CANDOR_{name.upper()}: expected {expected}, got {text!r}. Correct it, or unset it for the "
                           "default.") from error


def _require_counts(settings: Settings) -> None:
    for name in sorted(WHOLE_NUMBERS):
        if (found := getattr(settings, name)) < 0:
            raise MissingInput(f"{name}: expected 0 or more, got {found}. Correct it in candor.toml or "
                               f"CANDOR_{name.upper()}; the default is {getattr(Settings, name)}.")


def _require_budget(found: object) -> None:
    """No budget at all would put every threshold of the gate's statistics out of reach."""
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    if not is_number or not math.isfinite(found) or found <= 0:
        raise MissingInput(
            f"false_blocks_per_year: expected a finite number above 0, got {found!r}. Correct it in candor.toml or "
            f"CANDOR_FALSE_BLOCKS_PER_YEAR; the default is {Settings.false_blocks_per_year:g}.")


def require_store(settings: Settings, advice: str) -> None:
    """Fail, with advice, where nothing was ever written; a catalog on a server is not asked. Errors: MissingInput."""
    path, folder = settings.catalog.removeprefix("sqlite:///"), settings.warehouse
    if path != settings.catalog and not Path(path).is_file():
        raise MissingInput(f"no store at {settings.home}: expected the catalog {path}, found no file. {advice}")
    if not folder.is_dir():
        raise MissingInput(f"no store at {settings.home}: expected the folder {folder}, found none. {advice}")
