"""What the reading commands answer: plain rows from released tables; nothing is computed that was not published."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from jobs.answers.reading import Reader
from jobs.errors import MissingInput, PipelineError
from jobs.ledger import on_older_states
from jobs.tables import OVERALL
from jobs.terminal import printable

NEAREST_DATES = 3
"""Released nights named in an error: enough to choose from."""

WHAT_IT_IS = (
    "1 to 100 on the frozen scale of {version} (docs/algorithms/{version}.md): how many different people reacted "
    "lately to public posts of this person{about}, and how strongly. It does not measure truth, knowledge or "
    "character; own activity, followers and posting volume are not used. Nobody's score moves because others moved: "
    "percentile and rank stand beside it, never inside."
)
"""Printed with every explained score: answers S10, S17, S18, S20, S47."""


def top(reader: Reader, topic: str, wanted_date: str | None, version: str | None, limit: int) -> list[dict]:
    """The first people of a topic; errors: MissingInput for an unknown topic, version or night."""
    night = released_date(reader, wanted_date)
    chosen = scored_version(reader, night, version)
    return reader.rows(
        "commands/top", snapshot_date=night, topic_id=topic_id(reader, topic, night, chosen),
        algorithm_version=chosen, row_limit=limit,
    )


def person_topics(reader: Reader, person: str, wanted_date: str | None, version: str | None) -> list[dict]:
    """All topics of a person, those without enough evidence last; errors: MissingInput when there is none."""
    night = released_date(reader, wanted_date)
    chosen = scored_version(reader, night, version)
    rows = reader.rows("commands/person_topics", snapshot_date=night, person_id=person, algorithm_version=chosen)
    if not rows:
        raise _unknown_person(reader, person, night, chosen)
    return rows


def explain(
    reader: Reader, person: str, topic: str | None, wanted_date: str | None, version: str | None
) -> dict:
    """One score taken apart: the lines, their sum, the evidence, standing, and what the number is (S12, S33).

    Nulls: points_sum and points_sum_plus_1 are null without a score; contributions and evidence are then empty.
    Errors: MissingInput when there is no such row; PipelineError when the published lines do not add up.
    """
    topics = person_topics(reader, person, wanted_date, version)
    night, chosen = topics[0]["snapshot_date"], topics[0]["algorithm_version"]
    asked = topic_id(reader, topic, night, chosen) if topic else OVERALL
    key = {"snapshot_date": night, "person_id": person, "topic_id": asked, "algorithm_version": chosen}
    found = reader.rows("commands/score", **key)
    if not found:
        raise _no_such_topic(person, asked, topics)
    lines = reader.rows("commands/score_lines", **key)
    return found[0] | _sums(found[0], lines) | {
        "contributions": lines,
        "evidence": reader.rows("commands/score_evidence", **key),
        "released_holds": released_holds(reader, key, night_before(reader, night), night),
        "topics": _other_topics(topics) if asked == OVERALL else [],
        "what_this_number_is": what_it_is(found[0]),
    }


def released_holds(reader: Reader, key: dict, first: date, last: date) -> list[dict]:
    """Holds of a score, on a night from first to the one before last, that somebody released: who, why, which move."""
    digest = reader.ledger_digest(key["person_id"])
    if digest is None:
        return []
    return reader.rows("commands/released_holds", person_digest=digest, topic_id=key["topic_id"],
                       algorithm_version=key["algorithm_version"], first_date=first, last_date=last)


def said_released_hold(hold: dict) -> str:
    """One hold that somebody released, in a sentence."""
    return (f"The hold of {hold['held_date']}, a move of {hold['held_delta']:+} points, was released by "
            f"{printable(hold['made_by'])}: {printable(hold['reason'])}")


def night_before(reader: Reader, night: date) -> date:
    """The released night before another one; the night itself when it is the first."""
    return max((day for day in reader.released_dates if day < night), default=night)


def what_it_is(score: dict) -> str:
    """The reading note of one score."""
    about = "" if score["topic_id"] == OVERALL else f" about {score['topic_name']}"
    return WHAT_IT_IS.format(version=score["algorithm_version"], about=about)


def status(reader: Reader) -> dict:
    """Every night with its verdict, the days without one, and since when readers see an older night.

    Nulls: stale_since is null while the newest night is released. on_older_state: nights to be run again, in order.
    """
    nights = [_night(row) for row in reader.rows("commands/nights")]
    numbers = {night["snapshot_date"]: night["release_number"] for night in nights if night["released"]}
    return {"nights": nights, "gaps": _gaps(nights), "stale_since": _stale_since(nights),
            "on_older_state": on_older_states(numbers),
            "held": reader.rows("commands/held", algorithm_version=reader.active_version)}


def released_date(reader: Reader, wanted: str | None, option: str = "--date") -> date:
    """The night that was asked for by an option, or the newest one; errors: MissingInput when it is not released."""
    released = reader.released_dates
    if not released:
        raise MissingInput("no night is released in this store yet; `candor status` shows what was judged and why.")
    night = _iso_date(wanted, option) if wanted else released[-1]
    if night not in released:
        nearest = sorted(sorted(released, key=lambda day: abs(day - night))[:NEAREST_DATES])
        raise MissingInput(
            f"{night} is not released; released nights nearest to it: {', '.join(map(str, nearest))}. "
            "Use one of them; `candor status` says what became of the others."
        )
    return night


def scored_version(reader: Reader, night: date, wanted: str | None, option: str = "--version") -> str:
    """The version asked for by an option, or the active one; errors: MissingInput when the night does not hold it."""
    known = [row["algorithm_version"] for row in reader.rows("commands/scored_versions", snapshot_date=night)]
    chosen = wanted or reader.active_version
    if chosen not in known:
        raise MissingInput(
            f"no scores of version {printable(chosen)!r} on {night}; that night holds {', '.join(known) or 'none'}. "
            f"Choose one of them with {option}."
        )
    return chosen


def topic_id(reader: Reader, wanted: str, night: date, version: str) -> str:
    """The topic with this id or name, in any case; errors: MissingInput naming the nearest ones."""
    nearest = reader.rows("commands/nearest_topics", snapshot_date=night, algorithm_version=version, wanted=wanted)
    if not nearest or not nearest[0]["is_meant"]:
        names = ", ".join(row["topic_id"] for row in nearest) or "none"
        raise MissingInput(
            f"no topic {printable(wanted)!r} on {night} under {version}; nearest: {printable(names)}. "
            "Use one of these, or the name that `candor topics` shows."
        )
    return nearest[0]["topic_id"]


def _sums(score: dict, lines: list[dict]) -> dict:
    if score["influence_score"] is None:
        return {"points_sum": None, "points_sum_plus_1": None}
    total = sum((line["points"] for line in lines), Decimal(0))
    if 1 + total != score["influence_score"]:
        raise PipelineError(
            f"pub__contributions of {printable(score['person_id'])} on {printable(score['topic_id'])}, "
            f"{score['snapshot_date']}, {score['algorithm_version']}: expected lines that sum to "
            f"{score['influence_score'] - 1}, got {total}. Run `candor verify`; a released file may have been changed."
        )
    return {"points_sum": total, "points_sum_plus_1": 1 + total}


def _other_topics(topics: list[dict]) -> list[dict]:
    shown = ("topic_id", "topic_name", "influence_score", "state", "threshold_missed")
    return [{name: row[name] for name in shown} for row in topics if row["topic_id"] != OVERALL]


def _night(row: dict) -> dict:
    return {
        "snapshot_date": row["snapshot_date"],
        "verdict": row["verdict"],
        "released": row["is_released"],
        "blocked_by": [name.strip() for name in (row["blocked_by"] or "").split(",") if name.strip()],
        "suspect": row["suspect"],
        "release_number": row["release_number"],
    }


def _gaps(nights: list[dict]) -> list[date]:
    judged = {night["snapshot_date"] for night in nights}
    return [day for day in _days(min(judged), max(judged)) if day not in judged] if judged else []


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=count) for count in range((last - first).days + 1))


def _stale_since(nights: list[dict]) -> date | None:
    released = [night["snapshot_date"] for night in nights if night["released"]]
    later = [night["snapshot_date"] for night in nights if not released or night["snapshot_date"] > released[-1]]
    return later[0] if later else None


def _iso_date(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise PipelineError(
            f"{option} {printable(text)!r}: expected a day such as 2030-01-31. Write year, month and day with dashes."
        ) from error


def _unknown_person(reader: Reader, person: str, night: date, version: str) -> MissingInput:
    nearest = reader.rows("commands/nearest_people", snapshot_date=night, algorithm_version=version, wanted=person)
    names = ", ".join(row["person_id"] for row in nearest) or "none"
    return MissingInput(
        f"no person {printable(person)!r} on {night} under {version}: nobody reacted to them lately, or they are "
        f"on a list. Written most alike: {printable(names)}. A person is network:account, or a declared name."
    )


def _no_such_topic(person: str, topic: str, topics: list[dict]) -> MissingInput:
    known = ", ".join(row["topic_id"] for row in topics)
    return MissingInput(
        f"no reaction to {printable(person)} on {printable(topic)} counts on {topics[0]['snapshot_date']}; "
        f"topics of this person: {printable(known)}. Use one of them with --topic."
    )
