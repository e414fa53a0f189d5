"""The change statement as values: the ways of one or two versions, as causes that sum to the move, and in words.

With two versions the move is split exactly: A + D = S(new version, last night) - S(old version, first night), where A
and D are means over both orders of changing one thing after the other (algorithms-evidence section 8).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jobs.causes import ALGORITHM, WORDS

TOP_CAUSES = 4
"""Causes said in sentences: reasons beyond four are not read (S1); the table has all."""

TOP_PARTS = 2
"""Networks and kinds named with a cause in a sentence."""

TOP_NIGHTS = 3
"""Nights named with a cause: those that moved the score the way the cause did in all."""

NOTHING = Decimal(0)

NO_CAUSE = "Own activity is no cause: only reactions of others are scored, and nobody moves because others moved."
"""Said with every statement (S2, S8)."""


@dataclass(frozen=True)
class Question:
    """Which key is asked about, from which night and version to which."""

    person_id: str
    topic_id: str
    first: date
    last: date
    from_version: str
    to_version: str

    @property
    def versions(self) -> tuple[str, ...]:
        """The one or two versions asked for."""
        return tuple(dict.fromkeys((self.from_version, self.to_version)))


@dataclass(frozen=True)
class ScorePath:
    """What one version says of the way from the first night to the last.

    lines: snapshot_date, compared_date, cause, network, kind, points; they sum to score_to - score_from.
    is_direct: the two ends were computed against each other, instead of summing released nights.
    Nulls: a score is null where the version gives none; there are no lines then.
    """

    score_from: Decimal | None
    score_to: Decimal | None
    lines: Sequence[Mapping]
    is_direct: bool

    @property
    def score_delta(self) -> Decimal | None:
        """The move; null when an end has no score."""
        return None if None in (self.score_from, self.score_to) else self.score_to - self.score_from


def split(old: ScorePath, new: ScorePath) -> dict:
    """Algorithm, data and their causes; old and new are the same path when only one version is asked for.

    Nulls: algorithm, data and residual are null, and there are no causes, when one of the four scores is missing.
    """
    if None in (old.score_delta, new.score_delta):
        return {"causes": [], "nights": [], "algorithm": None, "data": None, "residual": None}
    paths = [old] if new is old else [old, new]
    share = Decimal(1) / len(paths)
    lines = [{**line, "points": share * line["points"]} for path in paths for line in path.lines]
    algorithm = (new.score_from - old.score_from + new.score_to - old.score_to) / 2
    causes = _causes(lines)
    if algorithm:
        causes.append(_cause(ALGORITHM, algorithm, []))
    delta = new.score_to - old.score_from
    return {
        "causes": sorted(causes, key=lambda cause: (-abs(cause["points"]), cause["cause"])),
        "nights": _nights(lines),
        "algorithm": algorithm,
        "data": sum((path.score_delta for path in paths), NOTHING) * share,
        "residual": delta - _total(causes),
    }


def sentences(told: Mapping) -> list[str]:
    """The statement for people, without what the table says better."""
    if None in (told["score_from"], told["score_to"]):
        return _said_missing(told)
    said = [_said_move(told), *map(_said_held, told["held"]), *told["released_holds"], *_said_split(told),
            *map(_said_cause, told["causes"][:TOP_CAUSES])]
    if told["computed_directly"]:
        said.append(f"Computed directly from the frozen states of both nights for {_and(told['computed_directly'])}: "
                    "the released nights between do not form a chain for this score.")
    if told["restated_nights"]:
        said.append(f"Restated: {_and(map(str, told['restated_nights']))}; the scores are those of the newest release.")
    return [*said, NO_CAUSE]


def _said_held(held: Mapping) -> str:
    return (f"On {held['snapshot_date']} the score was held, and is that of {held['scored_date']}: the inputs do not "
            f"account for {held['held_reason']}.")


def _causes(lines: Sequence[Mapping]) -> list[dict]:
    by_cause = defaultdict(list)
    for line in lines:
        by_cause[line["cause"]].append(line)
    return [_cause(name, _total(own), own) for name, own in sorted(by_cause.items())]


def _cause(name: str, points: Decimal, lines: Sequence[Mapping]) -> dict:
    nights = [night for night in _summed(lines, "snapshot_date") if night["points"] * points > 0]
    return {"cause": name, "words": WORDS[name], "points": points, "parts": _summed(lines, "network", "kind"),
            "nights": nights[:TOP_NIGHTS], "posts": []}


def _summed(lines: Sequence[Mapping], *names: str) -> list[dict]:
    """Points by some columns, the largest first."""
    totals = defaultdict(Decimal)
    for line in lines:
        totals[tuple(line[name] for name in names)] += line["points"]
    rows = [dict(zip(names, key, strict=True)) | {"points": points} for key, points in sorted(totals.items()) if points]
    return sorted(rows, key=lambda row: -abs(row["points"]))


def _nights(lines: Sequence[Mapping]) -> list[dict]:
    """What each night brought, oldest first, and by which causes."""
    by_night = defaultdict(list)
    for line in lines:
        by_night[(line["snapshot_date"], line["compared_date"])].append(line)
    return [{"snapshot_date": night, "compared_date": compared, "points": _total(own), "causes": _summed(own, "cause")}
            for (night, compared), own in sorted(by_night.items())]


def _total(rows: Iterable[Mapping]) -> Decimal:
    return sum((row["points"] for row in rows), NOTHING)


def _said_missing(told: Mapping) -> list[str]:
    """Why there is no difference to explain; no number of the end that has one stands beside (S32)."""
    ends = [(told[end], told["missing"][end]) for end in ("from", "to")]
    said = [f"On {night} there was {f'no score: {reason}' if reason else 'a score'}." for night, reason in ends]
    return [*said, "Without a score on both nights there is no difference to explain."]


def _said_move(told: Mapping) -> str:
    delta = told["score_delta"]
    moved = "did not move" if not delta else f"{'rose' if delta > 0 else 'fell'} by {abs(delta)} points"
    old, new = told["versions"]["from"], told["versions"]["to"]
    return (f"The score {moved}: {told['score_from']} on {told['from']} under {old}, "
            f"{told['score_to']} on {told['to']} under {new}.")


def _said_split(told: Mapping) -> list[str]:
    old, new = told["versions"]["from"], told["versions"]["to"]
    if old == new:
        return []
    if told["algorithm"] is None:
        return [f"It cannot be split into algorithm and data: {old} and {new} do not both give a score on both nights."]
    return [f"{told['algorithm']:+f} points are the algorithm, {new} instead of {old} on the same data; "
            f"{told['data']:+f} points are the data; what is left over is {told['residual']:f}."]


def _said_cause(cause: Mapping) -> str:
    parts = _and(f"{part['network']} {part['kind']} {part['points']:+f}" for part in cause["parts"][:TOP_PARTS])
    nights = _and(f"{night['snapshot_date']} ({night['points']:+f})" for night in cause["nights"])
    posts = _and(f"{post['network']} {post['post_id']}" for post in cause["posts"])
    details = [parts and f"mostly {parts}", nights and f"most on {nights}",
               posts and f"posts that drew the most people then: {posts}"]
    return "; ".join([f"{cause['points']:+f} points: {cause['words']}", *filter(None, details)]) + "."


def _and(words: Iterable[str]) -> str:
    return ", ".join(words)
