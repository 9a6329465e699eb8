"""A fake Discord that outlives the bot: each accepted message is one JSON line in a file.

Started again with the same file, it serves the history from it.
"""

import json
from pathlib import Path

from tests.platforms.discord.fake import channel as channels
from tests.platforms.discord.fake.channel import Channel, ThreadPart
from tests.platforms.discord.fake.errors import DiscordError, Json
from tests.platforms.discord.fake.message import Flag, Message
from tests.platforms.discord.fake.state import NONCE_KEPT, State


class Journal:
    """The file, with the messages by the app that others see."""

    def __init__(self, state: State, path: Path) -> None:
        self.state = state
        self.path = path
        if path.exists():
            for line in path.read_text().splitlines():
                self._read(json.loads(line))
        state.on_post = self.write

    def write(self, message: Message) -> None:
        place = message.channel
        line: Json = {
            "id": str(message.id),
            "channel": str(place.id),
            "kind": place.kind,
            "name": place.name,
            "parent": str(place.parent.id) if place.parent else None,
            "nonce": message.nonce,
            "content": message.content,
            "custom_ids": [one["custom_id"] for one in message.walk() if "custom_id" in one],
            "embeds": message.embeds,
            "components": message.components,
            "flags": int(message.flags),
            "created": message.created,
        }
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def _read(self, line: Json) -> None:
        place = self._place(line)
        if place is None:
            return
        message = Message(
            int(line["id"]),
            place,
            self.state.me,
            line["created"],
            content=line["content"],
            embeds=line["embeds"],
            components=line["components"],
            flags=Flag(line["flags"]),
            nonce=line["nonce"],
            application_id=self.state.application_id,
        )
        self.state.ids.used(message.id)
        place.messages.append(message)
        if message.nonce is not None and self.state.now() - message.created < NONCE_KEPT:
            self.state.remember(message, str(message.nonce))

    def _place(self, line: Json) -> Channel | None:
        """The channel, which is there at every start; a thread has to be made again."""
        try:
            return self.state.channel(int(line["channel"]))
        except DiscordError:
            pass
        if line["kind"] not in channels.THREADS or line["parent"] is None:
            return None
        parent = self.state.channel(int(line["parent"]))
        guild = parent.guild
        assert guild is not None
        at = line["created"]
        part = ThreadPart(self.state.me.id, at, at, members={self.state.me.id: at})
        made = Channel(int(line["channel"]), line["kind"], line["name"], guild, parent, thread=part)
        guild.threads[made.id] = made
        return made
