"""Single rules of the chunker, each on the smallest text that shows it."""

from __future__ import annotations

import pytest

from rag.chunker import blocks, chunk, find_title, flow, passages
from rag.tokens import count
from rag.types import Document, Paragraph


def paragraphs(text: str, pages: tuple[int, ...] = ()) -> list[Paragraph]:
    return chunk(Document("d", find_title(text), "en", text, "d.txt", pages))


def texts(text: str) -> list[str]:
    return [flow(paragraph.text) for paragraph in paragraphs(text)]


PROSE = "The committee met at length and examined the report of the working party."


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("1. The parties shall meet.", "1"),
        ("1.1.  The parties shall meet.", "1.1"),
        ("2.3 The parties shall meet.", "2.3"),
        ("4) the parties shall meet.", "4"),
        ("(a) the parties shall meet;\n(b) they shall speak.", "(a)"),
        ("i) the parties shall meet;\nii) they shall speak.", "i)"),
        ("1° Les parties se réunissent.", "1°"),
        ("§ 12 Les parties se réunissent.", "§ 12"),
        ("Article 3 – The parties shall meet.", "Article 3"),
        ("Question n° 1 – Quelles sont les parties?", "Question n° 1"),
    ],
)
def test_the_documents_own_number_is_the_label_and_not_in_the_text(line: str, label: str) -> None:
    first = paragraphs(f"{PROSE}\n\n{line}")[1]
    assert first.label == label
    assert label not in first.text


@pytest.mark.parametrize(
    "text",
    [
        "The moratorium was adopted on 7 December\n2013. It was extended in Nairobi by them all.",
        "The rule is set out in detail in section\n3. of the annex, which was never read by them.",
        "As the members decided at the meeting of\nArticle 3 of the agreement applies to them all.",
        "A. Kervran presides over the committee.",
        "M. Dupont préside le comité des pêches.",
        "Mai 1998: une déclaration est adoptée par les ministres de tous les pays membres.",
    ],
)
def test_numbers_and_initials_of_running_text_are_no_labels(text: str) -> None:
    assert [paragraph.label for paragraph in paragraphs(text)] == [""]


def test_a_line_that_begins_with_a_space_goes_on_if_it_begins_small() -> None:
    text = f"{PROSE}\n{PROSE[:-1]}, as far as possible, take\n into account the views of all."
    assert len(texts(text)) == 1


def test_short_indented_lines_are_items_under_the_line_above() -> None:
    text = "Fields of action\n Access to networks\n Payment in line with national\n law\n Skills\n"
    first, *items = paragraphs(text)
    assert [flow(p.text) for p in items] == [
        "Access to networks",
        "Payment in line with national law",
        "Skills",
    ]
    assert all(p.context.endswith(flow(first.text)) for p in items)


def test_a_nested_list_keeps_its_chain_of_lead_ins() -> None:
    text = "# Plan\n\nWe shall:\n\n- build\n  - a bridge\n  - a road\n- rest\n"
    contexts = {p.text: p.context for p in paragraphs(text)}
    assert contexts["a road"] == "Plan › We shall: › build"
    assert contexts["rest"] == "Plan › We shall:"


def test_a_list_of_plain_paragraphs_after_a_colon_ends_with_its_full_stop() -> None:
    text = (
        "Decides:\n\nTo continue the work,\n\nThat members will meet in 2015.\n\nNobody objected."
    )
    first, *rest = paragraphs(text)
    assert [p.context for p in rest] == [*["Decides:"] * 2, ""] if not first.title else True
    assert not rest[-1].context.endswith("Decides:")


def test_headings_make_a_trail() -> None:
    text = (
        f"# Report\n\n## Part one\n\n{PROSE}\n\n### Detail\n\n{PROSE}\n\n## Part two\n\n{PROSE}\n\n"
        f"Costs\n-----\n\n{PROSE}\n"
    )
    assert [p.heading for p in paragraphs(text)] == [
        "Part one",
        "Part one › Detail",
        "Part two",
        "Costs",
    ]
    assert paragraphs(text)[1].context == "Report › Part one › Detail"


