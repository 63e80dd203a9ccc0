"""The settings read from the environment, in one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.chat_settings import ChatSettings
from rag.errors import InvalidInput

BUNDLED_ENCODER = "bundled"


@dataclass(frozen=True, slots=True)
class Settings:
    """`encoder` is «bundled», a folder, or a hub name that sentence-transformers opens.

    The prefixes are put before each query or passage (the E5 family needs «query: »,
    «passage: »). What was chosen when an index was built is read from its manifest, so these
    only matter to `rag index` and `rag beir`. `chat` is None where no chat model is configured.
    `feedback` is the file that readers' judgments go to; None: feedback.jsonl in the index folder.
    """

    index: Path = Path("index")
    seeds: Path = Path("seeds")
    encoder: str = BUNDLED_ENCODER
    query_prefix: str = ""
    passage_prefix: str = ""
    threads: int = 0
    host: str = "127.0.0.1"
    port: int = 7860
    chat: ChatSettings | None = None
    feedback: Path | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read RAG_INDEX, RAG_SEEDS, RAG_ENCODER, RAG_QUERY_PREFIX, RAG_PASSAGE_PREFIX,
        RAG_THREADS (0: all cores), RAG_HOST, RAG_PORT and RAG_FEEDBACK, and what `ChatSettings`
        reads.

        Raises InvalidInput, naming the variable, if a value makes no sense.
        """
        default = cls()
        return cls(
            index=Path(environ.get("RAG_INDEX", default.index)),
            seeds=Path(environ.get("RAG_SEEDS", default.seeds)),
            encoder=environ.get("RAG_ENCODER", default.encoder),
            query_prefix=environ.get("RAG_QUERY_PREFIX", ""),
            passage_prefix=environ.get("RAG_PASSAGE_PREFIX", ""),
            threads=_whole_number(environ, "RAG_THREADS", default.threads),
            host=environ.get("RAG_HOST", default.host),
            port=_whole_number(environ, "RAG_PORT", default.port),
            chat=ChatSettings.from_env(environ),
            feedback=Path(environ["RAG_FEEDBACK"]) if environ.get("RAG_FEEDBACK") else None,
        )


def _whole_number(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name, "")
    if not value:
        return default
    if not value.isdecimal():
        raise InvalidInput(f"{name}={value!r} is not a whole number; unset it or give one.")
    return int(value)
