"""Markdown and HTML that would act or call another machine if something rendered them."""

from __future__ import annotations

import re
from html import unescape

from rag.suspicion.unseen import bared

_CODE = re.compile(r"```[^`]*```|`[^`\n]{1,200}`")
_SPACE = re.compile(r"\s+")
_REMOTE = r"[ <]{0,3}(?:https?:|ftp:|//|data:|\\\\)"
_CALLS = re.compile(
    # An image is fetched as soon as it is shown; reference style, `![x][1]`, by its definition.
    rf"!\[[^\[\]]{{0,300}}\]\({_REMOTE}"
    rf"|<(?:img|image|video|audio|source|track|iframe|frame|embed|input|script|link|body|table|td)"
    rf"\b[^<>]{{0,400}}?\b(?:src|srcset|data|href|background|poster)\s?=\s?[\"']?{_REMOTE}"
    rf"|\burl\({_REMOTE}"
    # A link that hands over what the reader has: an address with a blank to fill.
    r"|\]\([^()\s]{1,300}[?&][\w.-]{1,40}=(?:\{|%7b|\[|<|\$)",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    r"<(?:script|iframe|frame|object|embed|applet|base|form|meta|style|svg|math|template|noscript)"
    r"(?:\s[^<>]{0,400})?/?>"
    r"|<[a-z][a-z0-9-]{0,20}\s(?:[^<>]{0,400}?[\s\"'/])?on[a-z]{3,20}\s?=\s?(?:[\"']|\w+\()"
    r"|<[a-z][a-z0-9-]{0,20}\s[^<>]{0,400}?(?:display\s?:\s?none|visibility\s?:\s?hidden"
    r"|font-size\s?:\s?0|opacity\s?:\s?0(?![.\d])|[\"';\s]color\s?:\s?(?:white|#fff))"
    r"|(?:\]\(|=\s?[\"']?|<)\s?(?:javascript|vbscript|data):[^\s)]",
    re.IGNORECASE,
)


def calls_out(text: str) -> bool:
    """Whether rendering the text would fetch an address, or a link would carry data away."""
    return bool(_CALLS.search(_prose(text)))


def is_active(text: str) -> bool:
    """Whether the text holds HTML that runs, replaces or hides parts of a page, or a link that
    runs. What stands between backquotes is shown, not run, and is passed over."""
    return bool(_ACTIVE.search(_prose(text)))


def _prose(text: str) -> str:
    without_code = _CODE.sub(" ", bared(text))
    return _SPACE.sub(" ", unescape(without_code) if "&" in without_code else without_code)
