"""The gateway: https://discord.com/developers/docs/events/gateway ."""

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.guild import Guild
from tests.platforms.discord.fake.messages import readable
from tests.platforms.discord.fake.packing import Pack, packer
from tests.platforms.discord.fake.state import PATIENCE, Event, State

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT = 0, 1, 2, 3, 4, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, ACK = 8, 9, 10, 11
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, BAD_TOKEN = 4001, 4002, 4003, 4004
IDENTIFIED_TWICE, INVALID_SHARD, BAD_INTENTS, FORBIDDEN_INTENTS = 4005, 4010, 4013, 4014
GUILDS, MEMBERS, PRESENCES, MESSAGE_CONTENT = 1 << 0, 1 << 1, 1 << 8, 1 << 15
PRIVILEGED = {"members": MEMBERS, "presences": PRESENCES, "message_content": MESSAGE_CONTENT}
EVERY_INTENT = (1 << 26) - 1
KEPT = 10_000
"""Events of a session that can be sent once more."""
CHUNK = 1000
"""Members in one GUILD_MEMBERS_CHUNK."""


@dataclass(eq=False)
class Session:
    """What outlives a connection: events that were sent, to be sent again after a resume."""

    id: str
    intents: int
    shard: tuple[int, int]
    number: int = 0
    sent: deque[Json] = field(default_factory=lambda: deque(maxlen=KEPT))
    link: "Link | None" = None
    valid: bool = True

    def concerns(self, event: Event) -> bool:
        wanted = not event.intents or event.intents & self.intents
        number, of = self.shard
        return bool(wanted) and (event.guild_id >> 22) % of == number


@dataclass(eq=False)
class Link:
    """One open WebSocket. Its messages go out in their order, by a task of its own."""

    socket: web.WebSocketResponse
    pack: Pack | None
    queue: "asyncio.Queue[Json | int]" = field(default_factory=asyncio.Queue)
    session: Session | None = None
    heartbeats: int = 0
    deaf: bool = False  # acknowledges no heartbeat

    async def send(self, told: Json) -> None:
        text = json.dumps(told)
        if self.pack is None:
            await self.socket.send_str(text)
        else:
            await self.socket.send_bytes(self.pack(text.encode()))

    async def work(self) -> None:
        """Sends what is queued; a number closes the connection with that code."""
        while True:
            told = await self.queue.get()
            try:
                if isinstance(told, int):
                    await self.socket.close(code=told)
                    return
                await self.send(told)
            except (ConnectionError, RuntimeError):
                return

    def cut(self) -> None:
        """Breaks without a word."""
        request = self.socket._req
        if request is not None and request.transport is not None:
            request.transport.abort()


