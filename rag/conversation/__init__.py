"""A question that follows others → the same question, standing alone.

    condenser = RuleCondenser()
    condenser.condense("Et pour la Russie ?", [Turn("Que propose l'Australie sur les données ?")])
    # «Que propose la Russie sur les données ?»

The rules take a question for a follow-up only where its words show it: it is cut short, or refers
to what it does not name. Any other comes back unchanged, for a question spoiled is worse than a
follow-up missed.
"""

from rag.conversation.condenser import Condenser
from rag.conversation.rules import RuleCondenser

__all__ = ["Condenser", "RuleCondenser"]
