"""Everything that the fake Discord knows, whoever asks."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.platforms.discord.fake.channel import DIRECT_MESSAGE, Channel
from tests.platforms.discord.fake.errors import DiscordError, Json
from tests.platforms.discord.fake.failures import Failures
from tests.platforms.discord.fake.guild import Guild, founded
from tests.platforms.discord.fake.ids import Snowflakes
from tests.platforms.discord.fake.interaction import Interaction
from tests.platforms.discord.fake.limits import Limits
from tests.platforms.discord.fake.message import Message
from tests.platforms.discord.fake.permissions import BOT, Permission
from tests.platforms.discord.fake.users import User

PATIENCE = 10.0
"""Seconds that a test waits for what ought to be there in a moment."""
NONCE_KEPT = 300.0
"""Seconds; the documentation says "the past few minutes"."""


@dataclass
class App:
    """The app as it is registered in the developer portal.

    `privileged`: which of the intents "members", "message_content", "presences" are switched on.
    """

    name: str = "Staffroom"
    token: str = "MTE3NTAwMDAwMDAwMDAwMDAwMA.FAKE00.not-a-real-token-of-any-application"
    privileged: frozenset[str] = frozenset()
    permissions: Permission = BOT  # those with which it is invited
    public: bool = True

    @property
    def flags(self) -> int:
        """https://discord.com/developers/docs/resources/application#application-object"""
        bits = {"presences": 1 << 13, "members": 1 << 15, "message_content": 1 << 19}
        return sum(bits[one] for one in self.privileged)


@dataclass(frozen=True)
class Event:
    """Something that apps hear of at the gateway."""

    name: str
    data: Json
    intents: int  # any of these bits
    guild_id: int = 0
    message: Message | None = None  # whose content may have to be left out


@dataclass(frozen=True)
class Request:
    """One call of the REST API, with its answer (None: no answer)."""

    method: str
    route: str
    path: str
    body: Any
    status: int | None
    answer: Any
    reason: str = ""  # for the audit log
    shared: bool = False  # a 429 that is nobody's fault


@dataclass
class Doors:
    """What a test switches about direct messages; each is an error of opening a new one."""

    opening_too_fast: bool = False  # 40003
    quarantined: bool = False  # 20026
    most_new: int | None = None  # so many more may be opened; then 40003


@dataclass
class _Nonce:
    message: Message
    at: float


class State:
    """The app, guilds, people, channels, what was called, what was promised."""

    def __init__(
        self,
        *,
        app: App,
        now: Callable[[], float] | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.app = app
        self.now = now or time.time
        self.clock = clock or time.monotonic
        self.ids = Snowflakes(self.now)
        self.me = User(self.ids.thing(), app.name, app.name.lower(), bot=True)
        self.application_id = self.me.id
        self.users: dict[int, User] = {self.me.id: self.me}
        self.owner = self.add_user("Olga Owner")
        self.guilds: dict[int, Guild] = {}
        self.directs: dict[int, Channel] = {}  # by the person's id
        self.interactions: dict[str, Interaction] = {}  # by token
        self.commands: dict[int, list[Json]] = {0: []}  # by guild; 0: global
        self.files: dict[str, bytes] = {}
        self.calls: Counter[str] = Counter()
        self.requests: list[Request] = []
        self.posts: list[Message] = []
        self.faults: list[str] = []
        self.limits = Limits(self.clock)
        self.failures = Failures()
        self.doors = Doors()
        self.answer_within = 3.0
        self.token_lives = 15 * 60.0
        self.on_event: Callable[[Event], None] = lambda _event: None
        self.on_post: Callable[[Message], None] = lambda _message: None
        self.base = ""
        self._opened: dict[int, Channel] = {}  # direct messages by their own id
        self._nonces: dict[tuple[int, str], _Nonce] = {}
        self._changed: set[asyncio.Event] = set()

    def add_user(self, name: str) -> User:
        made = User(self.ids.thing(), name, name.lower().replace(" ", "."))
        self.users[made.id] = made
        return made

    def add_guild(self, name: str, owner: User | None = None) -> Guild:
        made = founded(
            name,
            owner or self.owner,
            self.me,
            self.app.permissions,
            self.ids,
            self.now,
            self._told,
            self.add_user,
        )
        self.guilds[made.id] = made
        return made

    def _told(self, guild: Guild, name: str, data: Json) -> None:
        intents = {"GUILD_MEMBER_UPDATE": 1 << 1}.get(name, 1 << 0)
        if guild.id in self.guilds:
            self.emit(name, data, intents, guild.id)

    # Finding

    def guild(self, guild_id: int) -> Guild:
        """One that the app is in."""
        found = self.guilds.get(guild_id)
        if found is None:
            raise DiscordError(10004)
        return found

    def channel(self, channel_id: int) -> Channel:
        for guild in self.guilds.values():
            found = guild.channels.get(channel_id) or guild.threads.get(channel_id)
            if found is not None:
                return found
        if channel_id in self._opened:
            return self._opened[channel_id]
        raise DiscordError(10003)

    def channels(self) -> list[Channel]:
        """Every one, threads and direct messages too."""
        every = [one for guild in self.guilds.values() for one in guild.channels.values()]
        every += [one for guild in self.guilds.values() for one in guild.threads.values()]
        return every + list(self.directs.values())

    def direct(self, user: User) -> Channel:
        """The direct messages between a person and the app."""
        if user.id not in self.directs:
            made = Channel(self.ids.thing(), DIRECT_MESSAGE, recipient=user)
            self.directs[user.id] = self._opened[made.id] = made
        return self.directs[user.id]

    def together(self, user: User) -> bool:
        """Whether a person is in any guild with the app."""
        return any(user.id in one.members for one in self.guilds.values())

    # Happening

    def emit(
        self,
        name: str,
        data: Json,
        intents: int,
        guild_id: int = 0,
        message: Message | None = None,
    ) -> None:
        """Tells every connection that has asked for such events."""
        self.on_event(Event(name, data, intents, guild_id, message))
        self.changed()

    def said_before(self, channel: Channel, nonce: str) -> Message | None:
        """The message that the app wrote with this nonce within the past few minutes."""
        known = self._nonces.get((channel.id, nonce))
        if known is None or self.clock() - known.at > NONCE_KEPT:
            return None
        return known.message

    def remember(self, message: Message, nonce: str) -> None:
        self._nonces[message.channel.id, nonce] = _Nonce(message, self.clock())

    def posted(self, message: Message) -> None:
        """The app has written something that others can see."""
        self.posts.append(message)
        self.on_post(message)
        self.changed()

    def fault(self, words: str) -> None:
        """The app did what is documented nowhere, or what loses something."""
        self.faults.append(words)

    def changed(self) -> None:
        """Wakes everybody who waits for something."""
        for event in self._changed:
            event.set()

    async def until(self, true: Callable[[], Any], within: float = PATIENCE) -> Any:
        """Waits until something is true; what it returned then."""
        event = asyncio.Event()
        self._changed.add(event)
        try:
            async with asyncio.timeout(within):
                while not (found := true()):
                    event.clear()
                    await event.wait()
            return found
        finally:
            self._changed.discard(event)
