"""Fits `rag/abstention.json` to test sets: when is the evidence too weak to answer?

`python -m rag.evaluation.calibration [FILE…] [--index DIR…] [--write]` prints what five-fold
cross-validation gives, by test set and kind, and with `--write` replaces the bundled calibration
by one fitted to all questions. Test sets with the same index are of one collection.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from rag.abstention import SIGNALS, Abstention
from rag.assistant import Assistant
from rag.errors import RagError
from rag.evaluation.testset import EITHER, Case, load
from rag.index import Index

# The share of answerable questions that may be refused, somewhat below what users are promised.
FALSE_REFUSALS = 0.075
_FOLDS = 5
# Of the assistant whose signals are fitted: one that never refuses.
_NONE = Abstention(0.0, tuple(0.0 for _ in SIGNALS), 0.0)
_STRENGTH = 1.0  # inverse of the L2 penalty on standardised signals


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration of all questions, and each one's cross-validated probability."""

    abstention: Abstention
    probabilities: tuple[float, ...]


def calibrate(
    signals: NDArray[np.float64], cases: Sequence[Case], collections: Sequence[int] = ()
) -> Calibrated:
    """Fit a logistic regression to signals (cases, signals); deterministic.

    The threshold is the quantile of cross-validated probabilities under which FALSE_REFUSALS of
    the answerable questions lie, in that of the `collections` (one number a case; none: all are of
    one) where it is lowest.
    """
    answerable = np.array([case.answerable for case in cases])
    folds = np.random.default_rng(0).permutation(len(cases)) % _FOLDS
    held = np.zeros(len(cases))
    for fold in range(_FOLDS):
        weights, bias = _fit(signals[folds != fold], answerable[folds != fold])
        held[folds == fold] = 1 / (1 + np.exp(-(signals[folds == fold] @ weights + bias)))
    weights, bias = _fit(signals, answerable)
    of = np.array(collections) if len(collections) else np.zeros(len(cases), np.int64)
    threshold = min(
        float(np.quantile(held[answerable & (of == one)], FALSE_REFUSALS, method="lower"))
        for one in np.unique(of[answerable])
    )
    rounded = tuple(round(float(weight), 4) for weight in weights)
    # Rounded down, so that the question at the boundary is still answered.
    threshold = math.floor(threshold * 1e4) / 1e4
    return Calibrated(Abstention(round(bias, 4), rounded, threshold), tuple(held.tolist()))


def _fit(
    signals: NDArray[np.float64], answerable: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], float]:
    """Weights and bias for signals as they are, fitted to standardised ones."""
    mean, deviation = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit((signals - mean) / deviation, answerable)
    weights: NDArray[np.float64] = model.coef_[0] / deviation
    return weights, float(model.intercept_[0] - mean @ weights)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m rag.evaluation.calibration")
    parser.add_argument("files", nargs="*", type=Path, help="test sets")
    parser.add_argument("--index", type=Path, action="append", help="theirs, in the same order")
    parser.add_argument("--write", action="store_true", help="replace rag/abstention.json")
    options = parser.parse_args(arguments)
    files = options.files or [Path("evals/questions.jsonl")]
    indexes = options.index or [Path("index")]
    if len(files) != len(indexes):
        print("calibration: give one --index for each test set, in order.", file=sys.stderr)
        return 1
    cases: list[Case] = []
    sets: list[int] = []
    rows: list[tuple[float, ...]] = []
    try:
        for number, (file, index) in enumerate(zip(files, indexes, strict=True)):
            # Follow-ups and injections are left out: what they ask is not all in their own words.
            own = [case for case in load(file) if case.kind not in EITHER]
            opened = Index.open(index)
            assistant = Assistant(opened, opened.open_encoder(), _NONE)
            rows += [assistant.signals(case.question).values() for case in own]
            cases += own
            sets += [number] * len(own)
    except RagError as error:
        print(f"calibration: {error}", file=sys.stderr)
        return 1
    collections = [indexes.index(indexes[number]) for number in sets]
    result = calibrate(np.array(rows), cases, collections)
    for name, weight in zip(SIGNALS, result.abstention.weights, strict=True):
        print(f"{name:10} {weight:8.3f}")
    print(f"bias       {result.abstention.bias:8.3f}")
    print(f"threshold  {result.abstention.threshold:8.3f}")
    for number, file in enumerate(files):
        print(file)
        here = [
            (case.kind, probability)
            for case, probability, at in zip(cases, result.probabilities, sets, strict=True)
            if at == number
        ]
        for kind in dict.fromkeys(kind for kind, _ in here):
            few = [probability for its, probability in here if its == kind]
            refused = float(np.mean(np.array(few) < result.abstention.threshold))
            print(f"  {kind:14} n={len(few):3}  refused {refused:.2f} (cross-validated)")
    if options.write:
        target = Path(__file__).parent.parent / "abstention.json"
        target.write_text(result.abstention.to_json(), encoding="utf-8")
        print(f"written: {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
