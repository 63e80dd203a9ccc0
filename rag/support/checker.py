"""The support checker."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag import analyser
from rag.encoder import Encoder
from rag.support.values import Claim, Reason, Support
from rag.translation import Lexicon

_NUMBER = re.compile(r"\d[\d\s.,]*")


class Checker:
    """Checks sentences of any generator against their cited paragraphs. Safe to share."""

    def __init__(self, encoder: Encoder, lexicon: Lexicon) -> None:
        self._encoder = encoder
        self._lexicon = lexicon

    def check(self, claims: Sequence[Claim]) -> tuple[Support, ...]:
        """The support of each claim, in their order; deterministic. Texts are encoded together,
        so that an answer's sentences are best checked in one call."""
        texts = [claim.text for claim in claims]
        texts += [cited.text for claim in claims for cited in claim.cited]
        unique = list(dict.fromkeys(texts))
        rows = {text: row for row, text in enumerate(unique)}
        vectors = self._encoder.encode_passages(unique)
        found = []
        for claim in claims:
            near = max(
                (float(vectors[rows[claim.text]] @ vectors[rows[c.text]]) for c in claim.cited),
                default=0.0,
            )
            found.append(self._judge(claim, near))
        return tuple(found)

    def _judge(self, claim: Claim, near: float) -> Support:
        if not claim.cited:
            reason = Reason("uncited", 0, len(claim.text))
            return Support(claim, 0.0, "unsupported", (reason,))
        terms = self._lexicon.question_terms(claim.text, claim.language)
        share = max(
            self._lexicon.share(terms, f"{cited.context}\n{cited.text}", cited.language)
            for cited in claim.cited
        )
        there = {
            word
            for cited in claim.cited
            for word in analyser.words(f"{cited.context}\n{cited.text}")
        }
        reasons = [
            Reason("number", number.start(), number.end())
            for number in _NUMBER.finditer(claim.text)
            if not set(analyser.words(number[0])) <= there
        ]
        score = max(0.0, min(1.0, (share + near) / 2)) * (0.4 if reasons else 1.0)
        if score < 0.5 and not reasons:
            reasons.append(Reason("meaning", 0, len(claim.text)))
        return Support(claim, score, "supported" if score >= 0.5 else "unsupported", tuple(reasons))
