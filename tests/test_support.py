"""The support checker as a generator or a report uses it, with the bundled encoder."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.encoder import Encoder, open_encoder
from rag.evaluation.support import checker as checker_of
from rag.language import sentences
from rag.support import Checker, Cited, Claim, Support
from rag.types import Language, Paragraph

ROOT = Path(__file__).parent.parent
TARIFF = Cited(
    "Depuis le 1er janvier 2020, le droit de douane sur les bicyclettes importées est de 12,5 %, "
    "contre 6 % auparavant. Les importations venant du Vietnam en sont exemptées. La vente en "
    "ligne est interdite aux mineurs.",
    "fr",
)
LEASE = Cited(
    "The deposit is returned within two months. The tenant may not sublet without the owner's "
    "consent. Anna Kovacs manages the building in Geneva.",
    "en",
)
Check = Callable[[str, Language, Cited], Support]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder()


@pytest.fixture(scope="module")
def checker(encoder: Encoder) -> Checker:
    return checker_of(encoder)


@pytest.fixture(scope="module")
def check(checker: Checker) -> Check:
    def one(text: str, language: Language, cited: Cited) -> Support:
        [found] = checker.check([Claim(text, language, (cited,))])
        return found

    return one


def found(support: Support) -> list[tuple[str, str]]:
    """The reasons as (kind, words of the claim)."""
    return [(r.kind, support.claim.text[r.start : r.end]) for r in support.reasons]


@pytest.mark.parametrize(
    ("text", "language", "cited"),
    [
        ("The duty on imported bicycles has been 12.5% since January 1, 2020.", "en", TARIFF),
        (
            "Le droit de douane sur les bicyclettes importées s'élève à 12,5 pour cent.",
            "fr",
            TARIFF,
        ),
        ("Minors are not allowed to buy online.", "en", TARIFF),
        ("Le dépôt est rendu sous deux mois.", "fr", LEASE),
        ("Anna Kovacs gère l'immeuble à Genève.", "fr", LEASE),
        ("Subletting is forbidden unless the owner consents.", "en", LEASE),
    ],
)
def test_a_paraphrase_in_either_language_is_supported(
    check: Check, text: str, language: Language, cited: Cited
) -> None:
    assert check(text, language, cited).supported


@pytest.mark.parametrize(
    ("text", "language", "cited", "kind", "words"),
    [
        ("The duty on imported bicycles is 15.2%.", "en", TARIFF, "number", "15.2%"),
        ("The duty on bicycles rose on 1 March 2020.", "en", TARIFF, "date", "1 March 2020"),
        ("Imports from Thailand are exempt.", "en", TARIFF, "name", "Thailand"),
        ("La vente en ligne est autorisée aux mineurs.", "fr", TARIFF, "opposite", "autorisée"),
        ("Imports from Vietnam are not exempt.", "en", TARIFF, "negation", "exempt"),
        ("Le dépôt est rendu sous trois mois.", "fr", LEASE, "number", "trois mois"),
        ("Clara Meier manages the building in Geneva.", "en", LEASE, "name", "Clara"),
        ("Anna Kovacs gère l'immeuble à Bruxelles.", "fr", LEASE, "name", "Bruxelles"),
    ],
)
def test_what_was_changed_is_named(  # noqa: PLR0917
    check: Check, text: str, language: Language, cited: Cited, kind: str, words: str
) -> None:
    support = check(text, language, cited)
    assert not support.supported
    assert (kind, words) in found(support)


def test_the_cited_word_at_the_other_end_is_given(check: Check) -> None:
    support = check("La vente en ligne est autorisée aux mineurs.", "fr", TARIFF)
    assert [r.against for r in support.reasons if r.kind == "opposite"] == ["interdite"]


def test_a_sentence_on_something_else_is_far(check: Check) -> None:
    support = check("Bees produce honey in the summer months.", "en", TARIFF)
    assert not support.supported
    assert "meaning" in {reason.kind for reason in support.reasons}


def test_what_is_added_to_a_true_sentence_is_not_supported(check: Check) -> None:
    support = check(
        "The deposit is returned within two months and earns interest at a bank.", "en", LEASE
    )
    assert not support.supported
    assert ("term", "interest") in found(support)


def test_a_sentence_that_cites_nothing_is_unsupported(checker: Checker) -> None:
    [support] = checker.check([Claim("The deposit is returned.", "en", ())])
    assert (support.verdict, support.score) == ("unsupported", 0.0)
    assert found(support) == [("uncited", "The deposit is returned.")]


def test_two_cited_paragraphs_support_together(checker: Checker) -> None:
    text = "Anna Kovacs manages the building, and bicycles are taxed at 12.5%."
    both, one = checker.check([Claim(text, "en", (LEASE, TARIFF)), Claim(text, "en", (LEASE,))])
    assert both.score > one.score
    assert ("number", "12.5%") not in found(both)
    assert ("number", "12.5%") in found(one)


def test_the_context_of_a_paragraph_counts(checker: Checker) -> None:
    text = "According to the Lisbon report of 2016, the deposit is returned within two months."
    bare, told = checker.check(
        [
            Claim(text, "en", (LEASE,)),
            Claim(text, "en", (Cited(LEASE.text, "en", "Rapport de Lisbonne, 2016"),)),
        ]
    )
    assert {"date", "name"} <= {reason.kind for reason in bare.reasons}
    assert not {"date", "name"} & {reason.kind for reason in told.reasons}


def test_claims_can_cite_stored_paragraphs(checker: Checker) -> None:
    text = LEASE.text
    paragraph = Paragraph("p", "d", "s", "t", "en", "", "", None, 0, len(text), text, "Lease")
    [support] = checker.check(
        [Claim.citing("Le dépôt est rendu sous deux mois.", "fr", [paragraph])]
    )
    assert support.supported


def test_nothing_to_check_is_nothing(checker: Checker) -> None:
    assert checker.check([]) == ()


def texts() -> Iterator[Cited]:
    """Paragraphs of the labelled set and of the chunker's texts, dirty ones too."""
    lines = (ROOT / "evals/support/paragraphs.jsonl").read_text(encoding="utf-8").split("\n")
    for record in map(json.loads, filter(None, lines)):
        yield Cited(record["text"], record["language"])
    for file in sorted((ROOT / "tests/golden/texts").iterdir()):
        language: Language = "fr" if "-fr" in file.name else "en"
        for text in re.split(r"\n\s*\n", file.read_text(encoding="utf-8")):
            if text.strip():
                yield Cited(text, language)


