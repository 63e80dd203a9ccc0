"""The cited-answer test set: its format, its metrics, its runner and its reports."""

from rag.evaluation.answerers import Product
from rag.evaluation.command import run_compare, run_eval
from rag.evaluation.runner import Report, evaluate
from rag.evaluation.testset import Case, load

__all__ = ["Case", "Product", "Report", "evaluate", "load", "run_compare", "run_eval"]
