"""A key sent as a bearer token, for clients that would show a header."""

from __future__ import annotations

from collections.abc import Generator

import httpx

from rag.chat_settings import Secret


class Bearer(httpx.Auth):
    """Adds `Authorization: Bearer …` to each request."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        yield request
