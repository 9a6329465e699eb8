"""A server: https://discord.com/developers/docs/resources/guild#guild-object ."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.discord.fake import channel as channels
from tests.platforms.discord.fake.channel import Channel, Tag
from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.event import NEXT, ScheduledEvent
from tests.platforms.discord.fake.ids import Snowflakes, moment
from tests.platforms.discord.fake.permissions import (
    EVERYTHING,
    NOTHING,
    PEOPLE,
    Permission,
    combine,
    named,
)
from tests.platforms.discord.fake.users import Member, Role, User

Tell = Callable[["Guild", str, Json], None]
LARGE = 250
"""Above this, offline members are left out of GUILD_CREATE: what discord.py asks for."""


@dataclass(eq=False)
class Guild:
    """One server, with its roles, members, channels, threads and events."""

    id: int
    name: str
    owner: User
    app: User
    ids: Snowflakes
    now: Callable[[], float]
    tell: Tell
    new_user: Callable[[str], User]
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    events: dict[int, ScheduledEvent] = field(default_factory=dict)
    most_active_threads: int = 1000
    available: bool = True

    # Who may do what

    def permissions(self, user_id: int, place: Channel | None = None) -> Permission:
        member = self.members.get(user_id)
        if member is None:
            return NOTHING
        if user_id == self.owner.id:
            return EVERYTHING
        base = self.roles[self.id].permissions
        for role in member.roles:
            base |= self.roles[role].permissions
        return combine(base, self.id, member.roles, user_id, place)

    def sees(self, user_id: int, place: Channel) -> bool:
        """Whether someone can open a channel; a private thread is for its members."""
        found = self.permissions(user_id, place)
        if Permission.VIEW_CHANNEL not in found:
            return False
        if place.kind == channels.PRIVATE_THREAD and place.thread is not None:
            return user_id in place.thread.members or Permission.MANAGE_THREADS in found
        return True

    @property
    def app_role(self) -> Role:
        """The role that came with the app."""
        return next(one for one in self.roles.values() if one.bot_id == self.app.id)

    def forbid(self, *names: str, place: Channel | None = None) -> None:
        """The app loses permissions, everywhere or in one channel: `forbid("send_messages")`.

        Everywhere means that other people lose them too, as what everyone may the app may.
        """
        taken = named(*names)
        if place is None:
            self.app_role.permissions &= ~taken
            self.roles[self.id].permissions &= ~taken
            for role in (self.app_role, self.roles[self.id]):
                data = {"guild_id": str(self.id), "role": role.document()}
                self.tell(self, "GUILD_ROLE_UPDATE", data)
            return
        allow, deny = place.own_overwrites.get(self.app.id, (NOTHING, NOTHING))
        place.own_overwrites[self.app.id] = (allow & ~taken, deny | taken)
        self.tell(self, "CHANNEL_UPDATE", place.document())

    def allow(self, *names: str, place: Channel | None = None) -> None:
        """The app gets permissions, everywhere or in one channel."""
        given = named(*names)
        if place is None:
            self.app_role.permissions |= given
            data = {"guild_id": str(self.id), "role": self.app_role.document()}
            self.tell(self, "GUILD_ROLE_UPDATE", data)
            return
        allow, deny = place.own_overwrites.get(self.app.id, (NOTHING, NOTHING))
        place.own_overwrites[self.app.id] = (allow | given, deny & ~given)
        self.tell(self, "CHANNEL_UPDATE", place.document())

    # What a test arranges

    def add_role(
        self, name: str, *, permissions: Permission = NOTHING, mentionable: bool = False
    ) -> Role:
        made = Role(
            self.ids.thing(), name, permissions, position=len(self.roles), mentionable=mentionable
        )
        self.roles[made.id] = made
        data = {"guild_id": str(self.id), "role": made.document()}
        self.tell(self, "GUILD_ROLE_CREATE", data)
        return made

    def add_member(self, who: User | str, *roles: Role, nick: str | None = None) -> User:
        """Someone who is here already: no event. `Person.join` brings the event."""
        user = self.new_user(who) if isinstance(who, str) else who
        self.members[user.id] = Member(user, self.now(), [one.id for one in roles], nick)
        return user

    def add_channel(
        self,
        name: str,
        kind: str = "text",
        *,
        private: bool = False,
        members: list[User | Role] | None = None,
        tags: tuple[str, ...] = (),
        topic: str | None = None,
        parent: Channel | None = None,
    ) -> Channel:
        """`private`: only for the app and those listed as `members`."""
        made = Channel(
            self.ids.thing(),
            channels.KINDS[kind],
            name,
            self,
            parent=parent,
            topic=topic,
            position=len(self.channels),
            tags=[Tag(self.ids.thing(), one) for one in tags],
        )
        if private:
            view = Permission.VIEW_CHANNEL
            made.own_overwrites[self.id] = (NOTHING, view)
            for one in [self.app, *(members or [])]:
                made.own_overwrites[one.id] = (view, NOTHING)
        self.channels[made.id] = made
        self.tell(self, "CHANNEL_CREATE", made.document())
        return made

    def channel(self, name: str) -> Channel:
        """The channel or thread with this name."""
        found = [
            one for one in [*self.channels.values(), *self.threads.values()] if one.name == name
        ]
        assert found, f"there is no channel {name}"
        return found[0]

    def __getitem__(self, name: str) -> Channel:
        return self.channel(name)

    def give(self, user: User, role: Role) -> None:
        """Someone gets a role."""
        member = self.members[user.id]
        if role.id not in member.roles:
            member.roles.append(role.id)
        data = member.document() | {"guild_id": str(self.id)}
        self.tell(self, "GUILD_MEMBER_UPDATE", data)

    # What the app is told

    @property
    def coming(self) -> list[ScheduledEvent]:
        """Events that are not over."""
        return [one for one in self.events.values() if one.status in NEXT]

    def active_threads(self) -> list[Channel]:
        return [one for one in self.threads.values() if one.thread and not one.thread.archived]

    def document(self) -> Json:
        """What GET /guilds/{id} answers."""
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": None,
            "splash": None,
            "discovery_splash": None,
            "owner_id": str(self.owner.id),
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "roles": [one.document() for one in self.roles.values()],
            "emojis": [],
            "features": ["COMMUNITY"],
            "mfa_level": 0,
            "application_id": None,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "vanity_url_code": None,
            "description": None,
            "banner": None,
            "premium_tier": 0,
            "preferred_locale": "en-US",
            "public_updates_channel_id": None,
            "nsfw_level": 0,
            "premium_progress_bar_enabled": False,
            "stickers": [],
        }

    def created(self, *, members: bool) -> Json:
        """The GUILD_CREATE event; without the members intent only the app itself is listed.

        https://discord.com/developers/docs/events/gateway-events#guild-create
        """
        me = self.app.id
        threads = [one for one in self.active_threads() if self.sees(me, one)]
        listed = self.members.values() if members and len(self.members) <= LARGE else []
        shown = {me: self.members[me]} | {one.id: one for one in listed}
        more: dict[str, Any] = {
            "joined_at": moment(self.members[me].joined),
            "large": len(self.members) > LARGE,
            "unavailable": False,
            "member_count": len(self.members),
            "voice_states": [],
            "members": [one.document() for one in shown.values()],
            "channels": [one.document() for one in self.channels.values()],
            "threads": [one.document(me) for one in threads],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [one.document() for one in self.coming],
            "soundboard_sounds": [],
        }
        return self.document() | more


def founded(
    name: str,
    owner: User,
    app: User,
    permissions: Permission,
    ids: Snowflakes,
    now: Callable[[], float],
    tell: Tell,
    new_user: Callable[[str], User],
) -> Guild:
    """A new guild to which the app was invited with these permissions."""
    made = Guild(ids.thing(), name, owner, app, ids, now, tell, new_user)
    made.roles[made.id] = Role(made.id, "@everyone", PEOPLE, position=0)
    role = Role(ids.thing(), app.name, permissions, position=1, managed=True, bot_id=app.id)
    made.roles[role.id] = role
    made.members[owner.id] = Member(owner, now())
    made.members[app.id] = Member(app, now(), [role.id])
    return made
