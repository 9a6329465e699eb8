"""A fake Slack that outlives the bot: each accepted post is one JSON line in a file.

Started again with the same file, it answers conversations.history from it.
"""

import json
from pathlib import Path

from tests.platforms.slack.fake.errors import Json
from tests.platforms.slack.fake.state import State
from tests.platforms.slack.fake.workspace import Channel, Message, Workspace

KEPT = (
    "channel",
    "ts",
    "text",
    "user",
    "team",
    "bot_id",
    "app_id",
    "bot_name",
    "blocks",
    "thread_ts",
    "metadata",
)


class Journal:
    """The file, with the channels of one workspace."""

    def __init__(self, state: State, workspace: Workspace, path: Path) -> None:
        self.workspace = workspace
        self.path = path
        if path.exists():
            for line in path.read_text().splitlines():
                self._read(json.loads(line))
        state.on_post = self.write

    def write(self, message: Message) -> None:
        line: Json = {name: getattr(message, name) for name in KEPT}
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def _read(self, line: Json) -> None:
        channel = self.workspace.channels.get(line["channel"])
        if channel is None:
            channel = Channel(
                id=line["channel"],
                team=self.workspace.id,
                name=line["channel"].lower(),
                kind="channel",
                members=[self.workspace.bot_user_id, *self.workspace.users],
            )
            self.workspace.channels[channel.id] = channel
        channel.messages.append(Message(**line))
