"""A client that only asks, and hears nothing: for the doctor and the invite link."""

import discord
from discord.http import Route

from bot.settings import Settings


def asking(settings: Settings) -> discord.Client:
    """Not logged in yet, and to be closed."""
    Route.BASE = settings.discord_api_url.rstrip("/")
    without_voice()
    return discord.Client(intents=discord.Intents(guilds=True))


def without_voice() -> None:
    """The library warns where it could not speak aloud, which we never do."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
