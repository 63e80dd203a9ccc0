"""The labelled pairs that the support checker is fitted to and judged by.

The format is described in `evals/support/README.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.errors import InvalidInput
from rag.jsonlines import read_lines
