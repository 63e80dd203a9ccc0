"""Numbers, dates, names and denials, read the same in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.support.dates import Date, dates
from rag.support.figures import figures, missing_dates, missing_numbers
from rag.support.names import names
from rag.support.numerals import numeral, rank
from rag.support.reading import read
from rag.support.reversal import reversal
from rag.support.segments import clauses, segment
from rag.translation import Glossary, Lexicon, bundled_table
from rag.types import Language

LEXICON = Lexicon(bundled_table(), Glossary())


def lost(claim: str, mine: Language, cited: str, theirs: Language) -> list[str]:
    """The claim's numbers and dates that the cited text lacks, as written."""
    figure, there = figures(claim, mine), [figures(cited, theirs)]
    absent = [*missing_numbers(figure, there), *missing_dates(figure, there)]
    spans = [figure.reading.original(one.start, one.end) for one in absent]
    return [claim[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("2,5 %", "2.5%"),
        ("2,5 pour cent", "2.5 per cent"),
        ("1er janvier 2020", "January 1, 2020"),
        ("le 3 mars 2021", "the 3rd of March 2021"),
        ("deux tiers", "two thirds"),
        ("un tiers du budget", "a third of the budget"),
        ("la moitié", "50%"),
        ("douzième", "12th"),
        ("la douzième session", "the twelfth session"),
        ("soixante-dix-sept pages", "77 pages"),
        ("quatre-vingt-onze", "ninety-one"),
        ("1 240 000 habitants", "1,240,000 inhabitants"),
        ("2,4 milliards d'euros", "€2.4 billion"),
        ("85 000 euros", "€85,000"),
        ("15 centimes", "0.15 euros"),
        ("trois semaines", "21 days"),
        ("douze mois", "one year"),
        ("une demi-heure", "30 minutes"),
        ("18 h 30", "6:30 p.m."),
        ("au premier trimestre de 2018", "in the first quarter of 2018"),
        ("le lundi", "on Mondays"),
        ("4 Go", "4 GB"),
        ("en juillet et décembre 2014", "in July 2014"),
        ("3-6 décembre 2013", "6 December 2013"),
        ("4 000 véhicules", "about 3,900 vehicles"),
        ("71 membres", "more than 70 members"),
        ("de 1 580 à 1 640 euros", "60 euros more"),
        ("en 2015 et 2017", "two years later"),
    ],
)
def test_the_same_in_both_languages(french: str, english: str) -> None:
    assert lost(english, "en", french, "fr") == []


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("2.6%", "2,5 %"),
        ("12.6%", "12,5 %"),
        ("January 2, 2020", "1er janvier 2020"),
        ("February 2020", "1er janvier 2020"),
        ("2021", "1er janvier 2020"),
        ("three quarters", "deux tiers"),
        ("the eleventh", "la douzième session"),
        ("15 days", "15 mois"),
        ("€85,000", "85 000 dollars"),
        ("6:30 p.m.", "6 h 30"),
        ("about 6,000 vehicles", "4 000 véhicules"),
        ("40 members", "40 % des membres"),
        ("the second quarter of 2018", "au premier trimestre de 2018"),
        ("version 1.2.4", "version 1.2.3"),
        ("13 milligrams", "31 milligrammes"),
    ],
)
def test_another_number_or_date_is_not_there(claim: str, cited: str) -> None:
    assert lost(claim, "en", cited, "fr") != []


@given(st.integers(1, 31), st.integers(1, 12), st.integers(1900, 2099))
def test_every_calendar_date_is_read_alike(day: int, month: int, year: int) -> None:
    french = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    english = (
        "January February March April May June July August September October November December"
    )
    forms: list[tuple[str, Language]] = [
        (f"le {day} {french.split()[month - 1]} {year}", "fr"),
        (f"on {day} {english.split()[month - 1]} {year}", "en"),
        (f"on {english.split()[month - 1]} {day}, {year}", "en"),
        (f"{year}-{month:02}-{day:02}", "en"),
        (f"{day:02}/{month:02}/{year}", "fr"),
    ]
    for text, language in forms:
        [found] = dates(read(text), language)
        assert (found.year, found.month, found.day) == (year, month, day), text


@given(st.integers(1, 2_000_000))
def test_digits_grouped_either_way_are_one_number(number: int) -> None:
    grouped = f"{number:,}"
    assert lost(f"{grouped} pages", "en", f"{grouped.replace(',', ' ')} pages", "fr") == []
    assert lost(f"{number + 1:,} pages", "en", f"{number} pages", "fr") != []


