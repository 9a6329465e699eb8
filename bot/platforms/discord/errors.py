"""Discord's errors, in the words of the port: what to do about each is decided here, once.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes
"""

import asyncio
from datetime import timedelta

import aiohttp
import discord
import structlog

from core.chat import DirectClosed, Gone, MaybeSent, Refused, TryLater

log = structlog.get_logger("discord")
AFTER_OUTAGE = timedelta(seconds=30)
OPENING_TOO_FAST = timedelta(hours=1)
QUARANTINED = timedelta(days=1)

CLOSED = {
    50007: "this person accepts no direct messages from members of the server",
    50278: "this person shares no server with the bot",
    10013: "Discord does not know this person any more",
}
NO_CHANNEL = 10003
REFUSED = {
    NO_CHANNEL: "the channel is gone; choose another with `/settings channels`",
    10008: "the message is gone",
    50001: "I cannot see the channel; give my role *View Channel* there",
    50013: "I lack a permission there; `staffroom doctor` names it",
    50035: "Discord did not take the message as it is",
    50083: "the thread is archived and locked",
    160006: "the server has too many active threads; archive some",
    30033: "the thread has too many people",
}


class Quarantined(TryLater):
    """Discord has restricted the bot (20026): nothing more may be sent, and an operator must ask
    Discord's support."""

    def __init__(self) -> None:
        super().__init__(
            "Discord has quarantined the bot; see the Developer Portal, and stop it until then",
            QUARANTINED,
        )


def translated(error: Exception) -> Exception:
    """What the port calls this failure of a call to Discord."""
    match error:
        case discord.RateLimited():
            return TryLater("Discord asked us to slow down", timedelta(seconds=error.retry_after))
        case discord.HTTPException():
            return _answered(error)
        case aiohttp.ClientConnectorError():
            return TryLater("Discord cannot be reached", AFTER_OUTAGE)
        case aiohttp.ClientError() | asyncio.TimeoutError() | OSError():
            return MaybeSent(f"the connection to Discord broke ({type(error).__name__})")
        case _:
            return error


def _answered(error: discord.HTTPException) -> Exception:
    if error.code in CLOSED:
        return DirectClosed(CLOSED[error.code])
    if error.code == NO_CHANNEL:
        return Gone(REFUSED[NO_CHANNEL])
    if error.code == 20026:
        log.error("Discord has quarantined the bot: nothing is sent for a day; see its support")
        return Quarantined()
    if error.code == 40003:
        return TryLater("Discord lets the bot open no more conversations now", OPENING_TOO_FAST,
                        only_this=True)  # fmt: skip
    if error.status == 429:
        return TryLater("Discord asked us to slow down", AFTER_OUTAGE)
    if error.status >= 500:
        return MaybeSent(f"Discord answered {error.status}")
    if error.status == 401:
        return TryLater("Discord refuses the bot's token", QUARANTINED)
    return Refused(REFUSED.get(error.code, f"Discord answered {error.code or error.status}"))