def sentences_of(cited: Cited) -> list[str]:
    return [cited.text[a:b] for a, b in sentences(cited.text, cited.language)]


PARAGRAPHS = list(texts())


def test_a_verbatim_sentence_is_always_supported(checker: Checker) -> None:
    claims = [
        Claim(sentence, cited.language, (cited,))
        for cited in PARAGRAPHS
        for sentence in sentences_of(cited)
        if re.search(r"\w", sentence)
    ]
    assert len(claims) > 300
    assert [one.claim.text for one in checker.check(claims) if not one.supported] == []


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_verbatim_sentence_with_a_changed_digit_never_is(
    checker: Checker, data: st.DataObject
) -> None:
    cited = data.draw(st.sampled_from([one for one in PARAGRAPHS if re.search(r"\d", one.text)]))
    sentence = data.draw(
        st.sampled_from([one for one in sentences_of(cited) if re.search(r"\d", one)])
    )
    place = data.draw(st.sampled_from([m.start() for m in re.finditer(r"\d", sentence)]))
    digit = data.draw(st.sampled_from(sorted(set("0123456789") - {sentence[place]})))
    changed = sentence[:place] + digit + sentence[place + 1 :]
    # A zero put before a number leaves it what it was.
    if re.search(r"(?<!\d)0\d", changed) or re.search(r"(?<!\d)0\d", sentence):
        return
    if changed in cited.text:
        return
    [support] = checker.check([Claim(changed, cited.language, (cited,))])
    assert not support.supported
    assert {"number", "date"} & {reason.kind for reason in support.reasons}


TEXT = st.text(st.sampled_from("abé’' .,;:«»-–0123456789%€$/()[]\n\u00a0IX"), max_size=60)


@settings(deadline=None, max_examples=60)
@given(TEXT, TEXT, TEXT, st.sampled_from(["fr", "en"]), st.sampled_from(["fr", "en"]))
def test_any_text_gets_a_score_and_reasons_that_lie_in_it(  # noqa: PLR0917
    checker: Checker, text: str, cited: str, context: str, mine: Language, theirs: Language
) -> None:
    claim = Claim(text, mine, (Cited(cited, theirs, context),))
    [support] = checker.check([claim])
    assert checker.check([claim]) == (support,)
    assert 0 <= support.score <= 1
    assert support.supported or support.reasons
    assert all(0 <= r.start <= r.end <= len(text) for r in support.reasons)


def test_a_claim_is_judged_alike_alone_and_among_others(checker: Checker) -> None:
    claims = [
        Claim(sentence, cited.language, (other,))
        for cited, other in pairwise(PARAGRAPHS[:13])
        for sentence in sentences_of(cited)
    ]
    together = checker.check(claims)
    alone = [checker.check([claim])[0] for claim in claims]
    assert [one.verdict for one in together] == [one.verdict for one in alone]
    # Batches are padded differently, which moves the last digits of vectors.
    assert [one.score for one in together] == pytest.approx([one.score for one in alone], abs=0.01)
