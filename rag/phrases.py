"""The assistant's own words, in French and English; everything else in an answer is quoted."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Language, Paragraph


@dataclass(frozen=True, slots=True)
class Phrases:
    """Templates of one language: `{title}` names a document, `{place}` where in it, `{quote}` is
    a quotation marker. `foreign` says that a quotation is in the other language."""

    according: str
    same_source: str
    item: str
    paragraph: str
    foreign: str
    abstention: str
    nearest: str
    language: Language

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
        language="en",
    ),
}


def phrases(language: Language) -> Phrases:
    return _PHRASES[language]
