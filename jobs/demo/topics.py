"""What people of the demo world talk about: some topics of the newest lexicon, in its own words."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from jobs.errors import MissingInput

LEXICONS = Path(__file__).resolve().parent.parent / "topics" / "lexicons"

TOPIC_LISTS = {
    "python": "python-help",
    "machine-learning": "python-help",
    "statistics": "numbers-club",
    "databases": "numbers-club",
    "gardening": "garden-talk",
    "beekeeping": "garden-talk",
    "jazz": "music-room",
    "classical-music": "music-room",
    "photography": "camera-club",
    "cycling": "outdoor-days",
    "running": "outdoor-days",
    "hiking": "outdoor-days",
    "cooking": "kitchen-table",
    "baking": "kitchen-table",
    "coffee": "kitchen-table",
    "astronomy": "star-gazers",
    "climate-change": "star-gazers",
    "chess": "quiet-evenings",
    "woodworking": "maker-bench",
    "knitting": "maker-bench",
}
"""Topic ids of the lexicon, and the mailing list on which each is discussed."""


@dataclass(frozen=True)
class Topic:
    """One topic: its id doubles as the tag of questions, and with underscores as the hashtag."""

    topic_id: str
    name: str
    phrases: tuple[str, ...]
    list_name: str

    @property
    def hashtag(self) -> str:
        """The topic as people write it after a hash sign."""
        return self.topic_id.replace("-", "_")


def demo_topics(lexicon_file: Path | None = None) -> list[Topic]:
    """The topics of TOPIC_LISTS with the phrases of a lexicon file, the newest one unless another is named.

    Errors: MissingInput when there is no lexicon, or it lacks one of the topics.
    """
    source = lexicon_file or _newest_lexicon()
    names, phrases = _read(source)
    missing = sorted(set(TOPIC_LISTS) - set(names))
    if missing:
        raise MissingInput(
            f"{source}: the demo world talks about {', '.join(missing)}, which the lexicon does not hold. "
            f"Add them to the lexicon, or name other topics in TOPIC_LISTS of jobs/demo/topics.py."
        )
    return [Topic(topic, names[topic], tuple(phrases[topic]), where) for topic, where in TOPIC_LISTS.items()]


def _newest_lexicon() -> Path:
    dated = sorted(LEXICONS.glob("*.csv"))
    if not dated:
        raise MissingInput(f"{LEXICONS}: expected a lexicon such as 2030-01-01.csv, found none")
    return dated[-1]


def _read(source: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    names, phrases = {}, defaultdict(list)
    with source.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            names[row["topic_id"]] = row["topic_name"]
            phrases[row["topic_id"]].append(row["phrase"])
    return names, phrases
