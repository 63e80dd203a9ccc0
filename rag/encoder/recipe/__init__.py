"""How the bundled encoder is made: align → vocabulary → distil → pack (see MODEL_CARD.md)."""