@pytest.mark.parametrize(
    ("words", "language", "value"),
    [
        ("quatre vingt dix sept", "fr", 97),
        ("soixante et onze", "fr", 71),
        ("deux cent cinq mille", "fr", 205_000),
        ("two hundred and five thousand", "en", 205_000),
        ("vingt et un", "fr", 21),
        ("septante deux", "fr", 72),
        ("mille neuf cent", "fr", 1900),
    ],
)
def test_numbers_in_words(words: str, language: Language, value: int) -> None:
    found = numeral(words.split(), language)
    assert found is not None
    assert (found.value, found.length) == (value, len(words.split()))


@pytest.mark.parametrize(
    ("words", "language", "value"),
    [
        ("premiere", "fr", 1),
        ("vingt et unieme", "fr", 21),
        ("quatre vingtieme", "fr", 80),
        ("dix septieme", "fr", 17),
        ("twenty first", "en", 21),
        ("twelfth", "en", 12),
    ],
)
def test_ranks_in_words(words: str, language: Language, value: int) -> None:
    found = rank(words.split(), language)
    assert found is not None
    assert (found.value, found.length) == (value, len(words.split()))


def test_words_that_merely_look_like_months_are_none() -> None:
    assert dates(read("You may march."), "en") == ()
    assert [one.month for one in dates(read("It ends in May."), "en")] == [5]


def test_a_date_keeps_what_the_other_leaves_open() -> None:
    day = Date(0, 0, year=2020, month=1, day=5)
    assert Date(0, 0, year=2020, month=1).agrees(day)
    assert not day.agrees(Date(0, 0, year=2020, month=1))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The drug was tested by Dr Maes in Ghent.", "en", {"maes", "ghent", "dr"}),
        ("Apprentices pay nothing.", "en", set()),
        ("L'Allemagne est le premier client.", "fr", {"allemagne"}),
        ("Les acheteurs allemands sont nombreux.", "fr", {"allemands"}),
        ("I want turkey for dinner.", "en", set()),
    ],
)
def test_names_are_told_from_words_that_open_a_sentence(
    text: str, language: Language, expected: set[str]
) -> None:
    assert {one.text for one in names(read(text).words, language, ())} == expected


def turns(claim: str, mine: Language, cited: str, theirs: Language) -> bool:
    """Whether anything is reversed between two sentences."""
    terms = LEXICON.question_terms(claim, mine)
    found = reversal(segment(claim, mine), [segment(cited, theirs)], terms)
    return bool(found.flipped or found.clashes or found.denies)


@pytest.mark.parametrize(
    ("claim", "mine", "cited", "theirs"),
    [
        ("Dogs are allowed.", "en", "Les chiens sont interdits.", "fr"),
        ("Le loyer a augmenté.", "fr", "The rent decreased.", "en"),
        ("The files are encrypted.", "en", "The files are not encrypted.", "en"),
        ("The files are not encrypted.", "en", "Les fichiers sont chiffrés.", "fr"),
        ("The appeal was admissible.", "en", "The appeal was inadmissible.", "en"),
        ("Le port est ouvert.", "fr", "The harbour is closed.", "en"),
        ("He agreed to pay.", "en", "He refused to pay.", "en"),
        ("L'entrée est payante.", "fr", "Admission is free.", "en"),
    ],
)
def test_reversals_are_seen(claim: str, mine: Language, cited: str, theirs: Language) -> None:
    assert turns(claim, mine, cited, theirs)


@pytest.mark.parametrize(
    ("claim", "mine", "cited", "theirs"),
    [
        ("Dogs are not allowed.", "en", "Les chiens sont interdits.", "fr"),
        ("Dogs cannot enter.", "en", "L'entrée est interdite aux chiens.", "fr"),
        ("Les fichiers ne sont pas chiffrés.", "fr", "The files are not encrypted.", "en"),
        ("Il ne paie que la moitié.", "fr", "He pays only half.", "en"),
        ("Visitors may not smoke.", "en", "Il est interdit de fumer.", "fr"),
    ],
)
def test_agreeing_denials_are_none(
    claim: str, mine: Language, cited: str, theirs: Language
) -> None:
    assert not turns(claim, mine, cited, theirs)


def test_clauses_hold_the_whole_sentence() -> None:
    text = "The flight takes three hours, and a meal is served on board."
    assert clauses(text, "en") == (
        "The flight takes three hours,",
        "and a meal is served on board.",
    )
