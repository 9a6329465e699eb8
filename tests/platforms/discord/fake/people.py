"""What people do, and what they then see."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.discord.fake import forms, mentions, payloads, resolving, writing
from tests.platforms.discord.fake.answers import NO_ANSWER, Answer
from tests.platforms.discord.fake.call import attach
from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.component_rules import BUTTON, SELECTS
from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.event import ScheduledEvent
from tests.platforms.discord.fake.guild import Guild
from tests.platforms.discord.fake.interaction import Interaction, Kind, Modal
from tests.platforms.discord.fake.message import REPLY, SPOKEN, Attachment, Message, text_of
from tests.platforms.discord.fake.permissions import Permission
from tests.platforms.discord.fake.resolving import Refused, Resolved
from tests.platforms.discord.fake.state import State
from tests.platforms.discord.fake.users import Member, Role, User

MEMBERS, EVENTS = 1 << 1, 1 << 16
"""https://discord.com/developers/docs/events/gateway#list-of-intents"""


@dataclass(frozen=True)
class Choice:
    """One suggestion below an option that the app completes."""

    name: str
    value: Any


@dataclass
class Person:
    """One person, in one server and in direct messages with the app."""

    state: State
    guild: Guild
    user: User
    patience: float = field(default=3.0)  # real seconds until "did not respond"

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def mention(self) -> str:
        return self.user.mention

    @property
    def direct(self) -> Channel:
        """The direct messages with the app."""
        return self.state.direct(self.user)

    # What they see

    def sees(self, channel: Channel | str) -> list[Message]:
        """The messages of a channel as this person sees them, ephemeral ones among them."""
        place = self._place(channel)
        return place.read(self.id)

    def reads(self, channel: Channel | str | None = None) -> list[str]:
        """What was said there, without notices; by default in the direct messages.

        With the labels of buttons and menus, each on its own line.
        """
        seen = self.sees(channel or self.direct)
        return [text_of(one) for one in seen if one.type in SPOKEN and not one.loading]

    # Interactions

    async def command(
        self,
        name: str,
        options: dict[str, Any] | None = None,
        *,
        channel: Channel | str | None = None,
        wait: bool = True,
    ) -> Answer:
        """Uses "/topic", "/topic action" or "/topic group action", by default in direct messages.

        Waits until the app has acknowledged it, at most three seconds; with `wait=False`, not.
        """
        place = self._place(channel or self.direct)
        data = self._command(name, options or {}, place)
        return await self._send(
            payloads.begin(self.state, Kind.COMMAND, self.user, place, data), wait
        )

    def _command(
        self, name: str, values: dict[str, Any], place: Channel, focused: str = ""
    ) -> Json:
        path = name.removeprefix("/").split()
        command = resolving.find(self.state, place.guild, path, self.user, place)
        resolved = Resolved(place.guild)
        data: Json = {
            "id": command["id"],
            "name": command["name"],
            "type": 1,
            "options": resolving.options(command, path, values, resolved, self.user, focused),
        }
        if resolved.found:
            data["resolved"] = resolved.found
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return data

    async def autocomplete(
        self,
        name: str,
        option: str,
        typed: str = "",
        options: dict[str, Any] | None = None,
        *,
        channel: Channel | str | None = None,
    ) -> list[Choice]:
        """Types into an option that the app completes; what is suggested."""
        place = self._place(channel or self.direct)
        data = self._command(name, {**(options or {}), option: typed}, place, option)
        made = payloads.begin(self.state, Kind.AUTOCOMPLETE, self.user, place, data)
        await self._send(made, True)
        return [Choice(one["name"], one["value"]) for one in made.choices or []]

    async def press(self, message: Message, what: str, *, wait: bool = True) -> Answer:
        """Presses a button, by its label or custom_id."""
        button = forms.find(message.walk(), what, (BUTTON,))
        if "custom_id" not in button:
            raise Refused(f"{what!r} is a link: {button.get('url')}")
        return await self._use(message, button, {}, wait)

    async def choose(
        self, message: Message, what: str, values: Any, *, wait: bool = True
    ) -> Answer:
        """Chooses in a menu, found by its custom_id or placeholder; values, labels or things."""
        menu = forms.find(message.walk(), what, SELECTS)
        resolved = Resolved(message.channel.guild)
        more: Json = {"values": forms.chosen(menu, values, resolved, self.user)}
        if resolved.found:
            more["resolved"] = resolved.found
        return await self._use(message, menu, more, wait)

    async def _use(self, message: Message, component: Json, more: Json, wait: bool) -> Answer:
        if message.deleted:
            raise Refused("this message is gone")
        if message.ephemeral and message.to != self.id:
            raise Refused("only its addressee sees an ephemeral message")
        place = self._place(message.channel)
        data = {
            "component_type": component["type"],
            "custom_id": component["custom_id"],
            "id": component["id"],
            **more,
        }
        made = payloads.begin(self.state, Kind.COMPONENT, self.user, place, data, message=message)
        return await self._send(made, wait)

    async def submit(
        self, modal: Modal, values: dict[str, Any] | None = None, *, wait: bool = True
    ) -> Answer:
        """Fills a modal, each field by its label or custom_id, and sends it."""
        before = modal.opened_by
        if before.user is not self.user:
            raise Refused("this modal is before someone else")
        if modal.sent:
            raise Refused("this modal was sent and is closed")
        resolved = Resolved(before.channel.guild)
        data: Json = {
            "custom_id": modal.custom_id,
            "components": forms.submitted(modal, values or {}, resolved, self.user),
        }
        if resolved.found:
            data["resolved"] = resolved.found
        made = payloads.begin(
            self.state,
            Kind.MODAL,
            self.user,
            before.channel,
            data,
            message=before.message,
            before=before,
        )
        answer = await self._send(made, wait)
        modal.sent = answer.acknowledged
        return answer

    async def _send(self, made: Interaction, wait: bool) -> Answer:
        answer = Answer(self.state, made)
        guild_id = made.channel.guild.id if made.channel.guild else 0
        self.state.emit("INTERACTION_CREATE", payloads.interaction(self.state, made), 0, guild_id)
        if wait:
            try:
                await answer.ack(self.patience)
            except TimeoutError:
                answer.error = NO_ANSWER
        return answer

    # Messages

    async def say(
        self,
        channel: Channel | str,
        text: str = "",
        attachments: Iterable[tuple[str, bytes]] = (),
        reply_to: Message | None = None,
        *,
        ping: bool = True,
    ) -> Message:
        """Writes a message; `attachments` are names and contents."""
        place = self._place(channel)
        made = Message(
            self.state.ids.next(),
            place,
            self.user,
            self.state.now(),
            text,
            attachments=[attach(self.state, name, data) for name, data in attachments],
            reference=reply_to,
            type=REPLY if reply_to is not None else 0,
        )
        allowed = {"parse": ["users", "roles", "everyone"], "replied_user": ping}
        writing.placed(self.state, made, allowed)
        return made

    async def dm(self, text: str = "", attachments: Iterable[tuple[str, bytes]] = ()) -> Message:
        """Writes to the app."""
        return await self.say(self.direct, text, attachments)

    async def edit(self, message: Message, text: str) -> None:
        message.content, message.edited = text, self.state.now()
        mentions.resolve(message, None)
        writing.announce(self.state, "MESSAGE_UPDATE", message)

    async def delete(self, message: Message) -> None:
        writing.removed(self.state, message)

    def file(self, name: str, content: bytes) -> Attachment:
        """A file to give to an option or a modal."""
        return attach(self.state, name, content)

    # Coming and going

    async def join(self, guild: Guild | None = None, *roles: Role) -> None:
        """https://discord.com/developers/docs/events/gateway-events#guild-member-add"""
        home = guild or self.guild
        made = Member(self.user, self.state.now(), [one.id for one in roles])
        home.members[self.id] = made
        data = made.document() | {"guild_id": str(home.id)}
        self.state.emit("GUILD_MEMBER_ADD", data, MEMBERS, home.id)

    async def leave(self, guild: Guild | None = None) -> None:
        """https://discord.com/developers/docs/events/gateway-events#guild-member-remove"""
        home = guild or self.guild
        del home.members[self.id]
        for thread in home.threads.values():
            if thread.thread is not None:
                thread.thread.members.pop(self.id, None)
        for event in home.events.values():
            event.interested = [one for one in event.interested if one is not self.user]
        data = {"guild_id": str(home.id), "user": self.user.document()}
        self.state.emit("GUILD_MEMBER_REMOVE", data, MEMBERS, home.id)

    async def interested(self, event: ScheduledEvent, *, yes: bool = True) -> None:
        """Presses "Interested" at an event, once more to take it back (`yes=False`).

        https://discord.com/developers/docs/events/gateway-events#guild-scheduled-event-user-add
        """
        if (self.user in event.interested) == yes:
            return
        if yes:
            event.interested.append(self.user)
        else:
            event.interested.remove(self.user)
        data = {
            "guild_scheduled_event_id": str(event.id),
            "user_id": str(self.id),
            "guild_id": str(event.guild_id),
        }
        name = "GUILD_SCHEDULED_EVENT_USER_ADD" if yes else "GUILD_SCHEDULED_EVENT_USER_REMOVE"
        self.state.emit(name, data, EVENTS, event.guild_id)

    def _place(self, given: Channel | str) -> Channel:
        """A channel that this person can open."""
        place = self.guild.channel(given) if isinstance(given, str) else given
        if place.guild is None:
            if place.recipient is not self.user:
                raise Refused("these are the direct messages of someone else")
        elif not place.guild.sees(self.id, place):
            raise Refused(f"{self.name} does not see #{place.name}")
        return place

    def may(self, name: str, channel: Channel | None = None) -> bool:
        """Whether they have a permission."""
        return Permission[name.upper()] in self.guild.permissions(self.id, channel)
