"""What Slack sends to the app, field by field as documented.

https://docs.slack.dev/reference/interaction-payloads and
https://docs.slack.dev/apis/events-api/#event-type-structure
"""

from typing import Any

from tests.platforms.slack.fake.errors import Json
from tests.platforms.slack.fake.state import ResponseUrl, State, Trigger
from tests.platforms.slack.fake.workspace import Channel, Message, User, View, Workspace


def _team(workspace: Workspace) -> Json:
    return {"id": workspace.id, "domain": workspace.domain}


def _user(user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id}


def _common(state: State, workspace: Workspace, user: User) -> Json:
    return {
        "token": state.app.verification_token,
        "team": _team(workspace),
        "user": _user(user),
        "enterprise": None,
        "is_enterprise_install": False,
        "api_app_id": state.app.id,
    }


def place(channel: Channel) -> Json:
    """A channel as payloads name it: the names of private ones are hidden."""
    names = {"im": "directmessage", "group": "privategroup"}
    return {"id": channel.id, "name": names.get(channel.kind, channel.name)}


def command(
    state: State,
    workspace: Workspace,
    user: User,
    channel: Channel,
    name: str,
    text: str,
    trigger: Trigger,
    url: ResponseUrl,
) -> Json:
    """https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling"""
    where = place(channel)
    return {
        "token": state.app.verification_token,
        "team_id": workspace.id,
        "team_domain": workspace.domain,
        "channel_id": where["id"],
        "channel_name": where["name"],
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": state.app.id,
        "is_enterprise_install": "false",
        "response_url": state.base + url.path,
        "trigger_id": trigger.id,
    }


def message_actions(
    state: State,
    workspace: Workspace,
    user: User,
    message: Message,
    action: Json,
    values: Json,
    trigger: Trigger,
    url: ResponseUrl,
) -> Json:
    """https://docs.slack.dev/reference/interaction-payloads/block_actions-payload

    The message itself is missing where it was ephemeral.
    """
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": bool(message.to),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    body = _common(state, workspace, user) | {
        "type": "block_actions",
        "container": container,
        "trigger_id": trigger.id,
        "channel": place(workspace.channels[message.channel]),
        "state": {"values": values},
        "response_url": state.base + url.path,
        "actions": [action],
    }
    if not message.to:
        body["message"] = message.document(metadata=True)
    return body


def view_actions(
    state: State, workspace: Workspace, user: User, view: View, action: Json, trigger: Trigger
) -> Json:
    """A press in a modal or on the Home tab: neither a channel nor a response_url."""
    return _common(state, workspace, user) | {
        "type": "block_actions",
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger.id,
        "view": view.document(),
        "actions": [action],
    }


def submission(
    state: State, workspace: Workspace, user: User, view: View, trigger: Trigger
) -> Json:
    """https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""
    return _common(state, workspace, user) | {
        "type": "view_submission",
        "trigger_id": trigger.id,
        "view": view.document(),
        "response_urls": [],
    }


def closed(state: State, workspace: Workspace, user: User, view: View, *, cleared: bool) -> Json:
    """https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload#view_closed"""
    return _common(state, workspace, user) | {
        "type": "view_closed",
        "view": view.document(),
        "is_cleared": cleared,
    }


def suggestion(
    state: State,
    workspace: Workspace,
    user: User,
    shown: Message | View,
    block: str,
    action: str,
    typed: str,
) -> Json:
    """https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload"""
    body = _common(state, workspace, user) | {
        "type": "block_suggestion",
        "action_id": action,
        "block_id": block,
        "value": typed,
    }
    if isinstance(shown, View):
        container = {"type": "view", "view_id": shown.id}
        return body | {"container": container, "view": shown.document()}
    container = {"type": "message", "message_ts": shown.ts, "channel_id": shown.channel}
    return body | {
        "container": container,
        "channel": place(workspace.channels[shown.channel]),
        "message": shown.document(),
    }


def shortcut(
    state: State, workspace: Workspace, user: User, callback: str, trigger: Trigger
) -> Json:
    """https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload"""
    body = _common(state, workspace, user)
    del body["api_app_id"]
    return body | {
        "type": "shortcut",
        "action_ts": state.ts(),
        "callback_id": callback,
        "trigger_id": trigger.id,
    }


def message_shortcut(
    state: State,
    workspace: Workspace,
    user: User,
    callback: str,
    message: Message,
    trigger: Trigger,
    url: ResponseUrl,
) -> Json:
    """https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload"""
    body = _common(state, workspace, user)
    del body["api_app_id"]
    return body | {
        "type": "message_action",
        "action_ts": state.ts(),
        "callback_id": callback,
        "trigger_id": trigger.id,
        "response_url": state.base + url.path,
        "message_ts": message.ts,
        "channel": place(workspace.channels[message.channel]),
        "message": message.document(),
    }


def event(state: State, workspace: Workspace, inner: Json) -> Json:
    """https://docs.slack.dev/apis/events-api/#event-type-structure"""
    return {
        "token": state.app.verification_token,
        "team_id": workspace.id,
        "context_team_id": workspace.id,
        "context_enterprise_id": None,
        "api_app_id": state.app.id,
        "event": inner,
        "type": "event_callback",
        "event_id": state.ids.next("Ev"),
        "event_time": int(state.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.id,
                "user_id": workspace.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{state.ids.next('ctx')}",
    }


def message_event(channel: Channel, message: Message, root: Message | None) -> Json:
    """https://docs.slack.dev/reference/events/message"""
    inner: Json = message.document() | {
        "channel": channel.id,
        "channel_type": channel.kind,
        "event_ts": message.ts,
    }
    if root is not None and root is not message:
        inner["parent_user_id"] = root.user
    return inner


def pressed(state: State, element: Json, block: Json, value: Json | None) -> Json:
    """One entry of `actions`."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": state.ts(),
    }
    extras: dict[str, Any] = {
        name: element[name] for name in ("text", "value", "style", "url") if name in element
    }
    if element["type"] == "button":
        return action | extras
    if "placeholder" in element:
        action["placeholder"] = element["placeholder"]
    return action | {name: content for name, content in (value or {}).items() if name != "type"}
