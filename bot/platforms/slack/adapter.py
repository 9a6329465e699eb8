"""Slack as a platform: what the courier sends becomes calls of the Web API, and nothing more."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.platforms.pace import Pace
from bot.platforms.slack.blocks import said
from bot.platforms.slack.errors import SlowDown
from bot.platforms.slack.limits import LIMITS
from bot.platforms.slack.naming import with_prefix
from bot.platforms.slack.people import person
from bot.platforms.slack.workspace import LARGE_PAGE, Workspace
from core.chat import Found, Message, Person, Ref, Refused, TryLater

EVENT_TYPE = "staffroom_delivery"
SEARCHED = 2_000  # messages of the history, after a crash
SKEW = timedelta(minutes=5)  # how much our clock and Slack's may differ
TIER_3 = 50 / 60  # calls a second, https://docs.slack.dev/apis/web-api/rate-limits


class SlackPlatform:
    """A home in one workspace. Implements core.chat.Platform.

    `prefix`: what the names of the slash commands begin with there.
    """

    name = "slack"
    capabilities = LIMITS

    def __init__(self, workspace: Workspace, per_second: float, prefix: str = "") -> None:
        """`per_second`: messages in the whole workspace."""
        self.workspace, self.prefix = workspace, prefix
        timer = workspace.timer
        self.posts = Pace(per_second, *timer)
        self.edits, self.opens = Pace(TIER_3, *timer), Pace(TIER_3, *timer)

    async def post(
        self, place: str, message: Message, *, key: str, under: Ref | None = None
    ) -> Ref:
        """https://docs.slack.dev/reference/methods/chat.postMessage: it has no idempotency, so
        the message carries a digest of the key as metadata, which `find` looks for."""
        await self.posts.turn(place)
        said = self._said(message) | {
            "channel": place,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": digest(key)}},
            "unfurl_links": message.preview,
            "unfurl_media": message.preview,
        }
        if under is not None:
            said["thread_ts"] = under.message
        try:
            posted = await self.workspace.tell("chat.postMessage", **said)
        except Refused:
            if not await self._join(place):
                raise
            posted = await self.workspace.tell("chat.postMessage", **said)
        return Ref(posted.get("channel") or place, posted["ts"])

    async def edit(self, ref: Ref, message: Message) -> Ref:
        await self.edits.turn(ref.place)
        await self.workspace.tell(
            "chat.update", channel=ref.place, ts=ref.message, **self._said(message)
        )
        return ref

    async def delete(self, ref: Ref) -> None:
        try:
            await self.workspace.tell("chat.delete", channel=ref.place, ts=ref.message)
        except Refused as error:
            if error.code != "message_not_found":
                raise

    async def open_direct(self, external_id: str) -> str:
        await self.opens.turn(external_id)
        opened = await self.workspace.tell("conversations.open", users=[external_id])
        return str(opened["channel"]["id"])

    async def open_group(self, external_ids: Sequence[str], name: str) -> str:
        """A group direct message; the bot is in it without being named. It has no name there."""
        await self.opens.turn(",".join(external_ids))
        opened = await self.workspace.tell("conversations.open", users=list(external_ids))
        return str(opened["channel"]["id"])

    async def open_channel(self, name: str) -> str:
        """The public channel of this name, made if there is none, with the bot in it."""
        try:
            made = await self.workspace.tell("conversations.create", name=name)
            return str(made["channel"]["id"])
        except Refused as error:
            if error.code != "name_taken":
                raise
        async for channel in self.workspace.pages(
            "conversations.list",
            "channels",
            LARGE_PAGE,
            types="public_channel",
            exclude_archived=True,
        ):
            if channel.get("name") == name:
                await self.workspace.tell("conversations.join", channel=channel["id"])
                return str(channel["id"])
        raise Refused(f"there is an archived or private channel called {name}; choose another name")

    async def find(
        self, place: str, key: str, fingerprint: str, since: datetime, *, under: Ref | None = None
    ) -> Ref | Found:
        """Look for the key in the history since then, and in the thread where it was to hang.

        https://docs.slack.dev/reference/methods/conversations.history: newest first. A history
        that is too long to be read to its end leaves it unknown, and so does one of which Slack
        lets us read only so much at a time: it would be no shorter later.
        """
        wanted, oldest = digest(key), f"{(since - SKEW).timestamp():.6f}"
        looks: list[tuple[str, dict[str, str]]] = [("conversations.history", {})]
        if under is not None:
            looks.append(("conversations.replies", {"ts": under.message}))
        for method, where in looks:
            seen = 0
            try:
                async for message in self.workspace.pages(
                    method,
                    "messages",
                    channel=place,
                    oldest=oldest,
                    include_all_metadata=True,
                    **where,
                ):
                    seen += 1
                    if _carries(message, wanted):
                        return Ref(place, message["ts"])
                    if seen > SEARCHED:
                        return Found.UNKNOWN
            except Refused:
                return Found.UNKNOWN
            except SlowDown:
                if seen:
                    return Found.UNKNOWN
                raise
        return Found.ABSENT

    async def people(self) -> Sequence[Person]:
        """Everybody in the workspace, https://docs.slack.dev/reference/methods/users.list. This
        waits as long as Slack asks."""
        members = self.workspace.pages("users.list", "members", LARGE_PAGE, None)
        return [person(user, self.workspace.team_id) async for user in members]

    async def _join(self, place: str) -> bool:
        """Go into a public channel that we are not in; False where that is not the trouble."""
        try:
            found = (await self.workspace.ask("conversations.info", channel=place))["channel"]
            if found.get("is_member") or found.get("is_archived") or found.get("is_private"):
                return False
            if found.get("is_im") or found.get("is_mpim"):
                return False
            await self.workspace.tell("conversations.join", channel=place)
        except (Refused, TryLater, KeyError):
            return False
        return True

    def _said(self, message: Message) -> dict[str, Any]:
        return said(with_prefix(message, self.prefix))


def digest(key: str) -> str:
    """What stands for a key in a message's metadata, which any app of the workspace can read."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _carries(message: dict[str, Any], wanted: str) -> bool:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return False
    return bool((metadata.get("event_payload") or {}).get("key") == wanted)
