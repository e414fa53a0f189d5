"""Invented names and addresses: put together from syllables, so that nobody real can be meant."""

import hashlib
import random
import re
import unicodedata
from dataclasses import dataclass

CONSONANTS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "t", "v", "z", "br", "dr", "kl", "tr", "vr")
VOWELS = ("a", "e", "i", "o", "u", "an", "el", "ir", "on", "ul")
SYLLABLES = tuple(start + end for start in CONSONANTS for end in VOWELS)
HOSTS = ("mail.example", "post.example.org", "letters.example.net", "lists.example.com")
ACCENTED_SHARE = 0.08
"""Share of people whose name needs more than ASCII, so that encoded names occur on the mailing lists."""

ACCENTS = str.maketrans("aeou", "áéöü")


@dataclass(frozen=True)
class Scrambling:
    """A way in which pipermail hides an address: words for the @ sign, then letters replaced."""

    at: str
    letters: str
    replaced_by: str


USUAL = Scrambling(" sending from ", "as.ilf", "@@@|||")
RARE = Scrambling(" mailing off ", "an.ilf", "@@@iii")
"""Both occur in one file, for the same sender."""


def invented_name(rng: random.Random) -> str:
    """A first name and a surname that nobody bears."""
    first, last = _word(rng, 2), _word(rng, 3)
    return f"{first} {last.translate(ACCENTS) if rng.random() < ACCENTED_SHARE else last}"


def address_of(name: str, number: int) -> str:
    """A mail address; the number keeps it unique, also after scrambling."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return f"{plain.lower().replace(' ', '.')}{number}@{HOSTS[number % len(HOSTS)]}"


def scrambled(address: str, way: Scrambling = USUAL) -> str:
    """The address as pipermail shows it: name @end|ng |rom host, in the usual way."""
    return address.replace("@", way.at).translate(str.maketrans(way.letters, way.replaced_by))


def sender_key(address: str) -> str:
    """The account id of a list sender: what both scramblings have in common, hashed."""
    words = scrambled(address).split(" ")
    return hashlib.sha256(f"{_folded(words[0])} {_folded(words[-1])}".encode()).hexdigest()[:16]


def _folded(word: str) -> str:
    return re.sub("[ans.@]", "@", re.sub("[ilf|]", "|", word.lower()))


def _word(rng: random.Random, syllables: int) -> str:
    return "".join(rng.choices(SYLLABLES, k=syllables)).capitalize()
