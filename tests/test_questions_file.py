from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import InvalidInput
from rag.questions import Question, read_questions


def test_questions_are_read_in_order_and_keep_odd_line_separators(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(
        '{"id": "a", "question": "un\u2028deux ?"}\n\n{"id": 7, "question": "trois ?"}\n',
        encoding="utf-8",
    )
    assert read_questions(file) == (Question("a", "un\u2028deux ?"), Question("7", "trois ?"))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not JSON"),
        ("[1]", "expected a JSON object"),
        ('{"id": "1"}', '"question"'),
        ('{"id": "1", "question": "  "}', '"question"'),
        ('{"id": [], "question": "x"}', '"id"'),
        (f'{{"id": "1", "question": "{"a" * 2001}"}}', "2001 characters"),
    ],
)
def test_a_bad_line_names_file_line_and_field(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"id": "0", "question": "bien"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"q\.jsonl, line 2") as caught:
        read_questions(file)
    assert says in str(caught.value)


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"absent\.jsonl"):
        read_questions(tmp_path / "absent.jsonl")
