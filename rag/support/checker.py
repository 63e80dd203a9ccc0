"""The support checker: signals of a claim against its cited paragraphs, weighed to a score."""

from __future__ import annotations

from collections.abc import Sequence

from rag.encoder import Encoder
from rag.reranker import Reranker
from rag.support import weights
from rag.support.comparison import Comparison
from rag.support.doubt import Doubt
from rag.support.nearness import Nearness
from rag.support.signals import Signals
from rag.support.values import Claim, Reason, Support
from rag.support.weights import Weights
from rag.translation import Lexicon

_MOST_TERMS = 5


class Checker:
    """Checks sentences of any generator against their cited paragraphs. Safe to share."""

    def __init__(
        self,
        encoder: Encoder,
        reader: Reranker,
        lexicon: Lexicon,
        calibration: Weights | None = None,
    ) -> None:
        self._encoder = encoder
        self._reader = reader
        self._lexicon = lexicon
        self._weights = calibration or weights.bundled()

    def check(self, claims: Sequence[Claim]) -> tuple[Support, ...]:
        """The support of each claim, in their order; deterministic. Texts are encoded together,
        so that an answer's sentences are best checked in one call."""
        compared = [Comparison(claim, self._lexicon) if claim.cited else None for claim in claims]
        unlike = [one for one in compared if one and not one.verbatim]
        nearness, doubt = self._read(unlike)
        return tuple(
            self._judge(one, nearness, doubt) if one else _uncited(claim)
            for claim, one in zip(claims, compared, strict=True)
        )

    def signals(self, claims: Sequence[Claim]) -> tuple[Signals, ...]:
        """What `check` weighs, for fitting the weights. Every claim must cite something."""
        compared = [Comparison(claim, self._lexicon) for claim in claims]
        nearness, doubt = self._read(compared)
        return tuple(one.judge(nearness, doubt).signals for one in compared)

    def _read(self, compared: Sequence[Comparison]) -> tuple[Nearness, Doubt]:
        return (
            Nearness(self._encoder, (text for one in compared for text in one.texts())),
            Doubt(self._reader, (pair for one in compared for pair in one.pairs())),
        )

    def _judge(self, compared: Comparison, nearness: Nearness, doubt: Doubt) -> Support:
        claim = compared.claim
        if compared.verbatim:
            return Support(claim, 1.0, "supported", ())
        judged = compared.judge(nearness, doubt)
        threshold = self._weights.threshold
        score = self._weights.probability(judged.signals)
        if compared.numbers or compared.dates:
            # However near the rest: a number that is not there is never supported.
            score *= threshold
        reasons = (*compared.numbers, *compared.dates, *compared.names, *judged.turned)
        reasons += (*compared.terms[:_MOST_TERMS], *judged.far)
        if score >= threshold:
            return Support(claim, score, "supported", reasons)
        return Support(
            claim, score, "unsupported", reasons or (Reason("meaning", 0, len(claim.text)),)
        )


def _uncited(claim: Claim) -> Support:
    return Support(claim, 0.0, "unsupported", (Reason("uncited", 0, len(claim.text)),))
