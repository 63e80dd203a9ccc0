"""The speeds as Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from evals.bench.reference import NAME as REFERENCE
from evals.bench.report import Setting, head, row
from evals.bench.timing import SHOWN, Large, Latency, Throughput

BUNDLED = "bundled"
PARAGRAPH = 120  # tokens of a passage of the large collection
VECTORS: Mapping[str, str] = {
    "random": "The vectors of these passages and of their tokens are RANDOM: the texts are real "
    "sentences in another order, the questions are encoded, and what is found means nothing.",
    "encoder": "The vectors are the bundled encoder's own.",
}


@dataclass(frozen=True, slots=True)
class Speed:
    """All figures of a run. `vectors` is a name of VECTORS."""

    setting: Setting
    load: float
    throughputs: Sequence[Throughput]
    encoding: Latency
    large: Large | None
    vectors: str
    skipped: Sequence[str]

    def record(self) -> Mapping[str, object]:
        """As JSON values."""
        return {
            **self.setting.record(),
            "load": self.load,
            "skipped": list(self.skipped),
            "throughput": [_throughput_record(one) for one in self.throughputs],
            "encoding": _latency_record(self.encoding),
            "large": self.large
            and {
                "passages": self.large.passages,
                "vectors": self.vectors,
                "index_seconds": round(self.large.index_seconds, 1),
                "queries": [_latency_record(one) for one in self.large.latencies],
            },
        }


def markdown(measured: Speed) -> str:
    """A table of the encoders' throughput, and one of what a question takes."""
    return "\n".join(_lines(measured)) + "\n"


def _lines(measured: Speed) -> Iterator[str]:
    yield from ("# Speed", "", *measured.setting.lines(), "")
    yield f"Load of the machine at the end: {measured.load}."
    for reason in measured.skipped:
        yield f"Skipped: {reason}"
    yield from ("", "## Encoding passages", "")
    yield (
        f"{measured.throughputs[0].texts} texts at once on one thread, the median of "
        f"{len(measured.throughputs[0].rounds[BUNDLED])} rounds in turn; all-MiniLM-L6-v2 in "
        "float32. «as fast» is the median of the rounds' ratios, with the least and the most; then "
        "by the processor's time, which other work on the machine disturbs less. The length of a "
        "text is as `rag.tokens` counts; beside it stands what each encoder reads."
    )
    yield ""
    names = list(measured.throughputs[0].rounds)
    compared = ("as fast", "by processor") if REFERENCE in names else ()
    columns = [title for name in names for title in (f"{name} tokens", f"{name} texts/s")]
    yield from head(("texts", *columns, *compared))
    for one in measured.throughputs:
        yield _throughput_row(one)
    yield from ("", "## A question", "")
    yield from head(("", "questions", "ms p50", "p95", "processor ms p50"))
    yield _latency_row(measured.encoding, "encoding it, its tokens included")
    if measured.large is not None:
        over = measured.large
        for asked in over.latencies:
            yield _latency_row(asked, f"{asked.what} over {over.passages:,} passages, end to end")
        yield ""
        yield (
            f"End to end: from the text to {SHOWN} paragraphs. Passages of about {PARAGRAPH} "
            f"tokens, half of them in each language, indexed in {over.index_seconds:.0f} s. "
            f"{VECTORS[measured.vectors]}"
        )


def _throughput_row(one: Throughput) -> str:
    cells = [f"{one.length} tokens, {one.language}"]
    for name in one.rounds:
        cells += [f"{one.tokens[name]:.0f}", f"{one.per_second(name):.0f}"]
    if REFERENCE in one.rounds:
        ratios = one.ratios(BUNDLED, REFERENCE)
        clock = [ratio.clock for ratio in ratios]
        cells.append(f"{median(clock):.2f} × [{min(clock):.2f}, {max(clock):.2f}]")
        cells.append(f"{median(ratio.processor for ratio in ratios):.2f} ×")
    return row(cells)


def _throughput_record(one: Throughput) -> Mapping[str, object]:
    ratios = one.ratios(BUNDLED, REFERENCE) if REFERENCE in one.rounds else []
    return {
        "language": one.language,
        "length": one.length,
        "texts": one.texts,
        "encoders": {
            name: {
                "tokens": round(one.tokens[name], 1),
                "texts_per_second": round(one.per_second(name), 1),
                "seconds": [round(taken.clock, 4) for taken in rounds],
                "processor_seconds": [round(taken.processor, 4) for taken in rounds],
            }
            for name, rounds in one.rounds.items()
        },
        "ratio": round(median(one.clock for one in ratios), 3) if ratios else None,
        "processor_ratio": round(median(one.processor for one in ratios), 3) if ratios else None,
    }


def _latency_row(one: Latency, what: str) -> str:
    times = (one.percentile(50), one.percentile(95), median(one.processor))
    return row((what, str(len(one.milliseconds)), *(f"{time:.1f}" for time in times)))


def _latency_record(one: Latency) -> Mapping[str, object]:
    return {
        "what": one.what,
        "questions": len(one.milliseconds),
        "ms_p50": round(one.percentile(50), 2),
        "ms_p95": round(one.percentile(95), 2),
        "processor_ms_p50": round(median(one.processor), 2),
    }
