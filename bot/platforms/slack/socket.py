"""Socket Mode, https://docs.slack.dev/apis/events-api/using-socket-mode.

Slack ends each connection every few hours, and says so about ten seconds before. The SDK then ends
it first and opens another one, and what Slack sends in between is lost. Here the next one is open
before the last one ends.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import RealClock
from bot.platforms.slack.errors import DOUBTFUL, OUTAGE, code_of
from bot.platforms.slack.workspace import call
from core.errors import UserError

PING_EVERY = 5.0  # seconds; a broken connection is noticed after so long
LEFT_OPEN = 30.0  # seconds, until Slack has ended a connection that is replaced
ANSWERED_WITHIN = 3.0  # seconds: later, Slack does not listen any more


class Socket:
    """Our connection to Slack, as one; `close` ends it when what came is acknowledged."""

    def __init__(
        self, app: AsyncApp, app_token: str, client: AsyncWebClient, logger: logging.Logger
    ) -> None:
        self.app, self.app_token, self.client, self.logger = app, app_token, client, logger
        self._address: str | None = None  # of the first connection
        self._current: _Connection | None = None
        self._retiring: dict[asyncio.Task[None], _Connection] = {}

    async def ask(self) -> None:
        """Ask where to connect to. Raises UserError where Slack refuses the token; whatever else
        goes wrong, `connect` tries again."""
        try:
            answer = await call(self.client, "apps.connections.open", app_token=self.app_token)
            self._address = str(answer["url"])
        except SlackApiError as error:
            code = code_of(error)
            if code and code not in OUTAGE | DOUBTFUL:
                raise UserError(
                    f"Slack refuses SLACK_APP_TOKEN ({code}). Under Basic Information, make an "
                    "app-level token with the scope connections:write; it begins with xapp-. "
                    "Socket Mode must be on, too."
                ) from error
        except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError, KeyError):
            return

    async def connect(self) -> None:
        """Open a connection; while that is not possible, it is tried again."""
        self._current = _Connection(self, self._replace)
        self._current.wss_uri, self._address = self._address, None
        await self._current.connect()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Take nothing new, acknowledge what came, and end."""
        retiring, self._retiring = self._retiring, {}
        for task in retiring:
            task.cancel()
        connections = [*retiring.values(), *([self._current] if self._current else [])]
        await asyncio.gather(*retiring, return_exceptions=True)
        await asyncio.gather(*(one.end() for one in connections))

    async def _replace(self, old: "_Connection") -> None:
        if old is not self._current:
            return  # Slack has said so before
        await self.connect()
        task = asyncio.create_task(old.retire())
        self._retiring[task] = old
        task.add_done_callback(lambda done: self._retiring.pop(done, None))


class _Connection(SocketModeClient):
    """One connection of the SDK's, which opens itself anew when it breaks."""

    def __init__(self, socket: Socket, replace: Callable[["_Connection"], Awaitable[None]]) -> None:
        super().__init__(
            app_token=socket.app_token,
            logger=socket.logger,
            web_client=socket.client,
            ping_interval=PING_EVERY,
            on_close_listeners=[self._was_closed],
        )
        self.app, self.replace = socket.app, replace
        self.socket_mode_request_listeners.append(self._take)
        self._over = asyncio.Event()
        self._ending = False
        self._taken: set[asyncio.Task[None] | None] = set()

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """The SDK wants another connection: because Slack will end this one, or it has broken."""
        if force:
            await self.replace(self)
        else:
            await super().connect_to_new_endpoint()

    async def retire(self) -> None:
        """Go on until Slack ends the connection."""
        self.auto_reconnect_enabled = self.default_auto_reconnect_enabled = False
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), LEFT_OPEN)
        await self.end()

    async def end(self) -> None:
        """Take nothing new, acknowledge what came, and wait for tasks that the SDK only cancels."""
        self._ending = True
        if self._taken:
            await asyncio.wait(filter(None, [*self._taken]), timeout=ANSWERED_WITHIN)
        tasks = [self.message_processor, self.current_session_monitor, self.message_receiver]
        await self.close()  # type: ignore[no-untyped-call]
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if self._ending:
            return
        task, began = asyncio.current_task(), RealClock().now().timestamp()
        self._taken.add(task)
        try:
            response = await run_async_bolt_app(self.app, request)
            await send_async_response(client, request, response, began)
        finally:
            self._taken.discard(task)

    async def _was_closed(self, _message: object) -> None:
        self._over.set()
