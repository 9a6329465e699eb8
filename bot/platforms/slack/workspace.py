"""One workspace's connection to the Web API."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.pace import REAL, Timer
from bot.platforms.slack.errors import HomeEnded, retry_after, status_of, translated

TIMEOUT_SECONDS = 20
# https://docs.slack.dev/apis/web-api/pagination: 200 is what Slack recommends, 1000 what it allows.
PAGE = 200
LARGE_PAGE = 500  # of lists that may be read only 20 times a minute
PATIENCE_SECONDS = 30.0  # how long a call that asks is repeated when Slack asks us to slow down

Answer = dict[str, Any]


@dataclass(frozen=True)
class Workspace:
    """A workspace that has our app. `client` never repeats a call by itself: the SDK would post
    twice after a broken connection, and waiting is the courier's business."""

    home_id: str
    team_id: str
    name: str
    bot_user: str
    client: AsyncWebClient = field(repr=False)
    ended: Callable[[str], Awaitable[None]] = field(repr=False)  # with Slack's error code
    timer: Timer = REAL

    async def ask(
        self, method: str, patience: float | None = PATIENCE_SECONDS, /, **arguments: Any
    ) -> Answer:
        """Call a method, and again when Slack asks us to slow down: then nothing was done yet.
        `patience`: in seconds; None waits as long as Slack asks."""
        waited = 0.0
        while True:
            try:
                return await call(self.client, method, **arguments)
            except SlackApiError as error:
                pause = retry_after(error).total_seconds()
                over = patience is not None and waited + pause > patience
                if status_of(error) != 429 or over:
                    raise await self._translated(error) from error
                waited += pause
                await self.timer.sleep(pause)
            except Exception as error:
                raise await self._translated(error) from error

    async def tell(self, method: str, **arguments: Any) -> Answer:
        """Call a method once; the courier decides when to try again. Raises what the port
        raises."""
        try:
            return await call(self.client, method, **arguments)
        except Exception as error:
            raise await self._translated(error) from error

    async def pages(
        self,
        method: str,
        key: str,
        size: int = PAGE,
        patience: float | None = PATIENCE_SECONDS,
        /,
        **arguments: Any,
    ) -> AsyncIterator[Answer]:
        """Everything that a method lists under a key, page by page."""
        cursor = ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = await self.ask(method, patience, limit=size, **arguments, **more)
            for item in page.get(key) or []:
                yield item
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def _translated(self, error: Exception) -> Exception:
        """The failure in the port's words; whoever must know hears that the home has ended."""
        found = translated(error)
        if isinstance(found, HomeEnded):
            await self.ended(found.code)
        return found


def client_for(token: str | None, api_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client that keeps its connections, and calls once."""
    return AsyncWebClient(
        token=token,
        base_url=api_url if api_url.endswith("/") else f"{api_url}/",
        timeout=TIMEOUT_SECONDS,
        session=session,
        retry_handlers=[],
    )


async def call(client: AsyncWebClient, method: str, **arguments: Any) -> Answer:
    """The answer of a method by its documented name, such as "chat.postMessage", sent as the SDK
    sends it: the methods that ask take no JSON. Raises what the SDK raises."""
    answer = await getattr(client, method.replace(".", "_"))(**arguments)
    return answer.data if isinstance(answer.data, dict) else {}
