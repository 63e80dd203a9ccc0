"""Support: whether the cited paragraphs bear out a sentence, from what can be computed.

Numbers and dates agree, names and terms stand there directly or by translation, the meaning is
near, nothing is negated or reversed, and a cross-encoder that has read many sentences beside what
bears them out does not doubt it. It is called support and never entailment: no logic is done.

    checker = Checker(encoder, open_reranker(), index.lexicon)
    [found] = checker.check([Claim.citing("Le plafond est de 5 %.", "fr", [paragraph])])
    if not found.supported:
        for reason in found.reasons:
            print(reason.kind, found.claim.text[reason.start : reason.end])
"""

from rag.support.checker import Checker
from rag.support.values import Cited, Claim, Reason, ReasonKind, Support, Verdict

__all__ = ["Checker", "Cited", "Claim", "Reason", "ReasonKind", "Support", "Verdict"]
