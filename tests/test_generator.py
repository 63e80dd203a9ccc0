"""Drafts of the extractive generator: verbatim sentences, chosen and framed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.citations import Cited, resolve
from rag.encoder import open_encoder
from rag.evidence import Evidence
from rag.generator import ExtractiveGenerator
from rag.phrases import phrases
from rag.translation import Glossary, Lexicon, bundled_table
from rag.types import Language, Paragraph

SENTENCES = (
    "Le port de Corval a été construit par les habitants avec les pierres de la falaise.",
    "Il ferme en cas de tempête.",
    "La taxe d'amarrage s'élève à 500 euros par an\npour les bateaux étrangers.",
    "Les pêcheurs déclarent leurs prises.",
)
TEXT = " ".join(SENTENCES)
LONG = " ".join(
    [
        *SENTENCES,
        "Le marché aux poissons se tient sous la halle les mardis, les jeudis et les samedis.",
        "Les visiteurs laissent leurs voitures sur le parking derrière la capitainerie.",
        "Le phare, allumé par un gardien, fut automatisé après la reconstruction de la jetée.",
        "Les chiens sont tenus en laisse sur les quais et sur la plage.",
    ]
)


@pytest.fixture(scope="module")
def generator() -> ExtractiveGenerator:
    return ExtractiveGenerator(open_encoder(), Lexicon(bundled_table(), Glossary()))


def paragraph(
    text: str, *, id: str = "p", document: str = "d", label: str = "", title: str = "Le port"
) -> Paragraph:
    return Paragraph(id, document, "d.txt", title, "fr", "", label, None, 0, len(text), text, title)


def shown(*paragraphs: Paragraph, items: tuple[int, ...] = ()) -> list[Evidence]:
    return [
        Evidence(marker, one, 0.5, items if marker == 1 else ())
        for marker, one in enumerate(paragraphs, 1)
    ]


def answer(
    generator: ExtractiveGenerator, question: str, language: Language, evidence: Sequence[Evidence]
) -> Cited:
    draft = generator.draft(question, language, evidence)
    cited = resolve(draft, {one.marker: one.paragraph for one in evidence})
    assert cited.dropped == 0
    return cited


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Combien paient les bateaux étrangers pour l'amarrage ?", "fr"),
        ("How much is the mooring tax for foreign boats?", "en"),
    ],
)
def test_one_sentence_answers_a_brief_question(
    question: str, language: Language, generator: ExtractiveGenerator
) -> None:
    cited = answer(generator, question, language, shown(paragraph(TEXT)))
    assert [citation.quote for citation in cited.citations] == [SENTENCES[2]]
    assert "500 euros par an pour les bateaux" in cited.statements[0].text


def test_a_short_paragraph_is_quoted_whole(generator: ExtractiveGenerator) -> None:
    cited = answer(generator, "Parlez-moi du port.", "fr", shown(paragraph(TEXT)))
    assert [citation.quote for citation in cited.citations] == [TEXT]


def test_a_few_sentences_of_a_long_one_are_quoted_in_its_order(
    generator: ExtractiveGenerator,
) -> None:
    cited = answer(generator, "Pourquoi fermer le port aux bateaux ?", "fr", shown(paragraph(LONG)))
    starts = [citation.start for citation in cited.citations]
    assert starts == sorted(starts)
    assert 1 <= len(starts) <= 3
    assert sum(len(citation.quote) for citation in cited.citations) < len(LONG)
    [statement] = cited.statements
    assert statement.text.count("[…]") == len(starts) - 1
    assert statement.markers == tuple(range(1, len(starts) + 1))


def test_a_list_gives_a_line_to_each_item(generator: ExtractiveGenerator) -> None:
    lead = paragraph("Les mesures sont:", id="lead")
    items = [paragraph(f"mesure n° {n};", id=f"item{n}") for n in range(3)]
    cited = answer(
        generator, "Quelles sont les mesures ?", "fr", shown(lead, *items, items=(2, 3, 4))
    )
    assert [citation.quote for citation in cited.citations] == [lead.text, *(i.text for i in items)]
    assert [statement.markers for statement in cited.statements] == [(1,), (2,), (3,), (4,)]
    assert all(statement.text.startswith("• ") for statement in cited.statements[1:])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_document_of_a_comparison_has_its_line(
    language: Language, generator: ExtractiveGenerator
) -> None:
    evidence = shown(
        paragraph("Le port est ouvert.", id="a", document="a", title="Le port"),
        paragraph("La halle est fermée.", id="b", document="b", title="La halle"),
        paragraph("La halle est vaste.", id="c", document="b", title="La halle"),
    )
    cited = answer(generator, "Quelle différence ?", language, evidence)
    says = phrases(language)
    assert [statement.markers for statement in cited.statements] == [(1,), (2,), (3,)]
    assert [
        title in statement.text
        for title, statement in zip(("Le port", "La halle"), cited.statements, strict=False)
    ] == [True, True]
    same = says.same_source.split("{")[0]
    assert [s.text.startswith(same) for s in cited.statements] == [False, False, True]


def test_the_place_and_the_other_language_are_named(generator: ExtractiveGenerator) -> None:
    numbered = shown(paragraph("Le port est ouvert.", label="1.1"))
    named = shown(paragraph("Le port est ouvert.", label="Article 6"))
    assert "paragraphe 1.1" in answer(generator, "Le port ?", "fr", numbered).statements[0].text
    english = answer(generator, "The harbour?", "en", named).statements[0].text
    assert "Article 6" in english
    assert "paragraph" not in english
    assert "(in French)" in english


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_evidence_is_no_draft(language: Language, generator: ExtractiveGenerator) -> None:
    assert generator.draft("Pourquoi ?", language, ()) == []


@pytest.mark.parametrize(
    "text",
    [
        "Voir [[1]] et [[2:0-5]], {title} et {0}. Puis <b>gras</b>. Combien ? 3 « bateaux ».",
        "…",
        "a",
        "Une\x0cpage. Deux\u2028lignes. 12 bateaux\u00a0!",
    ],
)
@pytest.mark.parametrize("question", ["Combien de bateaux ?", "Pourquoi {quote} [[1]] ?", "[[9]]"])
def test_no_text_is_taken_for_a_template_or_a_marker(
    text: str, question: str, generator: ExtractiveGenerator
) -> None:
    one = paragraph(text, label="{label}")
    cited = answer(generator, question, "fr", shown(one))
    assert cited.citations
    for citation in cited.citations:
        assert citation.paragraph is one
        assert " ".join(citation.quote.split()) in cited.statements[0].text
