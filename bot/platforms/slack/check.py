"""What `staffroom doctor` asks Slack about: token, permissions, socket, channels."""

from collections.abc import AsyncIterator, Mapping

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.findings import Finding, Health
from bot.platforms.slack.errors import DOUBTFUL, OUTAGE, code_of, translated
from bot.platforms.slack.installing import Seal
from bot.platforms.slack.manifest import BOT_SCOPES, INSTALL_PATH
from bot.platforms.slack.workspace import call, client_for
from bot.settings import Settings
from core.errors import UserError

ABOUT = "Slack"
NOTHING: Mapping[str, str] = {}
AGAIN = (
    "Put the manifest that `staffroom slack manifest` prints into the app's page (App Manifest), "
    "save it, and install the app again."
)
MEND_BOT = "Copy the Bot User OAuth Token (xoxb-...) from the app's page into .env."
MEND_APP = (
    "Under Basic Information, make an app-level token with the scope connections:write, copy it "
    "(xapp-...) into .env, and switch on Socket Mode."
)
UNREACHED = "Look at the network, and at SLACK_API_URL if it is set; then look again."


async def examine(
    settings: Settings,
    channels: Mapping[str, Mapping[str, str]],
    kept: Mapping[str, str] = NOTHING,
) -> AsyncIterator[Finding]:
    """Look at the workspace of SLACK_BOT_TOKEN, and at those in which the app was installed.

    `channels`: by team, purpose -> channel id. `kept`: the secrets of installations, by name.
    """
    async with aiohttp.ClientSession() as session:
        found = [one async for one in _everywhere(settings, session, channels, kept)]
        for finding in found:
            yield finding
        if [finding.health for finding in found] == [Health.BAD]:
            return  # the rest would only say so again
        if settings.slack_by_socket:
            yield await _socket(settings, session)
        yield Finding(
            Health.NOTE,
            ABOUT,
            "Slack does not tell whether the Messages tab is on.",
            "On the app's page, under App Home, it must be on, and people allowed to write there.",
        )


async def _everywhere(
    settings: Settings,
    session: aiohttp.ClientSession,
    channels: Mapping[str, Mapping[str, str]],
    kept: Mapping[str, str],
) -> AsyncIterator[Finding]:
    """Each workspace of which we have a token."""
    url = settings.slack_api_url
    if token := settings.slack_bot_token:
        client = client_for(token, url, session)
        async for finding in _workspace(client, channels, "SLACK_BOT_TOKEN", MEND_BOT):
            yield finding
    if not settings.slack_oauth:
        return
    install = f"{settings.public_url.rstrip('/')}{INSTALL_PATH}"
    if not kept:
        text = "The app is installed in no workspace yet."
        yield Finding(Health.NOTE, ABOUT, text, f"Open {install} in a browser.")
    for name, secret in kept.items():
        try:
            token = Seal(settings.secret_key).token(secret)
        except UserError as error:
            yield Finding(Health.BAD, ABOUT, f"The token of {name} cannot be read.", error.text)
            continue
        client, remedy = client_for(token, url, session), f"Install the app there again: {install}"
        async for finding in _workspace(client, channels, f"the token of {name}", remedy):
            yield finding


async def _workspace(
    client: AsyncWebClient, channels: Mapping[str, Mapping[str, str]], token: str, remedy: str
) -> AsyncIterator[Finding]:
    """One workspace. `token`: what the token is called, `remedy`: what to do if it is refused."""
    try:
        answer = await client.auth_test()
    except Exception as error:
        yield _no_answer(error, token, remedy)
        return
    team = str(answer["team_id"])
    text = f"Connected to {answer.get('team') or team} as {answer.get('user') or 'the bot'}."
    yield Finding(Health.GOOD, ABOUT, text)
    yield _scopes(answer.headers)
    chosen = channels.get(team, {})
    if not chosen:
        remedy = "As organizer, type `/settings create-channels` or `/settings channels`."
        yield Finding(Health.NOTE, ABOUT, "No channel is chosen yet.", remedy)
    for purpose, channel in chosen.items():
        try:
            found = (await call(client, "conversations.info", channel=channel))["channel"]
        except Exception as error:
            yield _unseen(purpose, channel, error)
        else:
            yield _channel(purpose, found)


def _no_answer(error: Exception, token: str, remedy: str) -> Finding:
    """Slack refuses a token, or does not answer. `remedy`: what to do about the token."""
    code = code_of(error) if isinstance(error, SlackApiError) else ""
    if code and code not in OUTAGE | DOUBTFUL:
        return Finding(Health.BAD, ABOUT, f"Slack refuses {token}: {code}.", remedy)
    return Finding(Health.BAD, ABOUT, _reason(error), UNREACHED)


def _reason(error: Exception) -> str:
    reason = str(translated(error))
    return f"{reason[:1].upper()}{reason[1:]}."


def _scopes(headers: Mapping[str, str]) -> Finding:
    """Each answer tells them, https://docs.slack.dev/authentication/installing-with-oauth."""
    value = next((headers[name] for name in headers if name.lower() == "x-oauth-scopes"), None)
    if value is None:
        return Finding(Health.NOTE, ABOUT, "Slack does not tell which permissions we have.")
    granted = {scope.strip() for scope in value.split(",")}
    missing = [f"{scope} ({why})" for scope, why in BOT_SCOPES.items() if scope not in granted]
    if missing:
        return Finding(Health.BAD, ABOUT, f"Missing permissions: {'; '.join(missing)}.", AGAIN)
    return Finding(Health.GOOD, ABOUT, f"All {len(BOT_SCOPES)} permissions are there.")


async def _socket(settings: Settings, session: aiohttp.ClientSession) -> Finding:
    """https://docs.slack.dev/reference/methods/apps.connections.open."""
    client = client_for(None, settings.slack_api_url, session)
    try:
        await client.apps_connections_open(app_token=settings.slack_app_token or "")
    except Exception as error:
        return _no_answer(error, "SLACK_APP_TOKEN", MEND_APP)
    return Finding(Health.GOOD, ABOUT, "A socket can be opened.")


def _unseen(purpose: str, channel: str, error: Exception) -> Finding:
    code = code_of(error) if isinstance(error, SlackApiError) else ""
    if not code or code in OUTAGE | DOUBTFUL:
        return Finding(Health.BAD, ABOUT, _reason(error), UNREACHED)
    text = f"The channel for {purpose} ({channel}) cannot be seen: {code}."
    remedy = "Invite the bot there with /invite, or choose another with /settings channels."
    return Finding(Health.BAD, ABOUT, text, remedy)


def _channel(purpose: str, found: Mapping[str, object]) -> Finding:
    name = f"#{found.get('name') or found.get('id')}"
    if found.get("is_archived"):
        remedy = "Unarchive it, or choose another with /settings channels."
        return Finding(Health.BAD, ABOUT, f"{name}, for {purpose}, is archived.", remedy)
    if not found.get("is_member") and found.get("is_private"):
        remedy = f"Type /invite @Staffroom in {name}."
        return Finding(Health.BAD, ABOUT, f"I am not in {name}, for {purpose}.", remedy)
    if not found.get("is_member"):
        text = f"I am not in {name}, for {purpose}, yet; I go in with the first message."
        return Finding(Health.NOTE, ABOUT, text)
    return Finding(Health.GOOD, ABOUT, f"{name} is for {purpose}.")
