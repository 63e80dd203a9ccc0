"""What can go wrong, in words a user can act on: what happened, where, and the next command."""


class RagError(Exception):
    """Base of every error that a face shows to its user."""


class UnreadableDocument(RagError):
    """A file could not be read as text; the message names the file and the reason."""


class InvalidInput(RagError):
    """A question file, test set or BEIR folder is malformed; the message names file, line, field."""


class IndexMissing(RagError):
    """There is no index at the given folder."""


class IndexMismatch(RagError):
    """The index was built by another encoder, chunker or format than the one in use."""


class IndexCorrupt(RagError):
    """An index file is missing, truncated or altered."""


class EncoderUnavailable(RagError):
    """The sentence encoder cannot be loaded."""


class GeneratorFailed(RagError):
    """The answer could not be generated; `retryable` says whether trying again may help."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable
