"""Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode ."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from tests.platforms.slack.fake.delivery import Ack, Retry, Sort
from tests.platforms.slack.fake.errors import Json
from tests.platforms.slack.fake.state import PATIENCE, State

MOST_CONNECTIONS = 10


@dataclass(eq=False)
class Connection:
    """One open WebSocket, and the envelopes that wait for its acknowledgement."""

    socket: web.WebSocketResponse
    number: int
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    retiring: bool = False


class SocketMode:
    """All connections of the app."""

    def __init__(self, state: State, within: float) -> None:
        self.state = state
        self.within = within
        self.connections: list[Connection] = []
        self.opened = 0
        self.refusals = 0  # how many of the next connections are refused; their tickets are spent
        self.envelopes: list[Json] = []
        self._tickets: set[str] = set()
        self._turn = cycle(range(MOST_CONNECTIONS))

    def link(self) -> str:
        """The address that apps.connections.open hands out; good for one connection."""
        ticket = self.state.ids.next("ticket").lower()
        self._tickets.add(ticket)
        return f"{self.state.base.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id=fake"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=400, text="invalid ticket")
        self._tickets.discard(ticket)
        if self.refusals:
            self.refusals -= 1
            return web.Response(status=503, text="no capacity")
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        self.opened += 1
        connection = Connection(socket, self.opened)
        if len(self.connections) >= MOST_CONNECTIONS:
            await self._send(connection, {"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        await self._send(connection, self._hello(len(self.connections) + 1))
        self.connections.append(connection)
        self.state.changed()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(connection, message.data)
        finally:
            self._lost(connection)
        return socket

    def _hello(self, number: int) -> Json:
        return {
            "type": "hello",
            "num_connections": number,
            "debug_info": {
                "host": "applink-1",
                "build_number": 1,
                "approximate_connection_time": 18_060,
            },
            "connection_info": {"app_id": self.state.app.id},
        }

    async def _send(self, connection: Connection, message: Json) -> None:
        await connection.socket.send_str(json.dumps(message))

    def _acknowledged(self, connection: Connection, text: str) -> None:
        body = json.loads(text)
        named = body.get("envelope_id", "")
        if all(one["envelope_id"] != named for one in self.envelopes):
            self.state.fault(f"Socket Mode: this acknowledges no envelope: {text[:100]}")
        waiting = connection.waiting.get(named)
        if waiting is not None and not waiting.done():
            waiting.set_result(body.get("payload"))

    def _lost(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)
        for waiting in connection.waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionResetError())
        self.state.changed()

    def _open(self) -> Connection | None:
        ready = [one for one in self.connections if not one.socket.closed and not one.retiring]
        return ready[next(self._turn) % len(ready)] if ready else None

    async def connected(self, number: int = 1, within: float = PATIENCE) -> None:
        """Waits until so many connections are open."""
        await self.state.until(lambda: len(self.connections) >= number, within)

    async def deliver(self, sort: Sort, payload: Json, retry: Retry | None = None) -> Ack:
        """Sends an envelope on any connection and awaits its acknowledgement."""
        connection = self._open() or await self.state.until(self._open, 60.0)
        envelope: Json = {
            "envelope_id": f"{self.state.ids.next('e').lower()}-envelope",
            "payload": payload,
            "type": sort,
            "accepts_response_payload": sort != "events_api",
        }
        if sort == "events_api":
            envelope["retry_attempt"] = retry.attempt if retry else 0
            envelope["retry_reason"] = retry.reason if retry else ""
        self.envelopes.append(envelope)
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = waiting
        try:
            await self._send(connection, envelope)
            body = await asyncio.wait_for(waiting, self.within)
        except TimeoutError:
            return Ack(False, reason="timeout")
        except (ConnectionResetError, ConnectionError):
            return Ack(False, reason="connection_failed")
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)
        return Ack(True, body)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Slack asks every connection to be replaced: `warning`, then `refresh_requested`."""
        for connection in list(self.connections):
            connection.retiring = reason != "warning"
            info = {"host": "applink-1"}
            await self._send(
                connection, {"type": "disconnect", "reason": reason, "debug_info": info}
            )

    async def close(self, code: int = WSCloseCode.OK) -> None:
        """Slack closes every connection, politely."""
        for connection in list(self.connections):
            await connection.socket.close(code=code)

    def cut(self) -> None:
        """Every connection breaks without a word."""
        for connection in list(self.connections):
            transport = connection.socket._req.transport if connection.socket._req else None
            if transport is not None:
                transport.abort()
            self._lost(connection)
