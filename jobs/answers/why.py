"""Why a score moved between any two released nights, under any two versions; answers S1 to S9.

Released changes are summed night by night. Where they do not form a chain, the two ends are computed against each
other by whoever is handed in as Compute: reading alone needs no engine.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise

from jobs.answers import lookups
from jobs.answers.outlook import outlook, outlook_sentences
from jobs.answers.reading import Reader
from jobs.answers.statement import Question, ScorePath, sentences, split
from jobs.causes import NEW_REACTIONS
from jobs.errors import MissingInput, PipelineError
from jobs.terminal import printable

Compute = Callable[[Question, Sequence[str]], Mapping[str, ScorePath]]
"""Computes the ways of some versions from the frozen states of both nights."""

HELD = "held"

NO_REACTIONS = "no reaction counted, or on a list"
"""What is known of a night that has no row of a person and topic."""


def asked(
    reader: Reader, person: str, topic: str | None, wanted_from: str | None, wanted_to: str | None,
    from_version: str | None, to_version: str | None,
) -> Question:
    """What was asked, with the defaults: the newest night, the released one before it, the active version, overall.

    Errors: MissingInput for an unknown night, version or topic; PipelineError when the nights are in the wrong order.
    """
    last = lookups.released_date(reader, wanted_to, "--to")
    first = lookups.released_date(reader, wanted_from, "--from") if wanted_from else lookups.night_before(reader, last)
    if first > last:
        raise PipelineError(f"--from {first} is after --to {last}; expected the earlier night first. Swap them.")
    old = lookups.scored_version(reader, first, from_version, "--version or --from-version")
    new = lookups.scored_version(reader, last, to_version, "--version or --to-version")
    return Question(person, _topic(reader, topic, (last, new), (first, old)), first, last, old, new)


def why(reader: Reader, question: Question, compute: Compute) -> dict:
    """The statement: both scores, causes that sum to the difference, nights, the split, and what would change it.

    Nulls: score_delta, algorithm, data and residual are null when an end has no score; missing says why.
    Errors: MissingInput when the person or topic is on neither night; PipelineError when numbers do not add up.
    """
    ends = [_end(reader, question, question.first, question.from_version),
            _end(reader, question, question.last, question.to_version)]
    if ends == [None, None]:
        lookups.explain(reader, question.person_id, question.topic_id, question.last.isoformat(), question.to_version)
    told = _ends_told(question, ends)
    if told["score_delta"] is not None:
        told |= _explained(reader, question, compute)
    told["released_holds"] = _released_holds(reader, question)
    return told | {"sentences": [*sentences(told), *outlook_sentences(told["what_would_change_it"])]}


def _ends_told(question: Question, ends: Sequence[dict | None]) -> dict:
    score_from, score_to = (end["influence_score"] if end else None for end in ends)
    reasons = [end["threshold_missed"] if end else NO_REACTIONS for end in ends]
    return {
        "person_id": question.person_id, "topic_id": question.topic_id,
        "topic_name": next(end["topic_name"] for end in ends if end),
        "from": question.first, "to": question.last,
        "versions": {"from": question.from_version, "to": question.to_version},
        "score_from": score_from, "score_to": score_to,
        "score_delta": None if None in (score_from, score_to) else score_to - score_from,
        "missing": dict(zip(("from", "to"), reasons, strict=True)),
        "held": [{name: end[name] for name in ("snapshot_date", "scored_date", "held_reason")}
                 for end in ends if end and end["held_reason"]],
        "causes": [], "nights": [], "algorithm": None, "data": None, "residual": None,
        "computed_directly": [], "restated_nights": [], "what_would_change_it": None,
    }


def _released_holds(reader: Reader, question: Question) -> list[str]:
    """Holds that somebody released on the way, in sentences."""
    found = [lookups.released_holds(reader, _key(question, version), question.first, question.last)
             for version in question.versions]
    return [lookups.said_released_hold(hold) for holds in found for hold in holds]


def _explained(reader: Reader, question: Question, compute: Compute) -> dict:
    nights = {version: _nights(reader, question, version) for version in question.versions}
    paths = {version: _chained(reader, question, version, nights[version]) for version in question.versions}
    broken = [version for version, path in paths.items() if path is None]
    if broken:
        paths |= compute(question, broken)
    for version in broken:
        _require_as_released(question, version, paths[version], nights[version])
    found = split(paths[question.from_version], paths[question.to_version])
    return found | {
        "causes": [_with_posts(reader, question, cause) for cause in found["causes"]],
        "computed_directly": broken,
        "restated_nights": [night["snapshot_date"] for night in nights[question.to_version] if night["is_restated"]],
        "what_would_change_it": _outlook(reader, question),
    }


def _chained(reader: Reader, question: Question, version: str, nights: Sequence[dict]) -> ScorePath | None:
    """The way of a version as the sum of its released nights; None when they do not lead from end to end."""
    ends = nights[0], nights[-1]
    if any(end["threshold_missed"] for end in ends):
        return ScorePath(*(end["influence_score"] for end in ends), [], is_direct=False)
    lines = reader.rows("commands/changes_lines", **_key(question, version))
    own = {night: list(rows) for night, rows in groupby(lines, key=lambda line: line["snapshot_date"])}
    told = [_is_told(before, after, own.get(after["snapshot_date"], [])) for before, after in pairwise(nights)]
    if not all(told) or ends[0]["influence_score"] is None:
        return None
    path = ScorePath(*(end["influence_score"] for end in ends), lines, is_direct=False)
    _require_sum(question, version, path.score_delta, lines)
    return path


def _is_told(before: dict, after: dict, lines: Sequence[dict]) -> bool:
    """Whether a night's released changes say how its score came from that of the released night before it."""
    scores = before["influence_score"], after["influence_score"]
    if None in scores:
        return False
    move = scores[1] - scores[0]
    return move == 0 if not lines else all(
        (line["compared_date"], line["score_delta"]) == (before["snapshot_date"], move) for line in lines)


