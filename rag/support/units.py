"""Units, groups and fractions by their folded words in both languages."""

from __future__ import annotations

import re

SYMBOL = re.compile(r"\s?(%|€|\$|£|°\s?c\b|pour\s?cent\b|per\s?cent\b|percent\b)")
CURRENCY = {"€": "euro", "$": "dollar", "£": "pound"}

UNITS: dict[str, tuple[str, float]] = {
    word: (dimension, factor)
    for dimension, factor, words in (
        ("share", 0.01, "% percent pourcent"),
        ("share", 0.01, "percentage points point points"),
        ("euro", 1, "€ euro euros eur"),
        ("euro", 0.01, "centime centimes"),
        ("dollar", 1, "$ dollar dollars usd"),
        ("pound", 1, "£ pound pounds gbp"),
        ("franc", 1, "franc francs"),
        ("time", 1, "seconde secondes"),
        ("time", 60, "minute minutes min mn"),
        ("time", 3600, "heure heures hour hours h"),
        ("time", 86400, "jour jours journee journees day days"),
        ("time", 604800, "semaine semaines week weeks"),
        ("months", 1, "mois month months"),
        ("months", 12, "an ans annee annees year years"),
        ("months", 120, "decennie decennies decade decades"),
        ("months", 1200, "siecle siecles century centuries"),
        ("length", 0.01, "centimetre centimetres centimeter centimeters cm"),
        ("length", 1, "metre metres meter meters m"),
        ("length", 1000, "kilometre kilometres kilometer kilometers km"),
        ("mass", 1e-6, "milligramme milligrammes milligram milligrams mg"),
        ("mass", 1e-3, "gramme grammes gram grams g"),
        ("mass", 1, "kilo kilos kilogramme kilogrammes kilogram kilograms kg"),
        ("mass", 1000, "tonne tonnes t"),
        ("area", 1, "hectare hectares ha"),
        ("data", 1, "octet octets byte bytes"),
        ("data", 1e6, "mo mb megaoctet megaoctets megabyte megabytes"),
        ("data", 1e9, "go gb gigaoctet gigaoctets gigabyte gigabytes"),
    )
    for word in words.split()
}
GROUPS = {
    "dizaine": 10, "douzaine": 12, "dozen": 12, "quinzaine": 15, "vingtaine": 20,
    "trentaine": 30, "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "centaine": 100,
    "millier": 1000, "fortnight": 14,
}  # fmt: skip
TIMES = {
    "double": 2, "doubles": 2, "doublee": 2, "doublees": 2, "doubled": 2, "doubler": 2,
    "twice": 2, "triple": 3, "triples": 3, "tripled": 3, "triplee": 3, "tripler": 3, "thrice": 3,
    "quadruple": 4, "quadrupled": 4,
}  # fmt: skip
PARTS = {
    "tiers": 3, "third": 3, "thirds": 3, "quart": 4, "quarts": 4, "quarter": 4, "quarters": 4,
    "cinquieme": 5, "cinquiemes": 5, "fifth": 5, "fifths": 5, "dixieme": 10, "dixiemes": 10,
    "tenth": 10, "tenths": 10, "sixieme": 6, "sixiemes": 6, "sixth": 6, "sixths": 6,
}  # fmt: skip
HALVES = frozenset({"half", "moitie", "demi", "demie"})
# «un», «a» and «one» are articles more often than numbers: they count where a unit follows.
ARTICLES = frozenset({"un", "une", "one", "a", "an"})
_HEDGE_WORDS = {
    "about": "environ autour quelque quelques pres presque around about some nearly almost roughly"
    " approximately circa",
    "over": "plus more over dela above",
    "under": "moins less under fewer below",
}
HEDGES = {word: kind for kind, words in _HEDGE_WORDS.items() for word in words.split()}
