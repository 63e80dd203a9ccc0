"""The generator that asks a chat model, and lets it say only what paragraphs bear out.

Paragraphs go in under markers; what comes back is read (`reader`), cut into sentences, its
quotations taken from the store, and each sentence checked against the paragraphs that it cites.
Like the extractive generator it makes drafts in the notation of `rag.citations`, which writes the
citations from the store.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from rag import language as languages
from rag.chat_model.budget import Fitted, fit
from rag.chat_model.call import Ended, call
from rag.chat_model.faults import Fault
from rag.chat_model.frames import unframed
from rag.chat_model.live import Live
from rag.chat_model.nearness import Nearness
from rag.chat_model.prompt import prompt
from rag.chat_model.quotations import Quoted, from_store, unquoted
from rag.chat_model.reader import Piece, Reader
from rag.chat_model.sentences import Sentence, sentences
from rag.chat_model.shown import Shown
from rag.chat_model.words import Words, counted, words
from rag.chat_settings import ChatSettings
from rag.citations import quote_marker, resolve
from rag.support import Cited, Claim, Support
from rag.types import Citation, Delta, Flag, Language, Notice, NoticeKind, Paragraph, Statement

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# Fewer words do not tell which language they are written in.
_TELLING = 4
_MOST = 2 / 3
# What is no sign, path, number or letter of a formula.
_WORD = re.compile(r"(?<!\S)(?=\S\S)[^\W\d_]+(?:['’-][^\W\d_]+)*(?=[\s,.;:!?)]|$)")
_CAPITAL = r"(?:[dlDL]['’])?[A-ZÀ-ÖØ-Þ][\w’'-]*"
# «The Harbour Board of Selmouth» stays English in a French sentence.
_NAME = re.compile(
    rf"(?<!\w){_CAPITAL}(?:(?:,?\s+[a-zà-ÿ’']{{1,3}}){{0,3}},?\s+{_CAPITAL})+"
    rf"|(?<=[\w,;:)] ){_CAPITAL}"
)
_ENDS = (".", "!", "?", "…", "»", "”", '"', ")")


class SupportChecker(Protocol):
    """Judges sentences by their cited paragraphs: `rag.support.Checker`."""

    def check(self, claims: Sequence[Claim]) -> Sequence[Support]: ...


@dataclass(frozen=True, slots=True)
class Written:
    """What stays of the model's answer: its statements and citations, or nothing and the reason."""

    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    sentence: Sentence
    cited: tuple[Shown, ...]
    quoted: Quoted
    flag: Flag | None


class ChatGenerator:
    """Writes answers with one chat model. Its values are read-only and safe to share."""

    def __init__(
        self,
        model: BaseChatModel,
        settings: ChatSettings,
        checker: SupportChecker,
        nearness: Nearness,
    ) -> None:
        self._model = model
        self._settings = settings
        self._checker = checker
        self._nearness = nearness

    async def stream(
        self, question: str, language: Language, paragraphs: Sequence[Paragraph]
    ) -> AsyncGenerator[Delta | Written]:
        """Pieces as the model writes them, then what of it is borne out.

        `question` stands alone (a follow-up is completed before) and `paragraphs` are best first.
        Raises Fault, at the latest about a second after the time-out.
        """
        fitted = await asyncio.to_thread(self._fit, question, language, paragraphs)
        if not fitted.shown:
            raise Fault("window")
        asked = prompt(question, language, fitted.shown, fitted.none)
        texts = "\n".join(one.text for one in fitted.shown)
        reader = Reader([fitted.none, *(one.marker for one in fitted.shown)], texts)
        live = Live(fitted.none)
        pieces: list[Piece] = []
        ended = Ended(cut=False)
        async with aclosing(call(self._model, self._settings, asked)) as answer:
            async for part in answer:
                if isinstance(part, Ended):
                    ended = part
                    break
                read = reader.feed(part)
                pieces += read
                if shown := live.show(read):
                    yield Delta(shown)
        read = reader.close()
        pieces += read
        if shown := live.show(read):
            yield Delta(shown)
        yield await asyncio.to_thread(self._written, pieces, ended, language, fitted)

    def _fit(self, question: str, language: Language, paragraphs: Sequence[Paragraph]) -> Fitted:
        room = self._settings.window - self._settings.answer_tokens
        return fit(question, language, paragraphs, room, self._nearness)

    def _written(
        self, pieces: Sequence[Piece], ended: Ended, language: Language, fitted: Fitted
    ) -> Written:
        says = words(language)
        shown = {one.marker: one for one in fitted.shown}
        found = sentences(pieces, language)
        if ended.cut and found and not _whole(found[-1]):
            found.pop()
        cites = {marker for sentence in found for marker in sentence.markers}
        silent = any(fitted.none in getattr(piece, "markers", ()) for piece in pieces)
        if silent and not cites - {fitted.none}:
            return Written((), (), (Notice("no-answer", says.no_answer),))
        if not cites & set(shown):
            raise Fault("malformed", "no marker" if found else "no text")
        if _foreign(found, language):
            raise Fault("language")
        judged = self._judged(found, shown, language)
        if all(one.flag for one in judged):
            return Written((), (), (Notice("nothing-supported", says.nothing_supported),))
        kept = judged
        if self._settings.unsupported == "drop":
            kept = _unflagged(judged)
        cited = resolve(
            self._drafts(kept, language, says), {one.number: one.paragraph for one in fitted.shown}
        )
        statements = tuple(
            replace(statement, flag=one.flag, continues=one.sentence.continues)
            for statement, one in zip(cited.statements, kept, strict=True)
        )
        dropped = len(judged) - len(kept)
        return Written(statements, cited.citations, _notices(says, ended, dropped, fitted))

    def _judged(
        self, found: Sequence[Sentence], shown: dict[str, Shown], language: Language
    ) -> list[_Judged]:
        """Each sentence with its verdict; those with a citation are checked in one call."""
        judged: list[_Judged] = []
        for sentence in found:
            cited = tuple(shown[marker] for marker in sentence.markers if marker in shown)
            judged.append(_Judged(sentence, cited, from_store(sentence.text, cited), None))
        checked = [one for one in judged if one.cited]
        claims = [
            Claim(
                unframed(replace(one.sentence, text=one.quoted.text).said),
                language,
                tuple(Cited(c.text, c.paragraph.language, c.paragraph.context) for c in one.cited),
            )
            for one in checked
        ]
        supports = dict(zip(map(id, checked), self._checker.check(claims), strict=True))
        return [replace(one, flag=_flag(one, supports.get(id(one)), language)) for one in judged]

    def _drafts(self, kept: Sequence[_Judged], language: Language, says: Words) -> list[str]:
        """Lines in the notation of citations, with the original of foreign passages."""
        given: set[tuple[int, int, int]] = set()
        drafts: list[str] = []
        for one in kept:
            line = one.quoted.draft
            for shown in one.cited:
                if shown.number in one.quoted.passages:
                    continue
                if shown.paragraph.language == language:
                    line += f" [[{shown.number}]]"
                    continue
                span = (shown.number, *self._original(one.sentence.said, shown))
                if span in given:
                    line += f"{says.again} [[{shown.number}]]"
                else:
                    given.add(span)
                    line += says.original.format(quote=quote_marker(*span))
            drafts.append(line)
        return drafts

    def _original(self, sentence: str, shown: Shown) -> tuple[int, int]:
        """The span, in the paragraph, of the sentence that the model's one comes nearest to."""
        spans = languages.sentences(shown.text, shown.paragraph.language)
        nearest = self._nearness.nearest(sentence, [shown.text[a:b] for a, b in spans])
        start, end = spans[nearest]
        return shown.start + start, shown.start + end


