"""What to look for in text and bytes when a person is to be forgotten: ids as whole words, names as mentions."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from jobs.letters import exactly, in_either_case, most_bytes

TELLING_CHARACTERS = 6
"""Shorter ids are also counts, years and words; alone they are looked for in id columns only."""

TELLING_DIGITS = 16
"""A number with fewer is also a count, or another thing's id: networks number posts, votes and accounts apart."""

SHORTEST_NAME = 3
"""Of a name in a mention; shorter ones are words."""

SPECIAL = re.compile(r"([\\.+*?()|\[\]{}^$])")
NOWHERE = b"(?!)"
WORD = re.compile(r"\w", re.ASCII)


@dataclass(frozen=True)
class PersonIdentifiers:
    """The texts that name a person, and the mark that takes their place where the words are somebody else's.

    The mark is drawn for each erasure and follows from nothing about the person.
    """

    accounts: frozenset[tuple[str, str]]
    people: frozenset[str]
    names: frozenset[str]
    mark: str

    @cached_property
    def pattern(self) -> str:
        """One regular expression for text that Python and DuckDB read alike."""
        mentions = (f"(?i:{_as_word(mention)})" for mention in self._mentions)
        return "|".join([*map(_as_word, self._telling_ids), *mentions])

    @cached_property
    def without_names(self) -> "PersonIdentifiers":
        """Ids alone: what must not be left anywhere."""
        return PersonIdentifiers(self.accounts, self.people, frozenset(), self.mark)

    @cached_property
    def in_bytes(self) -> re.Pattern[bytes]:
        """The same for bytes, in each character set that is read."""
        ids = (_word_in_bytes(text, exactly) for text in self._telling_ids)
        mentions = (_word_in_bytes(mention, in_either_case) for mention in self._mentions)
        return re.compile(b"|".join([*ids, *mentions]))

    @cached_property
    def longest(self) -> int:
        """Bytes of the longest text that the pattern can find; never fewer."""
        return max(map(most_bytes, (*self._telling_ids, *self._mentions)))

    @cached_property
    def _telling_ids(self) -> list[str]:
        alone = {*self.people, *(account_id for _, account_id in self.accounts)}
        return sorted(all_ids(self.accounts) | {text for text in alone if _is_telling(text)})

    @cached_property
    def _mentions(self) -> list[str]:
        return [f"@{name}" for name in sorted(self.names) if len(name) >= SHORTEST_NAME and not re.search(r"\s", name)]

    def are_in(self, content: bytes) -> bool:
        """Whether bytes name the person."""
        return bool(self.in_bytes.search(content))

    def masked(self, content: bytes) -> bytes:
        """The bytes with the mark in place of the person."""
        return self.in_bytes.sub(self.mark.encode(), content)

    def joined(self, earlier: "PersonIdentifiers") -> "PersonIdentifiers":
        """With what an earlier look knew, under its mark."""
        return PersonIdentifiers(self.accounts | earlier.accounts, self.people | earlier.people,
                                 self.names | earlier.names, earlier.mark)

    def account_ids(self, network: str) -> frozenset[str]:
        """The person's accounts on one network."""
        return frozenset(account_id for own, account_id in self.accounts if own == network)

    def ids_alone(self, network: str) -> re.Pattern[bytes]:
        """The person's ids on one network as words, whatever else they may be; finds nothing where there is none."""
        words = [_word_in_bytes(account_id, exactly) for account_id in sorted(self.account_ids(network))]
        return re.compile(b"|".join(words or [NOWHERE]))


def _is_telling(text: str) -> bool:
    """Whether an id names the person wherever it stands."""
    return len(text) >= (TELLING_DIGITS if text.lstrip("-").isdigit() else TELLING_CHARACTERS)


def _as_word(text: str) -> str:
    """The text, not within a longer word."""
    escaped = SPECIAL.sub(r"\\\1", text)
    return f"{_edge(text[:1])}{escaped}{_edge(text[-1:])}"


def _word_in_bytes(text: str, written: Callable[[str], bytes]) -> bytes:
    """The same in bytes; written gives the regular expression for a text."""
    return _edge(text[:1]).encode() + written(text) + _edge(text[-1:]).encode()


def _edge(character: str) -> str:
    return r"\b" if WORD.match(character) else ""


def all_ids(accounts: Iterable[tuple[str, str]]) -> frozenset[str]:
    """What accounts are called in published tables when no link is declared."""
    return frozenset(f"{network}:{account_id}" for network, account_id in accounts)