class Gateway:
    """All connections and sessions of the app."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.links: list[Link] = []
        self.sessions: list[Session] = []
        self.opened = 0
        self.identified: list[Json] = []
        self.resumed = 0
        self.heartbeat_interval = 41_250
        self.refuses = 0  # the HTTP status with which new connections are turned away
        state.on_event = self.tell

    @property
    def live(self) -> list[Session]:
        """Sessions that are ready and connected."""
        return [one for one in self.sessions if one.link is not None and one.valid]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """https://discord.com/developers/docs/events/gateway#connecting"""
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            self.state.fault(f"the gateway was opened with {request.query_string}")
        if self.refuses:
            return web.Response(status=self.refuses)
        compress = request.query.get("compress", "")
        pack = packer(compress) if compress else None
        if compress and pack is None:
            return web.Response(status=400, text=f"the fake does not speak {compress}")
        socket = web.WebSocketResponse(timeout=1.0, max_msg_size=4096)
        await socket.prepare(request)
        self.opened += 1
        link = Link(socket, pack)
        self.links.append(link)
        worker = asyncio.create_task(link.work())
        hello = {"heartbeat_interval": self.heartbeat_interval, "_trace": []}
        link.queue.put_nowait({"op": HELLO, "d": hello, "s": None, "t": None})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(link, message.data)
        finally:
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
            self._lost(link)
        return socket

    def _lost(self, link: Link) -> None:
        self.links.remove(link)
        session = link.session
        if session is not None and session.link is link:
            session.link = None
            if link.socket.close_code in (1000, 1001):
                session.valid = False  # a client that closes so has left
        self.state.changed()

    def _heard(self, link: Link, text: str) -> None:
        try:
            told = json.loads(text)
            op = told["op"]
        except (ValueError, KeyError, TypeError):
            link.queue.put_nowait(DECODE_ERROR)
            return
        if op == HEARTBEAT:
            link.heartbeats += 1
            if not link.deaf:
                link.queue.put_nowait({"op": ACK, "d": None, "s": None, "t": None})
            self.state.changed()
        elif op == IDENTIFY:
            self._identify(link, told["d"])
        elif op == RESUME:
            self._resume(link, told["d"])
        elif link.session is None:
            link.queue.put_nowait(NOT_AUTHENTICATED)
        elif op == REQUEST_MEMBERS:
            self._members(link, told["d"])
        elif op not in (PRESENCE, VOICE):
            link.queue.put_nowait(UNKNOWN_OPCODE)

    # Sessions

    def _identify(self, link: Link, given: Json) -> None:
        """https://discord.com/developers/docs/events/gateway-events#identify"""
        self.identified.append(given)
        if link.session is not None:
            link.queue.put_nowait(IDENTIFIED_TWICE)
            return
        refusal = self._refusal(given)
        if refusal:
            link.queue.put_nowait(refusal)
            return
        shard = given.get("shard") or [0, 1]
        session = Session(f"{len(self.sessions) + 1:032x}", given["intents"], tuple(shard))
        self.sessions.append(session)
        link.session, session.link = session, link
        self._greet(session)

    def _refusal(self, given: Json) -> int:
        if given.get("token") != self.state.app.token:
            return BAD_TOKEN
        intents = given.get("intents")
        if not isinstance(intents, int) or not 0 <= intents <= EVERY_INTENT:
            return BAD_INTENTS
        number, of = given.get("shard") or (0, 1)
        if not 0 <= number < of:
            return INVALID_SHARD
        allowed = self.state.app.privileged
        if any(intents & bit and name not in allowed for name, bit in PRIVILEGED.items()):
            return FORBIDDEN_INTENTS
        return 0

    def _greet(self, session: Session) -> None:
        """READY with guilds that are not there yet, then each of them."""
        state = self.state
        number, of = session.shard
        mine = [one for one in state.guilds.values() if (one.id >> 22) % of == number]
        ready = {
            "v": 10,
            "user": state.me.document() | {"verified": True, "mfa_enabled": True, "email": None},
            "guilds": [{"id": str(one.id), "unavailable": True} for one in mine],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": state.base.replace("http", "ws", 1) + "/",
            "shard": list(session.shard),
            "application": {"id": str(state.application_id), "flags": state.app.flags},
            "private_channels": [],
            "presences": [],
            "relationships": [],
            "_trace": [],
        }
        self._dispatch(session, "READY", ready)
        for guild in mine:
            if guild.available:
                self._introduce(session, guild)
        state.changed()

    def _introduce(self, session: Session, guild: Guild) -> None:
        if session.intents & GUILDS:
            data = guild.created(members=bool(session.intents & MEMBERS))
            self._dispatch(session, "GUILD_CREATE", data)

    def introduce(self, guild: Guild) -> None:
        """Tells every session whose shard it is of a server: the app joined it, or it is back."""
        for session in self.sessions:
            number, of = session.shard
            if session.valid and (guild.id >> 22) % of == number:
                self._introduce(session, guild)
        self.state.changed()

    def _resume(self, link: Link, given: Json) -> None:
        """https://discord.com/developers/docs/events/gateway-events#resume"""
        if given.get("token") != self.state.app.token:
            link.queue.put_nowait(BAD_TOKEN)
            return
        known = [one for one in self.sessions if one.id == given.get("session_id") and one.valid]
        if not known:
            link.queue.put_nowait({"op": INVALID_SESSION, "d": False, "s": None, "t": None})
            return
        session = known[0]
        link.session, session.link = session, link
        self.resumed += 1
        seen = given.get("seq") or 0
        for told in session.sent:
            if told["s"] > seen:
                link.queue.put_nowait(told)
        self._dispatch(session, "RESUMED", {"_trace": []})
        self.state.changed()

    # Events

    def tell(self, event: Event) -> None:
        """Sends an event to every session that has asked for it; kept for those that are away."""
        for session in self.sessions:
            if session.valid and session.concerns(event):
                self._dispatch(session, event.name, self._cut(session, event))

    def _cut(self, session: Session, event: Event) -> Json:
        """https://discord.com/developers/docs/events/gateway#message-content-intent"""
        message = event.message
        if message is None or session.intents & MESSAGE_CONTENT:
            return event.data
        if readable(self.state, message):
            return event.data
        hidden = message.document(content=False)
        kept = {name: one for name, one in event.data.items() if name not in hidden}
        return hidden | kept | {"mentions": event.data["mentions"]}

    def _dispatch(self, session: Session, name: str, data: Any) -> None:
        session.number += 1
        told = {"op": DISPATCH, "t": name, "s": session.number, "d": data}
        session.sent.append(told)
        if session.link is not None:
            session.link.queue.put_nowait(told)

    def _members(self, link: Link, given: Json) -> None:
        """https://discord.com/developers/docs/events/gateway-events#request-guild-members"""
        session = link.session
        assert session is not None
        guild = self.state.guilds.get(int(given["guild_id"]))
        wanted = given.get("user_ids")
        everybody = not given.get("limit") and not wanted and not given.get("query")
        if guild is None or (everybody and not session.intents & MEMBERS):
            return
        found = list(guild.members.values())
        missing: list[str] = []
        if wanted:
            ids = [int(one) for one in (wanted if isinstance(wanted, list) else [wanted])]
            found = [one for one in found if one.id in ids]
            missing = [str(one) for one in ids if one not in guild.members]
        elif given.get("query"):
            query = str(given["query"]).lower()
            names = {one.id: (one.nick or one.user.name).lower() for one in found}
            found = [one for one in found if names[one.id].startswith(query)]
        if given.get("limit"):
            found = found[: int(given["limit"])]
        chunks = [found[at : at + CHUNK] for at in range(0, len(found), CHUNK)] or [[]]
        for number, chunk in enumerate(chunks):
            data: Json = {
                "guild_id": str(guild.id),
                "members": [one.document() for one in chunk],
                "chunk_index": number,
                "chunk_count": len(chunks),
                "not_found": missing,
            }
            if given.get("nonce"):
                data["nonce"] = given["nonce"]
            self._dispatch(session, "GUILD_MEMBERS_CHUNK", data)

    # What a test arranges

    async def connected(self, number: int = 1, within: float = PATIENCE) -> None:
        """Waits until so many sessions are ready."""
        await self.state.until(lambda: len(self.live) >= number, within)

    def reconnect(self) -> None:
        """Asks every connection to come back and resume (op 7)."""
        for link in self.links:
            link.queue.put_nowait({"op": RECONNECT, "d": None, "s": None, "t": None})

    def invalidate(self, *, resumable: bool = False) -> None:
        """Declares every session invalid (op 9)."""
        for session in self.sessions:
            session.valid = session.valid and resumable
        for link in self.links:
            told = {"op": INVALID_SESSION, "d": resumable, "s": None, "t": None}
            link.queue.put_nowait(told)

    def forget(self) -> None:
        """Every session is lost; whoever resumes one is refused."""
        for session in self.sessions:
            session.valid = session.link is not None
            session.id += "-forgotten"

    def close(self, code: int = 4000) -> None:
        """Closes every connection with a code."""
        for link in self.links:
            link.queue.put_nowait(code)

    def cut(self) -> None:
        """Every connection breaks without a word."""
        for link in list(self.links):
            link.cut()

    def ask_heartbeat(self) -> None:
        """Asks for a heartbeat at once (op 1)."""
        for link in self.links:
            link.queue.put_nowait({"op": HEARTBEAT, "d": None, "s": None, "t": None})

    async def leave(self) -> None:
        """The end: every connection is closed."""
        for link in list(self.links):
            await link.socket.close(code=1001)
