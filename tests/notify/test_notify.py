"""Notices reach a webhook and a mailbox, survive a server that fails, and never fail a night (S29)."""

import json
import logging
import socketserver
import threading
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from jobs.errors import BadInput, MissingInput
from jobs.notifying import notify
from jobs.notifying.connections import Connection, connection_from_environment, webhook_address
from jobs.notifying.notices import Notice, failure_notice

NIGHT = date(2030, 1, 2)
NOTICE = Notice("approval needed", NIGHT, "two approvers", "Blocked by mean_move_bounded.", "/store/reports/gate/x",
                "candor approve 4f1c9a0b2d3e --waive mean_move_bounded --reason 'WHY' --by NAME")
SECRET = "s3cret-t0ken"

ADDRESSES = """
connection                                                                      | address
https://hooks.example/services/T1/B2                                            | https://hooks.example/services/T1/B2
http://127.0.0.1:8080/x                                                         | http://127.0.0.1:8080/x
{"conn_type": "http", "host": "hooks.example", "schema": "https", "extra": {"endpoint": "/a?b=c"}} | https://hooks.example/a?b=c
{"conn_type": "http", "host": "https://hooks.example/in"}                        | https://hooks.example/in/
"""


@contextmanager
def serving(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def webhook(monkeypatch):
    """A web server that answers with the given codes, then 200; what it was sent."""
    codes, got = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append({"path": self.path, "token": self.headers["Authorization"], **json.loads(body)})
            self.send_response(codes.pop(0) if codes else 200)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *args):
            """Quiet."""

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        monkeypatch.setenv("AIRFLOW_CONN_OPS_CHAT", f"http://:{SECRET}@127.0.0.1:{port}/hook")
        yield codes, got


@pytest.fixture
def mailbox(monkeypatch):
    """A mail server that says yes to everything; the lines of the messages that it was given."""
    got = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 test\r\n")
            while line := self.rfile.readline().strip().upper():
                answer = b"354 go" if line == b"DATA" else b"221 bye" if line == b"QUIT" else b"250 yes"
                self.wfile.write(answer + b"\r\n")
                if line == b"DATA":
                    got.extend(iter(lambda: self.rfile.readline().decode().rstrip(), "."))
                    self.wfile.write(b"250 kept\r\n")

    with serving(socketserver.TCPServer(("127.0.0.1", 0), Handler)) as port:
        monkeypatch.setenv("AIRFLOW_CONN_OPS_MAIL", json.dumps({
            "conn_type": "smtp", "host": "127.0.0.1", "port": port,
            "extra": {"from_email": "candor@example.org", "to_email": "ops@example.org", "disable_tls": True}}))
        yield got


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(notify, "FIRST_PAUSE_SECONDS", 0)


def sent(*names: str) -> dict:
    return notify.send_to_all(NOTICE, names, connection_from_environment)


def test_a_notice_says_who_must_act_what_to_do_where_to_read_and_what_to_type(webhook, mailbox):
    assert sent("ops_chat", "ops_mail") == {"sent": ["ops_chat", "ops_mail"], "failed": []}
    [posted] = webhook[1]
    assert (posted["path"], posted["token"], posted["command"]) == ("/hook", f"Bearer {SECRET}", NOTICE.command)
    for word in (NOTICE.who_must_act, NOTICE.what_to_do, NOTICE.report_path, NOTICE.command):
        assert word in posted["text"]
        assert word in "\n".join(mailbox)
    assert "To: ops@example.org" in mailbox


def test_a_server_that_fails_is_asked_again_and_one_that_refuses_is_not(webhook):
    codes, got = webhook
    codes[:] = [503, 500]
    assert sent("ops_chat")["sent"] == ["ops_chat"]
    assert len(got) == notify.TRIES
    got.clear()
    codes[:] = [403]
    assert sent("ops_chat")["failed"] == ["ops_chat"]
    assert len(got) == 1
    codes[:] = [302] * notify.TRIES
    assert sent("ops_chat")["failed"] == ["ops_chat"], "a notice follows no redirect"


def test_what_fails_is_counted_and_logged_without_a_secret(webhook, monkeypatch, caplog):
    monkeypatch.setenv("AIRFLOW_CONN_GONE", f"http://:{SECRET}@127.0.0.1:1/{SECRET}")
    monkeypatch.setenv("AIRFLOW_CONN_BROKEN", f'{{"password": "{SECRET}"')
    monkeypatch.setenv("AIRFLOW_CONN_OTHER", f"ftp://:{SECRET}@127.0.0.1/")
    with caplog.at_level(logging.DEBUG, logger="jobs"):
        outcome = sent("gone", "broken", "other", "unset", "ops_chat")
    assert outcome == {"sent": ["ops_chat"], "failed": ["gone", "broken", "other", "unset"]}
    assert len([one for one in caplog.records if one.name == "jobs.notifying.notify"]) == 4
    assert SECRET not in caplog.text
    assert SECRET not in repr(connection_from_environment("gone"))


def test_a_connection_that_cannot_be_read_is_refused_without_its_value(monkeypatch):
    with pytest.raises(MissingInput, match="AIRFLOW_CONN_UNSET"):
        connection_from_environment("unset")
    for text in (f"{{{SECRET}", SECRET, '{"host": "x"}', f"http://127.0.0.1:{SECRET}/"):
        monkeypatch.setenv("AIRFLOW_CONN_ODD", text)
        with pytest.raises(BadInput, match="got neither") as refused:
            connection_from_environment("odd")
        assert SECRET not in str(refused.value)


@pytest.mark.parametrize(("text", "address"), [[cell.strip() for cell in line.rsplit("|", 1)]
                                              for line in ADDRESSES.strip().splitlines()[1:]])
def test_the_address_of_a_webhook_is_read_as_airflow_keeps_it(monkeypatch, text, address):
    monkeypatch.setenv("AIRFLOW_CONN_HOOK", text)
    assert webhook_address(connection_from_environment("hook")) == address


def test_the_notice_of_a_failure_does_not_repeat_what_an_error_says(store):
    """An error may name an account; a notice leaves the house."""
    notice = failure_notice(store, NIGHT, "candor night", ValueError("mailinglist:ann"))
    assert "ValueError" in notice.text
    assert "mailinglist:ann" not in notice.text


def test_a_notice_that_cannot_be_written_fails_nothing(store, monkeypatch):
    monkeypatch.setattr(notify, "night_notice", lambda *_: 1 / 0)
    object.__setattr__(store.settings, "notify", ("ops_chat",))
    assert notify.tell(store, NIGHT) == {"sent": [], "failed": ["ops_chat"]}


def test_a_connection_of_a_kind_without_a_sender_is_named(caplog):
    with pytest.raises(BadInput, match="connection files"):
        notify.send(NOTICE, Connection("files", "ftp"))
