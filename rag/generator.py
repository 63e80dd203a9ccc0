"""The extractive generator: it selects the sentences that answer and quotes them verbatim.

It needs no language model, so it is always there; what it says of its own is in `phrases`. It
drafts with markers only (see `citations`) and never sees more than the evidence given to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag import language as languages
from rag.citations import plain, quote_marker
from rag.encoder import Encoder
from rag.evidence import Evidence
from rag.expectation import Expectation
from rag.phrases import Phrases, phrases
from rag.translation import Lexicon
from rag.types import Language, Paragraph

# Share of the similarity of meaning in a sentence's relevance; the rest is words in common.
_MEANING = 0.6
# A sentence that has what a question asks for (a date, a count, names) is worth this much more.
_FITS = 0.3
# A paragraph of up to this many characters is quoted whole when the question is not a brief one.
_WHOLE = 480
# Sentences quoted besides the best one must come this near to its relevance.
_NEAR = 0.8
_MOST_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    relevance: float


class ExtractiveGenerator:
    """Quotes; for a brief question one sentence, for a list its items, else the sentences of the
    best paragraph that are nearest to the question."""

    def __init__(self, encoder: Encoder, lexicon: Lexicon) -> None:
        self._encoder = encoder
        self._lexicon = lexicon

    def draft(self, question: str, language: Language, evidence: Sequence[Evidence]) -> list[str]:
        """Draft lines with quotation markers, in the question's language around the quotes.

        `evidence` holds what is to be cited and nothing else: one paragraph, a lead-in with its
        items, or one paragraph a document for a comparison.
        """
        says = phrases(language)
        wanted = Expectation(question, language, self._lexicon)
        by_marker = {one.marker: one for one in evidence}
        listed = {marker for one in evidence for marker in one.items}
        lines: list[str] = []
        previous = ""
        for one in evidence:
            if one.marker in listed:
                continue
            if one.items:
                lines += _listing(says, one, [by_marker[marker] for marker in one.items])
            else:
                template = says.according
                if one.paragraph.document_id == previous:
                    template = says.same_source
                quotes = self._quotes(question, language, wanted, one)
                lines.append(_framed(template, says, one.paragraph, " […] ".join(quotes)))
            previous = one.paragraph.document_id
        return lines

    def _quotes(
        self, question: str, language: Language, wanted: Expectation, one: Evidence
    ) -> list[str]:
        """Quotation markers of the chosen sentences, neighbours joined, in document order."""
        text = one.paragraph.text
        sentences = self._sentences(question, language, wanted, one.paragraph)
        if len(sentences) == 1 or (not wanted.intent.brief and len(text) <= _WHOLE):
            return [quote_marker(one.marker, sentences[0].start, sentences[-1].end)]
        ranked = sorted(sentences, key=lambda s: -s.relevance)
        most = 1 if wanted.intent.brief else _MOST_SENTENCES
        chosen = [s for s in ranked[:most] if s.relevance >= _NEAR * ranked[0].relevance]
        spans: list[tuple[int, int]] = []
        for sentence in sorted(chosen, key=lambda s: s.start):
            if spans and not text[spans[-1][1] : sentence.start].strip():
                spans[-1] = (spans[-1][0], sentence.end)
            else:
                spans.append((sentence.start, sentence.end))
        return [quote_marker(one.marker, start, end) for start, end in spans]

    def _sentences(
        self, question: str, language: Language, wanted: Expectation, paragraph: Paragraph
    ) -> list[_Sentence]:
        spans = languages.sentences(paragraph.text, paragraph.language)
        if len(spans) == 1:
            return [_Sentence(*spans[0], 1.0)]
        texts = [" ".join(paragraph.text[start:end].split()) for start, end in spans]
        asked = self._encoder.encode_queries([question])[0]
        meaning = self._encoder.encode_passages(texts) @ asked
        terms = self._lexicon.question_terms(question, language)
        scored = []
        for (start, end), text, similar in zip(spans, texts, meaning, strict=True):
            share = self._lexicon.share(terms, text, paragraph.language)
            bonus = _FITS * wanted.met(text, paragraph.language)
            relevance = _MEANING * float(similar) + (1 - _MEANING) * share + bonus
            scored.append(_Sentence(start, end, relevance))
        return scored


def _listing(says: Phrases, lead: Evidence, items: Sequence[Evidence]) -> list[str]:
    framed = _framed(says.according, says, lead.paragraph, _whole(lead))
    return [framed, *(says.item.format(quote=_whole(item)) for item in items)]


def _framed(template: str, says: Phrases, paragraph: Paragraph, quote: str) -> str:
    title, place = plain(paragraph.title), plain(says.place(paragraph))
    return template.format(title=title, place=place, quote=quote)


def _whole(one: Evidence) -> str:
    return quote_marker(one.marker, 0, len(one.paragraph.text))
