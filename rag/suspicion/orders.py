"""Sentences that give orders to an assistant rather than inform a reader, in French and English.

Each rule asks for the verb of an order and for what only an assistant is told (its instructions,
its prompt, what it is, what its user may know), close to one another: «ignore previous
instructions», never «ignore» alone. Texts are read folded, without unseen characters, emphasis or
letters set apart, so that none of these hides an order.
"""

from __future__ import annotations

import re
from html import unescape

from rag.analyser import fold
from rag.language import identify, sentences
from rag.suspicion.unseen import bared

_EMPHASIS = re.compile(r"[*_~`\\]+")
_BLANK_LINE = re.compile(r"\n\s*\n")
_SPACE = re.compile(r"\s+")
# «i g n o r e», «i.g.n.o.r.e»: the same mark between at least five letters.
_SPACED = re.compile(r"\b[a-z](?:([ .\-_])[a-z](?=\1|\b))(?:\1[a-z]){3,}\b")
# Where an order may begin; elsewhere «ignore» is a verb of some subject.
_BEGIN = (
    r"(?:^|[.!?:;,\"«»“”()\[\]<>|#=/–—-] ?"
    r"|\b(?:please|now|then|must|should|and|et|puis|donc|maintenant|svp|veuillez|il faut) )"
)
_AI = (
    r"(?:ai|a\.i\.|llms?|(?:large )?language models?|chatbots?|chatgpt|gpt(?:-?\d\w*)?|claude"
    r"|gemini|copilot|ai (?:assistants?|agents?|models?|systems?)|assistants?|bots?)"
)
_IA = (
    r"(?:ia|i\.a\.|llm|modeles? de lang(?:ue|age)|chatbots?|chatgpt|gpt(?:-?\d\w*)?|claude|copilot"
    r"|assistants?(?: (?:ia|virtuels?|automatiques?))?|agents? (?:conversationnels?|ia)|robots?)"
)
_RULES = (
    # Drop what you were told.
    rf"{_BEGIN}(?:ignore|disregard|forget|override|bypass|discard)"
    r" (?:(?:any|all|of|the|every|each|your|my|these|those|other) ){0,4}"
    r"(?:previous|prior|preceding|earlier|above|foregoing|past|former|original|initial|system"
    r"|existing|safety)(?:(?: and| or|,)? \w{1,12}){0,2}? "
    r"(?:instructions?|prompts?|directions|rules|guidelines|commands|directives|messages?"
    r"|context|constraints|guardrails|orders)\b",
    rf"{_BEGIN}(?:ignore|disregard|forget|override|bypass|do not follow|stop following)"
    r" (?:all )?(?:of )?(?:your (?:\w{1,12} )?(?:instructions?|prompts?|rules|guidelines|training"
    r"|programming|directives|constraints|guardrails)|(?:everything|anything|all|whatever)"
    r" (?:(?:that )?(?:you (?:were|have been|know)|i (?:said|told)|was said)|above|before))\b",
    r"\b(?:ignore|disregard) (?:all |the )?(?:instructions?|prompts?|directives) "
    r"(?:given )?(?:above|before|so far|you (?:were|have been) given)\b(?! (?:if|when|unless)\b)",
    rf"{_BEGIN}(?:ignore|oublie|neglige|contourne|outrepasse|desobeis a|efface)[zr]?(?: bien)?"
    r" (?:toutes? |tous )?(?:(?:les|tes|vos|ces|mes|aux) )(?:\w{1,14} ){0,2}?"
    r"(?:consignes?|instructions?|directives?|prompts?|ordres|invites?)\b"
    r"(?! (?:de (?:securite|tri|sauvetage|vote|vol|montage)|sanitaires?|d'))",
    rf"{_BEGIN}(?:ignore|oublie)[zr]? (?:tout )?ce (?:qui|que|qu'on) "
    r"(?:precede|t'a|vous a|tu|je t)",
    rf"{_BEGIN}(?:ignore|oublie|contourne)[zr]? (?:toutes? )?(?:tes|vos|les) (?:\w{{1,14}} )?"
    r"regles (?:precedentes|ci-dessus|anterieures|initiales|internes|de securite de l'assistant)",
    r"\b(?:ne (?:tiens|tenez|tenir) (?:plus |pas )?(?:aucun )?compte|fais abstraction"
    r"|faites abstraction|passe[zr]? outre) (?:de |d'|des |a |aux )(?:toutes? |tous )?"
    r"(?:les |tes |vos |ces )?(?:consignes|instructions|directives|prompts?)\b",
    r"\bne (?:suis|suivez|respecte[zr]?|suivre) (?:plus|pas) (?:les |tes |vos )"
    r"(?:consignes|instructions|directives) (?:precedentes|ci-dessus|du systeme|initiales|recues)",
    # Be someone else.
    r"\b(?:you are (?:now|no longer|actually|henceforth)|from now on,? you are)"
    r" (?:an? |the |in |my )?(?:[\w-]{1,16} ){0,4}?"
    rf"(?:{_AI}|dan|jailbroken|unrestricted|developer mode|pirate|hacker|persona|character|bound"
    r"|restricted|subject to (?:any|your))\b",
    r"\bfrom now on,? (?:you (?:will|must|shall|should) )?(?:always |only |never )?"
    r"(?:act|answer|reply|respond|say|speak|ignore|obey|pretend|behave)\b",
    rf"\b(?:act|behave|respond|answer|pretend|roleplay) (?:as|like|to be|as if you (?:are|were))"
    rf" (?:an? |the |if )?(?:[\w-]{{1,16}} ){{0,3}}?(?:{_AI}|dan|jailbroken|pirate|hacker)\b",
    rf"\b(?:tu es|vous etes) (?:maintenant|desormais|dorenavant|en realite)"
    rf" (?:[\w'-]{{1,16}} ){{0,4}}?(?:l'|d'|un |une )?"
    rf"(?:{_IA}|pirate|hacker|personnage|mode developpeur|sans restrictions?)\b",
    r"\b(?:a partir de maintenant|desormais|dorenavant),? (?:tu (?!as |auras )|vous "
    r"(?:repondrez|repondez|devez repondre|jouez|incarnez|ignorez|obeissez))",
    r"\b(?:comporte-toi|comportez-vous|agis|agissez|reponds|repondez|fais|faites)"
    r" (?:comme|en tant qu')(?: si tu etais| si vous etiez)? ?(?:un |une |l')?"
    rf"(?:\w{{1,16}} ){{0,2}}?(?:{_IA}|pirate|hacker)\b",
    # A word to the assistant alone.
    rf"\b(?:if|since|because) you(?:'re| are) (?:an? |the )?(?:[\w-]{{1,16}} ){{0,2}}?{_AI}"
    r"(?: (?:reading|processing|summari[sz]ing|answering))?\b",
    rf"(?:^|[.!?:;\"(\[<>#-] ?)(?:attention|note|message|instructions?|notice|hey|hello|dear)"
    rf",? (?:to |for )?(?:all |the |any )?(?:\w{{1,12}} )?{_AI}\b ?[:,!.]",
    rf"\bsi (?:tu es|vous etes) (?:un |une |l')(?:\w{{1,14}} )?{_IA}\b"
    r"(?! (?:maternel|social|de dir))",
    rf"(?:^|[.!?:;\"(\[<>#-] ?)(?:attention|note|message|consignes?|instructions?|avis|cher|chere)"
    rf",? (?:a l'attention de|a l'intention de|destinee?s? a|pour|a|aux?)? ?(?:l'|les |des |tout )?"
    rf"{_IA}\b ?[:,!.]",
    # Give away what you were told.
    r"\b(?:reveal|print|show|repeat|output|disclose|leak|display|send|give|tell|write|dump|recite)"
    r"(?: me| us| out)? (?:all )?(?:of )?(?:your|the|its) (?:\w{1,12} ){0,2}?"
    r"(?:system prompt|system message|hidden (?:prompt|instructions?)|initial (?:prompt"
    r"|instructions?)|secret (?:prompt|instructions?)|prompt verbatim|instructions verbatim)\b",
    r"\b(?:revele|affiche|montre|donne|repete|recopie|divulgue|ecris|recite|envoie)[zrs]?(?:-moi)?"
    r" (?:ton|ta|tes|votre|vos|le|la|les|l') ?(?:prompt|invite|consignes?|instructions?|message)"
    r" (?:systeme|initiale?s?|cachee?s?|secretes?|internes?|confidentielles?)\b",
    # Deceive the one who asks.
    r"\b(?:do not|don't|never|without)"
    r" (?:tell|inform|mention|reveal|disclos|warn|alert|notify|telling|informing)\w{0,3}"
    r" (?:(?:this|it|anything|that|any of this) )?(?:to )?the "
    r"(?:user|reader|human|person asking)\b",
    r"\b(?:ne (?:\w{1,3} )?"
    r"(?:dis|dites|parle[zr]?|mentionne[zr]?|revele[zr]?|previens|signale[zr]?)"
    r"(?: (?:pas|rien|jamais|surtout pas))(?: (?:cela|ceci|de cela))?|sans (?:le dire|en parler"
    r"|en informer|prevenir|avertir))(?: a)? (?:l'utilisateur|la personne qui)\b",
    r"\b(?:if|when|whenever) (?:the user|you are|you're|anyone|someone|anybody) asks?(?:ed)?\b"
    r"[^.!?]{0,80}?[, ](?:always |just |only |simply )?(?:say|answer|reply|respond)\b"
    r"(?! (?:to|the (?:phone|call)))",
    r"\b(?:si|quand|lorsque) (?:l'utilisateur|on te|on vous|quelqu'un te) (?:demande|interroge)\b"
    r"[^.!?]{0,80}?[, ](?:reponds|dis|affirme|repondez toujours|dites toujours)\b",
    r"\b(?:reponds|repondez) (?:toujours|desormais|uniquement|a toute question)"
    r" (?:que|par le mot)\b",
    r"\b(?:always|only) (?:answer|reply|respond) (?:that|with the (?:word|phrase|sentence))\b",
    rf"{_BEGIN}(?:new|updated|revised|real|actual|nouvelles?|vraies?) (?:system )?"
    r"(?:instructions?|prompt|consignes?) (?:for (?:the )?(?:assistant|ai|model)|du systeme"
    r"|pour l'(?:assistant|ia))?:",
    r"\b(?:end|fin) (?:of|des?|du) (?:the )?(?:system )?(?:context|prompt|retrieved documents"
    r"|documents? fournis|contexte|system message)\b",
)
_ORDER = re.compile("|".join(f"(?:{rule})" for rule in _RULES))


def gives_orders(text: str) -> bool:
    """Whether some sentence of the text speaks to an assistant and tells it what to do."""
    return bool(_ORDER.search(_plain(text)))


def without_orders(question: str) -> str:
    """The question without the sentences that give orders and ask nothing; "" if none is left."""
    if not gives_orders(question):
        return question
    spans = sentences(question, identify(question))
    parts = [question[start:end] for start, end in spans]
    return " ".join(part for part in parts if "?" in part or not gives_orders(part))


def _plain(text: str) -> str:
    # Emphasis first: folding takes a backquote for an apostrophe.
    bare = _EMPHASIS.sub("", bared(unescape(text)))
    folded = _SPACE.sub(" ", _BLANK_LINE.sub(" | ", fold(bare)))
    return _SPACED.sub(lambda run: re.sub(r"[ .\-_]", "", run[0]), folded).strip()
