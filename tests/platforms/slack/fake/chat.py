"""The methods chat.* and pins.*: https://docs.slack.dev/reference/methods?family=chat ."""

import copy
import json
import re
from typing import Any

from tests.platforms.slack.fake.arguments import Arguments
from tests.platforms.slack.fake.blocks import check_message_blocks, elements_of
from tests.platforms.slack.fake.errors import Json, SlackError
from tests.platforms.slack.fake.state import State
from tests.platforms.slack.fake.workspace import Channel, Message, Workspace

LONGEST_TEXT = 40_000
"""Slack cuts what is longer: https://docs.slack.dev/changelog/2018-truncating-really-long-messages"""
LONGEST_UPDATE = 4_000
"""https://docs.slack.dev/reference/methods/chat.update : `msg_too_long`"""
LARGEST_METADATA = 16_000
AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt);)")
CUSTOM = ("username", "icon_emoji", "icon_url")


def escaped(text: str) -> str:
    """`&`, `<` and `>` as Slack keeps them, without escaping twice."""
    return AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def stored_blocks(state: State, blocks: list[Json], *, escape: bool = False) -> list[Json]:
    """Blocks as Slack keeps them: each with an id, with the defaults filled in.

    `escape`: plain text comes back escaped from messages, labels of buttons too, as people report
    (slackapi/bolt-python, issue 513); the documentation does not say so.
    """
    kept = copy.deepcopy(blocks)

    def complete(part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                complete(one)
        elif isinstance(part, dict):
            if part.get("type") == "plain_text":
                part.setdefault("emoji", True)
                if escape:
                    part["text"] = escaped(part["text"])
            elif part.get("type") == "mrkdwn":
                part.setdefault("verbatim", False)
            for one in part.values():
                complete(one)

    complete(kept)
    for block in kept:
        if not block.get("block_id"):
            block["block_id"] = state.ids.next("b")[-5:]
        for element in elements_of(block):
            if not element.get("action_id"):
                element["action_id"] = state.ids.next("a")[-5:]
    return kept


def content(state: State, args: Arguments, where: str) -> Json:
    """The words and blocks of a message, checked."""
    text = AMPERSAND.sub("&amp;", args.text("text"))
    blocks = args.structure("blocks", "invalid_blocks_format") or []
    attachments = args.structure("attachments", "invalid_attachments") or []
    if "markdown_text" in args:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        blocks = [{"type": "markdown", "text": args.text("markdown_text")}]
    if blocks:
        check_message_blocks(blocks)
        if not text and "markdown_text" not in args:
            state.fault(f"{where}: blocks without a text for notifications and screen readers")
    if not text.strip() and not blocks and not attachments:
        raise SlackError("no_text")
    if len(text) > LONGEST_TEXT:
        state.fault(f"{where}: a text of {len(text)} characters was cut")
        text = text[:LONGEST_TEXT]
    return {
        "text": text,
        "blocks": stored_blocks(state, blocks, escape=True),
        "attachments": attachments,
    }


def metadata(args: Arguments) -> Json | None:
    """https://docs.slack.dev/messaging/message-metadata"""
    given = args.structure("metadata", "invalid_metadata_format")
    if given is None:
        return None
    if not isinstance(given, dict) or (
        given
        and not (
            isinstance(given.get("event_type"), str)
            and isinstance(given.get("event_payload"), dict)
        )
    ):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(given)) > LARGEST_METADATA:
        raise SlackError("metadata_too_large")
    return given


def target(state: State, workspace: Workspace, given: str) -> Channel:
    """Where to post: a channel's id or name, or a person's id for the direct message with them."""
    if given in workspace.users:
        if workspace.users[given].is_bot:
            raise SlackError("cannot_dm_bot")
        return workspace.direct(given)
    if given.startswith("#"):
        state.fault(f"chat.postMessage: channel by name ({given}), which changes; use its id")
        for channel in workspace.channels.values():
            if channel.name == given[1:] and channel.kind == "channel":
                return channel
    return workspace.channel(given)


def writable(state: State, workspace: Workspace, channel: Channel, *, posting: bool = True) -> None:
    if channel.is_archived:
        raise SlackError("is_archived")
    if channel.kind == "im" and posting:
        if not state.manifest.messages_tab:
            raise SlackError("messages_tab_disabled")
        if workspace.users[channel.user].is_bot:
            raise SlackError("cannot_dm_bot")
    if workspace.bot_user_id not in channel.members and (
        not posting or "chat:write.public" not in workspace.scopes
    ):
        raise SlackError("not_in_channel")


def from_bot(state: State, workspace: Workspace, channel: Channel, **more: Any) -> Message:
    return Message(
        channel=channel.id,
        ts=state.ts(),
        user=workspace.bot_user_id,
        team=workspace.id,
        bot_id=workspace.bot_id,
        app_id=workspace.app_id,
        bot_name=workspace.bot_name,
        **more,
    )


def keep(state: State, workspace: Workspace, channel: Channel, message: Message) -> None:
    """A message of the app stands in a channel now."""
    channel.messages.append(message)
    state.posts.append(message)
    state.on_post(message)
    kinds = {"channel": "channel", "group": "group", "im": "im", "mpim": "mpim"}
    event = {
        **message.document(),
        "channel": channel.id,
        "channel_type": kinds[channel.kind],
        "event_ts": message.ts,
    }
    state.on_event(workspace, event)
    state.changed()


