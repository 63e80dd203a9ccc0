"""What a question's words may read as in a passage of either language.

Probabilistic structured queries (Darwish and Oard 2003): each word of the question stands for
itself in passages of its own language and for its weighed translations in those of the other.
The weights are divided by the best one's, so that a word counts as much through its likeliest
translation as it does directly and neither language of passage is favoured. They are also
flattened (p^0.4): which of several translations a text uses is its own choice, and the
alternatives must not be drowned by the commonest. On the cross-lingual development sets that is
worth one to two points of nDCG@10 over the plain probabilities.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from rag import analyser
from rag.errors import InvalidInput
from rag.types import Language

LANGUAGES: tuple[Language, Language] = ("fr", "en")
GLOSSARY = "glossary.tsv"

# Translations under this share of the best one are noise of the alignment.
_FLOOR = 0.1
_MOST = 8
_FLATTEN = 0.4
# Words inside a glossary expression still count, so that a passage with one of them is found.
_COVERED = 0.35
# A question is cut to this many distinct words: a pasted page must not become a thousand look-ups.
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for. `forms[language]` gives the stems that mean it in passages of that
    language, each with a weight (the best has 1); `weight` is the term's share in the question."""

    word: str
    weight: float
    forms: Mapping[Language, Mapping[str, float]]


