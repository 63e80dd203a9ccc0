"""The `rag` command. Heavy modules are imported by the commands that need them."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag import __version__
from rag.errors import InvalidInput, RagError
from rag.questions import Question, read_questions
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.assistant import Assistant

_RESULTS = Path("evals/results")
_EPILOG = """examples:
  rag index                                   index the documents of seeds/
  rag index ~/archive --index ~/archive.index index a folder of your own
  rag ask "Combien de Membres ont signé la déclaration conjointe ?"
  rag ask "Until when are customs duties suspended?" --json
  rag search "plan de travail" -k 3
  rag ask --from questions.jsonl > answers.jsonl
  rag chat --port 7861
  RAG_LLM=ollama:llama3.1 rag chat            let a chat model write the answers
  rag doctor                                  what is configured, and whether it works
  rag eval                                    score the test set, write evals/results/, compare
  rag eval ~/archive.test --out ~/results     a collection with questions of its own
  rag beir sets/faq-fr-en sets/faq-en-fr      score retrieval on BEIR folders

environment: RAG_INDEX, RAG_SEEDS, RAG_ENCODER, RAG_QUERY_PREFIX, RAG_PASSAGE_PREFIX, RAG_THREADS,
RAG_HOST, RAG_PORT
chat model: RAG_LLM (provider:model), RAG_LLM_URL, RAG_LLM_KEY or RAG_LLM_KEY_FILE,
RAG_LLM_TEMPERATURE, RAG_LLM_TIMEOUT, RAG_LLM_WINDOW, RAG_LLM_ANSWER_TOKENS, RAG_LLM_UNSUPPORTED
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0, 1 for an error told in one line, 2 for bad usage."""
    # No model hub and no telemetry unless the user asks for them: nothing here needs the network.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    try:
        settings = Settings.from_env(os.environ)
        options = _parser(settings).parse_args(arguments)
        status: int = options.run(options, settings)
        return status
    except RagError as error:
        print(f"rag: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("rag: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (head, less) has gone; say nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rag",
        description="Ask a document collection in French or English; every sentence of the "
        "answer cites the paragraph that supports it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"rag {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--index", type=Path, default=settings.index, help="index folder (default: %(default)s)"
    )
    common.add_argument("--json", action="store_true", help="print JSON")

    index = commands.add_parser("index", parents=[common], help="build or refresh the index")
    index.add_argument(
        "paths", nargs="*", type=Path, help=f"files or folders (default: {settings.seeds})"
    )
    index.add_argument("--rebuild", action="store_true", help="build even if nothing changed")
    index.set_defaults(run=_index)

    for name, help, run in (
        ("search", "the paragraphs nearest to a question", _search),
        ("ask", "a cited answer to a question", _ask),
    ):
        command = commands.add_parser(name, parents=[common], help=help)
        command.add_argument("question", nargs="?", metavar="QUESTION")
        command.add_argument(
            "--from",
            dest="file",
            type=Path,
            metavar="FILE.jsonl",
            help='one {"id": …, "question": …} a line, a follow-up with its earlier "turns"; '
            "prints one JSON a line, in order",
        )
        command.add_argument(
            "-k", type=_positive, default=5, help="hits to show (default: %(default)s)"
        )
        command.set_defaults(run=run)
        if name == "ask":
            command.add_argument(
                "--after",
                action="append",
                default=[],
                metavar="QUESTION",
                help="what was asked before, for a follow-up; may be repeated, oldest first",
            )

    chat = commands.add_parser("chat", parents=[common], help="open the chat in the browser")
    chat.add_argument("--host", default=settings.host, help="default: %(default)s")
    chat.add_argument("--port", type=_positive, default=settings.port, help="default: %(default)s")
    chat.set_defaults(run=_chat)

    evaluate = commands.add_parser(
        "eval",
        parents=[common],
        help="score the cited-answer test set",
        description="Score a test set, write the result as JSON and as a page to read, and compare "
        "it with the newest result of the same name that the folder holds.",
    )
    evaluate.add_argument(
        "file",
        nargs="?",
        type=Path,
        default=Path("evals/questions.jsonl"),
        help="a test set, or a folder with questions.jsonl and documents/ (default: %(default)s)",
    )
    evaluate.add_argument(
        "--answerer",
        choices=("assistant", "copy-top", "refuse", "inject-markers"),
        default="assistant",
        help="the answerer scored: the product, or a trivial one to compare with",
    )
    evaluate.add_argument(
        "--quick",
        action="store_true",
        help="about a quarter of the questions; written only with --out",
    )
    evaluate.add_argument(
        "--out", type=Path, metavar="DIR", help=f"where results are written (default: {_RESULTS})"
    )
    evaluate.add_argument(
        "--gate", type=Path, metavar="FILE", help="fail if a figure fell below this baseline"
    )
    evaluate.add_argument(
        "--accept", type=Path, metavar="FILE", help="write the figures as the new baseline"
    )
    evaluate.add_argument(
        "--compare",
        nargs=2,
        type=Path,
        metavar=("A", "B"),
        help="compare two result files instead: paired tests, and the questions that flipped",
    )
    evaluate.add_argument(
        "--judge",
        action="store_true",
        help="let the chat model of RAG_LLM judge what is supported, not the checker",
    )
    evaluate.add_argument(
        "--judge-pairs",
        type=_count,
        default=60,
        metavar="N",
        help="labelled pairs of evals/support that such a judge's agreement is measured on first "
        "(default: %(default)s; 0: none)",
    )
    evaluate.set_defaults(run=_eval)

    doctor = commands.add_parser(
        "doctor", parents=[common], help="what is configured, reachable and works offline"
    )
    doctor.set_defaults(run=_doctor)

    feedback = commands.add_parser(
        "feedback",
        parents=[common],
        help="what readers of the chat thought, as candidate lines of a test set",
    )
    feedback.add_argument("action", choices=("export",))
    feedback.add_argument(
        "file", nargs="?", type=Path, help="default: feedback.jsonl in the index folder"
    )
    feedback.set_defaults(run=_feedback)

    beir = commands.add_parser("beir", parents=[common], help="score retrieval on BEIR folders")
    beir.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    beir.set_defaults(run=_beir)
    return parser


def _count(text: str) -> int:
    return 0 if text == "0" else _positive(text)


def _positive(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return value


def _print_json(record: object, *, indent: int | None = None) -> None:
    print(json.dumps(record, ensure_ascii=False, indent=indent), flush=True)


def _index(options: argparse.Namespace, settings: Settings) -> int:
    from rag.index import build

    paths = options.paths or [settings.seeds]
    report = build(paths, options.index, settings, rebuild=options.rebuild, progress=True)
    if options.json:
        _print_json(report.record())
    else:
        print(report)
    return 0


def _questions(options: argparse.Namespace) -> tuple[Question, ...] | None:
    """The questions of --from, or None when one was given on the command line."""
    if (options.file is None) == (options.question is None):
        raise InvalidInput('give one question ("…?") or --from FILE.jsonl, not both.')
    return read_questions(options.file) if options.file else None


def _open(options: argparse.Namespace, settings: Settings) -> Assistant:
    from rag.assistant import Assistant

    return Assistant.open(options.index, chat=settings.chat)


def _search(options: argparse.Namespace, settings: Settings) -> int:
    from dataclasses import replace

    from rag.language import identify
    from rag.records import search_record

    questions = _questions(options)
    assistant = _open(options, replace(settings, chat=None))
    if questions is not None:
        for question in questions:
            hits = assistant.search(question.text, options.k, question.turns)
            _print_json(search_record(question.id, question.text, hits))
        return 0
    hits = assistant.search(options.question, options.k)
    if options.json:
        _print_json(search_record("", options.question, hits), indent=2)
    else:
        from rag.terminal import hits_text

        print(hits_text(hits, identify(options.question)))
    return 0


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    from rag.records import answer_record

    questions = _questions(options)
    assistant = _open(options, settings)
    if questions is not None:
        for question in questions:
            answer = assistant.ask(question.text, options.k, question.turns)
            _print_json(answer_record(question.id, answer))
        return 0
    answer = assistant.ask(options.question, options.k, options.after)
    if options.json:
        _print_json(answer_record("", answer), indent=2)
    else:
        from rag.terminal import answer_text

        print(answer_text(answer))
    return 0


def _chat(options: argparse.Namespace, settings: Settings) -> int:
    from dataclasses import replace

    assistant = _open(options, settings)
    from rag.ui import launch

    settings = replace(settings, index=options.index, host=options.host, port=options.port)
    launch(assistant, settings)
    return 0


def _feedback(options: argparse.Namespace, settings: Settings) -> int:
    from rag import feedback
    from rag.candidates import candidates

    path = options.file or settings.feedback or options.index / feedback.FILE
    for line in candidates(feedback.read(path)):
        print(line)
    return 0


def _eval(options: argparse.Namespace, settings: Settings) -> int:
    from rag.assistant import Assistant
    from rag.evaluation import Product, run_compare, run_eval
    from rag.evaluation.collection import prepare
    from rag.evaluation.model_judge import ModelJudge, measured, told

    if options.compare:
        return run_compare(*options.compare, as_json=options.json)

    judge = ModelJudge.open(settings.chat) if options.judge else None
    questions, index = prepare(options.file, options.index, settings)
    product = Product(Assistant.open(index, chat=settings.chat), settings.chat, judge)
    agreement = None
    if judge is not None and options.judge_pairs:
        progress = told if sys.stderr.isatty() else None
        agreement = measured(judge, options.judge_pairs, progress=progress)
    return run_eval(
        product,
        questions,
        name=options.answerer,
        quick=options.quick,
        as_json=options.json,
        out=options.out or (None if options.quick else _RESULTS),
        gate=options.gate,
        accept=options.accept,
        agreement=agreement,
    )


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from rag.doctor import examine, lines, record

    checks = list(examine(options.index, settings, os.environ))
    found = record(checks)
    if options.json:
        _print_json(found, indent=2)
    else:
        print("\n".join(lines(checks)))
    return 0 if found["healthy"] else 1


def _beir(options: argparse.Namespace, settings: Settings) -> int:
    from rag.beir import evaluate
    from rag.encoder import open_encoder

    encoder = open_encoder(
        settings.encoder,
        query_prefix=settings.query_prefix,
        passage_prefix=settings.passage_prefix,
        threads=settings.threads,
    )
    for folder in options.folders:
        _print_json(evaluate(folder, encoder).record())
    return 0


if __name__ == "__main__":
    sys.exit(main())
