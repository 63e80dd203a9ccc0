"""Pairs of texts for training the reranker: questions with passages, and claims with passages."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import torch
from torch import Tensor

from rag.encoder.recipe.matches import Match
from rag.encoder.recipe.stages import Draw
from rag.encoder.recipe.student import SentenceEncoder

_NEAR = 24  # passages nearest to a question, from which the wrong ones are drawn

Task = Literal["answers", "bears out"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Group:
    """Pairs that share a text, of which the first alone is right, and what each weighs when judged
    by itself."""

    task: Task
    pairs: tuple[tuple[str, str], ...]
    weights: tuple[float, ...]


@dataclass(slots=True)
class Read:
    """One step's groups; and questions, each with a passage that is near and leaves it open."""

    groups: list[Group] = field(default_factory=list)
    near: list[tuple[str, str]] = field(default_factory=list)


class Pairs:
    """Endless steps of right and wrong pairs, in either language: a function of the seed."""

    def __init__(
        self, matches: Sequence[Match], encoder: SentenceEncoder, draw: Draw, *, seed: int
    ) -> None:
        """Wrong passages are mined with `encoder`."""
        self._matches = list(matches)
        self._claimed = [at for at, match in enumerate(matches) if match.claims]
        self._draw = draw
        self._seed = seed
        with torch.no_grad():
            passages = _encoded(encoder, [match.en for match in matches])
            queries = [query.text for match in matches for query in match.queries]
            owners = [at for at, match in enumerate(matches) for _ in match.queries]
            # The items of a list answer one question, and so do both sides of a comparison.
            answering: dict[str, set[int]] = {}
            for query, own in zip(queries, owners, strict=True):
                answering.setdefault(query, set()).add(own)
            vectors = _encoded(encoder, queries)
            self._near: list[list[list[int]]] = [[] for _ in matches]
            for start in range(0, len(queries), 512):
                scores = vectors[start : start + 512] @ passages.T
                best = scores.topk(min(_NEAR, len(matches)), dim=1).indices.tolist()
                for offset, found in enumerate(best):
                    right = answering[queries[start + offset]]
                    self._near[owners[start + offset]].append([a for a in found if a not in right])

    def steps(self, start: int) -> Iterator[Read]:
        """From step number `start` on."""
        turns = [
            (at, which)
            for at, match in enumerate(self._matches)
            for which in range(len(match.queries))
        ]
        asked = self._rounds(turns, self._draw.questions, "round", start)
        claimed = self._rounds(self._claimed, self._draw.claims, "claims", start)
        step = start
        while True:
            draw = random.Random(f"{self._seed} step {step}")
            read = Read()
            for at, which in next(asked):
                self._ask(read, at, which, draw)
            for at in next(claimed):
                self._claim(read, at, draw)
            yield read
            step += 1

    def _rounds(self, all_of: Sequence[T], few: int, name: str, start: int) -> Iterator[list[T]]:
        """`few` at a time, all of them once in each round."""
        per_round = max(1, len(all_of) // max(1, few))
        step = start
        while True:
            order = list(all_of)
            random.Random(f"{self._seed} {name} {step // per_round}").shuffle(order)
            for place in range(step % per_round, per_round):
                yield order[place * few : (place + 1) * few]
                step += 1

    def _ask(self, read: Read, at: int, which: int, draw: random.Random) -> None:
        match, near = self._matches[at], self._near[at][which]
        # The nearest are the hardest; those far down the list keep the scale.
        wrong = draw.sample(near, min(self._draw.wrong, len(near)))
        question = match.queries[which].text
        pairs = tuple((question, _worded(self._matches[one], draw)) for one in [at, *wrong])
        # Right and wrong weigh the same; near misses as much as all the wrong passages.
        weights = (1.0, *[0.5 / self._draw.wrong] * len(wrong))
        read.groups.append(Group("answers", pairs, weights))
        if match.unanswered:
            read.near.append((match.unanswered, _worded(match, draw)))

    def _claim(self, read: Read, at: int, draw: random.Random) -> None:
        match = self._matches[at]
        claims = match.claims
        assert claims is not None
        passage = _worded(match, draw)
        texts = (claims.borne, claims.contradicted, claims.partly)
        pairs = tuple((text, passage) for text in texts)
        read.groups.append(Group("bears out", pairs, (1.0, 0.7, 0.5)))
        other = self._matches[draw.choice(draw.choice(self._near[at])[:8])]
        elsewhere = ((claims.borne, _worded(match, draw)), (claims.borne, _worded(other, draw)))
        read.groups.append(Group("bears out", elsewhere, (0.5, 0.5)))


def _worded(match: Match, draw: random.Random) -> str:
    if draw.random() < 0.5:
        return (
            f"{match.fr_title}. {match.fr}" if match.fr_title and draw.random() < 0.5 else match.fr
        )
    return f"{match.en_title}. {match.en}" if match.en_title and draw.random() < 0.5 else match.en


def _encoded(encoder: SentenceEncoder, texts: Sequence[str]) -> Tensor:
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    parts = [order[at : at + 32] for at in range(0, len(order), 32)]
    found = torch.cat([encoder([texts[i] for i in part]) for part in parts])
    return found[torch.tensor(order).argsort()]
