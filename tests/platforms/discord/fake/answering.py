"""How the app answers interactions.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback
https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
"""

from copy import deepcopy
from typing import Any

from tests.platforms.discord.fake import component_rules, mentions, rules, writing
from tests.platforms.discord.fake.call import Call
from tests.platforms.discord.fake.errors import DiscordError, Json, invalid
from tests.platforms.discord.fake.interaction import Callback, Interaction, Kind, Modal
from tests.platforms.discord.fake.message import COMMAND_ANSWER, ORDINARY, REPLY, Flag, Message

_VALUE = rules.either(lambda value: isinstance(value, str), rules.text(100), rules.anything)
_CHOICES = rules.shape(
    {
        "choices": rules.items(
            rules.shape(
                {"name": rules.text(100, 1), "value": _VALUE},
                {"name_localizations": rules.anything},
            ),
            25,
        )
    }
)
_DEFERRAL = rules.shape({}, {"flags": rules.whole(0, 2**31 - 1)})
_CALLBACK = rules.shape({"type": rules.anything}, {"data": rules.anything})


def callback(call: Call) -> Json | None:
    """The first answer: once, and within three seconds."""
    state = call.state
    found = state.interactions.get(call.names["token"])
    if found is None or found.id != call.id("interaction"):
        raise DiscordError(10062)
    if found.response is not None:
        raise DiscordError(40060)
    if state.clock() - found.at > state.answer_within:
        raise DiscordError(10062)
    given = call.checked(_CALLBACK)
    if given["type"] not in found.allowed:
        among = ", ".join(str(int(one)) for one in found.allowed)
        raise invalid("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{among}}}.")
    kind = Callback(given["type"])
    try:
        _FIRST[kind](call, found, given.get("data") or {})
    except DiscordError as error:
        if error.errors and "data" not in error.errors:
            error.errors = {"data": error.errors}
        raise
    found.response = kind
    state.changed()
    if not call.wants("with_response"):
        return None
    return _told(found, kind)


def _told(found: Interaction, kind: Callback) -> Json:
    """https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback-response-object"""
    told: Json = {"id": str(found.id), "type": int(found.kind)}
    resource: Json = {"type": int(kind)}
    message = found.original
    if message is not None and kind is not Callback.DEFERRED_UPDATE:
        told |= {
            "response_message_id": str(message.id),
            "response_message_loading": message.loading,
            "response_message_ephemeral": message.ephemeral,
        }
        resource["message"] = message.document()
    return {"interaction": told, "resource": resource}


def _message(call: Call, found: Interaction, data: Json) -> None:
    made = writing.drafted(call, found.channel, "interaction", data)
    if found.kind is Kind.COMMAND:
        made.type = COMMAND_ANSWER
    elif found.message is not None:
        made.type, made.reference = REPLY, found.message
    _add(call, found, made, data)
    found.original = made


def _add(call: Call, found: Interaction, made: Message, data: Json) -> None:
    made.interaction = found.metadata()
    if made.ephemeral:
        made.to = found.user.id
    writing.placed(call.state, made, data.get("allowed_mentions"))
    found.answers.append(made)


def _deferred_message(call: Call, found: Interaction, data: Json) -> None:
    given = call.checked(_DEFERRAL, data)
    state = call.state
    flags = Flag.LOADING | Flag(given.get("flags") or 0) & Flag.EPHEMERAL
    made = Message(
        state.ids.next(),
        found.channel,
        state.me,
        state.now(),
        type=COMMAND_ANSWER if found.kind is Kind.COMMAND else ORDINARY,
        flags=flags,
        application_id=state.application_id,
    )
    found.private = made.ephemeral
    _add(call, found, made, {})
    found.original = made


def _deferred_update(call: Call, found: Interaction, data: Json) -> None:
    found.original = found.message


def _update(call: Call, found: Interaction, data: Json) -> None:
    assert found.message is not None
    writing.edited(call, found.message, data)
    found.original = found.updated = found.message
    writing.announce(call.state, "MESSAGE_UPDATE", found.message)


