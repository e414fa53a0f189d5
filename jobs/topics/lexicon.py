"""The lexicon: which phrases and labels mean which topic, and where they stand in a text."""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import ahocorasick

from jobs.errors import BadInput, MissingInput

LEXICON_FOLDER = Path(__file__).parent / "lexicons"

HEADER = ("topic_id", "topic_name", "phrase")

MAX_LABEL_LENGTH = 60
"""Letters of a label that can still be a topic: longer ones are sentences, each a topic of one post."""

MIN_PHRASE_LENGTH = 3
"""Letters of a phrase: shorter ones (go, r, c) are mostly other words in running text."""

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

WEB_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


@dataclass(frozen=True)
class Lexicon:
    """One dated lexicon file; equal by version and checksum, so that a process builds its automaton once."""

    version: str
    sha256: str
    topic_by_phrase: dict[str, str] = field(compare=False, repr=False)
    topic_by_label: dict[str, str] = field(compare=False, repr=False)

    def matches(self, text: str | None) -> dict[str, str]:
        """Topics that the text mentions, each with the first phrase that says so.

        A phrase counts as whole words only (S32); where phrases overlap, the longest counts. Web addresses
        are skipped: a link to a site is not about the site.
        """
        if not text:
            return {}
        readable = _as_words(WEB_ADDRESS.sub(" ", fold(text)))
        found = list(_whole_words(automaton(self), readable))
        first: dict[str, str] = {}
        for _, phrase in sorted(_longest(found)):
            first.setdefault(self.topic_by_phrase[phrase], phrase)
        return first

    def topic_of_label(self, label: str | None) -> str | None:
        """Topic of a native label: the lexicon's when it knows the label, else one named by the label itself.

        The same label on two networks is the same topic. Spaces do not count: hashtags are written without.
        Nulls: None when the label is empty, has no letter or digit, or is longer than MAX_LABEL_LENGTH.
        """
        words = _as_words(fold(label or "")).lstrip("#").strip()
        if len(words) > MAX_LABEL_LENGTH:
            return None
        return self.topic_by_label.get(_closed_up(words)) or slug(words) or None


def fold(text: str) -> str:
    """Text in which spellings that look alike are equal: Unicode NFKC, then casefold."""
    return unicodedata.normalize("NFKC", text).casefold()


def slug(words: str) -> str:
    """Topic id made of a folded label: letters and digits of any script, joined by hyphens.

    Plus and sharp are spelled out, so that c, c++ and c# stay three topics.
    """
    spelled = words.replace("+", " plus ").replace("#", " sharp ")
    kept = (letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in spelled)
    return "-".join("".join(kept).split())


def load_lexicon(version: str | None = None, folder: Path = LEXICON_FOLDER) -> Lexicon:
    """The lexicon of a version, or the newest one.

    Errors: MissingInput when there is no such file; BadInput when a row breaks a rule of the file.
    """
    versions = sorted(path.stem for path in folder.glob("*.csv"))
    chosen = version or (versions[-1] if versions else "")
    if chosen not in versions:
        known = ", ".join(versions) or "none"
        raise MissingInput(f"no lexicon {chosen!r} in {folder}; known: {known}. Name one or add <date>.csv.")
    return read_lexicon(folder / f"{chosen}.csv")


def read_lexicon(path: Path) -> Lexicon:
    """The lexicon of one file, its version being the file's name; errors: BadInput, with the line."""
    delivered = path.read_bytes()
    rows = _checked_rows(path, delivered)
    return Lexicon(
        version=path.stem,
        sha256=hashlib.sha256(delivered).hexdigest(),
        topic_by_phrase={phrase: topic_id for topic_id, _, phrase in rows},
        topic_by_label=_topic_by_label(path, rows),
    )


@cache
def automaton(lexicon: Lexicon) -> ahocorasick.Automaton:
    """The Aho-Corasick automaton over all phrases, built once in each process."""
    built = ahocorasick.Automaton()
    for phrase in lexicon.topic_by_phrase:
        built.add_word(phrase, phrase)
    built.make_automaton()
    return built


def _as_words(folded: str) -> str:
    return " ".join(folded.replace("-", " ").replace("\u2010", " ").replace("_", " ").split())


def _closed_up(words: str) -> str:
    return words.replace(" ", "")


def _whole_words(phrases: ahocorasick.Automaton, text: str) -> Iterator[tuple[int, str]]:
    for last, phrase in phrases.iter(text):
        first = last - len(phrase) + 1
        # A name after @ is a handle or a mail host, not a subject.
        is_start = first == 0 or not (text[first - 1].isalnum() or text[first - 1] == "@")
        is_end = last + 1 == len(text) or not text[last + 1].isalnum()
        if is_start and is_end:
            yield first, phrase


def _longest(found: list[tuple[int, str]]) -> list[tuple[int, str]]:
    kept: list[tuple[int, str]] = []
    taken: set[int] = set()
    for first, phrase in sorted(found, key=lambda place: (-len(place[1]), place[0])):
        last = first + len(phrase) - 1
        # Longer phrases came first, so an overlap always covers one end of this one.
        if first not in taken and last not in taken:
            taken.update(range(first, last + 1))
            kept.append((first, phrase))
    return kept


def _checked_rows(path: Path, delivered: bytes) -> list[tuple[str, str, str]]:
    wanted = f"{path}: expected UTF-8 CSV with the header {','.join(HEADER)} and rows below it"
    try:
        header, *rows = [tuple(row) for row in csv.reader(io.StringIO(delivered.decode()), strict=True)]
    except (csv.Error, ValueError) as error:
        raise BadInput(f"{wanted}, got: {error}") from error
    if header != HEADER or not rows:
        raise BadInput(f"{wanted}, got the header {','.join(header)} and {len(rows)} rows")
    names: dict[str, str] = {}
    for number, row in enumerate(rows, start=2):
        broken = _broken_rule(row) or _other_name(names, *row[:2])
        if broken:
            raise BadInput(f"{path} line {number}: {broken}, got {','.join(row)}. Correct the line.")
    return rows


def _broken_rule(row: tuple[str, ...]) -> str | None:
    if len(row) != len(HEADER) or not all(row):
        return "expected three cells, none empty"
    topic_id, _, phrase = row
    if not SLUG.fullmatch(topic_id):
        return "expected a topic_id of small letters and digits joined by hyphens"
    if phrase != _as_words(fold(phrase)):
        return f"expected the phrase as text is read: {_as_words(fold(phrase))!r}"
    if len(phrase) < MIN_PHRASE_LENGTH:
        return f"expected a phrase of at least {MIN_PHRASE_LENGTH} letters"
    return None


def _other_name(names: dict[str, str], topic_id: str, name: str) -> str | None:
    if names.setdefault(topic_id, name) != name:
        return f"expected one name for {topic_id}, {names[topic_id]!r}"
    return None


def _topic_by_label(path: Path, rows: list[tuple[str, str, str]]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for topic_id, name, phrase in rows:
        for words in (topic_id, name, phrase):
            owner = owners.setdefault(_closed_up(_as_words(fold(words))), topic_id)
            if owner != topic_id:
                raise BadInput(f"{path}: {words!r} stands for {owner} and for {topic_id}. Keep one.")
    if len({phrase for *_, phrase in rows}) != len(rows):
        raise BadInput(f"{path}: a phrase stands there twice. Keep each phrase once.")
    return owners
