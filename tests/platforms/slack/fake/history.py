"""Reading messages: conversations.history and conversations.replies.

https://docs.slack.dev/reference/methods/conversations.history
"""

from tests.platforms.slack.fake.arguments import Arguments
from tests.platforms.slack.fake.documented import SLOW_PAGE
from tests.platforms.slack.fake.errors import Json, SlackError
from tests.platforms.slack.fake.paging import page
from tests.platforms.slack.fake.scopes import need, of_kind
from tests.platforms.slack.fake.state import State
from tests.platforms.slack.fake.workspace import Channel, Message, Workspace

MOST = 999


def history(state: State, workspace: Workspace, args: Arguments) -> Json:
    """Newest first, without answers in threads.

    Where only `oldest` is given, the first page is the one closest to it.
    """
    channel = _readable(workspace, args)
    shown = [
        one
        for one in channel.messages
        if not one.deleted and (not one.thread_ts or one.thread_ts == one.ts or one.broadcast)
    ]
    shown = _between(shown, args)
    forwards = "oldest" in args and "latest" not in args
    if not forwards:
        shown.reverse()
    part, cursor = _page(state, shown, args, 100, MOST)
    if forwards:
        part.reverse()
    body: Json = {
        "messages": [document(channel, one, args) for one in part],
        "has_more": bool(cursor),
        "pin_count": len(channel.pins),
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }
    if cursor:
        body["response_metadata"] = {"next_cursor": cursor}
    return body


def replies(state: State, workspace: Workspace, args: Arguments) -> Json:
    """A thread, oldest first, beginning with the message it is under."""
    channel = _readable(workspace, args)
    found = channel.find(args.text("ts"))
    if found is None:
        raise SlackError("thread_not_found")
    shown = channel.thread(found.thread_ts or found.ts)
    shown = shown[:1] + _between(shown[1:], args)
    part, cursor = _page(state, shown, args, 1_000, 1_000)
    body: Json = {
        "messages": [document(channel, one, args) for one in part],
        "has_more": bool(cursor),
    }
    if cursor:
        body["response_metadata"] = {"next_cursor": cursor}
    return body


def document(channel: Channel, message: Message, args: Arguments) -> Json:
    """A message; one with answers tells how many."""
    body = message.document(metadata=args.flag("include_all_metadata"))
    answers = [one for one in channel.thread(message.ts) if one is not message]
    if answers:
        users = list(dict.fromkeys(one.user for one in answers))
        body |= {
            "reply_count": len(answers),
            "reply_users_count": len(users),
            "latest_reply": answers[-1].ts,
            "reply_users": users,
            "is_locked": False,
            "subscribed": False,
        }
    elif message.thread_ts and message.thread_ts != message.ts:
        root = next((one for one in channel.messages if one.ts == message.thread_ts), None)
        if root is not None:
            body["parent_user_id"] = root.user
    elif message.thread_ts:
        body.pop("thread_ts")
    return body


def _page(
    state: State, shown: list[Message], args: Arguments, default: int, most: int
) -> tuple[list[Message], str]:
    if state.manifest.distributed:
        limit = min(args.number("limit", SLOW_PAGE), SLOW_PAGE)
        args = Arguments(args.raw | {"limit": limit})
    return page(shown, args, default=default, most=most)


def _readable(workspace: Workspace, args: Arguments) -> Channel:
    channel = workspace.channel(args.text("channel"))
    need(workspace, of_kind(channel.kind, "history"))
    if workspace.bot_user_id not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _between(messages: list[Message], args: Arguments) -> list[Message]:
    oldest, latest = _moment(args, "oldest", 0), _moment(args, "latest", 2**80)
    inclusive = args.flag("inclusive")
    return [
        one
        for one in messages
        if oldest < _number(one.ts) < latest or (inclusive and _number(one.ts) in (oldest, latest))
    ]


def _moment(args: Arguments, name: str, default: int) -> int:
    if name not in args:
        return default
    try:
        return _number(args.text(name))
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _number(ts: str) -> int:
    seconds, _, micro = ts.partition(".")
    return int(seconds) * 1_000_000 + int((micro + "000000")[:6])
