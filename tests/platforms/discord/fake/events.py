"""Scheduled events over REST.

https://discord.com/developers/docs/resources/guild-scheduled-event
"""

from typing import Any

from tests.platforms.discord.fake import rules
from tests.platforms.discord.fake.call import Call
from tests.platforms.discord.fake.errors import DiscordError, Json, invalid
from tests.platforms.discord.fake.event import EXTERNAL, MOST, NEXT, ScheduledEvent, Status
from tests.platforms.discord.fake.guild import Guild
from tests.platforms.discord.fake.ids import seconds
from tests.platforms.discord.fake.permissions import Permission
from tests.platforms.discord.fake.rules import Path, Report, Rule

EVENTS = 1 << 16
"""https://discord.com/developers/docs/events/gateway#list-of-intents"""


def _time(report: Report, at: Path, value: Any) -> None:
    try:
        seconds(str(value))
    except ValueError:
        words = f'Could not parse "{value}". Should be ISO8601.'
        report.add(at, "DATE_TIME_TYPE_PARSE", words)


_FIELDS: dict[str, Rule] = {
    "channel_id": rules.snowflake,
    "entity_metadata": rules.shape({}, {"location": rules.text(100, 1)}),
    "scheduled_end_time": _time,
    "description": rules.text(1000, 1),
    "image": rules.anything,
    "recurrence_rule": rules.anything,
}
_NEEDED: dict[str, Rule] = {
    "name": rules.text(100, 1),
    "privacy_level": rules.one_of(2),
    "scheduled_start_time": _time,
    "entity_type": rules.one_of(1, 2, 3),
}
_NEW = rules.shape(_NEEDED, _FIELDS)
_CHANGE = rules.shape({}, {**_NEEDED, **_FIELDS, "status": rules.one_of(1, 2, 3, 4)})


def _guild(call: Call) -> Guild:
    return call.state.guild(call.id("guild"))


def _event(call: Call) -> ScheduledEvent:
    found = _guild(call).events.get(call.id("event"))
    if found is None:
        raise DiscordError(10070)
    return found


def _told(call: Call, name: str, event: ScheduledEvent) -> None:
    full = f"GUILD_SCHEDULED_EVENT_{name}"
    call.state.emit(full, event.document(), EVENTS, event.guild_id)


def list_(call: Call) -> list[Json]:
    count = call.wants("with_user_count")
    return [one.document(count=count) for one in _guild(call).coming]


def get(call: Call) -> Json:
    return _event(call).document(count=call.wants("with_user_count"))


def create(call: Call) -> Json:
    state = call.state
    guild = _guild(call)
    held = guild.permissions(state.me.id)
    if not held & (Permission.CREATE_EVENTS | Permission.MANAGE_EVENTS):
        raise DiscordError(50013)
    given = call.checked(_NEW)
    if len(guild.coming) >= MOST:
        raise DiscordError(30038)
    end = given.get("scheduled_end_time")
    made = ScheduledEvent(
        state.ids.next(),
        guild.id,
        state.me,
        given["name"],
        seconds(given["scheduled_start_time"]),
        None if end is None else seconds(end),
    )
    _apply(call, made, given)
    _check(made, state.now())
    guild.events[made.id] = made
    _told(call, "CREATE", made)
    return made.document()


def _apply(call: Call, event: ScheduledEvent, given: Json) -> None:
    if given.get("name"):
        event.name = given["name"]
    if given.get("entity_type"):
        event.entity_type = given["entity_type"]
    if "description" in given:
        event.description = given["description"]
    if "entity_metadata" in given:
        event.location = (given["entity_metadata"] or {}).get("location")
    if "channel_id" in given:
        channel = given["channel_id"]
        event.channel_id = None if channel is None else int(channel)


def _check(event: ScheduledEvent, now: float) -> None:
    """External events need a place and an end, and have no channel."""
    required = "BASE_TYPE_REQUIRED", "This field is required"
    if event.entity_type == EXTERNAL:
        if event.channel_id is not None:
            words = "External events have no channel"
            raise invalid("channel_id", "GUILD_SCHEDULED_EVENT_CHANNEL", words)
        if not event.location:
            raise invalid("entity_metadata.location", *required)
        if event.end is None:
            raise invalid("scheduled_end_time", *required)
    elif event.channel_id is None:
        raise invalid("channel_id", *required)
    if event.status is Status.SCHEDULED and event.start < now:
        code, words = "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", "Cannot schedule event in the past."
        raise invalid("scheduled_start_time", code, words)
    if event.end is not None and event.end <= event.start:
        words = "Cannot end event before it starts."
        raise invalid("scheduled_end_time", "GUILD_SCHEDULED_EVENT_END_BEFORE_START", words)


def _mine(call: Call, event: ScheduledEvent) -> None:
    held = _guild(call).permissions(call.state.me.id)
    own = event.creator is call.state.me and Permission.CREATE_EVENTS in held
    if not own and Permission.MANAGE_EVENTS not in held:
        raise DiscordError(50013)


def edit(call: Call) -> Json:
    """To start, end or cancel an event is to change its status."""
    state = call.state
    event = _event(call)
    _mine(call, event)
    given = call.checked(_CHANGE)
    if event.status not in NEXT:
        raise DiscordError(180000)
    status = Status(given.get("status") or event.status)
    if status not in NEXT[event.status]:
        words = f"Cannot change the status from {event.status} to {status}"
        raise invalid("status", "GUILD_SCHEDULED_EVENT_STATUS_TRANSITION", words)
    changed = ScheduledEvent(**vars(event))
    _apply(call, changed, given)
    if given.get("scheduled_start_time"):
        changed.start = seconds(given["scheduled_start_time"])
    if "scheduled_end_time" in given:
        end = given["scheduled_end_time"]
        changed.end = None if end is None else seconds(end)
    moved = changed.start != event.start
    changed.status = status
    _check(changed, state.now() if moved else 0.0)
    vars(event).update(vars(changed))
    _told(call, "UPDATE", event)
    return event.document()


def delete(call: Call) -> None:
    event = _event(call)
    _mine(call, event)
    event.deleted = True
    del _guild(call).events[event.id]
    _told(call, "DELETE", event)


def users(call: Call) -> list[Json]:
    """https://discord.com/developers/docs/resources/guild-scheduled-event#get-guild-scheduled-event-users"""
    event = _event(call)
    guild = _guild(call)
    found = sorted(event.interested, key=lambda one: one.id)
    before, after = call.snowflake("before"), call.snowflake("after")
    limit = call.number("limit", 100, 100)
    if before is not None:
        found = [one for one in found if one.id < before][-limit:]
    elif after is not None:
        found = [one for one in found if one.id > after]
    listed = []
    for one in found[:limit]:
        told: Json = {"guild_scheduled_event_id": str(event.id), "user": one.document()}
        if call.wants("with_member") and one.id in guild.members:
            told["member"] = guild.members[one.id].document()
        listed.append(told)
    return listed


_BASE = "/guilds/{guild}/scheduled-events"
ROUTES = {
    f"GET {_BASE}": list_,
    f"POST {_BASE}": create,
    f"GET {_BASE}/{{event}}": get,
    f"PATCH {_BASE}/{{event}}": edit,
    f"DELETE {_BASE}/{{event}}": delete,
    f"GET {_BASE}/{{event}}/users": users,
}