def _require_sum(question: Question, version: str, delta: Decimal | None, lines: Sequence[Mapping]) -> None:
    total = sum((line["points"] for line in lines), Decimal(0))
    if delta is not None and total != delta:
        raise PipelineError(
            f"changes of {printable(question.person_id)} on {printable(question.topic_id)}, {question.first} to "
            f"{question.last}, {version}: expected points that sum to {delta}, got {total}. "
            "Run `candor verify`; a released file may have been changed."
        )


def _require_as_released(question: Question, version: str, path: ScorePath, nights: Sequence[dict]) -> None:
    """A computed way starts and ends at the released scores, where there are any, and its lines sum."""
    for night, computed in ((nights[0], path.score_from), (nights[-1], path.score_to)):
        released = night["influence_score"]
        if night["state"] == HELD:
            raise MissingInput(
                f"{printable(question.person_id)} on {printable(question.topic_id)} was held on "
                f"{night['snapshot_date']}: expected a night with a score of its own, got that of an earlier night. "
                "`candor explain` names it; ask from that night, or up to it.")
        if released is not None and released != computed:
            raise PipelineError(
                f"{printable(question.person_id)} on {printable(question.topic_id)}, {night['snapshot_date']}, "
                f"{version}: released {released}, computed again {computed}. `candor replay` shows what differs."
            )
    _require_sum(question, version, path.score_delta, path.lines)


def _with_posts(reader: Reader, question: Question, cause: dict) -> dict:
    """The posts that drew the most people on the nights that brought most, each once; only for new reactions."""
    if cause["cause"] != NEW_REACTIONS:
        return cause
    found = {}
    for night in cause["nights"]:
        key = _score_key(question, night["snapshot_date"], question.to_version)
        for post in reader.rows("commands/score_evidence", **key):
            found.setdefault((post["network"], post["post_id"]), night["snapshot_date"])
    posts = [{"network": network, "post_id": post_id, "snapshot_date": night}
             for (network, post_id), night in found.items()]
    return cause | {"posts": posts}


def _outlook(reader: Reader, question: Question) -> dict | None:
    [row] = reader.rows("commands/changes_height", **_score_key(question, question.last, question.to_version))
    return outlook(float(row["influence_score"]), row["credit"], float(row["ceiling_points"]))


def _end(reader: Reader, question: Question, night: date, version: str) -> dict | None:
    return next(iter(reader.rows("commands/score", **_score_key(question, night, version))), None)


def _nights(reader: Reader, question: Question, version: str) -> list[dict]:
    return reader.rows("commands/changes_scores", **_key(question, version))


def _score_key(question: Question, night: date, version: str) -> dict:
    return {"snapshot_date": night, "person_id": question.person_id, "topic_id": question.topic_id,
            "algorithm_version": version}


def _key(question: Question, version: str) -> dict:
    return {"from_date": question.first, "last_date": question.last, "person_id": question.person_id,
            "topic_id": question.topic_id, "algorithm_version": version}


def _topic(reader: Reader, wanted: str | None, *ends: tuple[date, str]) -> str:
    """The topic as the last night knows it, or as the first one does: a topic may come or go between them."""
    wanted = wanted or lookups.OVERALL
    for night, version in ends[:-1]:
        try:
            return lookups.topic_id(reader, wanted, night, version)
        except MissingInput:
            continue
    return lookups.topic_id(reader, wanted, *ends[-1])
