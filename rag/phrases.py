"""The assistant's own words, in French and English; everything else in an answer is quoted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rag.types import Language, Paragraph, Suspicion


@dataclass(frozen=True, slots=True)
class Phrases:
    """Templates of one language: `{title}` names a document, `{place}` where in it, `{quote}` is
    a quotation marker. `foreign` says that a quotation is in the other language, `suspect` warns
    of a paragraph and gives the `{reasons}`, `understood` shows a follow-up completed."""

    according: str
    same_source: str
    item: str
    paragraph: str
    foreign: str
    abstention: str
    nearest: str
    understood: str
    suspect: str
    suspicions: Mapping[Suspicion, str]
    language: Language

    def warning(self, paragraph: Paragraph) -> str:
        """Why readers should be wary of the paragraph; "" for nearly all."""
        reasons = ", ".join(self.suspicions[kind] for kind in paragraph.suspicions)
        return self.suspect.format(reasons=reasons) if reasons else ""

    def place(self, paragraph: Paragraph) -> str:
        """Where the paragraph stands, by its own label, and in which language it is written."""
        label = paragraph.label.strip()
        named = f", {label}" if label[:1].isalpha() else f", {self.paragraph} {label}"
        foreign = self.foreign if paragraph.language != self.language else ""
        return f"{named if label else ''}{foreign}"


_PHRASES: dict[Language, Phrases] = {
    "fr": Phrases(
        according="D’après « {title} »{place} : « {quote} »",
        same_source="Le même document indique{place} : « {quote} »",
        item="• « {quote} »",
        paragraph="paragraphe",
        foreign=" (en anglais)",
        abstention="Les documents indexés ne permettent pas de répondre à cette question.",
        nearest="Les paragraphes les plus proches sont montrés à titre d’information.",
        understood="Question comprise : {question}",
        suspect="Prudence : ce passage du document {reasons}. Il est cité tel quel, rien n’en est "
        "suivi ni exécuté.",
        suspicions={
            "orders": "donne des ordres à un assistant",
            "hidden": "cache du texte",
            "marks": "imite des renvois ou une conversation",
            "calls": "appellerait une autre machine",
            "active": "contient du code HTML actif",
        },
        language="fr",
    ),
    "en": Phrases(
        according="According to “{title}”{place}: “{quote}”",
        same_source="The same document states{place}: “{quote}”",
        item="• “{quote}”",
        paragraph="paragraph",
        foreign=" (in French)",
        abstention="The indexed documents do not answer this question.",
        nearest="The nearest paragraphs are shown for information only.",
        understood="Understood as: {question}",
        suspect="Beware: this passage of the document {reasons}. It is quoted as it is; nothing in "
        "it is obeyed or run.",
        suspicions={
            "orders": "gives an assistant orders",
            "hidden": "hides text",
            "marks": "imitates citation marks or a conversation",
            "calls": "would call another machine",
            "active": "holds active HTML",
        },
        language="en",
    ),
}


def phrases(language: Language) -> Phrases:
    return _PHRASES[language]
