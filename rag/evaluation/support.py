"""Fits the support checker to one part of the labelled pairs and judges it by the other.

`python -m rag.evaluation.support` cross-validates on the part to fit to; with `--write` it
replaces `rag/support/weights.json` by what it fitted to all of that part. With `--held-back` the
bundled weights are judged by the parts that nothing is tuned on, held back and hard; `--out FILE`
writes the figures.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.encoder import Encoder, open_encoder
from rag.errors import RagError
from rag.evaluation.pairs import HELD_BACK, PAIRS, Pair, load_pairs, part
from rag.evaluation.provenance import provenance
from rag.evaluation.uncertainty import Figure, Rows, figure_of
from rag.reranker import open_reranker
from rag.support import Checker
from rag.support.signals import SIGNALS
from rag.support.weights import Weights
from rag.translation import Glossary, Lexicon, bundled_table

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

FOLDER = Path("evals/support")
_JUDGED = (HELD_BACK, "hard")
_FOLDS = 5
_STRENGTH = 1.0  # of the L2 penalty on signals of unit deviation
_STEPS = 4000


@dataclass(frozen=True, slots=True)
class Judgement:
    """A pair, and what the checker said of it."""

    pair: Pair
    score: float
    supported: bool


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of all pairs, and each pair's cross-validated score."""

    weights: Weights
    scores: Floats


def checker(encoder: Encoder, weights: Weights | None = None) -> Checker:
    """The checker as the pairs are judged: without any collection's glossary."""
    return Checker(encoder, open_reranker(), Lexicon(bundled_table(), Glossary()), weights)


def fit(signals: Floats, pairs: Sequence[Pair]) -> Fitted:
    """Fit a logistic regression, whose weights may not exceed 0, to signals (pairs, signals).

    Deterministic. The threshold is where the cross-validated scores of supported and other pairs
    part best (Youden 1950); no source is on both sides of a fold.
    """
    supported = np.array([pair.supported for pair in pairs])
    sources = sorted({pair.paragraph.source for pair in pairs})
    fold = np.array([sources.index(pair.paragraph.source) % _FOLDS for pair in pairs])
    scores = np.zeros(len(pairs))
    for held in range(_FOLDS):
        weights, bias = _regress(signals[fold != held], supported[fold != held])
        scores[fold == held] = 1 / (1 + np.exp(-(signals[fold == held] @ weights + bias)))
    weights, bias = _regress(signals, supported)
    rounded = tuple(round(float(weight), 4) for weight in weights)
    return Fitted(Weights(round(bias, 4), rounded, _parting(scores, supported)), scores)


def judge(checker: Checker, pairs: Sequence[Pair]) -> tuple[Judgement, ...]:
    """What the checker says of each pair."""
    found = checker.check([pair.claim for pair in pairs])
    return tuple(
        Judgement(pair, one.score, one.supported) for pair, one in zip(pairs, found, strict=True)
    )


