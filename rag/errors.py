"""What can go wrong, in words a user can act on: what happened, where, and the next command."""


class RagError(Exception):
    """Base of every error that a face shows to its user."""


class UnreadableDocument(RagError):
    """A file could not be read as text; the message names the file and the reason."""


class InvalidInput(RagError):
    """A question, test set or BEIR folder is malformed; the message names file, line, field."""


class IndexMissing(RagError):
    """There is no index at the given folder."""


class IndexMismatch(RagError):
    """The index was built by another encoder, chunker or format than the one in use."""


class IndexCorrupt(RagError):
    """An index file is missing, truncated or altered."""


class EncoderUnavailable(RagError):
    """The sentence encoder cannot be loaded."""


class ChatModelUnavailable(RagError):
    """The configured chat model cannot be opened: its package, its name or its settings."""
