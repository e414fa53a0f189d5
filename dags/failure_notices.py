"""What happens when a task has failed for good: a notice says who must act, and what to do."""

import logging

log = logging.getLogger(__name__)

GATE = "gate_candidate"


def tell_failure(context) -> None:
    """Send a notice of a failed task, or of the blocked night behind a failed gate; never fails itself.

    What it needs is imported here: the scheduler reads this file again and again.
    """
    from jobs.notifying.notify import send_to_all
    from jobs.settings import load_settings
    from jobs.storage import Store

    settings = load_settings()
    if not settings.notify:
        return
    try:
        notice = notice_of(Store(settings), context)
    except Exception as error:  # a failed notice changes nothing: the task has failed already
        log.warning("the notice could not be written: %s", type(error).__name__)
    else:
        log.info("notice: %s", send_to_all(notice, settings.notify, airflow_connection))


def notice_of(store, context):
    """The notice about a failed task: of a blocked night the one that names the checks and the command."""
    from datetime import date

    from jobs.notifying.notices import failure_notice, night_notice

    task = context["task_instance"]
    night = date.fromisoformat(night_of(context))
    blocked = night_notice(store, night) if task.task_id == GATE else None
    return blocked or failure_notice(store, night, f"{task.dag_id}.{task.task_id}", context["exception"])


def night_of(context) -> str:
    """The night that a run was about; of a range of nights the first."""
    from stages import snapshot_date

    params, run = context["params"], context.get("dag_run")
    asked = {"snapshot_date": params.get("snapshot_date") or params.get("from_date")}
    return snapshot_date(asked, getattr(run, "partition_key", None), context.get("logical_date"))


def airflow_connection(connection_id: str):
    """A connection from wherever Airflow keeps it: its database, a secrets backend, a variable."""
    from airflow.sdk import BaseHook

    from jobs.notifying.connections import Connection

    found = BaseHook.get_connection(connection_id)
    return Connection(connection_id, found.conn_type, found.host or "", found.port, found.schema or "",
                      found.login or "", found.password or "", found.extra_dejson)
