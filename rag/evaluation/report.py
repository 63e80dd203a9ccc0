"""A report as JSON for machines, with what it was measured on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from rag.evaluation import curves
from rag.evaluation.metrics import facts_found
from rag.evaluation.model_judge import SEED, Agreement
from rag.evaluation.pairs import HELD_BACK
from rag.evaluation.provenance import Provenance
from rag.evaluation.runner import SLICES, Report, Row, of_language
from rag.evaluation.summary import Figures

FORMAT = 2


def record(report: Report, source: Provenance) -> Mapping[str, object]:
    """Everything as JSON values. Two runs of one configuration differ in `date` and in `cost`,
    which holds the times, and in nothing else."""
    return {
        "format": FORMAT,
        **asdict(source),
        "questions": {name: len(of_language(report.rows, name)) for name in SLICES},
        "figures": {name: _figures(report.figures[name]) for name in SLICES},
        "pairs": {pair: _figures(figures) for pair, figures in report.pairs.items()},
        "kinds": {kind: _figures(figures) for kind, figures in report.kinds.items()},
        "trivial": {name: _figures(figures) for name, figures in report.trivial.items()},
        **({"judge_agreement": _agreement(report.agreement)} if report.agreement else {}),
        "curves": {name: _curves(report, name) for name in SLICES},
        "rows": [_row(row) for row in report.rows],
        "cost": {
            "milliseconds": {
                name: {"p50": round(p50, 1), "p95": round(p95, 1)}
                for name, (p50, p95) in report.latency.items()
            },
            "rows": {row.case.id: round(row.milliseconds, 1) for row in report.rows},
        },
    }


def write(report: Report, source: Provenance, folder: Path) -> Path:
    """Write `<date>-<commit>-<name>.json` into the folder, made if needed; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source.stem}.json"
    text = json.dumps(record(report, source), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _agreement(found: Agreement) -> Mapping[str, str | int | float]:
    return {"part": HELD_BACK, "seed": SEED, **{k: round(v, 4) for k, v in asdict(found).items()}}


def _figures(figures: Figures) -> Mapping[str, Mapping[str, float]]:
    return {
        metric: {
            "value": round(figure.value, 4),
            "low": round(figure.low, 4),
            "high": round(figure.high, 4),
            "n": figure.n,
        }
        for metric, figure in figures.items()
        if figure.n
    }


def _curves(report: Report, name: str) -> Mapping[str, object]:
    rows = of_language(report.rows, name)
    return {
        "recall": [round(value, 4) for value in curves.recall(rows)],
        "risk": [[round(one.coverage, 4), round(one.risk, 4)] for one in curves.risk(rows)],
    }


def _row(row: Row) -> Mapping[str, object]:
    answer = row.real.answer
    return {
        "id": row.case.id,
        "question": row.case.question,
        "turns": [asdict(turn) for turn in row.case.turns],
        "language": row.case.language,
        "kind": row.case.kind,
        "answerable": row.case.answerable,
        "pair": row.pair,
        "answer": answer.text,
        "abstained": answer.abstained,
        "confidence": round(answer.confidence, 4),
        "citations": [
            {
                "marker": citation.marker,
                "paragraph": citation.paragraph.id,
                "start": citation.start,
                "end": citation.end,
            }
            for citation in answer.citations
        ],
        "supports": [
            {"score": round(one.score, 4), "verdict": one.verdict} for one in row.real.supports
        ],
        "hits": [hit.paragraph.id for hit in answer.hits],
        "gold": [sorted(group) for group in row.gold.groups],
        "also": sorted(row.gold.also),
        "facts": [
            {"any": list(fact), "found": found and not answer.abstained}
            for fact, found in zip(
                row.case.facts, facts_found(answer.text, row.case.facts), strict=True
            )
        ],
        "scores": {metric: round(value, 4) for metric, value in row.real.scores.items()},
        "faults": list(row.real.faults),
    }
