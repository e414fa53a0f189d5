"""Where notices go: connections as Airflow keeps them, read from the same variables, with and without Airflow."""

import json
import os
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from jobs.errors import BadInput, MissingInput


@dataclass(frozen=True)
class Connection:
    """A connection as Airflow keeps it, whoever read it. Its repr holds nothing secret."""

    connection_id: str
    kind: str = field(repr=False, default="")
    host: str = field(repr=False, default="")
    port: int | None = field(repr=False, default=None)
    path: str = field(repr=False, default="")
    login: str = field(repr=False, default="")
    password: str = field(repr=False, default="")
    extra: dict = field(repr=False, default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether mail goes without TLS, as to a server on the same machine."""
        return str(self.extra.get("disable_tls")).lower() in ("true", "1", "yes")


def connection_from_environment(connection_id: str) -> Connection:
    """A connection from AIRFLOW_CONN_<ID>, as a URI or as JSON.

    Errors: MissingInput when the variable is not set, BadInput when it is neither. No message repeats its value.
    """
    name = f"AIRFLOW_CONN_{connection_id.upper()}"
    text = os.environ.get(name, "").strip()
    if not text:
        raise MissingInput(f"no connection {connection_id}: expected the variable {name}, found none. Set it to a URI.")
    try:
        return _from_json(connection_id, json.loads(text)) if text.startswith("{") else _from_uri(connection_id, text)
    except (KeyError, ValueError, TypeError, AttributeError):
        message = f"{name}: expected a connection as a URI or as JSON, got neither. See docs/approvals.md"
        raise BadInput(message) from None


def webhook_address(connection: Connection) -> str:
    """The address that a connection of kind http or https means; a path may stand in its extra `endpoint`."""
    scheme, path = connection.kind, connection.extra.get("endpoint") or connection.path
    if connection.path in ("http", "https"):  # Airflow keeps the protocol of an HTTP connection in its schema
        scheme, path = connection.path, connection.extra.get("endpoint", "")
    port = f":{connection.port}" if connection.port else ""
    base = connection.host if "://" in connection.host else f"{scheme}://{connection.host}{port}"
    return f"{base.rstrip('/')}/{path.lstrip('/')}"


def _from_json(connection_id: str, values: dict) -> Connection:
    extra = values.get("extra") or {}
    port = int(values["port"]) if values.get("port") else None
    text = {name: values.get(name) or "" for name in ("host", "schema", "login", "password")}
    return Connection(
        connection_id, values["conn_type"], text["host"], port, text["schema"], text["login"], text["password"],
        json.loads(extra) if isinstance(extra, str) else dict(extra),
    )


def _from_uri(connection_id: str, text: str) -> Connection:
    parts = urlsplit(text)
    if not parts.hostname:
        raise ValueError(connection_id)
    return Connection(connection_id, parts.scheme, parts.hostname, parts.port, parts.path.lstrip("/"),
                      unquote(parts.username or ""), unquote(parts.password or ""), dict(parse_qsl(parts.query)))
