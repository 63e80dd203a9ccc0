"""The words of the interface, in French and English.

Both are in the page at once and the style sheet shows one, so that switching language needs no
server and loses no conversation.
"""

from __future__ import annotations

from rag.types import Language

_TEXTS: dict[str, tuple[str, str]] = {
    "tagline": (
        "Des réponses, et le paragraphe qui les fonde",
        "Answers, and the paragraph behind each one",
    ),
    "language": ("Langue de l’interface", "Interface language"),
    "new": ("Nouvelle conversation", "New conversation"),
    "conversation": ("Conversation", "Conversation"),
    "paragraphs": ("Paragraphes", "Paragraphs"),
    "views": ("Vues", "Views"),
    "question": ("Votre question", "Your question"),
    "ask": ("Question en français ou en anglais", "Question in French or English"),
    "send": ("Envoyer", "Send"),
    "welcome": ("Que cherchez-vous dans ces documents ?", "What are you looking for?"),
    "promise": (
        "Chaque phrase d’une réponse renvoie au paragraphe qui la fonde. "
        "Si les documents ne répondent pas, Alinéa le dit.",
        "Every sentence of an answer links to the paragraph behind it. "
        "If the documents do not answer, Alinéa says so.",
    ),
    "thinking": ("Recherche dans les documents…", "Searching the documents…"),
    "checking": (
        "Rédaction en cours, pas encore vérifiée…",
        "Being written, not yet checked…",
    ),
    "stopped": ("Réponse interrompue à votre demande.", "Answer stopped at your request."),
    "stop": ("Arrêter", "Stop"),
    "understood": ("Question comprise :", "Understood as:"),
    "copy": ("Copier la réponse", "Copy the answer"),
    "copied": ("Copié", "Copied"),
    "judged": (
        "Merci. Votre avis est noté sur cette machine, et nulle part ailleurs.",
        "Thank you. Your opinion is kept on this machine, and nowhere else.",
    ),
    "see-cited": ("Voir les paragraphes cités", "See the cited paragraphs"),
    "see-near": ("Voir les paragraphes proches", "See the nearby paragraphs"),
    "cited": ("Paragraphes cités", "Cited paragraphs"),
    "near": ("Proches, mais ne répondant pas", "Nearby, but not an answer"),
    "nothing-near": ("Aucun paragraphe n’est proche.", "No paragraph is close."),
    "page": ("p.", "p."),
    "open": ("Lire dans le document", "Read in the document"),
    "collection": ("Documents de la collection", "Documents in this collection"),
    "more-documents": ("autres documents", "more documents"),
    "back": ("Retour", "Back"),
    "gone": (
        "Ce paragraphe n’est plus dans l’index. Posez de nouveau la question.",
        "This paragraph is no longer in the index. Ask the question again.",
    ),
    "unreachable": (
        "Le serveur ne répond pas. Vérifiez que « rag chat » tourne encore, puis réessayez.",
        "The server does not answer. Check that “rag chat” is still running, then try again.",
    ),
    "too-long": (
        "Cette question est trop longue : {length} caractères, au plus {limit}. Raccourcissez-la.",
        "This question is too long: {length} characters, at most {limit}. Please shorten it.",
    ),
    "failed": ("La réponse n’a pas pu être établie.", "The answer could not be worked out."),
    "unexpected": (
        "Une erreur inattendue est survenue ; le terminal de « rag chat » en donne le détail. "
        "Réessayez, ou reformulez la question.",
        "An unexpected error occurred; the terminal of “rag chat” tells more. "
        "Try again, or ask in other words.",
    ),
}


def text(key: str, language: Language) -> str:
    french, english = _TEXTS[key]
    return french if language == "fr" else english


def both(key: str, **values: object) -> str:
    """HTML that shows a text in the language of the interface; `values` fill its fields."""
    french, english = (version.format(**values) for version in _TEXTS[key])
    return f'<span class="fr" lang="fr">{french}</span><span class="en" lang="en">{english}</span>'


def table() -> dict[Language, dict[str, str]]:
    """What the page's script needs to set labels and placeholders."""
    languages: tuple[Language, ...] = ("fr", "en")
    return {language: {key: text(key, language) for key in _TEXTS} for language in languages}
