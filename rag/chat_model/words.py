"""What readers are told of a chat model's answer, in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.chat_model.faults import Fault, FaultKind
from rag.types import Flag, Language, Notice


@dataclass(frozen=True, slots=True)
class Words:
    """`original` follows a sentence that rests on a paragraph of the other language, `again` where
    that passage was quoted above."""

    faults: Mapping[FaultKind, str]
    instead: str
    nothing_supported: str
    no_answer: str
    cut: str
    dropped: tuple[str, str]
    left_out: tuple[str, str]
    trimmed: tuple[str, str]
    original: str
    again: str
    flags: Mapping[Flag, str]


_WORDS: dict[Language, Words] = {
    "fr": Words(
        faults={
            "timeout": "Le modèle de langue n’a pas répondu à temps.",
            "unreachable": "Le modèle de langue est injoignable.",
            "busy": "Le modèle de langue est surchargé ou limite les demandes.",
            "rejected": "Le modèle de langue a rejeté la demande (« rag doctor » dit ce qui est "
            "configuré).",
            "declined": "Le modèle de langue a refusé de répondre.",
            "interrupted": "La réponse du modèle de langue s’est interrompue.",
            "malformed": "Le modèle de langue n’a pas donné de réponse utilisable.",
            "language": "Le modèle de langue n’a pas répondu en français.",
            "window": "La question et les paragraphes ne tiennent pas dans la fenêtre du modèle "
            "de langue (RAG_LLM_WINDOW).",
        },
        instead="Voici ce que disent les documents, cité mot à mot.",
        nothing_supported="Aucune phrase proposée par le modèle de langue n’était appuyée par les "
        "paragraphes ; elles ne sont pas montrées.",
        no_answer="Le modèle de langue n’a pas trouvé de réponse dans ces paragraphes.",
        cut="La réponse a atteint sa longueur maximale (RAG_LLM_ANSWER_TOKENS) ; la fin manque.",
        dropped=(
            "Une phrase sans appui dans les paragraphes a été retirée.",
            "{n} phrases sans appui dans les paragraphes ont été retirées.",
        ),
        left_out=(
            "Faute de place, un paragraphe proche n’a pas été lu par le modèle de langue.",
            "Faute de place, {n} paragraphes proches n’ont pas été lus par le modèle de langue.",
        ),
        trimmed=(
            "Un paragraphe long n’a été lu qu’en partie.",
            "{n} paragraphes longs n’ont été lus qu’en partie.",
        ),
        original=" (traduction du modèle ; texte d’origine : « {quote} »)",
        again=" (traduction du modèle)",
        flags={
            "uncited": "sans citation",
            "unsupported": "non confirmé par le paragraphe cité",
            "misquoted": "citation introuvable dans le paragraphe",
            "language": "pas dans la langue de la question",
        },
    ),
    "en": Words(
        faults={
            "timeout": "The language model did not answer in time.",
            "unreachable": "The language model cannot be reached.",
            "busy": "The language model is overloaded or limits requests.",
            "rejected": "The language model rejected the request (“rag doctor” says what is "
            "configured).",
            "declined": "The language model declined to answer.",
            "interrupted": "The language model’s answer broke off.",
            "malformed": "The language model gave no usable answer.",
            "language": "The language model did not answer in English.",
            "window": "The question and the paragraphs do not fit the language model’s window "
            "(RAG_LLM_WINDOW).",
        },
        instead="Here is what the documents say, quoted word for word.",
        nothing_supported="No sentence that the language model proposed was supported by the "
        "paragraphs; they are not shown.",
        no_answer="The language model found no answer in these paragraphs.",
        cut="The answer reached its greatest length (RAG_LLM_ANSWER_TOKENS); its end is missing.",
        dropped=(
            "One sentence that the paragraphs do not support was removed.",
            "{n} sentences that the paragraphs do not support were removed.",
        ),
        left_out=(
            "For lack of room, one nearby paragraph was not read by the language model.",
            "For lack of room, {n} nearby paragraphs were not read by the language model.",
        ),
        trimmed=(
            "One long paragraph was read only in part.",
            "{n} long paragraphs were read only in part.",
        ),
        original=" (the model’s translation; original: “{quote}”)",
        again=" (the model’s translation)",
        flags={
            "uncited": "without a citation",
            "unsupported": "not confirmed by the cited paragraph",
            "misquoted": "quotation not found in the paragraph",
            "language": "not in the question’s language",
        },
    ),
}


def words(language: Language) -> Words:
    return _WORDS[language]


def instead(fault: Fault, language: Language) -> Notice:
    """Why the answer is quoted instead of written."""
    says = _WORDS[language]
    return Notice("fell-back", f"{says.faults[fault.kind]} {says.instead}")


def counted(forms: tuple[str, str], n: int) -> str:
    """The singular or the plural form, with its number."""
    return forms[0] if n == 1 else forms[1].format(n=n)
