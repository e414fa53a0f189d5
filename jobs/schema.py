"""How a table is declared, and what Spark, PyArrow and Iceberg make of the declaration."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ARROW_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "long": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "points": pa.decimal128(9, 4),
}
"""Type words of a declaration. `points` is exact: published lines must add up to the digit."""

SPARK_TYPES = {"long": "bigint", "points": "decimal(9,4)"}


@dataclass(frozen=True)
class Column:
    """One column: the same name means the same quantity in every table."""

    name: str
    type: str
    null_meaning: str
    meaning: str

    @property
    def spark_ddl(self) -> str:
        """The column in Spark's schema language."""
        return f"{self.name} {SPARK_TYPES.get(self.type, self.type)}"

    @property
    def arrow_field(self) -> pa.Field:
        """The column as a PyArrow field, its meaning as metadata."""
        return pa.field(self.name, ARROW_TYPES[self.type], metadata={"comment": self.meaning})


@dataclass(frozen=True)
class Table:
    """One table: its name, its one writer, its grain, the key that is unique, and its columns in order."""

    name: str
    writer: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def layer(self) -> str:
        """The word before the double underscore: core, feature, staged, audit, gate, pub or ops."""
        return self.name.split("__")[0]

    @property
    def column_names(self) -> list[str]:
        """The columns in table order."""
        return [column.name for column in self.columns]

    @property
    def is_partitioned(self) -> bool:
        """Whether the files hold one snapshot_date each."""
        return "snapshot_date" in self.column_names

    @property
    def spark_schema(self) -> str:
        """The schema as Spark DDL, in table order."""
        return ", ".join(column.spark_ddl for column in self.columns)

    @property
    def arrow_schema(self) -> pa.Schema:
        """The schema as PyArrow, in table order."""
        return pa.schema([column.arrow_field for column in self.columns])


def parse_columns(text: str) -> dict[str, Column]:
    """Columns from lines of `name | type | what null means, empty when never null | meaning`."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return {name: Column(name, kind, null, meaning) for name, kind, null, meaning in rows}


def written_schema(folder: Path) -> "StructType | None":  # noqa: F821
    """The Spark schema of the Parquet files in a folder, from a footer; None where no rows made no file."""
    from pyspark.sql.pandas.types import from_arrow_schema

    file = next(folder.glob("*.parquet"), None)
    return from_arrow_schema(pq.read_schema(file)) if file else None
