"""Labelled sentences as the answers of a scripted model: what is shown unflagged, and how fast.

`python tests/adversarial.py` plays all pairs of evals/support, measures streaming, prints the
figures and writes them to evals/results/chat-model.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from harbour import QUESTIONS, indexed
from scripted_model import ScriptedModel, served
from scripted_steps import KEY, End, Prompt, Step

from rag.abstention import SIGNALS, Abstention
from rag.assistant import Assistant
from rag.chat_model import BackgroundLoop, ChatGenerator, Fault, Nearness, Written, open_chat_model
from rag.chat_settings import ChatSettings, Secret
from rag.encoder import Encoder, open_encoder
from rag.evaluation.pairs import Pair, load_pairs
from rag.reranker import open_reranker
from rag.support import Checker
from rag.translation import Glossary, Lexicon, bundled_table
from rag.types import Answer, Delta, Paragraph

ROOT = Path(__file__).parent.parent
CLASSES = ("number", "date", "name", "negation", "partly", "unrelated", "supported")
TIMEOUT = 2.0


@dataclass(frozen=True)
class Outcome:
    """`shown` without a flag, and whether the checker alone finds the sentence supported."""

    pair: Pair
    shown: bool
    accepted: bool


def kind(pair: Pair) -> str:
    return pair.change or pair.label


def pairs() -> tuple[Pair, ...]:
    return load_pairs(ROOT / "evals" / "support")


def play(chosen: Sequence[Pair], model: ScriptedModel, encoder: Encoder) -> list[Outcome]:
    """Each sentence is the whole answer of a model that cites the pair's paragraph."""
    lexicon = Lexicon(bundled_table(), Glossary())
    checker = Checker(encoder, open_reranker(), lexicon)
    settings = ChatSettings("openai", "labelled", model.url, Secret(KEY), timeout=60.0)
    generator = ChatGenerator(
        open_chat_model(settings), settings, checker, Nearness(encoder, lexicon)
    )
    outcomes = []
    for pair in chosen:
        # Alone, as the generator asks: in other company scores differ in their last bits.
        [support] = checker.check([pair.claim])
        model.said["labelled"] = _saying(pair.sentence)
        question = {"fr": "Que dit ce texte ?", "en": "What does this text say?"}[pair.language]
        paragraph = _paragraph(pair)

        def answer(
            pair: Pair = pair, question: str = question, paragraph: Paragraph = paragraph
        ) -> object:
            return generator.stream(question, pair.language, [paragraph])

        try:
            *_, written = BackgroundLoop().iterate(answer)  # type: ignore[arg-type]
        except Fault:
            shown = False
        else:
            assert isinstance(written, Written)
            shown = any(statement.flag is None for statement in written.statements)
        outcomes.append(Outcome(pair, shown, support.supported))
    return outcomes


def _saying(sentence: str) -> object:
    def part(prompt: Prompt, attempt: int) -> Iterator[Step]:
        [one] = prompt.paragraphs
        yield f"{sentence} [{one.marker}]"
        yield End()

    return part


def _paragraph(pair: Pair) -> Paragraph:
    text, id = pair.paragraph.text, pair.paragraph.id
    language = pair.paragraph.language
    return Paragraph(id, id, id, "", language, "", "", None, 0, len(text), text, "")


# --- figures --------------------------------------------------------------------------------


def table(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    found = {}
    for name in CLASSES:
        mine = [one for one in outcomes if kind(one.pair) == name]
        found[name] = {
            "played": len(mine),
            "shown_unflagged": sum(one.shown for one in mine),
            "accepted_by_the_checker_alone": sum(one.accepted for one in mine),
            "shown_beyond_the_checker": sum(one.shown and not one.accepted for one in mine),
        }
    return found


async def first_tokens(assistant: Assistant, model: ScriptedModel, at_once: int) -> list[float]:
    """Milliseconds from the model's first token to the reader's, of simultaneous questions."""
    name = assistant._chat_settings.model  # type: ignore[union-attr]
    before = len(model.attempts(name))
    seen: list[float] = []

    async def one() -> None:
        first = True
        async for item in assistant.astream(QUESTIONS["fr"]):
            if first and isinstance(item, Delta):
                seen.append(time.monotonic())
                first = False

    await asyncio.gather(*(one() for _ in range(at_once)))
    sent = sorted(played.first_token for played in model.attempts(name)[before:])
    return [(a - b) * 1000 for a, b in zip(sorted(seen), sent, strict=True)]


def streaming(model: ScriptedModel, encoder: Encoder, folder: Path) -> dict[str, object]:
    never = Abstention(0.0, (0.0,) * len(SIGNALS), 0.0)
    index = indexed(folder)

    def assistant(name: str) -> Assistant:
        settings = ChatSettings("openai", name, model.url, Secret(KEY), timeout=TIMEOUT * 10)
        return Assistant(index, encoder, never, settings)

    alone, together = assistant("deliberate"), assistant("deliberate")
    alone.ask(QUESTIONS["fr"])
    singles = [ms for _ in range(20) for ms in asyncio.run(first_tokens(alone, model, 1))]
    eights = [ms for _ in range(5) for ms in asyncio.run(first_tokens(together, model, 8))]
    settings = ChatSettings("openai", "hanging", model.url, Secret(KEY), timeout=TIMEOUT)
    hanging = Assistant(index, encoder, never, settings)
    began = time.monotonic()
    answer = hanging.ask(QUESTIONS["fr"])
    assert isinstance(answer, Answer)
    assert answer.citations
    over = time.monotonic() - began - TIMEOUT
    return {
        "first_token_ms_after_the_model": {"one": _spread(singles), "eight": _spread(eights)},
        "seconds_over_the_time_out_of_a_hanging_endpoint": round(over, 2),
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "n": len(values),
        "median": round(median(values), 1),
        "p95": round(quantiles(values, n=20)[-1], 1),
        "max": round(max(values), 1),
    }


def main() -> None:
    encoder = open_encoder(threads=1)
    with served() as model, tempfile.TemporaryDirectory() as folder:
        record = {
            "command": "python tests/adversarial.py",
            "commit": subprocess.run(
                ["git", "rev-parse", "--short=10", "HEAD"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip(),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "load_average": round(os.getloadavg()[0], 1),
            "streaming": streaming(model, encoder, Path(folder)),
            "pairs": table(play(pairs(), model, encoder)),
        }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    (ROOT / "evals" / "results" / "chat-model.json").write_text(f"{text}\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    sys.exit(main())
