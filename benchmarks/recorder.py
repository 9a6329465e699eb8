"""A recording platform in a process of its own: what it has written down has really arrived.

It listens on loopback, one JSON line a request. Each post is a line in a file, after a pause and
before another, so that a sender can be killed on both sides of the moment that counts.
"""

import argparse
import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from core.chat import Capabilities, Found, MaybeSent, Message, Person, Ref, TryLater

PAUSE = 0.004  # seconds at most, before and after writing down
IN_FLIGHT = 3  # so that 200 kills leave enough to send
SEND_TIMEOUT = timedelta(milliseconds=250)


class Recorder:
    """The server's side."""

    def __init__(self, file: Path) -> None:
        self.file = file.open("a", encoding="utf-8", buffering=1)
        self.found: dict[tuple[str, str], str] = {}
        self.rng = Random(5)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        if not line:  # killed before it said anything
            writer.close()
            return
        request = json.loads(line)
        answer = await self._post(request) if request["do"] == "post" else self._find(request)
        writer.write(json.dumps(answer).encode() + b"\n")
        try:
            await writer.drain()
        except ConnectionError:
            pass  # the sender is dead; what it sent has arrived all the same
        finally:
            writer.close()

    async def _post(self, request: dict[str, str]) -> str:
        await asyncio.sleep(self.rng.uniform(0, PAUSE))
        name = f"m{len(self.found)}"
        self.found[request["place"], request["key"]] = name
        self.file.write(json.dumps({"key": request["key"], "message": name}) + "\n")
        await asyncio.sleep(self.rng.uniform(0, PAUSE))
        return name

    def _find(self, request: dict[str, str]) -> str | None:
        return self.found.get((request["place"], request["key"]))


class RecorderPlatform:
    """The sender's side. Implements core.chat.Platform."""

    name = "recorder"

    def __init__(self, port: int, *, can_find: bool) -> None:
        self.port = port
        self.capabilities = Capabilities(
            max_text=1_000, can_find=can_find, in_flight=IN_FLIGHT, send_timeout=SEND_TIMEOUT
        )

    async def post(
        self, place: str, message: Message, *, key: str, under: Ref | None = None
    ) -> Ref:
        return Ref(place, await self._ask(do="post", place=place, key=key))

    async def open_channel(self, name: str) -> str:
        return f"c-{name}"

    async def find(
        self, place: str, key: str, fingerprint: str, since: datetime, *, under: Ref | None = None
    ) -> Ref | Found:
        if not self.capabilities.can_find:
            return Found.UNKNOWN
        name = await self._ask(do="find", place=place, key=key)
        return Ref(place, name) if name else Found.ABSENT

    async def open_direct(self, external_id: str) -> str:
        return f"direct-{external_id}"

    async def open_group(self, external_ids: Sequence[str], name: str) -> str:
        return "group-" + "-".join(external_ids)

    async def edit(self, ref: Ref, message: Message) -> Ref:
        return ref

    async def delete(self, ref: Ref) -> None:
        return None

    async def people(self) -> Sequence[Person]:
        return ()

    async def _ask(self, **request: str) -> Any:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError as error:
            raise TryLater(str(error)) from error
        try:
            writer.write(json.dumps(request).encode() + b"\n")
            line = await reader.readline()
        finally:
            writer.close()
        if not line:
            raise MaybeSent("the connection broke")
        return json.loads(line)


async def main(file: Path) -> None:
    """Serve until the process is ended; the first line that is printed is the port."""
    server = await asyncio.start_server(Recorder(file).serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    asyncio.run(main(parser.parse_args().file))
