"""Starting a real Bolt app against the fake, and closing it without leaving anything open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.fake.slack import FakeSlack


@asynccontextmanager
async def client(slack: FakeSlack, token: str | None = None) -> AsyncIterator[AsyncWebClient]:
    """A client of the Web API with one session, which ends with it."""
    async with ClientSession() as session:
        yield AsyncWebClient(
            token=slack.bot_token if token is None else token,
            base_url=slack.url,
            session=session,
        )


@asynccontextmanager
async def socket_mode(
    slack: FakeSlack, app: AsyncApp, *, ping_interval: float = 0.5
) -> AsyncIterator[AsyncSocketModeHandler]:
    """The app in Socket Mode, connected.

    `close_async` leaves tasks that were canceled but not awaited, and a second session when it
    reconnects in the meantime; so its tasks are awaited here.
    """
    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=ping_interval)
    try:
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await slack.connected()
        yield handler
    finally:
        await close(handler)


async def close(handler: AsyncSocketModeHandler) -> None:
    """Ends every task and the session of a handler."""
    tasks = [
        handler.client.message_processor,
        handler.client.current_session_monitor,
        handler.client.message_receiver,
    ]
    await handler.close_async()  # type: ignore[no-untyped-call]
    await asyncio.gather(*filter(None, tasks), return_exceptions=True)


@asynccontextmanager
async def http(slack: FakeSlack, app: AsyncApp) -> AsyncIterator[str]:
    """The app behind /slack/events on a server of its own; its address."""

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", events)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield url
    finally:
        await runner.cleanup()
