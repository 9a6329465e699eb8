"""What a person typed into a command, as the app receives it.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-application-command-data-structure
"""

from dataclasses import dataclass, field
from typing import Any

from tests.platforms.discord.fake import commands as known
from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.guild import Guild
from tests.platforms.discord.fake.message import Attachment
from tests.platforms.discord.fake.permissions import NOTHING, Permission
from tests.platforms.discord.fake.state import State
from tests.platforms.discord.fake.users import Role, User


class Refused(AssertionError):
    """The client does not let a person do this."""


@dataclass
class Resolved:
    """The things behind the ids in an interaction."""

    guild: Guild | None
    found: dict[str, Json] = field(default_factory=dict)

    def add(self, kind: str, thing: Any, document: Json) -> str:
        self.found.setdefault(kind, {})[str(thing.id)] = document
        return str(thing.id)

    def user(self, user: User) -> str:
        member = self.guild.members.get(user.id) if self.guild else None
        if member is not None and self.guild is not None:
            power = int(self.guild.permissions(user.id))
            document = member.document(user=False) | {"permissions": str(power)}
            for missing in ("deaf", "mute"):
                del document[missing]
            self.add("members", user, document)
        return self.add("users", user, user.document())

    def role(self, role: Role) -> str:
        return self.add("roles", role, role.document())

    def channel(self, place: Channel, user: User) -> str:
        power = place.guild.permissions(user.id, place) if place.guild else NOTHING
        return self.add("channels", place, place.document() | {"permissions": str(int(power))})

    def attachment(self, file: Attachment) -> str:
        return self.add("attachments", file, file.document() | {"ephemeral": True})


def find(state: State, guild: Guild | None, path: list[str], user: User, place: Channel) -> Json:
    """The command that a person can pick here by its first word."""
    if not state.together(user):
        raise Refused(f"{user.name} is in no server with the app")
    scopes = [guild.id, 0] if guild else [0]
    for scope in scopes:
        for one in state.commands.get(scope, []):
            if one["name"] == path[0] and one["type"] == 1:
                _offered(one, guild, user, place)
                return one
    raise Refused(f"no command /{path[0]} is registered here")


def _offered(command: Json, guild: Guild | None, user: User, place: Channel) -> None:
    """https://discord.com/developers/docs/interactions/application-commands#permissions"""
    name = command["name"]
    contexts = command.get("contexts")
    if guild is None:
        if not command.get("dm_permission", True) or (contexts and 1 not in contexts):
            raise Refused(f"/{name} is not offered in direct messages with the app")
        return
    if contexts and 0 not in contexts:
        raise Refused(f"/{name} is not offered in a server")
    if place.thread is not None and place.thread.archived:
        raise Refused("commands do not work in an archived thread")
    held = guild.permissions(user.id, place)
    if Permission.USE_APPLICATION_COMMANDS not in held:
        raise Refused(f"{user.name} may use no commands here")
    needed = command.get("default_member_permissions")
    if needed is not None and Permission.ADMINISTRATOR not in held:
        bits = int(needed)
        if not bits or bits & int(held) != bits:
            raise Refused(f"/{name} is not offered to {user.name}")


def options(
    command: Json,
    path: list[str],
    values: dict[str, Any],
    resolved: Resolved,
    user: User,
    focused: str = "",
) -> list[Json]:
    """The options of an interaction: groups and subcommands around the values."""
    inner: list[Json] = list(command.get("options", []))
    wrapped: list[tuple[str, int]] = []
    for name in path[1:]:
        step = next((one for one in inner if one["name"] == name and one["type"] in (1, 2)), None)
        if step is None:
            raise Refused(f"/{' '.join(path)} is not registered")
        wrapped.append((name, step["type"]))
        inner = list(step.get("options", []))
    if any(one["type"] in (1, 2) for one in inner):
        raise Refused(f"/{' '.join(path)} has subcommands: choose one")
    given = _values(inner, values, resolved, user, focused)
    for name, kind in reversed(wrapped):
        given = [{"name": name, "type": kind, "options": given}]
    return given


def _values(
    declared: list[Json], values: dict[str, Any], resolved: Resolved, user: User, focused: str
) -> list[Json]:
    names = {str(one["name"]) for one in declared}
    if not set(values) <= names:
        raise Refused(f"no options {sorted(set(values) - names)}; there are {sorted(names)}")
    found: list[Json] = []
    for one in declared:
        name = str(one["name"])
        if name == focused:
            if not one.get("autocomplete"):
                raise Refused(f"{name} is not completed by the app")
            found.append(
                {"name": name, "type": one["type"], "value": str(values[name]), "focused": True}
            )
        elif name in values:
            value = _value(one, values[name], resolved, user)
            found.append({"name": name, "type": one["type"], "value": value})
        elif one.get("required") and not focused:
            raise Refused(f"the option {name} is required")
    return found


def _value(declared: Json, value: Any, resolved: Resolved, user: User) -> Any:
    kind, name = declared["type"], declared["name"]
    value = getattr(value, "user", value)
    choices = declared.get("choices")
    if choices:
        chosen = [one["value"] for one in choices if value in (one["name"], one["value"])]
        if not chosen:
            raise Refused(f"{name}: {value!r} is not among {[one['name'] for one in choices]}")
        return chosen[0]
    if kind == known.STRING and isinstance(value, str):
        _within(name, len(value), declared.get("min_length"), declared.get("max_length"))
        return value
    if kind == known.BOOLEAN and isinstance(value, bool):
        return value
    if kind in (known.INTEGER, known.NUMBER) and isinstance(value, int | float):
        _within(name, value, declared.get("min_value"), declared.get("max_value"))
        return value
    if kind in (known.USER, known.MENTIONABLE) and isinstance(value, User):
        return resolved.user(value)
    if kind in (known.ROLE, known.MENTIONABLE) and isinstance(value, Role):
        return resolved.role(value)
    if kind == known.CHANNEL and isinstance(value, Channel):
        kinds = declared.get("channel_types")
        if kinds and value.kind not in kinds:
            raise Refused(f"{name}: a channel of this kind is not offered")
        return resolved.channel(value, user)
    if kind == known.ATTACHMENT and isinstance(value, Attachment):
        return resolved.attachment(value)
    raise Refused(f"{name}: {value!r} cannot be given to an option of type {kind}")


def _within(name: str, size: float, least: float | None, most: float | None) -> None:
    if least is not None and size < least:
        raise Refused(f"{name}: at least {least}")
    if most is not None and size > most:
        raise Refused(f"{name}: at most {most}")
