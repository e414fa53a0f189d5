"""What a record of a connector is in the tables: its table, its key, its people and its cells."""

from datetime import date

from jobs.ingest.contract import Account, Interaction, Post, Record, SourceRow

CORE_TABLES = {Account: "core__accounts", Post: "core__posts", Interaction: "core__interactions"}
ID_COLUMNS = {
    "core__accounts": "account_id",
    "core__posts": "post_id",
    "core__interactions": "interaction_id",
}


def record_key(table: str, identifier: str, snapshot_date: date) -> str:
    """The key under which a record is kept once: accounts once a day, posts and reactions once."""
    return f"{table}:{snapshot_date}:{identifier}" if table == "core__accounts" else f"{table}:{identifier}"


def key_of(record: Record, snapshot_date: date) -> str:
    """The key of a record on a day."""
    table = CORE_TABLES[type(record)]
    return record_key(table, getattr(record, ID_COLUMNS[table]), snapshot_date)


def people_of(record: Record) -> tuple[str | None, ...]:
    """The accounts that a record says something about; None where the network hides one."""
    match record:
        case Account():
            return (record.account_id,)
        case Post():
            return (record.author_account_id,)
        case _:
            return (record.engager_account_id, record.author_account_id)


def cells_of(record: Record, network: str, snapshot_date: date) -> tuple:
    """The record as one row of its table, in table order."""
    match record:
        case Account():
            cells = (record.account_id, record.account_name, record.account_created_at)
        case Post():
            cells = (
                record.post_id,
                record.author_account_id,
                record.posted_at,
                record.post_text,
                "\n".join(record.native_labels) or None,
                record.parent_post_id,
                record.topic_source_post_id,
            )
        case _:
            cells = (
                record.interaction_id,
                record.kind,
                record.engager_account_id,
                record.author_account_id,
                record.post_id,
                record.source_post_id,
                record.interacted_at,
                record.interaction_count,
            )
    return (snapshot_date, network, *cells)


def defect_of(row: SourceRow) -> str | None:
    """The reason to quarantine a row that its connector thought good; None when there is none."""
    if not row.records:
        return "wrong_shape"
    if not row.row_key:
        return "missing_id"
    return None if _is_encodable(row) else "invalid_utf8"


def _is_encodable(row: SourceRow) -> bool:
    # JSON may escape half a surrogate pair (\ud83d): such text reads well and cannot be written.
    texts = [row.row_key]
    for record in row.records:
        texts += [value for value in vars(record).values() if isinstance(value, str)]
        texts += getattr(record, "native_labels", ())
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return False
    return True
