"""What is configured, whether it works, what would be downloaded, and what works offline."""

from rag.doctor.checks import Check, examine
from rag.doctor.report import lines, record

__all__ = ["Check", "examine", "lines", "record"]
