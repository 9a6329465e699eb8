"""The fake Slack as a process: `python -m tests.platforms.slack.fake --port N --state FILE`.

Prints one JSON line with the addresses, tokens, channels and people, and serves until it is
stopped. The ids are the same at every start.
"""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from tests.platforms.slack.fake.journal import Journal
from tests.platforms.slack.fake.slack import FakeSlack

CHANNELS = ("general", "prompts", "webinars")
PEOPLE = ("Ada Example", "Ben Example", "Cora Example")


async def serve(port: int, path: Path) -> None:
    """Serves until SIGTERM or SIGINT."""
    async with FakeSlack(port=port) as slack:
        people = [slack.workspace.add_user(name) for name in PEOPLE]
        ids = [one.id for one in people]
        channels = {name: slack.workspace.add_channel(name, *ids).id for name in CHANNELS}
        for one in people:
            slack.workspace.direct(one.id)
        Journal(slack.state, slack.workspace, path)
        told = {
            "url": slack.url,
            "bot_token": slack.bot_token,
            "app_token": slack.app_token,
            "signing_secret": slack.signing_secret,
            "team": slack.workspace.id,
            "channels": channels,
            "people": dict(zip(PEOPLE, ids, strict=True)),
        }
        print(json.dumps(told), flush=True)
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--state", type=Path, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.state))


if __name__ == "__main__":
    main()
