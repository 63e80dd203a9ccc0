"""One claim laid beside what it cites: the signals, and where in the claim they come from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag import analyser
from rag.support.doubt import Doubt, Pair
from rag.support.figures import (
    exchanged,
    figures,
    missing_dates,
    missing_numbers,
    turned_bounds,
)
from rag.support.names import names, unfound
from rag.support.nearness import Nearness
from rag.support.reversal import reversal
from rag.support.segments import Segment, clauses, segment, segments, spelling, whole
from rag.support.signals import Signals
from rag.support.values import Cited, Claim, Reason, ReasonKind
from rag.translation import Lexicon, Term
from rag.types import Language

# Clauses of paraphrases, and words that translate or resemble each other, lie at these cosines;
# what is nearer speaks for nothing more.
_ENOUGH = 0.6
# What is on another subject lies below this.
_RELATED = 0.5
_ENOUGH_WORDS = 0.7
# Clauses of no more words of content are compared with single words too.
_FEW = 2
# A clause nearer than this to something cited is not called far from it.
_FAR = 0.45
# Sentences this much less near than the nearest are compared with the claim as well.
_AS_NEAR = 0.05
# Characters of a passage that the reader reads to the end, with a claim beside them.
_READ = 700
_MOST = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """The signals, and the reasons that take the encoder: reversals, and clauses far from all."""

    signals: Signals
    turned: tuple[Reason, ...]
    far: tuple[Reason, ...]


class Comparison:
    """A claim beside what it cites, by words alone. The claim cites at least one paragraph.

    `verbatim`: it is a sentence, or several in a row, of one paragraph. `numbers`, `dates`,
    `names` and `terms` are the reasons of each kind.
    """

    def __init__(self, claim: Claim, lexicon: Lexicon) -> None:
        self.claim = claim
        self.verbatim = _is_verbatim(claim)
        self._lexicon = lexicon
        self._clauses = clauses(claim.text, claim.language)
        self._segments = tuple(
            one for cited in claim.cited for one in segments(cited.text, cited.language)
        )
        self._units = _clauses_of(self._segments)
        self._own_clauses = _placed(self._clauses, claim.language)
        self._figures = figures(claim.text, claim.language)
        self._words = self._figures.reading.words
        self._sentences = [
            figures(one, cited.language)
            for cited in claim.cited
            for one in whole(cited.text, cited.language)
        ]
        there = [figures(cited.text, cited.language) for cited in claim.cited]
        there += [figures(cited.context, cited.language) for cited in claim.cited]
        numbers = missing_numbers(self._figures, there)
        dates = missing_dates(self._figures, there)
        self.numbers = [self._reason("number", one.start, one.end) for one in numbers]
        self.dates = [self._reason("date", one.start, one.end) for one in dates]
        if not numbers and not dates:
            for one in exchanged(self._figures, self._sentences):
                of = self.numbers if one.kind == "number" else self.dates
                of.append(self._reason(one.kind, one.start, one.end))
        claimed = names(self._words, claim.language, self._figures.spans)
        self._names = len(claimed)
        self.names = [
            self._reason("name", one.start, one.end) for one in unfound(claimed, claim, lexicon)
        ]
        self._said = lexicon.question_terms(claim.text, claim.language)
        self._terms = self._content()
        self._held = self._found()
        self._unfound = [
            term for term, here in zip(self._terms, self._held, strict=True) if not here
        ]
        self.terms = self._reasons("term", self._unfound)

    def texts(self) -> Iterator[str]:
        """What the encoder has to read for `judge`."""
        yield self.claim.text
        yield from self._clauses
        yield from self._parts()
        if self._unfound:
            yield from (term.word for term in self._unfound)
            yield from self._cited_words()

    def pairs(self) -> list[Pair]:
        """What the reader has to read for `judge`: the claim with each cited paragraph, in pieces
        of whole sentences where it is long, and with all of them where they are short."""
        pieces = [piece for cited in self.claim.cited for piece in _pieces(cited)]
        if len(self.claim.cited) > 1:
            pieces.append(" ".join(cited.text for cited in self.claim.cited))
        return [(self.claim.text, piece) for piece in pieces]

    def judge(self, nearness: Nearness, doubt: Doubt) -> Judged:
        """Weigh in what the encoder and the reader say; they have read `texts` and `pairs`."""
        flips: dict[str, Reason] = {}
        turned: dict[int, Reason] = {}
        opposed = [
            self._reason("opposite", one.start, one.end)
            for one in turned_bounds(self._figures, self._sentences)
        ]
        denies = False
        for (clause, first), cited in self._levels():
            terms = self._terms_of(clause)
            found = reversal(clause, self._nearest(clause, cited, nearness), terms)
            if cited is self._segments:
                denies = found.denies
                flips |= {
                    one.word: r for one in found.flipped for r in self._reasons("negation", [one])
                }
            for clash in found.clashes:
                word = self._words[min(first + clash.cue.place, len(self._words) - 1)]
                turned[word.start] = self._reason("opposite", word.start, word.end, clash.against)
        opposed += turned.values()
        farthest, stray, near = self._farthest(nearness)
        kept = self._kept()
        signals = Signals(
            far=max(0.0, _RELATED - float(nearness.to(self.claim.text, self._parts()).max())),
            stray=stray,
            strange=self._strange(nearness) * (float(np.mean(self._held)) if self._held else 1.0),
            numbers=_share(self.numbers, len(self._figures.quantities)),
            dates=_share(self.dates, len(self._figures.dates)),
            names=_share(self.names, self._names),
            flips=min(_MOST, len(flips)) * kept,
            opposed=min(_MOST, len(opposed)) * kept,
            denials=float(denies) * kept,
            doubt=doubt.of(self.pairs()),
        )
        far = () if near >= _FAR else (Reason("meaning", *farthest),)
        return Judged(signals, (*flips.values(), *opposed), far)

    def _content(self) -> list[Term]:
        """The claim's words of content, without those of its numbers and dates."""
        spans = self._figures.spans
        taken = {
            word.text
            for word in self._words
            if any(start <= word.start < end for start, end in spans)
        }
        return [
            term for term in self._said if term.word not in taken and not term.word[0].isdigit()
        ]

    def _found(self) -> list[float]:
        """For each term how surely it is cited, in a paragraph or its context."""
        best = [0.0] * len(self._terms)
        for cited in self.claim.cited:
            found = self._lexicon.found(self._terms, cited.with_context, cited.language)
            best = [max(old, new) for old, new in zip(best, found, strict=True)]
        return best

    def _parts(self) -> list[str]:
        """The cited sentences and their clauses."""
        parts = [one.text for one in self._segments]
        return parts + [part for one in self._segments for part in clauses(one.text, one.language)]

    def _cited_words(self) -> list[str]:
        words = (
            word
            for cited in self.claim.cited
            for word in analyser.words(cited.with_context)
            if analyser.is_content(word, cited.language) and not word[0].isdigit()
        )
        return list(dict.fromkeys(words))

    def _strange(self, nearness: Nearness) -> float:
        """How far below enough the nearest cited word of the strangest term not found is."""
        words = self._cited_words() if self._unfound else []
        near = [
            float(nearness.to(term.word, words).max()) if words else 0.0 for term in self._unfound
        ]
        return max(0.0, _ENOUGH_WORDS - min(near, default=1.0))

    def _levels(self) -> Iterator[tuple[tuple[Segment, int], Sequence[Segment]]]:
        """What to compare: the claim with cited sentences, its clauses with cited clauses."""
        yield (segment(self.claim.text, self.claim.language), 0), self._segments
        for placed in self._own_clauses:
            yield placed, self._units

    def _nearest(self, of: Segment, cited: Sequence[Segment], nearness: Nearness) -> list[Segment]:
        """The cited sentences, or clauses, that speak of what a part of the claim speaks of."""
        ends = {of.words[cue.place] for cue in of.cues}
        terms = [term for term in self._terms_of(of) if term.word not in ends]
        shared = np.array([_shared(one, terms) for one in cited])
        scores = nearness.to(of.text, [one.text for one in cited]) + shared
        near = np.flatnonzero(scores >= scores.max() - _AS_NEAR).tolist()
        return [cited[i] for i in near]

    def _terms_of(self, part: Segment) -> list[Term]:
        words = set(part.words)
        return [term for term in self._said if term.word in words]

    def _kept(self) -> float:
        """The share of the claim's terms that are cited, but for those at an end of an axis."""
        own = segment(self.claim.text, self.claim.language)
        ends = {own.words[cue.place] for cue in own.cues}
        pairs = zip(self._terms, self._held, strict=True)
        held = [here for term, here in pairs if term.word not in ends]
        return float(np.mean(held)) if held else 1.0

    def _farthest(self, nearness: Nearness) -> tuple[tuple[int, int], float, float]:
        """The claim's clause that strays most from all that is cited, by how much, and its cosine
        (1 where none strays)."""
        texts = self._parts()
        by_word = {term.word: here for term, here in zip(self._terms, self._held, strict=True)}
        worst = (0, len(self.claim.text))
        most, least, at = 0.0, 1.0, 0
        for piece in self._clauses:
            start = self.claim.text.find(piece, at)
            at = start + len(piece)
            words = dict.fromkeys(segment(piece, self.claim.language).words)
            here = [by_word[word] for word in words if word in by_word]
            lost = 1.0 - sum(here) / len(here) if here else 0.0
            short = 0 < len(here) <= _FEW and self._unfound
            near = float(
                nearness.to(piece, [*texts, *self._cited_words()] if short else texts).max()
            )
            if (strays := max(0.0, _ENOUGH - near) * lost) > most:
                worst, most, least = (start, at), strays, near
        return worst, most, least

    def _reasons(self, kind: ReasonKind, terms: Sequence[Term]) -> list[Reason]:
        """Reasons at the terms' words in the claim."""
        places = {word.text.removesuffix("'"): word for word in reversed(self._words)}
        return [
            self._reason(kind, places[term.word].start, places[term.word].end)
            for term in terms
            if term.word in places
        ]

    def _reason(self, kind: ReasonKind, start: int, end: int, against: str = "") -> Reason:
        return Reason(kind, *self._figures.reading.original(start, end), against)


