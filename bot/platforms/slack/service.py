"""Slack in this process: its workspaces, and the way in by which Slack reaches us."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.error import BoltError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.house import House, NewHome
from bot.platforms.pace import REAL, Timer
from bot.platforms.slack.adapter import SlackPlatform
from bot.platforms.slack.errors import AFTER_OUTAGE, ENDED, HomeEnded, code_of, translated
from bot.platforms.slack.installing import Installing
from bot.platforms.slack.intake import Intake
from bot.platforms.slack.manifest import EVENTS_PATH
from bot.platforms.slack.seat import Seat
from bot.platforms.slack.socket import Socket
from bot.platforms.slack.workspace import Workspace, call, client_for
from bot.settings import Settings
from core.chat import MaybeSent, Refused, TryLater
from core.errors import UserError

log = structlog.get_logger("slack")
TRY_AGAIN = 15.0  # seconds, while Slack cannot be reached


class Slack:
    """Every workspace that has our app, from `start` to `stop`."""

    def __init__(self, settings: Settings, house: House, timer: Timer = REAL) -> None:
        self.settings, self.house, self.timer = settings, house, timer
        self.seats: dict[str, Seat] = {}  # by the team's id
        self.installing: Installing | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._socket: Socket | None = None

    async def start(self) -> None:
        """Connect what can be connected; while Slack cannot be reached, it is tried again.

        Raises UserError for settings that Slack refuses.
        """
        settings = self.settings
        self.session = aiohttp.ClientSession()
        self.client = client_for(None, settings.slack_api_url, self.session)
        self.intake = Intake(
            self.house, self._seat_of, self.ended, settings.slack_prefix, self.timer
        )
        self.app = self._app()
        self.intake.listen(self.app)
        if settings.slack_oauth:
            self.installing = Installing(settings, self.client, self.installed)
        if settings.slack_bot_token:
            await self._begin(settings.slack_bot_token)
        if self.installing is not None:
            kept = await self.house.kept(SlackPlatform.name)
            tokens = {home: self.installing.token_of(secret) for home, secret in kept.items()}
            for home, token in tokens.items():
                await self._begin(token, home)
        if settings.slack_by_socket:
            self._socket = Socket(
                self.app, settings.slack_app_token, self.client, _quiet_logger(), self.timer
            )
            await self._socket.ask()
            self._later(self._socket.connect())

    async def stop(self) -> None:
        """Take nothing new, finish what is being shown, and close."""
        if self._socket is not None:
            await self._socket.close()
        await self.intake.answers.finish()
        await self.intake.homes.stop()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self.session.close()

    def changed(self) -> None:
        """Something was sent, in whatever home: what people's Homes show may be old."""
        self.intake.homes.touch()

    def routes(self) -> list[web.RouteDef]:
        """What Slack, and people who install the app, reach from outside."""
        routes = []
        if self.settings.slack_by_http:
            routes.append(web.post(EVENTS_PATH, self._event))
        if self.installing is not None:
            routes += self.installing.routes()
        return routes

    async def enter(self, token: str, secret: str | None = None) -> Seat:
        """Connect a workspace. Raises what the port raises.

        https://docs.slack.dev/reference/methods/auth.test tells whose token it is.
        """
        client = client_for(token, self.settings.slack_api_url, self.session)
        try:
            me = await call(client, "auth.test")
        except Exception as error:
            raise translated(error) from error
        team, name = str(me["team_id"]), str(me.get("team") or me["team_id"])
        home_id = await self.house.settle(
            NewHome(SlackPlatform.name, team, name, secret, trusted=secret is None)
        )

        async def ended(code: str) -> None:
            if await self._refuses(client):
                await self.ended(seat, f"Slack says {code}")

        workspace = Workspace(home_id, team, name, str(me["user_id"]), client, ended, self.timer)
        platform = SlackPlatform(
            workspace, self.settings.slack_per_second, self.settings.slack_prefix
        )
        seat = self.seats[team] = Seat(workspace, platform, bot_id=me.get("bot_id"))
        self.house.connect(home_id, platform)
        self._later(self._meet_everybody(seat))
        log.info("connected", home=home_id, team=team)
        return seat

    async def installed(self, token: str, secret: str) -> str:
        """Somebody has installed the app in a workspace; answers its name."""
        return (await self.enter(token, secret)).workspace.name

    async def ended(self, seat: Seat, why: str) -> None:
        """A workspace has removed us. Installed again meanwhile, it is another seat."""
        if self.seats.get(seat.workspace.team_id) is seat:
            del self.seats[seat.workspace.team_id]
            self.intake.homes.forget(seat.home_id)
            log.warning("workspace has ended", home=seat.home_id, reason=why)
            await self.house.leave(seat.home_id, why)

    def _seat_of(self, team: str | None) -> Seat | None:
        return self.seats.get(team or "")

    async def _begin(self, token: str, home_id: str | None = None) -> None:
        """Connect the workspace of a token: of the settings, or of a home that keeps it."""
        try:
            await self.enter(token)
        except HomeEnded as error:
            if home_id is None and self.installing is None:
                raise UserError(
                    f"Slack refuses SLACK_BOT_TOKEN ({error.code}). Copy the Bot User OAuth Token "
                    "from the app's page, under OAuth & Permissions; it begins with xoxb-."
                ) from error
            await self._refused(home_id, error)
        except UserError:
            raise
        except Exception as error:
            log.warning("Slack cannot be reached; trying again", reason=_reason(error))
            self._later(self._keep_trying(token, home_id))

    async def _keep_trying(self, token: str, home_id: str | None) -> None:
        while True:
            await self.timer.sleep(TRY_AGAIN)
            try:
                await self.enter(token)
                return
            except HomeEnded as error:
                await self._refused(home_id, error)
                return
            except Exception as error:
                log.warning("Slack still cannot be reached", reason=_reason(error))

    async def _refused(self, home_id: str | None, error: HomeEnded) -> None:
        """A workspace removed us while we could not hear of it; the other ones go on."""
        if home_id is None:
            log.error("Slack refuses SLACK_BOT_TOKEN", reason=error.code)
        else:
            log.warning("workspace has ended", home=home_id, reason=error.code)
            await self.house.leave(home_id, f"Slack says {error.code}")

    async def _refuses(self, client: AsyncWebClient) -> bool:
        """Whether the token is really refused: a home is not ended for one odd answer."""
        try:
            await call(client, "auth.test")
        except Exception as error:
            return isinstance(translated(error), HomeEnded)
        return False

    async def _meet_everybody(self, seat: Seat) -> None:
        """The roster's e-mails are matched to accounts as soon as we are there."""
        while self.seats.get(seat.workspace.team_id) is seat:
            try:
                await self._meet(seat)
                return
            except Exception as error:
                log.warning("people not read", home=seat.home_id, reason=_reason(error))
                pause = AFTER_OUTAGE if isinstance(error, MaybeSent) else None
                if isinstance(error, TryLater):
                    pause = error.after
            if pause is None:  # waiting would not help
                return
            await self.timer.sleep(pause.total_seconds())

    async def _meet(self, seat: Seat) -> None:
        listed = {one.external_id: one for one in await seat.platform.people()}
        async with seat.meeting:
            everybody = listed | seat.people  # what was heard of somebody meanwhile is newer
            await self.house.met(seat.home_id, list(everybody.values()), everybody=True)
            seat.people = everybody

    async def _event(self, request: web.Request) -> web.Response:
        bolt = await self.app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(bolt)

    def _app(self) -> AsyncApp:
        """`process_before_response`: an event counts as received only when it was handled."""
        app = AsyncApp(
            logger=_quiet_logger(),
            signing_secret=self.settings.slack_signing_secret or "unused",
            client=self.client,
            authorize=_Doorkeeper(self._seat_of),
            request_verification_enabled=self.settings.slack_by_http,
            process_before_response=True,
        )
        app.error(_failed)
        return app

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Doorkeeper(AsyncAuthorize):
    """Tells Bolt as whom we speak in a workspace. A workspace that is not connected (yet) is an
    error, so that Slack repeats its events instead of taking them for received."""

    def __init__(self, seat_of: Callable[[str | None], Seat | None]) -> None:
        self.seat_of = seat_of

    async def __call__(
        self, *, enterprise_id: str | None, team_id: str | None, **_more: Any
    ) -> AuthorizeResult:
        seat = self.seat_of(team_id)
        if seat is None:
            raise LookupError("a request of a workspace that is not connected")
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=seat.workspace.client.token,
            bot_user_id=seat.workspace.bot_user,
            bot_id=seat.bot_id,
        )


def _reason(error: Exception) -> str:
    """What the port's exceptions say; of any other its type, as it was not foreseen."""
    foreseen = isinstance(error, (TryLater, MaybeSent, Refused))
    return str(error) if foreseen else type(error).__name__


async def _failed(error: Exception) -> None:
    """What no listener foresaw. Never the request: it holds people's words."""
    if isinstance(error, (BoltError, LookupError)):
        log.warning("request not handled", reason=type(error).__name__)
    elif isinstance(error, SlackApiError) and code_of(error) in ENDED:
        log.warning("request not handled", reason=code_of(error))
    else:
        log.error("request failed", reason=type(error).__name__, exc_info=error)


def _quiet_logger() -> logging.Logger:
    """The SDK's warnings quote requests, which hold people's words: only errors are let through."""
    logger = logging.getLogger("slack")
    logger.setLevel(logging.ERROR)
    return logger