def _flag(one: _Judged, support: Support | None, language: Language) -> Flag | None:
    if support is None:
        return "uncited"
    if not support.supported:
        return "unsupported"
    if one.quoted.false:
        return "misquoted"
    if _in_another(_unquoted(one.sentence), language):
        return "language"
    return None


def _unflagged(judged: Sequence[_Judged]) -> list[_Judged]:
    """Without the flagged sentences. What stays of a line still begins one, with its bullet."""
    kept: list[_Judged] = []
    bullet, begins = "", True
    for one in judged:
        if not one.sentence.continues:
            bullet, begins = one.sentence.bullet, True
        if one.flag:
            continue
        leads = begins and one.sentence.continues
        kept.append(_leading(one, bullet) if leads else one)
        begins = False
    return kept


def _leading(one: _Judged, bullet: str) -> _Judged:
    quoted = replace(one.quoted, draft=bullet + one.quoted.draft, text=bullet + one.quoted.text)
    sentence = replace(one.sentence, text=bullet + one.sentence.text, continues=False)
    return replace(one, sentence=sentence, quoted=quoted)


def _notices(says: Words, ended: Ended, dropped: int, fitted: Fitted) -> tuple[Notice, ...]:
    told: list[tuple[NoticeKind, str]] = []
    if ended.cut:
        told.append(("cut", says.cut))
    if dropped:
        told.append(("dropped", counted(says.dropped, dropped)))
    if fitted.left_out:
        told.append(("left-out", counted(says.left_out, len(fitted.left_out))))
    if fitted.trimmed:
        told.append(("left-out", counted(says.trimmed, len(fitted.trimmed))))
    return tuple(Notice(kind, text) for kind, text in told)


def _whole(sentence: Sentence) -> bool:
    """Whether a sentence at the end of an answer that was cut is a whole one."""
    return bool(sentence.markers) or sentence.text.endswith(_ENDS)


def _unquoted(sentence: Sentence) -> str:
    return unquoted(sentence.said)


def _in_another(text: str, language: Language) -> bool:
    """Whether a sentence is in another language than it should be, throughout: names are left
    aside, and the title of a document makes no sentence foreign that begins or ends well."""
    unnamed = _NAME.sub(" ", text)
    if len(_WORD.findall(unnamed)) < _TELLING or languages.grammar_language(unnamed) == language:
        return False
    pieces = unnamed.split()
    middle = len(pieces) // 2
    parts = [unnamed]
    if middle >= _TELLING:
        parts += [" ".join(pieces[:middle]), " ".join(pieces[middle:])]
    return all(languages.identify(part) != language for part in parts)


def _foreign(found: Sequence[Sentence], language: Language) -> bool:
    """Whether most of the answer is in another language than it should be."""
    telling = [text for text in map(_unquoted, found) if len(text.split()) >= _TELLING]
    wrong = [text for text in telling if languages.identify(text) != language]
    return _words(wrong) > _MOST * _words(telling)


def _words(texts: Sequence[str]) -> int:
    return sum(len(text.split()) for text in texts)
