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


async def serve(port: int, path: Path, more: int = 0) -> None:
    """Serves until SIGTERM or SIGINT. `more`: so many people besides the three with names."""
    names = [*PEOPLE, *(f"Person {number}" for number in range(1, more + 1))]
    async with FakeSlack(port=port) as slack:
        people = [slack.workspace.add_user(name) for name in names]
        ids = [one.id for one in people]
        channels = {name: slack.workspace.add_channel(name, *ids).id for name in CHANNELS}
        directs = {one.id: slack.workspace.direct(one.id).id for one in people}
        Journal(slack.state, slack.workspace, path)
        told = {
            "url": slack.url,
            "bot_token": slack.bot_token,
            "app_token": slack.app_token,
            "signing_secret": slack.signing_secret,
            "team": slack.workspace.id,
            "channels": channels,
            "people": dict(zip(names, ids, strict=True)),
            "directs": directs,
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
    parser.add_argument("--people", type=int, default=0, help="more of them")
    options = parser.parse_args()
    asyncio.run(serve(options.port, options.state, options.people))


if __name__ == "__main__":
    main()
