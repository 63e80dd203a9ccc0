"""The cited-answer test set: its format, its metrics, its runner and its report."""

from rag.evaluation.command import run_eval
from rag.evaluation.runner import Report, evaluate
from rag.evaluation.testset import Case, load

__all__ = ["Case", "Report", "evaluate", "load", "run_eval"]
