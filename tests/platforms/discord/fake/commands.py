"""Application commands: https://discord.com/developers/docs/interactions/application-commands ."""

from collections import Counter
from typing import Any

from tests.platforms.discord.fake import rules
from tests.platforms.discord.fake.call import Call
from tests.platforms.discord.fake.errors import DiscordError, Json
from tests.platforms.discord.fake.rules import Path, Report, Rule
from tests.platforms.discord.fake.state import State

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN = 1, 2, 3, 4, 5
USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 6, 7, 8, 9, 10, 11
NAME = r"[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}"
MOST_CHARACTERS = 8000
MOST = {1: 100, 2: 15, 3: 15}
"""Of each type in a guild, and as many global ones; 5 context commands of each type before 2025."""

_TRANSLATED = rules.anything


def _name(report: Report, at: Path, value: Any) -> None:
    rules.text(32, 1, NAME)(report, at, value)
    if isinstance(value, str) and value != value.lower():
        words = "Command name is invalid"
        report.add(at, "APPLICATION_COMMAND_INVALID_NAME", words)


_NAMED: dict[str, Rule] = {"name": _name, "description": rules.text(100, 1)}
_MORE: dict[str, Rule] = {
    "type": rules.anything,
    "name_localizations": _TRANSLATED,
    "description_localizations": _TRANSLATED,
}


def _choice(value: Rule) -> Rule:
    return rules.shape(
        {"name": rules.text(100, 1), "value": value}, {"name_localizations": _TRANSLATED}
    )


def _leaf(**more: Rule) -> Rule:
    return rules.shape(_NAMED, {**_MORE, "required": rules.flag, **more})


def _number(least: float, most: float) -> Rule:
    def rule(report: Report, at: Path, value: Any) -> None:
        if not isinstance(value, int | float) or not least <= value <= most:
            words = f"Value must be between {least} and {most}."
            report.add(at, "NUMBER_TYPE_MAX", words)

    return rule


_WIDE = _number(-(2**53), 2**53)
_LEAVES: dict[int, Rule] = {
    STRING: _leaf(
        choices=rules.items(_choice(rules.text(100, 1)), 25),
        autocomplete=rules.flag,
        min_length=rules.whole(0, 6000),
        max_length=rules.whole(1, 6000),
    ),
    INTEGER: _leaf(
        choices=rules.items(_choice(_WIDE), 25),
        autocomplete=rules.flag,
        min_value=_WIDE,
        max_value=_WIDE,
    ),
    BOOLEAN: _leaf(),
    USER: _leaf(),
    CHANNEL: _leaf(channel_types=rules.items(rules.anything, 25)),
    ROLE: _leaf(),
    MENTIONABLE: _leaf(),
    NUMBER: _leaf(
        choices=rules.items(_choice(_WIDE), 25),
        autocomplete=rules.flag,
        min_value=_WIDE,
        max_value=_WIDE,
    ),
    ATTACHMENT: _leaf(),
}


def _options(report: Report, at: Path, value: Any) -> None:
    """The parameters of a command: required ones first, no name twice, choices or completion."""
    rules.items(rules.by_type(_LEAVES), 25)(report, at, value)
    _unique(report, at, value)
    optional = False
    for number, one in enumerate(value if isinstance(value, list) else []):
        where = (*at, str(number))
        if one.get("required") and optional:
            words = "Required options must be placed before non-required options"
            report.add(where, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words)
        optional = optional or not one.get("required")
        if one.get("choices") and one.get("autocomplete"):
            words = "Choices cannot be used with autocomplete"
            report.add(where, "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", words)


