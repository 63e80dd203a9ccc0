"""An event loop in a thread of its own, to which callers of any kind are bridged.

A provider's connections belong to the loop that opened them. All calls of a model run on this one,
whatever loop or thread asks, so that many conversations stream side by side, and a caller that is
slow, blocked or gone holds up no other.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import cache
from typing import Generic, TypeVar

T = TypeVar("T")


class _End:
    """Put after the last item; `error` is what ended it early."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


# Threads for what computes (search, checks), of many at once. What waits for a model waits on the
# loop: looking up the name of its host takes one of these threads.
_THREADS = 64


class BackgroundLoop:
    """Runs async generators on the one loop of this process, which starts with the first.

    One for all models, because providers' packages share their connections among models.
    """

    def iterate(self, make: Callable[[], AsyncGenerator[T]]) -> Generator[T]:
        """The items of an async generator that runs on the loop; closing this stops it there."""
        items: queue.SimpleQueue[T | _End] = queue.SimpleQueue()
        run = _Run(_running(), make, items.put)
        try:
            while not isinstance(item := items.get(), _End):
                yield item
            if item.error is not None:
                raise item.error
        finally:
            run.stop()

    async def aiterate(self, make: Callable[[], AsyncGenerator[T]]) -> AsyncGenerator[T]:
        """As `iterate`, for a caller on another loop; cancelling it stops the generator."""
        items: asyncio.Queue[T | _End] = asyncio.Queue()
        caller = asyncio.get_running_loop()

        def put(item: T | _End) -> None:
            # A caller whose loop is closed is gone.
            if not caller.is_closed():
                caller.call_soon_threadsafe(items.put_nowait, item)

        run = _Run(_running(), make, put)
        try:
            while not isinstance(item := await items.get(), _End):
                yield item
            if item.error is not None:
                raise item.error
        finally:
            run.stop()


_STARTING = threading.Lock()


def _running() -> asyncio.AbstractEventLoop:
    # Else two callers at once might start two.
    with _STARTING:
        return _started()


@cache
def _started() -> asyncio.AbstractEventLoop:
    """Its thread ends with the process."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(_THREADS, thread_name_prefix="chat-model"))
    threading.Thread(target=loop.run_forever, name="chat-model", daemon=True).start()
    return loop


class _Run(Generic[T]):
    """One generator running on the loop."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        make: Callable[[], AsyncGenerator[T]],
        put: Callable[[T | _End], None],
    ) -> None:
        self._future = asyncio.run_coroutine_threadsafe(self._pump(make, put), loop)

    @staticmethod
    async def _pump(make: Callable[[], AsyncGenerator[T]], put: Callable[[T | _End], None]) -> None:
        try:
            async with aclosing(make()) as items:
                async for item in items:
                    put(item)
        except asyncio.CancelledError:
            put(_End())
            raise
        except BaseException as error:  # noqa: BLE001  the caller raises it
            put(_End(error))
        else:
            put(_End())

    def stop(self) -> None:
        """At once, and without waiting; nothing happens if it has ended."""
        self._future.cancel()
