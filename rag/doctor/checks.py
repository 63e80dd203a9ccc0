"""One check for each thing that answers rest on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from rag.chat_model import BackgroundLoop, Fault, open_chat_model
from rag.chat_model.call import Ended, call
from rag.chat_model.prompt import Prompt
from rag.chat_model.providers import endpoint, key_source
from rag.chat_settings import ChatSettings
from rag.errors import IndexMissing, RagError
from rag.settings import BUNDLED_ENCODER, Settings

# «off»: not configured, and not needed. «missing»: to be made by a command that is named.
State = Literal["ok", "off", "missing", "failed"]
_PATIENCE = 15.0
_TOKENS = 16
_PROBE = Prompt("Answer with one word.", "Say: yes")


@dataclass(frozen=True, slots=True)
class Check:
    """`offline` whether the subject works without any other machine; `downloads` what would be
    fetched at the next use («» for nothing)."""

    subject: str
    state: State
    text: str
    offline: bool = True
    downloads: str = ""


def examine(index: Path, settings: Settings, environ: Mapping[str, str]) -> Iterator[Check]:
    """Checks in the order in which answering needs them.

    Only the configured chat model is contacted: it is asked for one word.
    """
    yield from _index(index)
    yield _encoder(settings)
    yield Check("search, extractive answers, chat page", "ok", "need no network and no key")
    yield from _chat(settings.chat, environ)


def _index(path: Path) -> Iterator[Check]:
    from rag.index import Index

    try:
        opened = Index.open(path)
    except IndexMissing as error:
        yield Check("index", "missing", str(error))
        return
    except RagError as error:
        yield Check("index", "failed", str(error))
        return
    count = f"{len(opened.documents)} documents, {len(opened.paragraphs)} paragraphs"
    built = opened.manifest.encoder.name
    yield Check("index", "ok", f"{path}: {count}, built with the encoder «{built}»")
    if built != BUNDLED_ENCODER:
        yield _named_encoder("encoder of the index", built)


def _encoder(settings: Settings) -> Check:
    if settings.encoder == BUNDLED_ENCODER:
        return Check("encoder", "ok", "bundled with the package")
    return _named_encoder("encoder", settings.encoder)


def _named_encoder(subject: str, name: str) -> Check:
    """A folder, or a model of the hub that is downloaded once."""
    if Path(name).is_dir():
        return Check(subject, "ok", f"folder {name}")
    from huggingface_hub import try_to_load_from_cache

    try:
        cached = isinstance(try_to_load_from_cache(name, "config.json"), str)
    except ValueError as error:
        return Check(subject, "failed", f"«{name}» is neither a folder nor a hub model ({error})")
    if cached:
        return Check(subject, "ok", f"{name}, already downloaded")
    text = f"{name} is not on this machine yet"
    return Check(subject, "missing", text, offline=False, downloads=f"{name}, from its hub")


def _chat(settings: ChatSettings | None, environ: Mapping[str, str]) -> Iterator[Check]:
    if settings is None:
        yield Check("chat model", "off", "RAG_LLM is not set; answers are quoted word for word")
        return
    try:
        found = endpoint(settings, environ)
    except RagError as error:
        yield Check("chat model", "failed", str(error), offline=False)
        return
    offline = _local(found.url)
    where = found.url or f"the endpoint that the package of {settings.provider} chooses"
    if found.source:
        where = f"{where} (from {found.source})"
    key = key_source(settings, environ)
    keyed = f"key from {key}" if key else "no key"
    limits = (
        f"time-out {settings.timeout:g} s, window {settings.window} tokens of which "
        f"{settings.answer_tokens} for the answer, unsupported sentences: {settings.unsupported}"
    )
    yield Check(
        "chat model", "ok", f"{settings.name} at {where}, {keyed}, {limits}", offline=offline
    )
    yield _reached(settings, offline)


def _reached(settings: ChatSettings, offline: bool) -> Check:
    brief = replace(settings, timeout=min(settings.timeout, _PATIENCE), answer_tokens=_TOKENS)
    subject = "chat model, reached"
    try:
        model = open_chat_model(brief)
        began = time.perf_counter()
        *pieces, ended = BackgroundLoop().iterate(lambda: call(model, brief, _PROBE))
    except RagError as error:
        return Check(subject, "failed", str(error), offline=offline)
    except Fault as fault:
        text = f"{fault}; answers are quoted word for word meanwhile"
        return Check(subject, "failed", text, offline=offline)
    elapsed = time.perf_counter() - began
    if any(isinstance(piece, str) and piece.strip() for piece in pieces):
        return Check(subject, "ok", f"it answered in {elapsed:.1f} s", offline=offline)
    if isinstance(ended, Ended) and ended.cut:
        # As models do that think first.
        text = f"it was reached in {elapsed:.1f} s, and its first {_TOKENS} tokens hold no answer"
        return Check(subject, "ok", text, offline=offline)
    text = "it answered nothing; answers are quoted word for word meanwhile"
    return Check(subject, "failed", text, offline=offline)


def _local(url: str) -> bool:
    """Whether the endpoint is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    # A server told to listen everywhere (0.0.0.0) is asked here.
    return address.is_loopback or address.is_unspecified
