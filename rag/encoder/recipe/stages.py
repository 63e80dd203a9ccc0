"""What encoder and reranker learn from beside the corpus: the files of texts, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass

DOCUMENTS = "documents"
# The files of questions on the corpus that the encoder learns from by contrast, with DOCUMENTS.
ASKED = ("questions", "claims", "more")


@dataclass(frozen=True, slots=True)
class Draw:
    """How much a step reads: `questions`, each with its passage, a question near to it that the
    passage leaves unanswered, and `wrong` passages; and passages with `claims`."""

    questions: int
    wrong: int
    claims: int = 0


@dataclass(frozen=True, slots=True)
class Stage:
    """A training of the reranker: `texts` are the files of questions or documents that it reads,
    `rate` is its learning rate, `steps` its usual length."""

    name: str
    texts: tuple[str, ...]
    draw: Draw
    rate: float
    steps: int


STAGES = (
    Stage("passages", ASKED, Draw(questions=8, wrong=2, claims=3), 1e-4, 1300),
    Stage("documents", ("claims", DOCUMENTS), Draw(questions=10, wrong=3, claims=1), 1e-4, 1400),
    Stage("together", (*ASKED, DOCUMENTS), Draw(questions=10, wrong=3, claims=2), 1e-4, 1400),
)
