"""What the doctor finds out about Slack, and the remedy for each."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from cryptography.fernet import Fernet

from bot.findings import Finding, Health
from bot.platforms.slack import check
from bot.platforms.slack.installing import Seal
from bot.platforms.slack.manifest import BOT_SCOPES
from bot.settings import Settings
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.living import way_in

KEY = Fernet.generate_key().decode()
NOBODY = "http://127.0.0.1:9/api/"  # the port that discards; nothing listens there


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as fake:
        yield fake
        assert fake.faults == []


async def findings(
    slack: FakeSlack,
    channels: Mapping[str, str],
    *,
    http: bool = False,
    kept: Mapping[str, str] = check.NOTHING,
    **given: Any,
) -> list[Finding]:
    """What is found with these channels, by purpose, and with what is kept of installations."""
    wanted = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.url}
    settings = Settings(_env_file=None, **{**wanted, **way_in(slack, http=http), **given})
    chosen = {slack.workspace.id: channels}
    return [finding async for finding in check.examine(settings, chosen, kept)]


def installable(slack: FakeSlack) -> dict[str, Any]:
    """Settings with which people install the app by themselves; no token stands there."""
    return {
        "SLACK_BOT_TOKEN": "",
        "SLACK_CLIENT_ID": slack.client_id,
        "SLACK_CLIENT_SECRET": slack.client_secret,
        "secret_key": KEY,
    }


def sealed(token: str, key: str = "") -> str:
    return Seal(key or KEY).close(json.dumps({"token": token}))


def bad(found: list[Finding]) -> Finding:
    """The one thing that is wrong."""
    (one,) = [finding for finding in found if finding.health is Health.BAD]
    assert one.remedy
    return one


def texts(found: list[Finding]) -> str:
    return "\n".join(one.text for one in found)


async def test_where_all_is_well_it_says_what_it_has_looked_at(slack: FakeSlack) -> None:
    webinars = slack.workspace.add_channel("live")
    found = await findings(slack, {"webinars": webinars.id})
    assert not [one for one in found if one.health is Health.BAD]
    assert "Connected to Lakeside Virtual as staffroom." in texts(found)
    assert f"All {len(BOT_SCOPES)} permissions are there." in texts(found)
    assert "A socket can be opened." in texts(found)
    assert "#live is for webinars." in texts(found)


async def test_over_http_it_needs_no_socket(slack: FakeSlack) -> None:
    found = await findings(slack, {}, http=True)
    assert "socket" not in texts(found)
    assert slack.calls["apps.connections.open"] == 0


async def test_a_missing_permission_is_named_with_what_needs_it(slack: FakeSlack) -> None:
    slack.workspace.scopes = tuple(one for one in BOT_SCOPES if one != "users:read.email")
    found = bad(await findings(slack, {}))
    assert found.text == (
        "Missing permissions: users:read.email (the e-mail that matches a person to the roster)."
    )
    assert "install the app again" in found.remedy


async def test_a_bot_token_that_slack_refuses_is_named(slack: FakeSlack) -> None:
    (found,) = await findings(slack, {}, SLACK_BOT_TOKEN="xoxb-unknown")
    assert bad([found]).text == "Slack refuses SLACK_BOT_TOKEN: invalid_auth."
    assert "xoxb-" in found.remedy


async def test_a_token_that_was_revoked_is_named(slack: FakeSlack) -> None:
    slack.state.revoke(slack.workspace)
    (found,) = await findings(slack, {})
    assert found.text == "Slack refuses SLACK_BOT_TOKEN: token_revoked."


async def test_an_app_token_that_slack_refuses_is_named(slack: FakeSlack) -> None:
    found = bad(await findings(slack, {}, SLACK_APP_TOKEN="xapp-unknown"))
    assert found.text == "Slack refuses SLACK_APP_TOKEN: invalid_auth."
    assert "connections:write" in found.remedy


async def test_without_channels_it_says_how_they_are_made(slack: FakeSlack) -> None:
    (found,) = [one for one in await findings(slack, {}) if "No channel" in one.text]
    assert found.health is Health.NOTE
    assert "/settings create-channels" in found.remedy


async def test_an_archived_channel_is_named(slack: FakeSlack) -> None:
    place = slack.workspace.add_channel("old-news", is_archived=True)
    found = bad(await findings(slack, {"announcements": place.id}))
    assert found.text == "#old-news, for announcements, is archived."
    assert "/settings channels" in found.remedy


async def test_a_private_channel_without_the_bot_asks_for_an_invitation(slack: FakeSlack) -> None:
    place = slack.workspace.add_channel("coaches", private=True, bot=False)
    found = bad(await findings(slack, {"coaching": place.id}))
    assert place.id in found.text
    assert "coaching" in found.text
    assert "/invite" in found.remedy


async def test_a_public_channel_without_the_bot_is_nothing_to_worry_about(
    slack: FakeSlack,
) -> None:
    place = slack.workspace.add_channel("live", bot=False)
    found = await findings(slack, {"webinars": place.id})
    assert "I am not in #live, for webinars, yet; I go in with the first message." in texts(found)
    assert not [one for one in found if one.health is Health.BAD]


async def test_one_channel_that_is_wrong_hides_no_other(slack: FakeSlack) -> None:
    place = slack.workspace.add_channel("live")
    found = await findings(slack, {"coaching": "C0GONE", "webinars": place.id})
    assert "channel_not_found" in bad(found).text
    assert "#live is for webinars." in texts(found)


async def test_where_slack_cannot_be_reached_it_says_so(slack: FakeSlack) -> None:
    (found,) = await findings(slack, {}, SLACK_API_URL=NOBODY)
    assert found.text == "Slack cannot be reached."
    assert "SLACK_API_URL" in found.remedy


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open", "conversations.info"])
@pytest.mark.parametrize("trouble", [{"http_status": 503}, {"drop_connection_before": True}])
async def test_whatever_breaks_on_the_way_becomes_a_finding(
    slack: FakeSlack, method: str, trouble: dict[str, Any]
) -> None:
    place = slack.workspace.add_channel("live")
    slack.fail_next(method, times=2, **trouble)
    found = bad(await findings(slack, {"webinars": place.id}))
    assert found.text.startswith(("Slack answered 503", "The connection to Slack broke"))


async def test_each_workspace_in_which_the_app_was_installed_is_looked_at(
    slack: FakeSlack,
) -> None:
    away = slack.add_workspace("Riverside", "riverside", installed=True)
    kept = {one.name: sealed(one.bot_token) for one in (slack.workspace, away)}
    found = await findings(slack, {}, http=True, kept=kept, **installable(slack))
    assert "Connected to Lakeside Virtual" in texts(found)
    assert "Connected to Riverside" in texts(found)
    slack.state.revoke(away)
    found = await findings(slack, {}, http=True, kept=kept, **installable(slack))
    assert bad(found).text == "Slack refuses the token of Riverside: token_revoked."
    assert "https://staffroom.test/slack/install" in bad(found).remedy


async def test_an_installation_that_another_key_sealed_is_named(slack: FakeSlack) -> None:
    kept = {"Riverside": sealed("xoxb-1", Fernet.generate_key().decode())}
    found = bad(await findings(slack, {}, http=True, kept=kept, **installable(slack)))
    assert found.text == "The token of Riverside cannot be read."
    assert "STAFFROOM_SECRET_KEY" in found.remedy


async def test_while_it_is_installed_nowhere_it_says_where_to_begin(slack: FakeSlack) -> None:
    found = await findings(slack, {}, http=True, **installable(slack))
    assert "installed in no workspace yet" in texts(found)
    assert not [one for one in found if one.health is Health.BAD]