class Table:
    """Word translation probabilities in both directions, by folded full word."""

    def __init__(self, rows: Mapping[Language, Mapping[str, Mapping[str, float]]]) -> None:
        self._rows = rows
        self._families: dict[Language, Mapping[str, list[str]]] = {}

    @classmethod
    def read(cls, path: Path) -> Table:
        """Read a gzipped TSV with the columns source_lang, source_word, target_word, probability.

        Raises InvalidInput, with the line, if it is not such a file.
        """
        try:
            lines = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise InvalidInput(
                f"{path}: cannot be read as gzipped UTF-8 text ({error})."
            ) from error
        rows: dict[Language, dict[str, dict[str, float]]] = {"fr": {}, "en": {}}
        for number, line in enumerate(lines, 1):
            if not line or (number == 1 and line.startswith("source_lang")):
                continue
            try:
                source, word, target, probability = line.split("\t")
                by_word = rows["fr"] if source == "fr" else rows["en"]
                by_word.setdefault(word, {})[target] = float(probability)
            except ValueError as error:
                raise InvalidInput(f"{path}, line {number}: {error}") from error
        return cls(rows)

    def knows(self, word: str, source: Language) -> bool:
        return word in self._rows[source]

    def stems(self, word: str, source: Language) -> dict[str, float]:
        """Stems in the other language that translate a folded word; the best one weighs 1.

        Probabilities of one stem's words are added up; stop words are no translations. A word that
        is not in the table is translated as those that share its stem.
        """
        rows = self._rows[source]
        if word in rows:
            relatives = [word]
        else:
            relatives = self._by_stem(source).get(analyser.stems([word], source)[0], [])
        target = other(source)
        pairs = [
            (translation, p)
            for relative in relatives
            for translation, p in rows[relative].items()
            if analyser.is_content(translation, target)
        ]
        total: defaultdict[str, float] = defaultdict(float)
        stems = analyser.stems([translation for translation, _ in pairs], target)
        for stem, (_, p) in zip(stems, pairs, strict=True):
            total[stem] += p
        best = max(total.values(), default=0.0)
        ranked = sorted(total.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
        return {stem: (p / best) ** _FLATTEN for stem, p in ranked if p >= _FLOOR * best}

    def _by_stem(self, source: Language) -> Mapping[str, list[str]]:
        if source not in self._families:
            families: defaultdict[str, list[str]] = defaultdict(list)
            known = list(self._rows[source])
            for word, stem in zip(known, analyser.stems(known, source), strict=True):
                families[stem].append(word)
            self._families[source] = families
        return self._families[source]


@dataclass(frozen=True, slots=True)
class Concept:
    """A glossary line found in a text: `key` is the term indexed, `start:end` the words covered."""

    key: str
    start: int
    end: int


class Glossary:
    """Expressions that mean the same: acronyms and terms of a collection, in both languages.

    The text is one line for each meaning: French expressions, a tab, English expressions, the
    expressions of one language parted by « | »; `#` starts a comment. Every expression is looked
    for in texts of both languages. Passages and questions that hold one get the line's own term.
    """

    def __init__(self, text: str = "") -> None:
        """Raises InvalidInput, with the line, where a line has no tab or no expression."""
        self.text = text
        self._by_first: dict[Language, dict[str, list[tuple[tuple[str, ...], str]]]] = {
            "fr": defaultdict(list),
            "en": defaultdict(list),
        }
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip() and not line.startswith("#"):
                self._add(number, line)

    def concepts(self, words: list[str], language: Language) -> list[Concept]:
        """Every expression found in these folded words; they may lie inside one another."""
        if not self.text:
            return []
        by_first = self._by_first[language]
        stems = analyser.stems(words, language)
        found = []
        for start, stem in enumerate(stems):
            for expression, key in by_first.get(stem, ()):
                end = start + len(expression)
                if tuple(stems[start:end]) == expression:
                    found.append(Concept(key, start, end))
        return found

    def _add(self, number: int, line: str) -> None:
        sides = [side.split("|") for side in line.split("\t")]
        expressions = [words for side in sides for text in side if (words := analyser.words(text))]
        if len(sides) != 2 or not expressions:
            raise InvalidInput(
                f"{GLOSSARY}, line {number}: expected French expressions, a tab, English "
                "expressions, those of one language parted by « | »."
            )
        key = "=" + "_".join(expressions[0])
        for language in LANGUAGES:
            for words in expressions:
                expression = tuple(analyser.stems(words, language))
                self._by_first[language][expression[0]].append((expression, key))


class Lexicon:
    """Turns questions and passages into terms of the words index."""

    def __init__(self, table: Table, glossary: Glossary) -> None:
        self._table = table
        self._glossary = glossary

    @property
    def has_glossary(self) -> bool:
        """Whether the collection has terms of its own."""
        return bool(self._glossary.text.strip())

    def passage_terms(self, text: str, language: Language) -> list[str]:
        """The terms to index for a text: its stems, then its glossary terms."""
        concepts = self._glossary.concepts(analyser.words(text), language)
        return analyser.terms(text, language) + [concept.key for concept in concepts]

    def question_terms(self, question: str, language: Language) -> tuple[Term, ...]:
        """What the question asks for, each distinct term once, in order of appearance."""
        words = analyser.words(question)
        concepts = self._glossary.concepts(words, language)
        covered = {i for concept in concepts for i in range(concept.start, concept.end)}
        found: dict[str, Term] = {}
        for concept in concepts:
            forms = MappingProxyType({concept.key: 1.0})
            found[concept.key] = Term(
                " ".join(words[concept.start : concept.end]), 1.0, {"fr": forms, "en": forms}
            )
        content = [
            (word, _COVERED if i in covered else 1.0)
            for i, word in enumerate(words)
            if analyser.is_content(word, language)
        ]
        content += [(word, 1.0) for word in analyser.compounds(question, language)]
        for word, weight in content[:_LONGEST]:
            [stem] = analyser.stems([word], language)
            if stem not in found:
                found[stem] = Term(word, weight, self._forms(word, language))
        return tuple(found.values())

    def found(self, terms: Sequence[Term], text: str, language: Language) -> list[float]:
        """For each term of a question, how surely it stands in a text: 1 if it does itself or by
        its likeliest translation, less by a less likely one, 0 if it does not."""
        present = set(self.passage_terms(text, language))
        return [
            max((p for form, p in term.forms[language].items() if form in present), default=0.0)
            for term in terms
        ]

    def share(self, terms: Sequence[Term], text: str, language: Language) -> float:
        """The share of a question's terms that stand in a text, from 0 to 1."""
        total = sum(term.weight for term in terms)
        found = self.found(terms, text, language)
        held = sum(term.weight * here for term, here in zip(terms, found, strict=True))
        return held / total if total else 0.0

    def _forms(self, word: str, language: Language) -> dict[Language, Mapping[str, float]]:
        foreign = other(language)
        # Names, numbers and loans are written alike in both languages.
        [own] = analyser.stems([word], language)
        [alike] = analyser.stems([word], foreign)
        forms: dict[Language, Mapping[str, float]] = {language: {own: 1.0}, foreign: {alike: 1.0}}
        source = language
        if not self._table.knows(word, language) and self._table.knows(word, foreign):
            # «What is the moratoire?»: a word known in the other language only is one of its own.
            source = foreign
        forms[other(source)] = {**self._table.stems(word, source), **forms[other(source)]}
        return forms


def other(language: Language) -> Language:
    """French for English and English for French."""
    return "en" if language == "fr" else "fr"


@lru_cache(maxsize=1)
def bundled_table() -> Table:
    """The table that ships with the package."""
    with resources.as_file(resources.files("rag") / "translation.tsv.gz") as path:
        return Table.read(path)
