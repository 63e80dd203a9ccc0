from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from rag.citations import quote_marker, resolve
from rag.types import Paragraph


def paragraph(id: str, text: str) -> Paragraph:
    return Paragraph(id, "d", "d.txt", "Titre", "fr", "", "", None, 0, len(text), text, "")


SHOWN = {
    1: paragraph("a", "Le moratoire est maintenu jusqu'en 2019. Il peut être\nprolongé."),
    2: paragraph("b", "Voir la note [3] et <script>alert(1)</script>."),
}


def test_a_quote_is_taken_from_the_store_and_numbered_by_appearance() -> None:
    cited = resolve(["D'abord : « [[2:0-16]] »", "Puis « [[1:41-63]] »."], SHOWN)
    assert [c.paragraph.id for c in cited.citations] == ["b", "a"]
    assert [c.marker for c in cited.citations] == [1, 2]
    assert cited.citations[1].quote == "Il peut être\nprolongé."
    # Wrapped lines are joined in the answer; the citation keeps the paragraph's own characters.
    assert cited.statements[1].text == "Puis « Il peut être prolongé. »."
    assert cited.statements[1].markers == (2,)


def test_unknown_markers_and_spans_outside_the_paragraph_are_dropped() -> None:
    cited = resolve(["Vrai [[1]], faux [[7]] et [[1:5-9999]] et [[1:9-9]]."], SHOWN)
    assert cited.dropped == 3
    assert [c.paragraph.id for c in cited.citations] == ["a"]
    assert "[[" not in cited.statements[0].text


def test_a_marker_inside_quoted_text_is_text() -> None:
    cited = resolve([f"« {quote_marker(2, 0, 16)} »"], SHOWN)
    assert cited.statements[0].text == "« Voir la note [3] »"
    assert cited.statements[0].markers == (1,)


def test_a_line_left_empty_by_dropped_markers_is_no_statement() -> None:
    assert resolve(["[[9]]", "  "], SHOWN).statements == ()


def test_the_same_span_cited_twice_is_one_citation() -> None:
    cited = resolve(["a [[1:0-2]]", "b [[1:0-2]]", "c [[1:3-9]]"], SHOWN)
    assert [s.markers for s in cited.statements] == [(1,), (1,), (2,)]


drafts = st.lists(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.integers(0, 12).map(lambda n: f"[[{n}]]"),
            st.tuples(st.integers(0, 4), st.integers(0, 90), st.integers(0, 90)).map(
                lambda t: quote_marker(*t)
            ),
        ),
        max_size=6,
    ).map("".join),
    max_size=6,
)


@settings(deadline=None)
@given(drafts)
def test_no_draft_can_invent_or_shift_a_citation(draft: list[str]) -> None:
    cited = resolve(draft, SHOWN)
    stored = {p.id: p.text for p in SHOWN.values()}
    assert [c.marker for c in cited.citations] == list(range(1, len(cited.citations) + 1))
    for citation in cited.citations:
        assert citation.quote == stored[citation.paragraph.id][citation.start : citation.end]
        assert citation.quote
    known = {c.marker for c in cited.citations}
    used = {marker for s in cited.statements for marker in s.markers}
    assert used <= known
    assert cited.dropped <= sum(len(re.findall(r"\[\[\d", line)) for line in draft)