def _unique(report: Report, at: Path, value: Any) -> None:
    names = Counter(str(one.get("name")) for one in value if isinstance(one, dict))
    for name, times in names.items():
        if times > 1:
            words = f'Option name "{name}" is used more than once'
            report.add(at, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", words)


_SUBCOMMAND = rules.shape(_NAMED, {**_MORE, "options": _options})


def _inner(rule: Rule) -> Rule:
    def listed(report: Report, at: Path, value: Any) -> None:
        rules.items(rule, 25, 1)(report, at, value)
        _unique(report, at, value)

    return listed


_GROUP = rules.shape(_NAMED, {**_MORE, "options": _inner(rules.by_type({SUBCOMMAND: _SUBCOMMAND}))})
_SUBS = _inner(rules.by_type({SUBCOMMAND: _SUBCOMMAND, GROUP: _GROUP}))


def _is_topic(value: Any) -> bool:
    return isinstance(value, list) and any(one.get("type") in (SUBCOMMAND, GROUP) for one in value)


def _bits(report: Report, at: Path, value: Any) -> None:
    if not str(value).isdigit():
        report.add(at, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')


_ABOUT: dict[str, Rule] = {
    "id": rules.anything,
    "name_localizations": _TRANSLATED,
    "description_localizations": _TRANSLATED,
    "default_member_permissions": _bits,
    "dm_permission": rules.flag,
    "default_permission": rules.flag,
    "integration_types": rules.items(rules.one_of(0, 1), 2),
    "contexts": rules.items(rules.one_of(0, 1, 2), 3),
    "nsfw": rules.flag,
    "type": rules.anything,
}
_CHAT = rules.shape(_NAMED, {**_ABOUT, "options": rules.either(_is_topic, _SUBS, _options)})
_MENU = rules.shape(
    {"name": rules.text(32, 1)},
    {**_ABOUT, "description": rules.text(0), "options": rules.items(rules.anything, 0)},
)


def command(report: Report, at: Path, value: Any) -> None:
    """One command, whatever its type; all of its texts have 8,000 characters together."""
    kind = value.get("type", 1) if isinstance(value, dict) else 1
    (_CHAT if kind == 1 else _MENU)(report, at, value)
    if not report.errors and characters(value) > MOST_CHARACTERS:
        words = f"Command exceeds maximum size ({MOST_CHARACTERS})"
        report.add(at, "APPLICATION_COMMAND_TOO_LARGE", words)


def characters(told: Json) -> int:
    """Names, descriptions and values, the longest translation of each counted."""

    def longest(name: str) -> int:
        known = [str(told.get(name) or "")]
        known += [str(one) for one in (told.get(f"{name}_localizations") or {}).values()]
        return max(len(one) for one in known)

    total = longest("name") + longest("description")
    total += len(str(told["value"])) if isinstance(told.get("value"), str) else 0
    inner = [*(told.get("options") or []), *(told.get("choices") or [])]
    return total + sum(characters(one) for one in inner)


def _all(report: Report, at: Path, value: Any) -> None:
    rules.items(command, 1000)(report, at, value)
    kinds = Counter(one.get("type", 1) for one in value)
    if any(number > MOST.get(kind, 0) for kind, number in kinds.items()):
        raise DiscordError(30032)
    seen: set[tuple[int, str]] = set()
    for number, one in enumerate(value):
        named = (one.get("type", 1), str(one.get("name")))
        if named in seen:
            words = "Application command names must be unique"
            report.add((*at, str(number)), "APPLICATION_COMMANDS_DUPLICATE_NAME", words)
        seen.add(named)


def _scope(call: Call) -> int:
    if call.id("application") != call.state.application_id:
        raise DiscordError(20012, status=403)
    return call.state.guild(call.id("guild")).id if "guild" in call.names else 0


def list_(call: Call) -> list[Json]:
    return call.state.commands.get(_scope(call), [])


def overwrite(call: Call) -> list[Json]:
    """Replaces all of them; a command of the same name keeps its id.

    https://discord.com/developers/docs/interactions/application-commands#bulk-overwrite-global-application-commands
    """
    scope = _scope(call)
    given = call.body if isinstance(call.body, list) else []
    for name in rules.check(_all, given):
        call.state.fault(f"{call.method} {call.route}: undocumented field {name}")
    before = {(one["type"], one["name"]): one for one in call.state.commands.get(scope, [])}
    made = [_registered(call.state, scope, one, before) for one in given]
    call.state.commands[scope] = made
    call.state.changed()
    return made


def _registered(state: State, scope: int, given: Json, before: dict[tuple[int, str], Json]) -> Json:
    kind = given.get("type", 1)
    known = before.get((kind, given["name"]))
    bits = given.get("default_member_permissions")
    made: Json = {
        "id": known["id"] if known else str(state.ids.next()),
        "application_id": str(state.application_id),
        "version": str(state.ids.next()),
        "type": kind,
        "name": given["name"],
        "name_localizations": given.get("name_localizations"),
        "description": given.get("description", ""),
        "description_localizations": given.get("description_localizations"),
        "default_member_permissions": None if bits is None else str(bits),
        "integration_types": given.get("integration_types") or [0],
        "contexts": given.get("contexts"),
        "nsfw": bool(given.get("nsfw")),
    }
    if given.get("options"):
        made["options"] = [_kept(one) for one in given["options"]]
    if scope:
        made["guild_id"] = str(scope)
    else:
        made["dm_permission"] = given.get("dm_permission", True)
    return made


def _kept(option: Json) -> Json:
    """An option as it is read back: without what is false, empty or null."""
    kept = {name: one for name, one in option.items() if one not in (None, False, [])}
    if "options" in kept:
        kept["options"] = [_kept(one) for one in kept["options"]]
    return kept


def create(call: Call) -> Json:
    """Adds or replaces one."""
    scope = _scope(call)
    given = call.checked(command)
    kept = call.state.commands.setdefault(scope, [])
    before = {(one["type"], one["name"]): one for one in kept}
    made = _registered(call.state, scope, given, before)
    call.state.commands[scope] = [one for one in kept if one["id"] != made["id"]] + [made]
    return made


def delete(call: Call) -> None:
    scope = _scope(call)
    kept = call.state.commands.get(scope, [])
    left = [one for one in kept if int(one["id"]) != call.id("command")]
    if len(left) == len(kept):
        raise DiscordError(10063)
    call.state.commands[scope] = left


_GLOBAL = "/applications/{application}/commands"
_IN_GUILD = "/applications/{application}/guilds/{guild}/commands"
ROUTES = {
    f"{method} {base}{rest}": handler
    for base in (_GLOBAL, _IN_GUILD)
    for method, rest, handler in (
        ("GET", "", list_),
        ("PUT", "", overwrite),
        ("POST", "", create),
        ("DELETE", "/{command}", delete),
    )
}
