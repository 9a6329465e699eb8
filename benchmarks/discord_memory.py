"""One process for the memory benchmark of Discord: prints the megabytes that it came to.

`python -m benchmarks.discord_memory ours|bare TOLD FOLDER`, where TOLD are the addresses and the
token that the fake Discord printed. What only ours needs is loaded only there.
"""

import asyncio
import json
import sys
from pathlib import Path

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route


async def bare(told: dict[str, str]) -> None:
    """discord.py's usual client, with the members in its cache."""
    intents = discord.Intents.default()
    intents.members = True
    client = discord.Client(intents=intents)
    ready = asyncio.Event()

    async def on_ready() -> None:
        ready.set()

    client.event(on_ready)
    Route.BASE = told["api_url"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(told["gateway_url"])
    await client.login(told["token"])
    connecting = asyncio.create_task(client.connect())
    await ready.wait()
    assert len(client.guilds[0].members) == client.guilds[0].member_count
    await client.close()
    await asyncio.gather(connecting, return_exceptions=True)


async def ours(told: dict[str, str], folder: str) -> None:
    """Our service with the cache settings that we run, and Slack's adapter loaded beside it."""
    import bot.platforms.slack.service  # noqa: F401, PLC0415 -- only here, where it counts
    from bot.clock import RealClock  # noqa: PLC0415
    from bot.house import CommunityHouse  # noqa: PLC0415
    from bot.platforms.discord.service import Discord  # noqa: PLC0415
    from bot.settings import Settings  # noqa: PLC0415
    from commands.dispatcher import CommandDispatcher  # noqa: PLC0415
    from commands.registry import every_command  # noqa: PLC0415
    from core.chat import Platform  # noqa: PLC0415
    from storage import communities, schema  # noqa: PLC0415
    from storage.database import Store  # noqa: PLC0415

    clock, store = RealClock(), Store(f"sqlite:///{folder}/memory.db")
    schema.metadata.create_all(store.engine)
    community = communities.Community(
        id="lake", name="Lakeside", zone="UTC", created_at=clock.now(), replan=False
    )
    store.write_now("", lambda tx: communities.found(tx, community))
    here, registry = store.community("lake"), every_command()
    connected: dict[str, Platform] = {}
    dispatcher = CommandDispatcher(here, registry, clock.now)
    house = CommunityHouse(here, dispatcher, registry, clock, connected, lambda: None)
    settings = Settings(
        _env_file=None,
        DISCORD_BOT_TOKEN=told["token"],
        DISCORD_API_URL=told["api_url"],
        DISCORD_GATEWAY_URL=told["gateway_url"],
        discord_members_intent=True,
    )
    service = Discord(settings, house)
    await service.start()
    async with asyncio.timeout(60):
        while not connected:  # noqa: ASYNC110 -- the library tells nobody else
            await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    await service.stop()
    store.close()


def main() -> None:
    which, told, folder = sys.argv[1:]
    given = json.loads(told)
    asyncio.run(ours(given, folder) if which == "ours" else bare(given))
    print(_peak())


def _peak() -> float:
    """The most that this process had in memory. getrusage would count its parent's, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (kilobytes,) = [line.split()[1] for line in status if line.startswith("VmHWM")]
    return int(kilobytes) / 1024


if __name__ == "__main__":
    main()
