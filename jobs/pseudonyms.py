"""Keyed pseudonyms: what stands for a person outside the store, and on the list of the forgotten.

A plain hash of a handle is undone by hashing every handle; HMAC-SHA-256 under a secret key is not. Each domain (an
export, the reports, the list of the forgotten) has a key of its own, so two domains cannot be joined.
Source: RFC 2104; EDPB guidelines 01/2025: a pseudonym is still personal data.
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from jobs.errors import BadInput, MissingInput

KEY_BYTES = 32
"""256 bits: as many as the hash gives; nobody searches through them."""

SHOWN_CHARACTERS = 32
"""128 bits of the HMAC: among a thousand million people, two with one pseudonym are not expected."""

KEY_ID_CHARACTERS = 16
"""64 bits keep the few keys of a store apart; the key itself cannot be found from its hash."""

DOMAIN = re.compile(r"[a-z][a-z0-9_]{0,40}")

REPORT, EXPORT, FORGOTTEN, LEDGER = "report", "export", "forgotten", "ledger"
"""The domains that Candor uses itself; an export to somebody else takes a domain of its own. The event ledger names
people by `ledger`: what is hash-chained can never be erased, so it must not hold an id."""


@dataclass(frozen=True)
class PseudonymKey:
    """The key of one domain; the secret is never shown."""

    domain: str
    secret: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """Names the key in manifests, and reveals nothing about it."""
        return hashlib.sha256(b"candor key id\n" + self.secret).hexdigest()[:KEY_ID_CHARACTERS]

    def digest(self, text: str) -> str:
        """HMAC-SHA-256 of a text as hex, whole."""
        return hmac.digest(self.secret, text.encode(), "sha256").hex()

    def pseudonym(self, person_id: str) -> str:
        """What stands for a person in this domain."""
        return f"p_{self.digest(person_id)[:SHOWN_CHARACTERS]}"


def keys_folder(home: Path) -> Path:
    """Where the keys of a store lie; back it up apart from the store, and for at most 30 days."""
    return home / "keys"


def key_of(home: Path, domain: str) -> PseudonymKey:
    """The key of a domain; it is drawn, readable by its owner alone, the first time that it is asked for.

    Errors: BadInput for a name that is no domain, or a key file that is too short or open to others.
    """
    path = _key_path(home, domain)
    if not path.exists():
        _draw(path)
    return _read(path, domain)


def existing_key(home: Path, domain: str) -> PseudonymKey:
    """The key of a domain that was used before; errors: MissingInput when it is gone, BadInput as key_of."""
    path = _key_path(home, domain)
    if not path.exists():
        raise MissingInput(f"{path}: expected the key of {domain!r}, found no file. What was made with it cannot be "
                           "matched without it: put it back from the backup of the keys.")
    return _read(path, domain)


def has_key(home: Path, domain: str) -> bool:
    """Whether a domain was used before, and its key is there."""
    return _key_path(home, domain).exists()


def pseudonyms_of(home: Path, person_ids: Iterable[str]) -> frozenset[str]:
    """What people are called in every domain that was used so far."""
    people = tuple(person_ids)
    domains = [path.stem for path in sorted(keys_folder(home).glob("[a-z]*.key")) if path.stem != FORGOTTEN]
    return frozenset(key.pseudonym(person) for domain in domains for key in [existing_key(home, domain)]
                     for person in people)


def _key_path(home: Path, domain: str) -> Path:
    if not DOMAIN.fullmatch(domain):
        raise BadInput(f"domain {domain!r}: expected a word of small letters, digits and _, such as export.")
    return keys_folder(home) / f"{domain}.key"


def _draw(path: Path) -> None:
    """Written whole under another name first: of two that draw at once, one wins and both read the winner."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process drew it first
    finally:
        draft.unlink()


def _read(path: Path, domain: str) -> PseudonymKey:
    if path.stat().st_mode & 0o077:
        raise BadInput(f"{path}: expected a key that its owner alone can read (chmod 600), found one open to others.")
    try:
        secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) < KEY_BYTES:
        raise BadInput(f"{path}: expected {KEY_BYTES} or more bytes in hex, found {len(secret)}. Put it back from the "
                       "backup of the keys.")
    return PseudonymKey(domain, secret)
