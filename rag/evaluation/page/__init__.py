"""A report as one HTML page that needs no network, for people to read, filter and print.

All that documents, questions and answers say is escaped, and characters that readers do not see
are written out. The page forbids itself, by its content security policy, to load anything and to
run any script but its own.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from rag.evaluation.page.examined import examined
from rag.evaluation.page.figures import sections, tiles
from rag.evaluation.page.plots import language_plot, recall_plot, risk_plot
from rag.evaluation.provenance import Provenance
from rag.evaluation.runner import Report
from rag.evaluation.scoring import HEADLINE
from rag.suspicion.unseen import shown
from rag.types import Paragraph


def render(report: Report, source: Provenance, paragraphs: Collection[Paragraph]) -> str:
    """The page of a report; `paragraphs` are those of the index that it was made on."""
    script, style = _text("page.js"), _text("page.css")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    known = {paragraph.id: paragraph for paragraph in paragraphs}
    questions = [examined(row, known) for row in report.rows]
    return _template().render(
        source=source,
        # These two are files of the package; all else is escaped.
        script=Markup(script),
        style=Markup(style),
        digest=digest,
        tiles=tiles(report),
        recall=recall_plot(report),
        risk=risk_plot(report),
        languages=language_plot(report, HEADLINE),
        sections=sections(report),
        questions=questions,
        kinds=list(dict.fromkeys(question.kind for question in questions)),
        faults=sorted({fault for question in questions for fault in question.faults}),
        right=sum(question.right for question in questions),
    )


def write_page(
    report: Report, source: Provenance, paragraphs: Collection[Paragraph], folder: Path
) -> Path:
    """Write `<date>-<commit>-<name>.html` into the folder, made if needed; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source.stem}.html"
    path.write_text(render(report, source, paragraphs), encoding="utf-8", errors="replace")
    return path


def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    return environment.from_string(_text("page.html"))


def _finalize(value: object) -> object:
    """Foreign text with its unseen characters written out; the page's own as it is."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text("utf-8")
