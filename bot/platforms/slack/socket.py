"""Socket Mode, https://docs.slack.dev/apis/events-api/using-socket-mode.

Slack ends each connection every few hours, and says so about ten seconds before. The SDK then ends
it first and opens another one, and what Slack sends in between is lost. Here the next one is open
before the last one ends.
"""

import asyncio
import contextlib
import logging

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import RealClock
from bot.platforms.pace import REAL, Timer
from bot.platforms.slack.errors import DOUBTFUL, OUTAGE, code_of, retry_after, status_of
from bot.platforms.slack.workspace import TIMEOUT_SECONDS, call
from core.errors import UserError

log = structlog.get_logger("slack")
PING_EVERY = 5.0  # seconds; a broken connection is noticed after so long
TRY_AGAIN = 5.0  # seconds, while no connection can be opened
LEFT_OPEN = 30.0  # seconds, until Slack has ended a connection that is replaced
ANSWERED_WITHIN = 3.0  # seconds: later, Slack does not listen any more


class Socket:
    """Our connection to Slack, as one; `close` ends it when what came is acknowledged."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        logger: logging.Logger,
        timer: Timer = REAL,
    ) -> None:
        self.app, self.app_token, self.client, self.logger = app, app_token, client, logger
        self.timer = timer
        self._address: str | None = None  # of the first connection
        # Those that have not ended, with what replaces those that Slack will end.
        self._connections: dict[_Connection, asyncio.Task[None] | None] = {}

    async def ask(self) -> None:
        """Ask where to connect to. Raises UserError where Slack refuses the token; whatever else
        goes wrong, `connect` tries again."""
        try:
            self._address = await self.address()
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

    async def address(self) -> str:
        """Where to connect to; good for one connection, and soon."""
        address, self._address = self._address, None
        if address is None:
            answer = await call(self.client, "apps.connections.open", app_token=self.app_token)
            address = str(answer["url"])
        return address

    async def connect(self) -> None:
        """Open a connection; while that is not possible, it is tried again."""
        connection = _Connection(self)
        self._connections[connection] = None
        await connection.connect()

    async def close(self) -> None:
        """Take nothing new, acknowledge what came, and end."""
        connections, self._connections = self._connections, {}
        replacing = [task for task in connections.values() if task is not None]
        for task in replacing:
            task.cancel()
        await asyncio.gather(*replacing, return_exceptions=True)
        await asyncio.gather(*(one.end() for one in connections))

    def replace(self, old: "_Connection") -> None:
        """Slack will end a connection, and may say so more than once."""
        if old in self._connections and self._connections[old] is None:
            self._connections[old] = asyncio.create_task(self._replace(old))

    async def _replace(self, old: "_Connection") -> None:
        await self.connect()
        await old.retire()
        self._connections.pop(old, None)


class _Connection(SocketModeClient):
    """One connection of the SDK's, which opens itself anew when it breaks."""

    def __init__(self, socket: Socket) -> None:
        super().__init__(
            app_token=socket.app_token,
            logger=socket.logger,
            web_client=socket.client,
            ping_interval=PING_EVERY,
            on_close_listeners=[self._was_closed],
        )
        self.socket = socket
        self.socket_mode_request_listeners.append(self._take)
        self._over = asyncio.Event()
        self._ending = False
        self._taken: set[asyncio.Task[None] | None] = set()

    async def connect(self) -> None:
        """Open the connection, and try again while that is not possible: each time at a new
        address, because the SDK would keep one that has expired. What went wrong is not written
        down in its own words: they hold the address, which is a secret."""
        self.auto_reconnect_enabled = False
        if self.current_session is not None:
            with contextlib.suppress(Exception):  # it may be broken
                await self.current_session.close()
        while not self.closed:
            try:
                await self._connect()
                return
            except Exception as error:
                if self.closed:
                    return
                log.warning("no connection to Slack; trying again", reason=type(error).__name__)
                await self.socket.timer.sleep(_pause(error))

    async def _connect(self) -> None:
        """As the SDK does it, once."""
        async with asyncio.timeout(TIMEOUT_SECONDS):
            session = await self.aiohttp_client_session.ws_connect(
                await self.socket.address(),
                autoping=False,
                heartbeat=self.ping_interval,
                proxy=self.proxy,
                ssl=self.web_client.ssl or True,
            )
        if self.closed:
            await session.close()
            return
        self.current_session, self.stale, self.last_ping_pong_time = session, False, None
        self.auto_reconnect_enabled = self.default_auto_reconnect_enabled
        for task in filter(None, (self.current_session_monitor, self.message_receiver)):
            task.cancel()  # it may be this very one
        self.current_session_monitor = asyncio.create_task(self.monitor_current_session())
        self.message_receiver = asyncio.create_task(self.receive_messages())

    async def connect_to_new_endpoint(self, force: bool = False) -> None:
        """The SDK wants another connection: because Slack will end this one, or it has broken."""
        if force:
            self.socket.replace(self)
            return
        async with self.connect_operation_lock:
            if not await self.is_connected():
                await self.connect()

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
            response = await run_async_bolt_app(self.socket.app, request)
            await send_async_response(client, request, response, began)
        finally:
            self._taken.discard(task)

    async def _was_closed(self, _message: object) -> None:
        if not self.auto_reconnect_enabled:  # else it is open again
            self._over.set()


def _pause(error: Exception) -> float:
    """The seconds until the next attempt."""
    if isinstance(error, SlackApiError) and status_of(error) == 429:
        return retry_after(error).total_seconds()
    return TRY_AGAIN
