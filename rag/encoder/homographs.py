"""Words that both languages write alike and mean differently: «main», «or», «car», «comment».

The vocabulary has one row more for such a word, which a text of the other language reads in its
place: the token «main·fr» stands for «main» in a French text. No text has such a token of its own,
because the tokenizer parts words at signs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from rag.language import grammar_language
from rag.types import Language

_MARK = "·"
_CONTINUED = "##"


def reading(word: str, language: Language) -> str:
    """The token that texts of a language read in place of `word`."""
    return f"{word}{_MARK}{language}"


class Homographs:
    """Which token ids a text reads otherwise, by its language."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        """`vocabulary` gives the id of each token, the readings among them."""
        self._read: dict[str, Tensor] = {}
        self._alike = torch.zeros(len(vocabulary), dtype=torch.bool)
        self._continued = torch.zeros(len(vocabulary), dtype=torch.bool)
        # All at once: one by one they would take a tenth of a second of every start.
        continued = [own for token, own in vocabulary.items() if token.startswith(_CONTINUED)]
        self._continued[continued] = True
        for token, own in vocabulary.items():
            word, mark, language = token.partition(_MARK)
            if word and mark and language:
                if language not in self._read:
                    self._read[language] = torch.arange(len(vocabulary))
                self._read[language][vocabulary[word]] = own
                self._alike[vocabulary[word]] = True

    def resolve(self, ids: Tensor, texts: Sequence[str], own: Tensor | None = None) -> Tensor:
        """The ids (texts, tokens) as each text reads them; those that are not `own` tokens of the
        text (texts, tokens) stay. So do those of a text whose language its words do not tell."""
        found = self._alike[ids]
        # The first piece of a longer word is not the word.
        found[:, :-1] &= ~self._continued[ids[:, 1:]]
        if own is not None:
            found &= own
        resolved = ids.clone()
        for at in found.any(1).nonzero().flatten().tolist():
            read = self._read.get(grammar_language(texts[at]) or "")
            if read is not None:
                resolved[at] = torch.where(found[at], read[ids[at]], ids[at])
        return resolved
