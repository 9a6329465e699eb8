"""Installing the app: https://docs.slack.dev/authentication/installing-with-oauth ."""

import base64
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp

from tests.platforms.slack.fake.arguments import Arguments
from tests.platforms.slack.fake.errors import Json, SlackError
from tests.platforms.slack.fake.state import Code, State
from tests.platforms.slack.fake.workspace import Workspace


class Refused(Exception):
    """Slack's authorize page showed an error instead of going back to the app."""


def allow(state: State, workspace: Workspace, url: str, user: str) -> str:
    """A person allows the app on the authorize page; the address they are sent back to."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    if asked.get("client_id") != state.app.client_id:
        raise Refused("invalid_client_id")
    if "redirect_uri" not in asked:
        raise Refused("bad_redirect_uri")
    scopes = tuple(sorted(filter(None, asked.get("scope", "").split(","))))
    if not scopes:
        raise Refused("no_scopes")
    name = state.ids.next("code").lower()
    state.codes[name] = Code(workspace, asked["redirect_uri"], user, scopes)
    if "state" not in asked:
        state.fault("/oauth/v2/authorize: no state, which protects against forged requests")
    back = {"code": name, "state": asked.get("state", "")}
    return _back(asked["redirect_uri"], back)


def deny(url: str) -> str:
    """A person presses Cancel on the authorize page."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    back = {"error": "access_denied", "state": asked.get("state", "")}
    return _back(asked["redirect_uri"], back)


def _back(address: str, more: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(more)}"


async def install(state: State, workspace: Workspace, url: str, user: str) -> tuple[int, str]:
    """A browser opens the app's own install page, allows the app at Slack, and comes back.

    Cookies are carried by hand: Bolt marks its own as secure, and a test has no TLS.
    """
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        async with session.get(url, allow_redirects=False) as response:
            if response.status not in (302, 303, 307):
                return response.status, await response.text()
            there = response.headers["Location"]
            cookies = "; ".join(f"{one.key}={one.value}" for one in response.cookies.values())
        back = allow(state, workspace, there, user)
        async with session.get(back, headers={"Cookie": cookies}) as response:
            return response.status, await response.text()


async def visit(address: str, cookies: dict[str, str] | None = None) -> tuple[int, str]:
    """A browser goes there; status and page."""
    async with (
        aiohttp.ClientSession(cookies=cookies) as session,
        session.get(address) as response,
    ):
        return response.status, await response.text()


def basic(header: str) -> tuple[str, str]:
    """The client's id and secret in an Authorization header."""
    if not header.startswith("Basic "):
        return "", ""
    name, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return name, secret


def access(state: State, args: Arguments, header: str) -> Json:
    """oauth.v2.access: a code is good once.

    https://docs.slack.dev/reference/methods/oauth.v2.access
    """
    client, secret = basic(header)
    if (client or args.text("client_id")) != state.app.client_id:
        raise SlackError("invalid_client_id")
    if (secret or args.text("client_secret")) != state.app.client_secret:
        raise SlackError("bad_client_secret")
    code = state.codes.get(args.text("code"))
    if code is None:
        raise SlackError("invalid_code")
    if code.used:
        raise SlackError("code_already_used")
    if args.text("redirect_uri", code.redirect_uri) != code.redirect_uri:
        raise SlackError("bad_redirect_uri")
    code.used = True
    workspace = code.workspace
    workspace.installed, workspace.scopes = True, code.scopes
    if workspace.bot_token in state.revoked:
        workspace.bot_token += "-again"
    state.changed()
    return {
        "access_token": workspace.bot_token,
        "token_type": "bot",
        "scope": ",".join(code.scopes),
        "bot_user_id": workspace.bot_user_id,
        "app_id": workspace.app_id,
        "team": {"name": workspace.name, "id": workspace.id},
        "enterprise": None,
        "authed_user": {"id": code.user},
        "is_enterprise_install": False,
    }
