"""Questions reach the words of the other language, by the table and by the glossary."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from rag.errors import InvalidInput
from rag.translation import Glossary, Lexicon, Table, bundled_table
from rag.types import Language

GLOSSARY = """# a comment

Accord général sur le commerce des services | AGCS\tGeneral Agreement on Trade in Services | GATS
droits de douane\tcustoms duties | tariffs
"""


def table() -> Table:
    en = {"tax": {"taxe": 0.6, "impot": 0.3, "la": 0.1}, "boats": {"bateaux": 0.9, "barques": 0.01}}
    return Table({"en": en, "fr": {"taxe": {"tax": 0.9}, "bateaux": {"boats": 1.0}}})


def forms(question: str, asked: Language, read: Language, glossary: str = "") -> dict[str, float]:
    terms = Lexicon(table(), Glossary(glossary)).question_terms(question, asked)
    return {form: weight for term in terms for form, weight in term.forms[read].items()}


def test_a_word_stands_for_itself_in_its_language_and_for_its_translations_in_the_other() -> None:
    assert forms("the tax", "en", "en") == {"tax": 1.0}
    french = forms("the tax", "en", "fr")
    assert french["tax"] == 1.0  # «taxe» and «tax» share this stem
    assert 0 < french["impot"] < 1
    assert forms("boats", "en", "fr")["bateau"] == 1.0


def test_stop_words_and_noise_are_no_translations() -> None:
    assert "la" not in forms("tax", "en", "fr")
    assert "barqu" not in forms("boats", "en", "fr")


def test_a_form_missing_from_the_table_is_translated_as_its_relatives() -> None:
    assert "bateau" in forms("boat", "en", "fr")


def test_a_word_of_the_other_language_is_one_of_its_own() -> None:
    assert forms("what is the taxe", "en", "en")["tax"] == 1.0
    assert forms("what is the taxe", "en", "fr")["tax"] == 1.0


def test_names_and_numbers_pass_unchanged() -> None:
    assert {"gallo", "2017", "wt/l/274"} <= set(forms("Gallo 2017 WT/L/274", "en", "fr"))


def test_the_bundled_table_holds_everyday_words_of_both_directions() -> None:
    for word, source, stem in (("moratoire", "fr", "moratorium"), ("fisheries", "en", "pech")):
        assert stem in bundled_table().stems(word, source)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("What does the GATS say?", "L'Accord général sur le commerce des services s'applique."),
        ("Que dit l'AGCS ?", "See the General Agreement on Trade in Services."),
        ("Que dit le GATS ?", "L'AGCS s'applique."),
        ("Are there any tariffs?", "Il n'est pas imposé de droits de douane."),
    ],
)
def test_glossary_expressions_meet_across_languages(question: str, passage: str) -> None:
    lexicon = Lexicon(table(), Glossary(GLOSSARY))
    asked: Language = "fr" if question.startswith("Que") else "en"
    read: Language = "en" if passage.startswith("See") else "fr"
    key = {form for form in forms(question, asked, read, GLOSSARY) if form.startswith("=")}
    assert key
    assert key <= set(lexicon.passage_terms(passage, read))
    assert not any(
        term.startswith("=") for term in Lexicon(table(), Glossary()).passage_terms(passage, read)
    )


def test_only_the_whole_expression_counts() -> None:
    lexicon = Lexicon(table(), Glossary(GLOSSARY))
    assert "=droits_de_douane" not in lexicon.passage_terms("les droits de la douane", "fr")
    assert "=droits_de_douane" in lexicon.passage_terms("un droit de douane", "fr")


def test_the_share_of_a_question_in_a_text() -> None:
    lexicon = Lexicon(table(), Glossary())
    terms = lexicon.question_terms("tax on boats", "en")
    assert lexicon.share(terms, "Une taxe sur les bateaux.", "fr") == 1.0
    assert lexicon.share(terms, "Une taxe.", "fr") == 0.5
    assert lexicon.share(terms, "Rien.", "fr") == 0.0
    assert lexicon.share((), "Une taxe.", "fr") == 0.0


@pytest.mark.parametrize("line", ["une ligne sans tabulation", "a\tb\tc", " | \t "])
def test_a_malformed_glossary_line_is_named(line: str) -> None:
    with pytest.raises(InvalidInput, match="line 2"):
        Glossary(f"# comment\n{line}\n")


def test_a_malformed_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv.gz"
    path.write_bytes(gzip.compress(b"source_lang\tsource_word\ttarget_word\tprobability\nfr\ta\n"))
    with pytest.raises(InvalidInput, match="line 2"):
        Table.read(path)
    path.write_bytes(b"not gzip")
    with pytest.raises(InvalidInput, match=str(path.name)):
        Table.read(path)