def auroc(scores: Floats, supported: Truths) -> float:
    """The probability that a supported pair scores above another, ties counting half."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    values, inverse = np.unique(scores, return_inverse=True)
    means = np.bincount(inverse, ranks) / np.bincount(inverse, minlength=len(values))
    positive = int(supported.sum())
    negative = len(scores) - positive
    if not positive or not negative:
        return 0.5
    total = float(means[inverse][supported].sum()) - positive * (positive + 1) / 2
    return total / (positive * negative)


def measures(judged: Sequence[Judgement]) -> Mapping[str, Figure]:
    """AUROC; precision and recall of the verdict «supported»; `missed`, the share of sentences
    not supported that it is given to. Intervals are drawn over sources, whose pairs belong
    together."""
    scores = np.array([one.score for one in judged])
    truth = np.array([one.pair.supported for one in judged])
    said = np.array([one.supported for one in judged])
    sources = sorted({one.pair.paragraph.source for one in judged})
    of = np.array([sources.index(one.pair.paragraph.source) for one in judged])
    rows = [np.flatnonzero(of == source) for source in range(len(sources))]

    def drawn(statistic: Callable[[Rows], float]) -> Figure:
        figure = figure_of(
            lambda picked: statistic(np.concatenate([rows[i] for i in picked])), len(rows)
        )
        return Figure(figure.value, figure.low, figure.high, len(judged))

    return {
        "auroc": drawn(lambda i: auroc(scores[i], truth[i])),
        "precision": drawn(lambda i: _share(truth[i] & said[i], said[i])),
        "recall": drawn(lambda i: _share(truth[i] & said[i], truth[i])),
        "missed": drawn(lambda i: _share(~truth[i] & said[i], ~truth[i])),
    }


def report(judged: Sequence[Judgement]) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """The measures in the same language, across languages and over all, and for each label the
    share judged supported, as JSON values."""
    parts = {
        "same": [one for one in judged if not one.pair.crosses],
        "cross": [one for one in judged if one.pair.crosses],
        "all": list(judged),
    }
    labels = dict.fromkeys(_label(one.pair) for one in judged)
    return {
        name: {
            **{
                key: {k: round(v, 4) for k, v in asdict(figure).items()}
                for key, figure in measures(some).items()
            },
            **{
                f"supported: {label}": {
                    "value": round(float(np.mean([one.supported for one in here])), 4),
                    "n": len(here),
                }
                for label in sorted(labels)
                if (here := [one for one in some if _label(one.pair) == label])
            },
        }
        for name, some in parts.items()
    }


def table(figures: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """The report for people."""
    lines = [f"{'':<36}" + "".join(f"{name:>24}" for name in figures)]
    for key in figures["all"]:
        cells = []
        for some in figures.values():
            one = some.get(key, {})
            interval = f" [{one['low']:.2f}–{one['high']:.2f}]" if "low" in one else ""
            cells.append(f"{one['value']:.3f}{interval} n={one['n']:.0f}" if one else "–")
        lines.append(f"{key:<36}" + "".join(f"{cell:>24}" for cell in cells))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m rag.evaluation.support")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--write", action="store_true", help="replace rag/support/weights.json")
    parser.add_argument(
        "--held-back", action="store_true", help="judge by what nothing is fitted to"
    )
    parser.add_argument("--out", type=Path, help="write these figures")
    options = parser.parse_args(arguments)
    try:
        pairs = load_pairs(options.folder)
        encoder = open_encoder()
    except RagError as error:
        print(f"support: {error}", file=sys.stderr)
        return 1
    if options.held_back:
        judged = {name: report(judge(checker(encoder), part(pairs, name))) for name in _JUDGED}
        for name, figures in judged.items():
            print(f"{name}\n{table(figures)}\n")
        if options.out:
            source = provenance("support", options.folder / PAIRS, "", {})
            record = {
                "command": "python -m rag.evaluation.support --held-back",
                **{k: v for k, v in asdict(source).items() if v},
                "encoder": encoder.fingerprint,
                "figures": judged,
            }
            options.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        return 0
    ours = part(pairs, "fit")
    claims = [pair.claim for pair in ours]
    # The signals need no weights, and those there are may be of other signals.
    unfitted = Weights(0.0, (0.0,) * len(SIGNALS), 0.5)
    signals = np.array([one.values() for one in checker(encoder, unfitted).signals(claims)])
    fitted = fit(signals, ours)
    for name, weight in zip(SIGNALS, fitted.weights.weights, strict=True):
        print(f"{name:10} {weight:8.3f}")
    print(f"bias       {fitted.weights.bias:8.3f}")
    print(f"threshold  {fitted.weights.threshold:8.3f}\n")
    threshold = fitted.weights.threshold
    scored = zip(ours, fitted.scores.tolist(), strict=True)
    print(table(report([Judgement(pair, score, score >= threshold) for pair, score in scored])))
    if options.write:
        target = Path(__file__).parent.parent / "support" / "weights.json"
        target.write_text(fitted.weights.to_json(), encoding="utf-8")
        print(f"written: {target}")
    return 0


def _regress(signals: Floats, supported: Truths) -> tuple[Floats, float]:
    """Weights and bias by projected gradient descent with momentum (Nesterov 1983); both
    outcomes weigh the same in all."""
    deviation = signals.std(axis=0) + 1e-9
    scaled = np.column_stack([np.ones(len(signals)), signals / deviation])
    sign = np.where(supported, 1.0, -1.0)
    weight = np.where(supported, 0.5 / supported.sum(), 0.5 / (~supported).sum())
    penalty = np.full(scaled.shape[1], _STRENGTH / len(signals))
    penalty[0] = 0.0
    # The step that the loss's greatest curvature allows.
    step = 1 / (0.25 * float((weight[:, None] * scaled**2).sum()) + penalty.max())
    now = ahead = np.zeros(scaled.shape[1])
    for turn in range(_STEPS):
        margin = np.clip(sign * (scaled @ ahead), -50, 50)
        slope = scaled.T @ (-sign * weight / (1 + np.exp(margin))) + penalty * ahead
        then = ahead - step * slope
        then[1:] = np.minimum(then[1:], 0.0)
        ahead = then + turn / (turn + 3) * (then - now)
        now = then
    weights: Floats = now[1:] / deviation
    return weights, float(now[0])


def _parting(scores: Floats, supported: Truths) -> float:
    """The score that best parts supported pairs from others, midway to the next one below."""
    values = np.unique(scores)
    gains = [
        float((scores[supported] >= value).mean() - (scores[~supported] >= value).mean())
        for value in values
    ]
    best = int(np.argmax(gains))
    below = values[best - 1] if best else 0.0
    return round(float((values[best] + below) / 2), 4)


def _share(part: Truths, of: Truths) -> float:
    return float(part.sum() / of.sum()) if of.any() else 0.0


def _label(pair: Pair) -> str:
    return f"{pair.label} {pair.change}".strip()


if __name__ == "__main__":
    sys.exit(main())
