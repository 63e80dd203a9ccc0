"""Fits `rag/abstention.json` to a test set: when is the evidence too weak to answer?

`python -m rag.evaluation.calibration [FILE] [--index DIR] [--write]` prints what five-fold
cross-validation gives, over all questions and by kind, and with `--write` replaces the bundled
calibration by one fitted to all questions.
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

# The share of answerable questions that may be refused, somewhat below what users are promised.
FALSE_REFUSALS = 0.075
_FOLDS = 5
_STRENGTH = 1.0  # inverse of the L2 penalty on standardised signals


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration of all questions and, by case id, each one's cross-validated probability."""

    abstention: Abstention
    probabilities: dict[str, float]


def calibrate(signals: NDArray[np.float64], cases: Sequence[Case]) -> Calibrated:
    """Fit a logistic regression to signals (cases, signals); deterministic.

    The threshold is the quantile of cross-validated probabilities under which FALSE_REFUSALS of
    the answerable questions lie.
    """
    answerable = np.array([case.answerable for case in cases])
    folds = np.random.default_rng(0).permutation(len(cases)) % _FOLDS
    held = np.zeros(len(cases))
    for fold in range(_FOLDS):
        weights, bias = _fit(signals[folds != fold], answerable[folds != fold])
        held[folds == fold] = 1 / (1 + np.exp(-(signals[folds == fold] @ weights + bias)))
    weights, bias = _fit(signals, answerable)
    threshold = float(np.quantile(held[answerable], FALSE_REFUSALS, method="lower"))
    rounded = tuple(round(float(weight), 4) for weight in weights)
    probabilities = dict(zip((case.id for case in cases), held.tolist(), strict=True))
    # Rounded down, so that the question at the boundary is still answered.
    threshold = math.floor(threshold * 1e4) / 1e4
    return Calibrated(Abstention(round(bias, 4), rounded, threshold), probabilities)


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
    parser.add_argument("file", nargs="?", type=Path, default=Path("evals/questions.jsonl"))
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--write", action="store_true", help="replace rag/abstention.json")
    options = parser.parse_args(arguments)
    try:
        # Follow-ups and injections are left out: what they ask is not all in their own words.
        cases = [case for case in load(options.file) if case.kind not in EITHER]
        assistant = Assistant.open(options.index)
    except RagError as error:
        print(f"calibration: {error}", file=sys.stderr)
        return 1
    signals = np.array([assistant.signals(case.question).values() for case in cases])
    result = calibrate(signals, cases)
    for name, weight in zip(SIGNALS, result.abstention.weights, strict=True):
        print(f"{name:10} {weight:8.3f}")
    print(f"bias       {result.abstention.bias:8.3f}")
    print(f"threshold  {result.abstention.threshold:8.3f}")
    for kind in dict.fromkeys(case.kind for case in cases):
        held = [result.probabilities[case.id] for case in cases if case.kind == kind]
        refused = float(np.mean(np.array(held) < result.abstention.threshold))
        print(f"{kind:14} n={len(held):3}  refused {refused:.2f} (cross-validated)")
    if options.write:
        target = Path(__file__).parent.parent / "abstention.json"
        target.write_text(result.abstention.to_json(), encoding="utf-8")
        print(f"written: {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