def test_a_heading_with_a_date_is_cited_too() -> None:
    text = f"{PROSE}\n\nMay 1998: Declaration on trade\n\n- It founded a programme.\n"
    dated = next(p for p in paragraphs(text) if p.text.startswith("May 1998"))
    item = paragraphs(text)[-1]
    assert dated.heading == ""
    assert item.heading == "May 1998: Declaration on trade"


def test_rules_page_numbers_and_lone_bullets_are_separators() -> None:
    text = f"{PROSE}\n\n- 2 -\n\nPage 3 of 7\n\n_______\n\n* * *\n\n•\n\n{PROSE}"
    assert texts(text) == [PROSE, PROSE]
    assert {b.kind for b in blocks(text)} == {"paragraph", "separator"}


def test_a_sentence_goes_on_below_a_page_number() -> None:
    text = "The committee met in Geneva at the request of the\n\n- 2 -\n\nmembers, and went home.\n"
    (paragraph,) = paragraphs(text)
    assert paragraph.text == text.strip()
    assert flow(paragraph.text) == (
        "The committee met in Geneva at the request of the members, and went home."
    )


def test_a_running_title_beside_page_numbers_is_no_heading() -> None:
    pages = [f"REPORT ON TRADE\n\n- {n} -\n\n{PROSE}" for n in (1, 2, 3, 4)]
    assert {(p.title, p.heading) for p in paragraphs("\n\n".join(pages))} == {
        ("Report on trade", "")
    }
    assert texts("\n\n".join(pages)) == [PROSE] * 4


def test_code_and_tables_keep_to_themselves() -> None:
    text = "```\na = 1\n\nb = 2\n```\n\n| Name | Age |\n| --- | --- |\n| Ann | 7 |\n"
    code, head, row = paragraphs(text)
    assert "b = 2" in code.text
    assert (head.text, row.text) == ("Name | Age", "Ann | 7")
    assert row.context.endswith("Name | Age")


def test_the_title_may_stand_on_two_lines_but_takes_no_section_heading() -> None:
    assert find_title(f"WORK PROGRAMME\n\nDRAFT BY RURITANIA\n\nDated 5 May 2017\n\n{PROSE}") == (
        "Work programme — Draft by ruritania"
    )
    assert find_title(f"# Report\n\n## Scope\n\n{PROSE}\n\n## Means\n\n{PROSE}") == "Report"
    assert find_title(f"{PROSE}\n\n{PROSE}") == ""


def test_the_front_of_a_document_is_context_of_its_body() -> None:
    text = f"DECISION ON TRADE\n\nNinth session\nBali, 3-6 December 2013\n\n_____\n\n{PROSE}"
    front, body = paragraphs(text)
    assert body.context == "Decision on trade › Ninth session, Bali, 3-6 December 2013"
    assert front.context == "Decision on trade"


def test_a_paragraph_knows_its_page() -> None:
    text = f"{PROSE}\n\n{PROSE}\n"
    assert [p.page for p in paragraphs(text, pages=(0, len(PROSE) + 1))] == [1, 2]
    assert [p.page for p in paragraphs(text)] == [None, None]


def test_flow_joins_lines_and_drops_marks_that_are_not_words() -> None:
    assert flow("**Deci\u00adsion**\n\n of\u00a0the [Council](https://example.org)") == (
        "Decision of the Council"
    )
    assert flow("2 * 3 * 4 and a_b_c") == "2 * 3 * 4 and a_b_c"


def test_a_long_paragraph_splits_at_sentence_ends() -> None:
    (paragraph,) = paragraphs(" ".join([PROSE] * 40))
    parts = passages(paragraph, 128)
    assert len(parts) > 1
    assert all(part.text.endswith(".") and count(part.text) <= 128 for part in parts)
    assert {part.paragraph_id for part in parts} == {paragraph.id}