def _choices(call: Call, found: Interaction, data: Json) -> None:
    given = call.checked(_CHOICES, data)
    kinds: dict[int, tuple[type, ...]] = {3: (str,), 4: (int,), 10: (int, float)}
    focused = _focused(found.data.get("options", []))
    for number, one in enumerate(given["choices"]):
        if not isinstance(one["value"], kinds[focused["type"]]):
            words = f'Could not interpret "{one["value"]}" as the type of the option.'
            raise invalid(f"data.choices.{number}.value", "STRING_TYPE_CONVERT", words)
    found.choices = given["choices"]


def _focused(options: list[Json]) -> Json:
    for one in options:
        if one.get("focused"):
            return one
        if one.get("options"):
            return _focused(one["options"])
    raise AssertionError("an autocompletion without a focused option")


def _modal(call: Call, found: Interaction, data: Json) -> None:
    given = deepcopy(call.checked(component_rules.modal, data))
    components = component_rules.numbered(given["components"])
    found.modal = Modal(given["custom_id"], given["title"], components, found)


_FIRST = {
    Callback.MESSAGE: _message,
    Callback.DEFERRED_MESSAGE: _deferred_message,
    Callback.DEFERRED_UPDATE: _deferred_update,
    Callback.UPDATE: _update,
    Callback.CHOICES: _choices,
    Callback.MODAL: _modal,
}


def _by_token(call: Call) -> Interaction:
    """An interaction that was answered, for a quarter of an hour."""
    state = call.state
    found = state.interactions.get(call.names["token"])
    if found is None or call.id("webhook") != state.application_id:
        raise DiscordError(10015)
    if state.clock() - found.at > state.token_lives:
        raise DiscordError(50027)
    if found.response is None or found.response is Callback.CHOICES:
        raise DiscordError(10015)
    return found


def _answer(call: Call, found: Interaction) -> Message:
    """`@original`, or a followup by its id."""
    if call.names["message"] == "@original":
        message = found.original
    else:
        number = call.id("message")
        message = next((one for one in found.answers if one.id == number), None)
    if message is None or message.deleted:
        raise DiscordError(10008)
    return message


def get(call: Call) -> Json:
    return _answer(call, _by_token(call)).document()


def edit(call: Call) -> Json:
    found = _by_token(call)
    message = _answer(call, found)
    finished(call, found, message, call.body or {})
    return message.document()


def finished(call: Call, found: Interaction, message: Message, body: Json) -> None:
    """Changes an answer; one that was deferred appears by it, and rings only then."""
    loading = message.loading
    writing.edited(call, message, body)
    if message is found.message:
        found.updated = message
    if loading:
        mentions.resolve(message, body.get("allowed_mentions"))
        if not message.ephemeral:
            call.state.posted(message)
    writing.announce(call.state, "MESSAGE_UPDATE", message)


def delete(call: Call) -> None:
    writing.removed(call.state, _answer(call, _by_token(call)))


def follow(call: Call) -> Json:
    """One more message; after a deferral the first one takes its place, with its privacy."""
    found = _by_token(call)
    body = call.body or {}
    first = found.original
    if first is not None and first.loading:
        kept: dict[str, Any] = {**body, "flags": int(body.get("flags") or 0) & ~int(Flag.EPHEMERAL)}
        for name in ("tts", "username", "avatar_url"):
            kept.pop(name, None)
        finished(call, found, first, kept)
        return first.document()
    made = writing.drafted(call, found.channel, "webhook", body)
    if first is not None:
        made.reference = first
        made.type = 19
    _add(call, found, made, body)
    return made.document()


ROUTES = {
    "POST /interactions/{interaction}/{token}/callback": callback,
    "POST /webhooks/{webhook}/{token}": follow,
    "GET /webhooks/{webhook}/{token}/messages/{message}": get,
    "PATCH /webhooks/{webhook}/{token}/messages/{message}": edit,
    "DELETE /webhooks/{webhook}/{token}/messages/{message}": delete,
}
