"""The public site: what the outside may reach, behind a reverse proxy. Never the chat page."""

from collections.abc import Sequence

from aiohttp import web

MOST_BYTES = 1_000_000  # of a request


class Site:
    """Serves the routes of the platforms, from `start` to `stop`."""

    def __init__(self, routes: Sequence[web.RouteDef], host: str, port: int) -> None:
        self.routes, self.host, self.port = routes, host, port
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen. OSError: the port is taken."""
        app = web.Application(client_max_size=MOST_BYTES)
        app.add_routes(self.routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Finish what is in flight, and close."""
        if self._runner:
            await self._runner.cleanup()
