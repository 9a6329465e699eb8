"""The fake Discord as a process: `python -m tests.platforms.discord.fake --port N --state FILE`.

Prints one JSON line with the addresses, the token, channels and people, and serves until it is
stopped. The ids are the same at every start.
"""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.journal import Journal
from tests.platforms.discord.fake.state import App

CHANNELS = {
    "general": "text",
    "prompts": "forum",
    "reflections": "text",
    "webinars": "announcement",
    "coaching": "text",
}
NAMES = ("Ada Example", "Ben Example", "Cora Example")


async def serve(
    port: int, path: Path, people: int = 3, privileged: str = "", *, limits: bool = False
) -> None:
    """Serves until SIGTERM or SIGINT. `people`: so many members, the first three with names."""
    more = [f"Person {number}" for number in range(1, people - len(NAMES) + 1)]
    names = [*NAMES, *more][:people]
    fake = FakeDiscord(port=port, app=App(privileged=frozenset(privileged.split())))
    fake.limits.on = limits
    async with fake:
        guild = fake.guild
        members = {name: guild.add_member(name) for name in names}
        places = {name: guild.add_channel(name, kind).id for name, kind in CHANNELS.items()}
        directs = {user.id: fake.state.direct(user).id for user in members.values()}
        Journal(fake.state, path)
        told = {
            "api_url": fake.api_url,
            "gateway_url": fake.gateway_url,
            "token": fake.token,
            "application": str(fake.application_id),
            "guild": str(guild.id),
            "owner": str(fake.state.owner.id),
            "channels": {name: str(number) for name, number in places.items()},
            "people": {name: str(user.id) for name, user in members.items()},
            "directs": {str(user): str(direct) for user, direct in directs.items()},
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
    parser.add_argument("--people", type=int, default=3)
    parser.add_argument("--privileged", default="", help='such as "members message_content"')
    parser.add_argument("--limits", action="store_true", help="the usual rate limits")
    options = parser.parse_args()
    asyncio.run(
        serve(
            options.port,
            options.state,
            options.people,
            options.privileged,
            limits=options.limits,
        )
    )


if __name__ == "__main__":
    main()
