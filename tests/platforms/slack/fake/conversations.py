"""The methods conversations.*, except those that read messages.

https://docs.slack.dev/reference/methods?family=conversations
"""

import re

from tests.platforms.slack.fake.arguments import Arguments
from tests.platforms.slack.fake.errors import Json, SlackError
from tests.platforms.slack.fake.paging import page
from tests.platforms.slack.fake.scopes import need, of_kind
from tests.platforms.slack.fake.state import State
from tests.platforms.slack.fake.workspace import Channel, Kind, Workspace

MOST_IN_GROUP = 8
LONGEST_NAME = 80
TYPES: dict[str, Kind] = {
    "public_channel": "channel",
    "private_channel": "group",
    "im": "im",
    "mpim": "mpim",
}


def open_(state: State, workspace: Workspace, args: Arguments) -> Json:
    if channel := args.text("channel"):
        found = workspace.channel(channel)
        if found.kind not in ("im", "mpim"):
            raise SlackError("method_not_supported_for_channel_type")
        return _opened(found, workspace, args, already=True)
    users = args.listed("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    need(workspace, "im:write" if len(users) == 1 else "mpim:write")
    if workspace.bot_user_id in users:
        state.fault("conversations.open: the bot itself is among the users")
        users.remove(workspace.bot_user_id)
    if len(users) > MOST_IN_GROUP:
        raise SlackError("too_many_users")
    for user in users:
        if workspace.user(user).deleted:
            raise SlackError("user_disabled")
        if workspace.users[user].is_bot or user == "USLACKBOT":
            raise SlackError("cannot_dm_bot")
    if len(users) > 1:
        group, there = workspace.group(users)
        return _opened(group, workspace, args, already=there)
    known = {one.user for one in workspace.channels.values() if one.kind == "im"}
    return _opened(workspace.direct(users[0]), workspace, args, already=users[0] in known)


def _opened(channel: Channel, workspace: Workspace, args: Arguments, *, already: bool) -> Json:
    body: Json = {"channel": {"id": channel.id}}
    if args.flag("return_im"):
        body["channel"] = channel.document(workspace.bot_user_id)
    if already:
        body |= {"no_op": True, "already_open": True}
    return body


def list_(state: State, workspace: Workspace, args: Arguments) -> Json:
    kinds = _kinds(workspace, args)
    shown = [
        one
        for one in workspace.channels.values()
        if one.kind in kinds and (one.kind == "channel" or workspace.bot_user_id in one.members)
    ]
    return _channels(workspace, args, shown)


def of_user(state: State, workspace: Workspace, args: Arguments) -> Json:
    """users.conversations: those of one person (or of the bot) which the bot may see."""
    kinds = _kinds(workspace, args)
    user = args.text("user") or workspace.bot_user_id
    workspace.user(user)
    shown = [
        one
        for one in workspace.channels.values()
        if one.kind in kinds
        and user in one.members
        and (one.kind == "channel" or workspace.bot_user_id in one.members)
    ]
    return _channels(workspace, args, shown)


def _kinds(workspace: Workspace, args: Arguments) -> list[Kind]:
    types = args.listed("types") or ["public_channel"]
    if any(one not in TYPES for one in types):
        raise SlackError("invalid_types")
    kinds = [TYPES[one] for one in types]
    for kind in kinds:
        need(workspace, of_kind(kind, "read"))
    return kinds


def _channels(workspace: Workspace, args: Arguments, shown: list[Channel]) -> Json:
    """A page of channels; archived ones are left out after counting, so pages may be short."""
    part, cursor = page(shown, args, default=100)
    if args.flag("exclude_archived"):
        part = [one for one in part if not one.is_archived]
    return {
        "channels": [
            one.document(workspace.bot_user_id, members=one.kind in ("channel", "group"))
            for one in part
        ],
        "response_metadata": {"next_cursor": cursor},
    }


def info(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = workspace.channel(args.text("channel"))
    need(workspace, of_kind(channel.kind, "read"))
    members = args.flag("include_num_members")
    return {"channel": channel.document(workspace.bot_user_id, members=members)}


def members(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = workspace.channel(args.text("channel"))
    need(workspace, of_kind(channel.kind, "read"))
    part, cursor = page(channel.members, args, default=100)
    return {"members": part, "response_metadata": {"next_cursor": cursor}}


def create(state: State, workspace: Workspace, args: Arguments) -> Json:
    private = args.flag("is_private")
    need(workspace, "groups:write" if private else "channels:manage")
    name = args.text("name")
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise SlackError("invalid_name_maxlength")
    if not re.search(r"\w", name):
        raise SlackError("invalid_name_punctuation")
    if name != name.lower() or not re.fullmatch(r"[\w-]+", name):
        raise SlackError("invalid_name_specials")
    if any(one.name == name for one in workspace.channels.values()):
        raise SlackError("name_taken")
    made = workspace.add_channel(name, private=private, creator=workspace.bot_user_id)
    state.changed()
    return {"channel": made.document(workspace.bot_user_id)}


def join(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = workspace.channel(args.text("channel"))
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    body: Json = {}
    if workspace.bot_user_id in channel.members:
        body = {
            "warning": "already_in_channel",
            "response_metadata": {"warnings": ["already_in_channel"]},
        }
    else:
        channel.members.append(workspace.bot_user_id)
        joined(state, workspace, channel, workspace.bot_user_id)
    return {"channel": channel.document(workspace.bot_user_id), **body}


def joined(state: State, workspace: Workspace, channel: Channel, user: str) -> None:
    """https://docs.slack.dev/reference/events/member_joined_channel"""
    state.on_event(
        workspace,
        {
            "type": "member_joined_channel",
            "user": user,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "channel" else "G",
            "team": workspace.id,
            "event_ts": state.ts(),
        },
    )
    state.changed()


def invite(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = workspace.channel(args.text("channel"))
    need(
        workspace,
        *(
            ("channels:manage", "channels:write.invites")
            if channel.kind == "channel"
            else ("groups:write", "groups:write.invites")
        ),
    )
    if workspace.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    if channel.is_archived:
        raise SlackError("is_archived")
    refused: list[Json] = []
    for user in args.listed("users"):
        error = ""
        if user == workspace.bot_user_id:
            error = "cant_invite_self"
        elif user not in workspace.users:
            error = "user_not_found"
        elif user in channel.members:
            error = "already_in_channel"
        if error:
            refused.append({"user": user, "ok": False, "error": error})
    if refused and not args.flag("force"):
        raise SlackError(refused[0]["error"], errors=refused)
    out = {one["user"] for one in refused}
    for user in args.listed("users"):
        if user not in out:
            channel.members.append(user)
            joined(state, workspace, channel, user)
    return {"channel": channel.document(workspace.bot_user_id)}


def archive(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = _mine(workspace, args)
    if channel.is_archived:
        raise SlackError("already_archived")
    channel.is_archived = True
    state.changed()
    return {}


def set_topic(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = _mine(workspace, args)
    channel.topic = _short(args.text("topic"))
    return {"channel": channel.document(workspace.bot_user_id)}


def set_purpose(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = _mine(workspace, args)
    channel.purpose = _short(args.text("purpose"))
    return {"channel": channel.document(workspace.bot_user_id), "purpose": channel.purpose}


def _short(words: str) -> str:
    if len(words) > 250:
        raise SlackError("too_long")
    return words


def _mine(workspace: Workspace, args: Arguments) -> Channel:
    channel = workspace.channel(args.text("channel"))
    need(workspace, "channels:manage" if channel.kind == "channel" else "groups:write")
    if workspace.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    return channel
