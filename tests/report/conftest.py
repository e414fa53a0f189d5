"""Three judged nights of made-up people as printed tables: released, released, blocked."""

import json

import pytest

from tests.doors.conftest import arrow_rows, commit_releases, commit_rows

VERDICTS = """
    snapshot_date | candidate_id | candidate_digest | verdict | blocked_by
    2030-01-01    | one          | d1               | warn    |
    2030-01-02    | two          | d2               | pass    |
    2030-01-03    | three        | d3               | block   | BLOCKING
"""

FINDINGS = """
    snapshot_date | candidate_id | invariant | checked_table       | severity | observed | limit_max | is_held | offenders              | why
    2030-01-01    | one          | BLOCKING  | audit__shift_metrics | block   | 0.5      | 2         | true    |                        | a move
    2030-01-02    | two          | BLOCKING  | audit__shift_metrics | block   | 1.5      | 2         | true    |                        | a move
    2030-01-03    | three        | BLOCKING  | audit__shift_metrics | block   | 5.25     | 2         | false   | twitter:ann moved most | a move
    2030-01-03    | three        | calm      | pub__scores         | warn     | 0        | 1         | true    |                        | all is <b>well</b>
"""

DELIVERIES = """
    feed    | covers_from_date | covers_to_date | file_name | file_sha256 | row_count | kept_row_count | quarantined_row_count
    twitter | 2030-01-02       | 2030-01-02     | a.jsonl   | s1          | 90        | 90             | 0
    twitter | 2030-01-03       | 2030-01-03     | b.jsonl   | s2          | 100       | 97             | 3
    minors  | 2030-01-03       | 2030-01-03     | m.csv     | s3          | 4         | 4              | 0
"""

QUARANTINE = """
    feed    | file_name | file_sha256 | row_number | reason_code
    twitter | b.jsonl   | s2          | 1          | nul_byte
    twitter | b.jsonl   | s2          | 2          | nul_byte
    twitter | b.jsonl   | s2          | 3          | invalid_json
    twitter | a.jsonl   | s1          | 9          | invalid_json
"""

METRICS = """
    snapshot_date | algorithm_version | metric_name | cohort  | observed
    2030-01-02    | v2                | mean_delta  | all     | 0.25
    2030-01-03    | v2                | mean_delta  | all     | 5.25
    2030-01-03    | v2                | mean_delta  | twitter | 9
"""

SCORES = """
    snapshot_date | person_id   | topic_id | algorithm_version | influence_score | state
    2030-01-02    | twitter:ann | _overall | v2                | 20              | scored
    2030-01-02    | twitter:bob | _overall | v2                | 38              | scored
    2030-01-03    | twitter:ann | _overall | v2                | 41.5            | scored
    2030-01-03    | twitter:bob | _overall | v2                | 38              | STATE
    2030-01-03    | twitter:ann | soil     | v2                | 99              | scored
"""

HOLDS = """
    snapshot_date | person_id   | topic_id | algorithm_version | held_delta | accounted_points | scored_date | held_reason
    2030-01-03    | twitter:bob | _overall | v2                | 30.5       | 4.25             | 2030-01-02  | no input explains it
"""

RELEASES = """
    release_number | release_id | snapshot_date | candidate_id | candidate_digest | verdict | restates_release_id
    1              | r1         | 2030-01-01    | one          | d1               | warn    |
    2              | r2         | 2030-01-02    | two          | d2               | pass    |
"""


@pytest.fixture
def judged_nights(store):
    """Commits the nights; which invariant blocks the last one, and the state of bob's score, are given."""

    def commit(blocking: str = "mean_delta", state: str = "scored"):
        for name, text in {"gate__verdicts": VERDICTS, "gate__findings": FINDINGS, "audit__shift_metrics": METRICS,
                           "pub__scores": SCORES, "audit__holds": HOLDS}.items():
            commit_rows(store, name, text.replace("BLOCKING", blocking).replace("STATE", state))
        for name, text in {"ops__deliveries": DELIVERIES, "ops__quarantine": QUARANTINE}.items():
            store.append_rows(name, arrow_rows(name, text))
        scored = store.iceberg("pub__scores").current_snapshot().snapshot_id
        commit_rows(store, "staged__candidates", "snapshot_date | candidate_id\n2030-01-03 | three",
                    table_snapshots=json.dumps({"pub__scores": scored}))
        commit_releases(store, RELEASES)
        return store

    return commit
