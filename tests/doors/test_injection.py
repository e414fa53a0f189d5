"""The reading door reaches no file, no network and no setting, whatever is typed: 0 leaks over a corpus."""

import duckdb
import pytest

from jobs.errors import PipelineError

SECRET = "the-secret-of-another-file"

READS = """
SELECT * FROM read_text('{file}')
SELECT * FROM read_blob('{file}')
SELECT * FROM read_csv('{file}')
SELECT * FROM read_csv_auto('{file}')
SELECT * FROM read_json('{file}')
SELECT * FROM read_parquet('{file}')
SELECT * FROM read_ndjson_objects('{file}')
SELECT * FROM sniff_csv('{file}')
SELECT * FROM '{file}'
SELECT * FROM "{file}"
SELECT * FROM glob('{folder}/*')
SELECT * FROM read_text('{folder}/../{name}/secret.csv')
SELECT * FROM read_text('/etc/hostname')
SELECT * FROM parquet_metadata('{file}')
SELECT * FROM parquet_schema('{file}')
SELECT * FROM query('FROM read_text(''{file}'')')
SELECT * FROM query_table('{file}')
SELECT (SELECT content FROM read_text('{file}')) AS leak FROM influence_scores
WITH leak AS (SELECT * FROM read_csv('{file}')) SELECT * FROM leak
SELECT * FROM influence_scores UNION ALL BY NAME SELECT * FROM read_csv('{file}')
SELECT * FROM read_csv('http://127.0.0.1:9/leak.csv')
SELECT * FROM read_parquet('https://127.0.0.1:9/leak.parquet')
SELECT * FROM read_parquet('s3://bucket/leak.parquet')
SELECT * FROM sqlite_scan('{folder}/catalog.db', 'iceberg_tables')
SELECT * FROM postgres_scan('host=127.0.0.1', 'public', 'iceberg_tables')
SELECT * FROM iceberg_scan('{folder}')
SELECT getenv('HOME')
SELECT SECRET
SELECT * FROM SECRET
SELECT * FROM planted
FROM read_text('{file}')
SHOW TABLES FROM '{file}'
DESCRIBE SELECT * FROM read_csv('{file}')
SUMMARIZE SELECT * FROM read_csv('{file}')
"""

CHANGES = """
COPY (SELECT 1) TO '{folder}/made.csv'
COPY influence_scores TO '{released}'
COPY pub__releases FROM '{file}'
EXPORT DATABASE '{folder}/made'
IMPORT DATABASE '{folder}'
ATTACH '{folder}/made.db'
ATTACH '{folder}/catalog.db' (TYPE sqlite)
DETACH memory
INSTALL httpfs
INSTALL spatial FROM community
LOAD httpfs
LOAD '{file}'
FORCE INSTALL iceberg
PRAGMA memory_limit = '100GB'
PRAGMA enable_profiling
PRAGMA disable_checkpoint_on_shutdown
SET enable_external_access = true
SET lock_configuration = false
SET allowed_paths = ['{file}']
SET allowed_directories = ['{folder}']
SET python_enable_replacements = true
SET temp_directory = '{folder}'
SET memory_limit = '100GB'
RESET lock_configuration
CREATE SECRET s (TYPE s3)
CREATE TABLE made AS SELECT 1 AS one
CREATE TEMP TABLE made AS SELECT 1 AS one
CREATE OR REPLACE VIEW influence_scores AS SELECT 1 AS one
CREATE MACRO made() AS 1
DROP VIEW influence_scores
DROP TABLE active_version
ALTER VIEW influence_scores RENAME TO made
INSERT INTO active_version VALUES ('v1')
INSERT INTO influence_scores SELECT * FROM influence_scores
UPDATE active_version SET algorithm_version = 'v1'
UPDATE pub__scores SET influence_score = 100
DELETE FROM pub__scores
TRUNCATE active_version
MERGE INTO active_version USING active_version AS a ON false WHEN NOT MATCHED THEN INSERT VALUES ('v1')
CALL enable_logging()
CHECKPOINT
VACUUM
BEGIN
PREPARE made AS SELECT 1
EXECUTE made
EXPLAIN ANALYZE COPY (SELECT 1) TO '{folder}/made.csv'
USE memory
SELECT 1; SELECT 2
SELECT 1; DROP VIEW influence_scores
SELECT 'x'; COPY (SELECT 1) TO '{folder}/made.csv'; --
'; COPY (SELECT 1) TO '{folder}/made.csv'; --
WITH made AS (SELECT 1) INSERT INTO active_version SELECT 'v1'
-- nothing but a comment
;
"""


@pytest.fixture
def outside(tmp_path, planted):
    """A folder with a file that the reader must not reach, and names to put into a statement."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.csv").write_text(f"note\n{SECRET}\n")
    return {"file": folder / "secret.csv", "folder": folder, "name": folder.name,
            "released": planted.files("pub__scores")[0].removeprefix("file://")}


def is_refused(reader, statement: str) -> bool:
    """Whether the door answers with its own error, and with nothing else."""
    try:
        list(reader.ask(statement).rows())
    except PipelineError:
        return True
    return False


def filled(corpus: str, outside: dict) -> list[str]:
    """The statements of a corpus with the names of this test's files."""
    return [line.format(**outside) for line in corpus.strip().splitlines()]


def test_no_statement_reads_another_file_or_the_network(reader, outside):
    assert [one for one in filled(READS, outside) if not is_refused(reader, one)] == []


def test_no_statement_writes_or_changes_anything(reader, outside, planted):
    before = {path: path.read_bytes() for path in planted.settings.warehouse.rglob("*.parquet")}
    assert [one for one in filled(CHANGES, outside) if not is_refused(reader, one)] == []
    assert [path.name for path in outside["folder"].iterdir()] == ["secret.csv"]
    assert {path: path.read_bytes() for path in planted.settings.warehouse.rglob("*.parquet")} == before
    assert list(reader.ask("SELECT algorithm_version FROM active_version").rows()) == [{"algorithm_version": "v2"}]


def test_nothing_written_in_front_makes_a_write_readable(reader, outside):
    prefixes = ("\t", ";", "(", "/**/", "--\n", "\ufeff")
    tried = [f"{prefix}{one}" for one in filled(CHANGES, outside) for prefix in prefixes]
    assert [one for one in tried if not is_refused(reader, one)] == []
    assert [path.name for path in outside["folder"].iterdir()] == ["secret.csv"]


def test_an_open_duckdb_reads_the_file_so_the_corpus_is_real(outside):
    for statement in filled(READS, outside)[:4]:
        assert SECRET in str(duckdb.connect(":memory:").execute(statement).fetchall())


def test_the_locks_hold_below_the_statement_check(reader, outside):
    """Were the check of the statement kind ever passed, the connection itself still refuses."""
    for statement in ("COPY (SELECT 1) TO '{folder}/made.csv'", "ATTACH '{folder}/made.db'",
                      "SET enable_external_access = true", "INSTALL httpfs", "EXPORT DATABASE '{folder}/made'"):
        with pytest.raises(duckdb.Error):
            reader._connection.execute(statement.format(**outside))
    assert [path.name for path in outside["folder"].iterdir()] == ["secret.csv"]
