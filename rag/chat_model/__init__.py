"""Answers written by the user's chat model, from paragraphs and from nothing else."""

from rag.chat_model.faults import Fault
from rag.chat_model.generator import ChatGenerator, SupportChecker, Written
from rag.chat_model.loop import BackgroundLoop
from rag.chat_model.nearness import Nearness
from rag.chat_model.providers import open_chat_model
from rag.chat_model.words import instead, words

__all__ = [
    "BackgroundLoop",
    "ChatGenerator",
    "Fault",
    "Nearness",
    "SupportChecker",
    "Written",
    "instead",
    "open_chat_model",
    "words",
]
