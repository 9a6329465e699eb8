"""The pages that are open now. They are told that something changed, never what: each then asks
for what its person may see, so there is one way to read and nothing can leak here."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Note = dict[str, Any]
CHANGE: Note = {"type": "change"}
BACKLOG = 100  # a page that listens so slowly will ask for everything anyway


class Feed:
    """The open pages of one home."""

    def __init__(self) -> None:
        self._pages: set[asyncio.Queue[Note | None]] = set()

    def tell(self, note: Note) -> None:
        """Tell every page."""
        for queue in tuple(self._pages):
            if queue.qsize() < BACKLOG:
                queue.put_nowait(note)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Note | None]]:
        """What is told while this is open; None says that the server is closing."""
        queue: asyncio.Queue[Note | None] = asyncio.Queue()
        self._pages.add(queue)
        try:
            yield queue
        finally:
            self._pages.discard(queue)

    def close(self) -> None:
        for queue in tuple(self._pages):
            queue.put_nowait(None)