def _pieces(cited: Cited) -> list[str]:
    """The cited text, in pieces of whole sentences that the reader reads to their end; each
    begins with the last sentence of the one before."""
    pieces: list[str] = []
    row: list[str] = []
    for sentence in whole(cited.text, cited.language) or (cited.text,):
        if row and sum(map(len, row)) + len(sentence) > _READ:
            pieces.append(" ".join(row))
            row = row[-1:]
        row.append(sentence)
    return [*pieces, " ".join(row)]


def _is_verbatim(claim: Claim) -> bool:
    """Whether the claim is one whole sentence cited, or several in a row, word for word."""
    mine = spelling(claim.text)
    for cited in claim.cited:
        sentences = [spelling(one) for one in whole(cited.text, cited.language)]
        for first in range(len(sentences)):
            row: tuple[str, ...] = ()
            for one in sentences[first:]:
                row += one
                if row == mine and mine:
                    return True
                if len(row) >= len(mine):
                    break
    return False


def _clauses_of(cited: Sequence[Segment]) -> list[Segment]:
    return [
        segment(part, one.language) for one in cited for part in clauses(one.text, one.language)
    ]


def _placed(parts: Sequence[str], language: Language) -> list[tuple[Segment, int]]:
    """Clauses read, each with the place of its first word in the whole."""
    placed, first = [], 0
    for part in parts:
        one = segment(part, language)
        placed.append((one, first))
        first += len(one.words)
    return placed


def _shared(one: Segment, terms: Sequence[Term]) -> float:
    """The share of terms that stand in one cited sentence."""
    stems = set(one.stems)
    here = sum(not stems.isdisjoint(term.forms[one.language]) for term in terms)
    return here / len(terms) if terms else 0.0


def _share(absent: Sequence[Reason], total: int) -> float:
    return len(absent) / math.sqrt(max(1, total))
