"""Send notices to webhooks and by e-mail, through the connections that Airflow knows; a night never fails by it."""

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from email.message import EmailMessage

import requests
from tenacity import retry, retry_if_exception, stop_after_attempt, wait_exponential

from jobs.errors import BadInput
from jobs.notifying.connections import Connection, connection_from_environment, webhook_address
from jobs.notifying.notices import Notice, failure_notice, night_notice
from jobs.storage import Store

log = logging.getLogger(__name__)

TRIES = 3
TIMEOUT_SECONDS = 5.0
"""For each of connecting and answering; three tries with their pauses end within a minute."""

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 4.0

REFUSED_FROM, REFUSED_TO = 400, 499
"""Status codes of a server that will refuse the same notice again."""


def send(notice: Notice, connection: Connection) -> None:
    """Send a notice, a few times if the other side does not answer.

    Errors: OSError, which includes those of requests and smtplib; BadInput for a connection of another kind.
    """
    sender = SENDERS.get(connection.kind)
    if sender is None:
        raise BadInput(f"connection {connection.connection_id}: expected one of {', '.join(SENDERS)}, got another kind")
    _patiently(sender)(notice, connection)


def send_to_all(notice: Notice, names: Iterable[str], find: Callable[[str], Connection]) -> dict[str, list[str]]:
    """Send a notice through every named connection; what fails is logged by the name of its error alone."""
    outcome: dict[str, list[str]] = {"sent": [], "failed": []}
    for name in names:
        try:
            send(notice, find(name))
            outcome["sent"].append(name)
        except Exception as error:  # a failed notice never fails the night
            log.warning("notice about %s through %s failed: %s", notice.snapshot_date, name, type(error).__name__)
            outcome["failed"].append(name)
    return outcome


def tell(store: Store, snapshot_date: date,
         find: Callable[[str], Connection] = connection_from_environment) -> dict[str, list[str]]:
    """Notify whoever the settings name that somebody must act on a night; nothing is sent when nobody must."""
    if not store.settings.notify:
        return {}
    try:
        notice = night_notice(store, snapshot_date)
    except Exception as error:  # as above
        log.warning("notice about %s could not be written: %s", snapshot_date, type(error).__name__)
        return {"sent": [], "failed": list(store.settings.notify)}
    return send_to_all(notice, store.settings.notify, find) if notice else {}


@contextmanager
def failures_told(store: Store, snapshot_date: date) -> Iterator[None]:
    """Send a notice of an error that ends a night, and let it pass on."""
    try:
        yield
    except Exception as error:
        send_to_all(failure_notice(store, snapshot_date, "candor night", error), store.settings.notify,
                    connection_from_environment)
        raise


def _patiently(sender: Callable) -> Callable:
    return retry(
        retry=retry_if_exception(_may_pass), stop=stop_after_attempt(TRIES), reraise=True,
        wait=wait_exponential(multiplier=FIRST_PAUSE_SECONDS, max=LONGEST_PAUSE_SECONDS),
    )(sender)


def _may_pass(error: BaseException) -> bool:
    """Whether another try may succeed: not after a refusal, which comes again."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    is_refusal = status is not None and REFUSED_FROM <= status <= REFUSED_TO
    return isinstance(error, OSError) and not is_refusal and not isinstance(error, smtplib.SMTPAuthenticationError)


def _post(notice: Notice, connection: Connection) -> None:
    """POST the notice as JSON; the password of the connection is its bearer token. A redirect is not followed."""
    headers = {"Authorization": f"Bearer {connection.password}"} if connection.password else {}
    answer = requests.post(webhook_address(connection), json=notice.to_json(), headers=headers,
                           timeout=TIMEOUT_SECONDS, allow_redirects=False)
    answer.raise_for_status()
    if answer.is_redirect:
        raise requests.HTTPError("redirected", response=answer)


def _mail(notice: Notice, connection: Connection) -> None:
    """Send the notice as a plain message; extra names to_email and from_email, and disable_tls for a local server."""
    message = EmailMessage()
    message["Subject"], message["From"] = notice.subject, connection.extra.get("from_email") or connection.login
    message["To"] = connection.extra["to_email"]
    message.set_content(notice.text)
    with smtplib.SMTP(connection.host, connection.port or 25, timeout=TIMEOUT_SECONDS) as server:
        if not connection.is_plain:
            server.starttls(context=ssl.create_default_context())
        if connection.login and connection.password:
            server.login(connection.login, connection.password)
        server.send_message(message)


SENDERS = {"http": _post, "https": _post, "smtp": _mail}
"""How a notice goes through a connection, by its kind."""
