"""Two results on the same questions: what differs, how surely, and which questions flipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from rag.errors import InvalidInput
from rag.evaluation.result import Answered, Result
from rag.evaluation.scoring import HEADLINE, METRICS
from rag.evaluation.uncertainty import Difference, holm, paired

_SURE = 0.05


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that one run got right and the other did not."""

    first: Answered
    second: Answered


@dataclass(frozen=True, slots=True)
class Comparison:
    """`differences` by metric, over the questions that it applies to in both runs; `adjusted` are
    the headline ones' probabilities by Holm's method. `unmatched` counts the questions that only
    one run has."""

    first: Result
    second: Result
    common: int
    unmatched: int
    differences: Mapping[str, Difference]
    adjusted: Mapping[str, float]
    won: tuple[Flip, ...]
    lost: tuple[Flip, ...]

    def record(self) -> Mapping[str, object]:
        """As JSON values."""
        return {
            "first": {"name": self.first.name, "commit": self.first.commit},
            "second": {"name": self.second.name, "commit": self.second.commit},
            "questions": self.common,
            "unmatched": self.unmatched,
            "differences": {
                name: {**asdict(difference), "p_holm": self.adjusted.get(name)}
                for name, difference in self.differences.items()
            },
            "won": [_flip_record(flip) for flip in self.won],
            "lost": [_flip_record(flip) for flip in self.lost],
        }


def compare(first: Result, second: Result) -> Comparison:
    """Pair the questions that both runs asked in the same words.

    Raises InvalidInput if there is none.
    """
    pairs = [
        (one, second.answered[id])
        for id, one in first.answered.items()
        if id in second.answered and second.answered[id].question == one.question
    ]
    if not pairs:
        raise InvalidInput("the two results have no question in common.")
    differences = {metric.name: _difference(metric.name, pairs) for metric in METRICS}
    differences = {name: one for name, one in differences.items() if one.n}
    return Comparison(
        first=first,
        second=second,
        common=len(pairs),
        unmatched=len(first.answered) + len(second.answered) - 2 * len(pairs),
        differences=differences,
        adjusted=holm({name: differences[name].p for name in HEADLINE if name in differences}),
        won=tuple(Flip(a, b) for a, b in pairs if a.scores["right"] < b.scores["right"]),
        lost=tuple(Flip(a, b) for a, b in pairs if a.scores["right"] > b.scores["right"]),
    )


def table(comparison: Comparison) -> str:
    """The comparison for the terminal; «*» marks what Holm's method leaves under 0.05."""
    first, second = comparison.first, comparison.second
    lines = [
        f"A  {first.name}  {first.commit}",
        f"B  {second.name}  {second.commit}",
        f"{comparison.common} questions in both"
        + (f", {comparison.unmatched} in one only" if comparison.unmatched else ""),
        "",
        f"{'':<21}{'n':>5}{'A':>8}{'B':>8}{'B − A':>28}{'p':>8}{'p Holm':>8}",
    ]
    for name, one in comparison.differences.items():
        adjusted = comparison.adjusted.get(name)
        moved = f"{one.difference:+.3f} [{one.low:+.3f}, {one.high:+.3f}]"
        corrected = "–" if adjusted is None else _probability(adjusted)
        mark = " *" if adjusted is not None and adjusted < _SURE else ""
        lines.append(
            f"{name:<21}{one.n:>5}{one.first:>8.3f}{one.second:>8.3f}{moved:>28}"
            f"{_probability(one.p):>8}{corrected:>8}{mark}"
        )
    lines += ["", f"right in B only: {len(comparison.won)}", *map(_told, comparison.won)]
    lines += ["", f"right in A only: {len(comparison.lost)}", *map(_told, comparison.lost)]
    return "\n".join(lines)


def _difference(name: str, pairs: list[tuple[Answered, Answered]]) -> Difference:
    both = [(a.scores, b.scores) for a, b in pairs if name in a.scores and name in b.scores]
    return paired([one[name] for one, _ in both], [other[name] for _, other in both])


def _probability(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _told(flip: Flip) -> str:
    # Of the two, the one that was wrong has faults; the right one may have lesser ones too.
    wrong = min(flip.first, flip.second, key=lambda one: one.scores["right"])
    asked = " › ".join(" ".join(line.split()) for line in flip.first.question.split("\n"))
    return f"  {flip.first.id:<8} {asked}  ({', '.join(wrong.faults)})"


def _flip_record(flip: Flip) -> Mapping[str, object]:
    return {
        "id": flip.first.id,
        "question": flip.first.question,
        "faults": {"first": list(flip.first.faults), "second": list(flip.second.faults)},
    }