def thread(state: State, channel: Channel, ts: str, where: str) -> str:
    """An answer goes under a message that stands there; the message's timestamp.

    Where that message is gone, Slack posts the answer in the channel itself and says so only by
    leaving out `message.thread_ts`, as people report (slack-go/slack, issue 1571); before, it was
    `thread_not_found`, which `state.unthreads = False` brings back.
    """
    root = channel.find(ts)
    if root is None:
        if state.unthreads:
            return ""
        raise SlackError("thread_not_found")
    if root.thread_ts and root.thread_ts != root.ts:
        state.fault(f"{where}: thread_ts is that of an answer, not of the message it is under")
    root.thread_ts = root.thread_ts or root.ts
    return ts


def post_message(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = target(state, workspace, args.text("channel"))
    writable(state, workspace, channel)
    if any(name in args for name in CUSTOM) and "chat:write.customize" not in workspace.scopes:
        state.fault("chat.postMessage: username and icons need chat:write.customize")
    said = content(state, args, "chat.postMessage")
    data = metadata(args)
    if under := args.text("thread_ts"):
        under = thread(state, channel, under, "chat.postMessage")
    message = from_bot(
        state,
        workspace,
        channel,
        **said,
        thread_ts=under,
        metadata=data or None,
        unfurl_links=args.flag("unfurl_links") if "unfurl_links" in args else None,
        unfurl_media=args.flag("unfurl_media") if "unfurl_media" in args else None,
        parse=args.text("parse"),
        link_names=args.flag("link_names"),
        broadcast=args.flag("reply_broadcast"),
        arguments=args.raw,
    )
    keep(state, workspace, channel, message)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "message": message.document(metadata=True),
    }


def post_ephemeral(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = target(state, workspace, args.text("channel"))
    writable(state, workspace, channel, posting=channel.kind == "im")
    if args.text("user") not in workspace.users:
        raise SlackError("user_not_found")
    if args.text("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    message = from_bot(
        state,
        workspace,
        channel,
        **content(state, args, "chat.postEphemeral"),
        thread_ts=args.text("thread_ts"),
        to=args.text("user"),
        arguments=args.raw,
    )
    workspace.ephemerals.append(message)
    state.changed()
    return {"message_ts": message.ts}


def update(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = target(state, workspace, args.text("channel"))
    message = channel.find(args.text("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.bot_id != workspace.bot_id:
        raise SlackError("cant_update_message")
    if channel.is_archived:
        raise SlackError("is_inactive")
    if len(args.text("text")) > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    data = metadata(args)
    before = message.document()
    if "blocks" in args and not args.structure("blocks", "invalid_blocks_format"):
        message.blocks = []
    said = content(state, args, "chat.update")
    message.versions.append({"text": message.text, "blocks": message.blocks})
    if "text" in args or "markdown_text" in args:
        message.text = said["text"]
    if said["blocks"]:
        message.blocks = said["blocks"]
    if "attachments" in args:
        message.attachments = said["attachments"]
    if data is not None:
        message.metadata = data or None
    message.edited = {"user": workspace.bot_user_id, "ts": state.ts()}
    _tell(state, workspace, channel, "message_changed", message, before)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.document(metadata=True),
    }


def delete(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = target(state, workspace, args.text("channel"))
    message = channel.find(args.text("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.bot_id != workspace.bot_id:
        raise SlackError("cant_delete_message")
    before = message.document()
    remove(channel, message)
    _tell(state, workspace, channel, "message_deleted", message, before)
    return {"channel": channel.id, "ts": message.ts}


def remove(channel: Channel, message: Message) -> None:
    """A message goes; where it has answers, a tombstone stays."""
    if len(channel.thread(message.ts)) > 1 and message.thread_ts == message.ts:
        message.subtype, message.user = "tombstone", "USLACKBOT"
        message.bot_id = message.app_id = ""
        message.text, message.blocks, message.metadata = "This message was deleted.", [], None
    else:
        message.deleted = True


def _tell(
    state: State, workspace: Workspace, channel: Channel, subtype: str, now: Message, before: Json
) -> None:
    ts = state.ts()
    event: Json = {
        "type": "message",
        "subtype": subtype,
        "channel": channel.id,
        "channel_type": channel.kind,
        "ts": ts,
        "event_ts": ts,
        "hidden": True,
        "previous_message": before,
    }
    if subtype == "message_changed":
        event["message"] = now.document()
    else:
        event["deleted_ts"] = now.ts
    state.on_event(workspace, event)
    state.changed()


def permalink(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = workspace.channel(args.text("channel"))
    message = channel.find(args.text("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    place = f"https://{workspace.domain}.slack.com/archives/{channel.id}/p"
    link = place + message.ts.replace(".", "")
    if message.thread_ts and message.thread_ts != message.ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def pin(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = workspace.channel(args.text("channel"))
    writable(state, workspace, channel, posting=False)
    ts = args.text("timestamp")
    if not ts:
        raise SlackError("no_item_specified")
    if channel.find(ts) is None:
        raise SlackError("message_not_found")
    if ts in channel.pins:
        raise SlackError("already_pinned")
    channel.pins.append(ts)
    state.changed()
    return {}


def unpin(state: State, workspace: Workspace, args: Arguments) -> Json:
    channel = workspace.channel(args.text("channel"))
    if args.text("timestamp") not in channel.pins:
        raise SlackError("no_pin")
    channel.pins.remove(args.text("timestamp"))
    return {}
