"""Installing the app in many workspaces, https://docs.slack.dev/authentication/installing-with-oauth.

Tokens are kept encrypted with STAFFROOM_SECRET_KEY, and the state of an installation under way is
a sealed note of when it began, so nothing of it needs to be stored.
"""

import html
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.manifest import BOT_SCOPES, INSTALL_PATH, REDIRECT_PATH
from bot.settings import Settings
from core.chat import MaybeSent, Refused, TryLater
from core.errors import UserError

log = structlog.get_logger("slack")
STATE_SECONDS = 600
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Staffroom</title>
<body style="font: 18px/1.5 Georgia, serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem">
<h1>{title}</h1><p>{text}</p>"""


class Seal:
    """Encrypts what is kept. Several keys, separated by commas: the first seals, all open."""

    def __init__(self, keys: str) -> None:
        """Raises UserError for a key that is none."""
        try:
            self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
        except ValueError as error:
            raise UserError(
                "STAFFROOM_SECRET_KEY is not a key. Make one with `staffroom slack key`."
            ) from error

    def close(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str, seconds: int | None = None) -> str:
        """Raises InvalidToken for what this key did not seal, or not that recently."""
        return self._fernet.decrypt(sealed.encode(), ttl=seconds).decode()

    def token(self, secret: str) -> str:
        """The token in what was kept of an installation. UserError when the key is another one."""
        try:
            return str(json.loads(self.open(secret))["token"])
        except InvalidToken as error:
            raise UserError(
                "STAFFROOM_SECRET_KEY does not open the Slack installations that are kept. Set "
                "the key of then, behind the new one and a comma, or install the app again."
            ) from error


class SealedStates(AsyncOAuthStateStore):
    """An installation under way: begun here, and less than ten minutes ago."""

    def __init__(self, seal: Seal) -> None:
        self.seal = seal

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        return self.seal.close("installing")

    async def async_consume(self, state: str) -> bool:
        try:
            return self.seal.open(state or "", STATE_SECONDS) == "installing"
        except InvalidToken:
            return False


class Installations(AsyncInstallationStore):
    """Bolt's store over ours: an installation is the secret of a home."""

    def __init__(self, seal: Seal, installed: Callable[[str, str], Awaitable[str]]) -> None:
        self.seal, self.installed = seal, installed

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger("slack")

    async def async_save(self, installation: Installation) -> None:
        bot = installation.to_bot()
        await self.async_save_bot(bot)

    async def async_save_bot(self, bot: Bot) -> None:
        secret = self.seal.close(json.dumps({"token": bot.bot_token}))
        await self.installed(bot.bot_token, secret)


class Installing:
    """The pages under /slack/install. `installed` is handed a token and what to keep of it."""

    def __init__(
        self,
        settings: Settings,
        client: AsyncWebClient,
        installed: Callable[[str, str], Awaitable[str]],
    ) -> None:
        self.seal = Seal(settings.secret_key or "")
        self.flow = AsyncOAuthFlow(
            client=client,
            logger=logging.getLogger("slack"),
            settings=AsyncOAuthSettings(
                client_id=settings.slack_client_id,
                client_secret=settings.slack_client_secret,
                scopes=list(BOT_SCOPES),
                redirect_uri=f"{settings.public_url.rstrip('/')}{REDIRECT_PATH}",
                install_path=INSTALL_PATH,
                install_page_rendering_enabled=False,
                redirect_uri_path=REDIRECT_PATH,
                authorization_url=settings.slack_authorize_url,
                installation_store=Installations(self.seal, installed),
                state_store=SealedStates(self.seal),
                state_expiration_seconds=STATE_SECONDS,
                callback_options=AsyncCallbackOptions(_welcome, _sorry),
                logger=logging.getLogger("slack"),
            ),
        )

    def routes(self) -> list[web.RouteDef]:
        return [web.get(INSTALL_PATH, self._begin), web.get(REDIRECT_PATH, self._end)]

    def token_of(self, secret: str) -> str:
        """The token in what was kept. UserError when the key is another one."""
        return self.seal.token(secret)

    async def _begin(self, request: web.Request) -> web.Response:
        bolt = await self.flow.handle_installation(await to_bolt_request(request))
        return await to_aiohttp_response(bolt)

    async def _end(self, request: web.Request) -> web.Response:
        try:
            bolt = await self.flow.handle_callback(await to_bolt_request(request))
        except Exception as error:  # whoever installs reads what happened, whatever it was
            told = isinstance(error, (TryLater, Refused, MaybeSent, UserError))
            reason = str(error) if told else type(error).__name__
            log.warning("not installed", reason=reason)
            bolt = _not_done(500, reason)
        return await to_aiohttp_response(bolt)


async def _welcome(args: AsyncSuccessArgs) -> BoltResponse:
    name = html.escape(args.installation.team_name or "your workspace")
    text = (
        f"Staffroom lives in {name} now. Open Slack, and type <code>/enroll</code> with your code; "
        "as the organizer, choose the channels with <code>/settings channels</code> then."
    )
    return _page(200, "Installed", text)


async def _sorry(args: AsyncFailureArgs) -> BoltResponse:
    return _not_done(args.suggested_status_code, args.reason)


def _not_done(status: int, reason: str) -> BoltResponse:
    text = (
        f"The reason: <code>{html.escape(reason)}</code>. Nothing was changed. "
        f'<a href="{INSTALL_PATH}">Begin again</a>; it must be done within ten minutes, in one '
        "browser."
    )
    return _page(status, "That did not work", text)


def _page(status: int, title: str, text: str) -> BoltResponse:
    return BoltResponse(
        status=status,
        body=PAGE.format(title=title, text=text),
        headers={"content-type": "text/html; charset=utf-8"},
    )
