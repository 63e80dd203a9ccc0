"""Which of the retrieved paragraphs an answer shall rest on.

Every citation must earn its place: one paragraph for most questions, or two that are as good; the
items of a list with what introduces them; one paragraph for each side of a comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from rag.chunker import flow
from rag.intent import Intent
from rag.types import Hit, Paragraph

# Longer items are paragraphs in their own right and are not quoted as a list.
_LONGEST_ITEM = 300
_MOST_ITEMS = 12
# The other side of a comparison is sought among so many hits, from this share of the best score on.
_SIDES = 12
_COMPARABLE = 0.55
# Share of a side's own hits in the choice of its paragraph; the rest is the whole question's.
_SIDE_SHARE = 0.2
# What it is worth, in shares of the best score, that a paragraph has all the words of the question
# that the first one lacks; and that it is in another document.
_COMPLETES = 0.2
_ELSEWHERE = 0.05
# From this share of the best score on, a second paragraph is as good as the first; where one
# sentence answers, two are a doubt, which only a tie is worth.
_AS_GOOD = 0.96
_TIED = 0.98
# A chat model, which can pick and combine, is shown more: paragraphs from this share of the best
# score on.
_READABLE = 0.5
_MOST_READ = 8


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paragraph put before a generator under its marker, best first; `items` are the markers of
    the list items that it introduces."""

    marker: int
    paragraph: Paragraph
    score: float
    items: tuple[int, ...] = ()


def gather(
    wanted: Intent,
    hits: Sequence[Hit],
    by_document: Mapping[str, Sequence[Paragraph]],
    missing: Callable[[Paragraph], Collection[str]],
    sides: Sequence[Sequence[Hit]] = (),
) -> tuple[Evidence, ...]:
    """The evidence among the hits (best first) for a question of this kind.

    `by_document` gives each document's paragraphs in their order, `missing` the question's words
    that stand in neither a paragraph nor its context, `sides` the hits for each of the question's
    two sides alone, if it has such.
    """
    if not hits:
        return ()
    if wanted is Intent.COMPARISON:
        return (_each_side(hits, *sides) if sides else ()) or _both_sides(hits, missing)
    best = hits[0]
    siblings = by_document[best.paragraph.document_id]
    # Only a question for a list wants all the items when one of them was found.
    listed = _list_around(best.paragraph, siblings, of_item=wanted is Intent.LIST)
    if listed:
        lead, items = listed
        markers = tuple(range(2, len(items) + 2))
        return (
            Evidence(1, lead, best.score, markers),
            *(Evidence(m, item, best.score) for m, item in zip(markers, items, strict=True)),
        )
    least = best.score * (_TIED if wanted.brief else _AS_GOOD)
    chosen = [best, *(hit for hit in hits[1:2] if hit.score >= least)]
    return tuple(Evidence(n, hit.paragraph, hit.score) for n, hit in enumerate(chosen, 1))


def to_read(evidence: Sequence[Evidence], hits: Sequence[Hit]) -> tuple[Paragraph, ...]:
    """What a chat model is given to read: the evidence, then the next best hits, each once."""
    near = [hit.paragraph for hit in hits if hit.score >= _READABLE * hits[0].score]
    chosen = [*(one.paragraph for one in evidence), *near[:_MOST_READ]]
    return tuple({paragraph.id: paragraph for paragraph in chosen}.values())


def _each_side(
    hits: Sequence[Hit], first: Sequence[Hit], second: Sequence[Hit]
) -> tuple[Evidence, ...]:
    """The two paragraphs that go best with one side each, in the order of the sides; none if
    there is but one."""
    whole = {hit.paragraph.id: hit.score for hit in hits}
    least = min(whole.values())

    def scored(side: Sequence[Hit]) -> list[tuple[float, Paragraph]]:
        shares = ((hit, whole.get(hit.paragraph.id, least)) for hit in side)
        return [
            (_SIDE_SHARE * hit.score + (1 - _SIDE_SHARE) * score, hit.paragraph)
            for hit, score in shares
        ]

    pairs = product(scored(first), scored(second))
    apart = (pair for pair in pairs if pair[0][1].id != pair[1][1].id)
    best = max(apart, key=lambda pair: pair[0][0] + pair[1][0], default=())
    return tuple(Evidence(n, paragraph, score) for n, (score, paragraph) in enumerate(best, 1))


def _both_sides(
    hits: Sequence[Hit], missing: Callable[[Paragraph], Collection[str]]
) -> tuple[Evidence, ...]:
    """The best paragraph, and the one that best completes it: it has the words of the question
    that the first lacks («Bali», «brutal»), and tends to be in another document."""
    first = hits[0]
    lacks = set(missing(first.paragraph))

    def worth(hit: Hit) -> float:
        found = lacks.difference(missing(hit.paragraph))
        completes = len(found) / len(lacks) if lacks else 0.0
        elsewhere = hit.paragraph.document_id != first.paragraph.document_id
        return hit.score + first.score * (_COMPLETES * completes + _ELSEWHERE * elsewhere)

    others = [hit for hit in hits[1:_SIDES] if hit.score >= _COMPARABLE * first.score]
    chosen = [first, *sorted(others, key=worth, reverse=True)[:1]]
    return tuple(Evidence(n, hit.paragraph, hit.score) for n, hit in enumerate(chosen, 1))


def _list_around(
    paragraph: Paragraph, siblings: Sequence[Paragraph], *, of_item: bool
) -> tuple[Paragraph, tuple[Paragraph, ...]] | None:
    """The list that the paragraph introduces or (`of_item`) belongs to, with what leads in."""
    position = next(i for i, one in enumerate(siblings) if one.id == paragraph.id)
    introduced = _items_after(siblings, position)
    if introduced:
        return paragraph, introduced
    if of_item and paragraph.lead_in:
        for before in range(position - 1, -1, -1):
            items = _items_after(siblings, before)
            if any(item.id == paragraph.id for item in items):
                return siblings[before], items
    return None


def _items_after(siblings: Sequence[Paragraph], position: int) -> tuple[Paragraph, ...]:
    """The run of short paragraphs right below whose lead-in or heading the paragraph is, with the
    items of their own unless these are too many."""
    lead = flow(siblings[position].text)
    items: list[Paragraph] = []
    whole: list[Paragraph] = []
    for one in siblings[position + 1 :]:
        above = one.lead_in or one.heading.rpartition(" › ")[2]
        if not above or len(one.text) > _LONGEST_ITEM:
            break
        if lead.endswith(above):
            items.append(one)
        elif not any(flow(upper.text).endswith(above) for upper in whole):
            break
        whole.append(one)
    few = whole if len(whole) <= _MOST_ITEMS else items
    return tuple(few) if 1 < len(few) <= _MOST_ITEMS else ()
