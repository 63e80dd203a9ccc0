"""One claim laid beside what it cites: the signals, and where in the claim they come from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rag import analyser
from rag.support import dates as moments
from rag.support import quantities as amounts
from rag.support.evidence import (
    Facts,
    Segment,
    clauses,
    facts,
    known_years,
    segment,
    segments,
)
from rag.support.names import Name, initials, names, places, respelled
from rag.support.nearness import Nearness
from rag.support.signals import Signals
from rag.support.values import Claim, Reason, ReasonKind
from rag.translation import Lexicon, Term

# Paraphrases lie at about these cosines; what is nearer speaks for nothing more.
ENOUGH = 0.6
_ENOUGH_TOKENS = 0.5
_ENOUGH_WORDS = 0.7
# A clause nearer than this to something cited is not called far from it.
_FAR = 0.45
_UNMET_SHARE = 4  # a quarter of the claim's tokens


class Comparison:
    """A claim beside what it cites, by words alone. The claim cites at least one paragraph.

    `verbatim`: it is a sentence, or several in a row, of one paragraph. The lists hold the
    reasons of each kind.
    """

    def __init__(self, claim: Claim, lexicon: Lexicon) -> None:
        self.claim = claim
        self._lexicon = lexicon
        self._facts = facts(claim.text, claim.language)
        self.segments = tuple(
            one for cited in claim.cited for one in segments(cited.text, cited.language)
        )
        self._own = segment(claim.text, claim.language)
        self.clauses = clauses(claim.text, claim.language)
        there = [facts(cited.text, cited.language) for cited in claim.cited]
        there += [facts(cited.context, cited.language) for cited in claim.cited if cited.context]
        self.verbatim = self._is_verbatim()
        self.numbers = self._missing_numbers(there)
        self.dates = self._missing_dates(there)
        self.names = self._missing_names()
        self._terms = self._content()
        self._held = self._found()
        self.unfound = [
            term.word for term, here in zip(self._terms, self._held, strict=True) if not here
        ]
        self.terms = [
            reason for word in self.unfound if (reason := self._at(word, "term")) is not None
        ]

    def texts(self) -> Iterator[str]:
        """What the encoder has to read for `signals`."""
        yield self.claim.text
        yield from self.clauses
        for cited in self.claim.cited:
            yield cited.text
        yield from self._parts()
        if self.unfound:
            yield from self.unfound
            yield from self._cited_words()

    def judge(self, nearness: Nearness) -> Judged:
        """The signals, and the reasons that only the nearest sentences give."""
        nearest = self._nearest(nearness)
        explained, opposed = self._sides(nearest)
        # «cannot» and «interdit» agree: the words that one of them denies are not reversed.
        flips = [] if explained else self._flipped(nearest)
        denials = bool(self._own.denied) != any(one.denied for one in nearest)
        farthest, stray, least = self._farthest(nearness)
        met = np.sort(nearness.met(self.claim.text, [one.text for one in self.segments]))
        unmet = float(met[: max(1, len(met) // _UNMET_SHARE)].mean())
        near = nearness.to(
            self.claim.text,
            [*(one.text for one in self.segments), *(c.text for c in self.claim.cited)],
        )
        strange = self._strange(nearness)
        # Reversals count in what keeps the paragraph's words; in a free paraphrase they are noise.
        kept = float(np.mean(self._held)) if self._held else 1.0
        signals = Signals(
            far=max(0.0, ENOUGH - float(near.max())),
            stray=stray,
            unmet=max(0.0, _ENOUGH_TOKENS - unmet),
            absent=1.0 - kept,
            strange=max(strange, default=0.0),
            strangers=sum(strange),
            numbers=_share(self.numbers, len(self._facts.quantities)),
            dates=_share(self.dates, len(self._facts.dates)),
            names=_share(self.names, self._names),
            flips=min(3, len(flips)) * kept,
            opposed=min(3, len(opposed)) * kept,
            denials=float(denials and not explained) * kept,
        )
        far = [] if farthest is None or least >= _FAR else [Reason("meaning", *farthest)]
        return Judged(signals, tuple([*flips, *opposed]), tuple(far))

    def _parts(self) -> list[str]:
        """The cited sentences and their clauses."""
        parts = [one.text for one in self.segments]
        return parts + [part for one in self.segments for part in clauses(one.text, one.language)]

    def _cited_words(self) -> list[str]:
        return list(
            dict.fromkeys(
                word
                for cited in self.claim.cited
                for word in analyser.words(f"{cited.context}\n{cited.text}")
                if analyser.is_content(word, cited.language) and not word[0].isdigit()
            )
        )

    def _strange(self, nearness: Nearness) -> list[float]:
        """For each term not found, how far below enough its nearest word cited is."""
        words = self._cited_words() if self.unfound else []
        if not words:
            return [_ENOUGH_WORDS] * len(self.unfound)
        near = [float(nearness.to(word, words).max()) for word in self.unfound]
        return [max(0.0, _ENOUGH_WORDS - one) for one in near]

    def _is_verbatim(self) -> bool:
        """Whether the claim is one whole sentence cited, or several in a row, word for word."""
        mine = self._own.words
        for cited in self.claim.cited:
            own = segments(cited.text, cited.language)
            for i in range(len(own)):
                rest = mine
                for one in own[i:]:
                    if rest[: len(one.words)] != one.words:
                        break
                    rest = rest[len(one.words) :]
                    if not rest:
                        return bool(mine)
        return False

    def _missing_numbers(self, there: Sequence[Facts]) -> list[Reason]:
        have = [one for fact in there for one in fact.quantities]
        years = [year for fact in there for year in known_years(fact.dates)]
        absent = list(amounts.missing(self._facts.quantities, have, years))
        absent = absent or self._exchanged()
        return [self._reason("number", one.start, one.end) for one in absent]

    def _exchanged(self) -> list[amounts.Quantity]:
        """Numbers that all stand somewhere, in a sentence that differs by nothing but them."""
        mine = _without_numbers(self._facts)
        for one in self.segments:
            fact = facts(one.text, one.language)
            if len(fact.quantities) != len(self._facts.quantities):
                continue
            if not fact.quantities or _without_numbers(fact) != mine:
                continue
            changed = [
                here
                for here, other in zip(self._facts.quantities, fact.quantities, strict=True)
                if not here.found_in(other)
            ]
            if changed:
                return changed
        return []

    def _missing_dates(self, there: Sequence[Facts]) -> list[Reason]:
        have = [one for fact in there for one in fact.dates]
        bare = {value for fact in there for one in fact.quantities for value in one.bare}
        return [
            self._reason("date", one.start, one.end)
            for one in moments.missing(self._facts.dates, have)
            if not (one.month is None and one.year is not None and float(one.year) in bare)
        ]

    def _missing_names(self) -> list[Reason]:
        spans = _counted(self._facts)
        claimed = [
            name
            for name in names(self._facts.reading.words, self.claim.language)
            if not any(start <= name.start < end for start, end in spans)
        ]
        self._names = len(claimed)
        return [
            self._reason("name", name.start, name.end)
            for name in claimed
            if not self._has_name(name)
        ]

    def _has_name(self, name: Name) -> bool:
        for cited in self.claim.cited:
            text = f"{cited.context}\n{cited.text}" if cited.context else cited.text
            one = segment(text, cited.language)
            if name.key and any(
                concept.key == name.key
                for concept in places().concepts(list(one.words), cited.language)
            ):
                return True
            if name.text in one.words or initials(name.text, one.words, cited.language):
                return True
            terms = self._lexicon.question_terms(name.text, self.claim.language)
            if any(self._lexicon.found(terms, text, cited.language)):
                return True
            if cited.language != self.claim.language and respelled(name.text, one.words):
                return True
        return False

    def _content(self) -> list[Term]:
        """The claim's words of content, without those of its numbers and dates."""
        spans = _counted(self._facts)
        taken = {
            word.text
            for word in self._facts.reading.words
            if any(start <= word.start < end for start, end in spans)
        }
        terms = self._lexicon.question_terms(self.claim.text, self.claim.language)
        return [term for term in terms if term.word not in taken and not term.word[0].isdigit()]

    def _found(self) -> list[float]:
        best = [0.0] * len(self._terms)
        for cited in self.claim.cited:
            text = f"{cited.context}\n{cited.text}" if cited.context else cited.text
            found = self._lexicon.found(self._terms, text, cited.language)
            best = [max(old, new) for old, new in zip(best, found, strict=True)]
        return best

    def _nearest(self, nearness: Nearness) -> list[Segment]:
        """The cited sentences that speak of what the claim, or one of its clauses, speaks of."""
        texts = [one.text for one in self.segments]
        shared = np.array([self._shared(one) for one in self.segments])
        chosen: dict[str, Segment] = {}
        for piece in (self.claim.text, *self.clauses):
            best = self.segments[int((nearness.to(piece, texts) + shared).argmax())]
            chosen[best.text] = best
        return list(chosen.values())

    def _shared(self, one: Segment) -> float:
        """The share of the claim's terms that stand in one cited sentence."""
        stems = set(one.stems)
        here = sum(not stems.isdisjoint(term.forms[one.language]) for term in self._terms)
        return here / len(self._terms) if self._terms else 0.0

    def _flipped(self, nearest: Sequence[Segment]) -> list[Reason]:
        reasons = []
        for term in self._terms:
            mine = _signs(self._own, term)
            theirs = {sign for one in nearest for sign in _signs(one, term)}
            if mine and theirs and not mine & theirs and (r := self._at(term.word, "negation")):
                reasons.append(r)
        return reasons

    def _sides(self, nearest: Sequence[Segment]) -> tuple[bool, list[Reason]]:
        """The axes on which claim and paragraphs are opposed; and, first, whether they agree on
        one that only one of them reaches by a negation."""
        reasons: list[Reason] = []
        explained = False
        words = self._facts.reading.words
        for axis in dict.fromkeys(cue.axis for cue in self._own.cues):
            mine = [cue for cue in self._own.cues if cue.axis == axis]
            theirs = [(one, cue) for one in nearest for cue in one.cues if cue.axis == axis]
            agreeing = [
                (here, there) for here in mine for _, there in theirs if here.sign == there.sign
            ]
            if agreeing:
                explained |= any(here.turned != there.turned for here, there in agreeing)
            elif theirs:
                at = words[mine[0].place]
                one, there = theirs[0]
                reasons.append(self._reason("opposite", at.start, at.end, one.words[there.place]))
        return explained, reasons

    def _farthest(self, nearness: Nearness) -> tuple[tuple[int, int] | None, float, float]:
        """The claim's clause that strays most from all that is cited, by how much, and its cosine.

        A clause strays as far as it lies below enough, for the share of its terms not found.
        """
        texts = self._parts()
        by_word = {term.word: here for term, here in zip(self._terms, self._held, strict=True)}
        worst: tuple[int, int] | None = None
        most, least, at = 0.0, 1.0, 0
        for piece in self.clauses:
            start = self.claim.text.find(piece, at)
            at = start + len(piece)
            words = segment(piece, self.claim.language).words
            here = [by_word[word] for word in dict.fromkeys(words) if word in by_word]
            missing = 1.0 - sum(here) / len(here) if here else 0.0
            near = float(nearness.to(piece, texts).max())
            strays = max(0.0, ENOUGH - near) * missing
            if strays > most:
                worst, most, least = (start, at), strays, near
        return worst, most, least

    def _at(self, word: str, kind: ReasonKind) -> Reason | None:
        for one in self._facts.reading.words:
            if one.text.removesuffix("'") == word:
                return self._reason(kind, one.start, one.end)
        return None

    def _reason(self, kind: ReasonKind, start: int, end: int, against: str = "") -> Reason:
        return Reason(kind, *self._facts.reading.original(start, end), against)


@dataclass(frozen=True, slots=True)
class Judged:
    """`turned`: reasons of negations and opposites; `far`: of clauses far from all cited."""

    signals: Signals
    turned: tuple[Reason, ...]
    far: tuple[Reason, ...]


def _signs(one: Segment, term: Term) -> set[int]:
    forms = term.forms[one.language]
    return {
        -1 if place in one.denied else 1 for place, stem in enumerate(one.stems) if stem in forms
    }


def _counted(fact: Facts) -> list[tuple[int, int]]:
    """The spans of a text's quantities and dates."""
    spans = [(one.start, one.end) for one in fact.quantities]
    return spans + [(one.start, one.end) for one in fact.dates]


def _without_numbers(fact: Facts) -> list[str]:
    return [
        word.text
        for word in fact.reading.words
        if not any(one.start <= word.start < one.end for one in fact.quantities)
    ]


def _share(absent: Sequence[Reason], total: int) -> float:
    return len(absent) / math.sqrt(max(1, total))
