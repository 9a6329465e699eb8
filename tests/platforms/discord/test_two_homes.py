"""One process serves a Slack workspace and a Discord server as two homes of one community."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import App
from bot.database import open_store
from core import claims
from storage import members
from storage.database import Tx
from tests.platforms.discord.living import Living, living, with_text, words
from tests.platforms.slack import living as slack
from tests.platforms.slack.living import MONDAY


@pytest.fixture
async def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[slack.Living]:
    async with slack.living(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
async def here(
    workspace: slack.Living, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Living]:
    """A server whose process serves the Slack workspace, too."""
    given: dict[str, Any] = {
        "SLACK_API_URL": workspace.slack.url,
        "SLACK_BOT_TOKEN": workspace.slack.bot_token,
        "SLACK_APP_TOKEN": workspace.slack.app_token,
    }
    other = tmp_path / "with-discord"
    other.mkdir()
    async with living(other, monkeypatch, **given) as made:
        yield made


def code_of(app: App, email: str) -> str:
    """A new personal code."""

    def issue(tx: Tx) -> str:
        member = members.by_email(tx, email)
        assert member is not None
        return claims.issue(tx, member, app.house.clock.now())

    return app.community.write_now(issue)


async def test_the_prompt_is_posted_in_both(workspace: slack.Living, here: Living) -> None:
    await here.start()
    await workspace.slack.connected()
    await here.asks("olga", "enroll", code=here.codes["olga"])
    await here.asks("olga", "settings create-channels")
    olga = workspace.people["olga"]
    code = code_of(here.app, "olga@example.org")
    await olga.command("/enroll", f"code: {code}")
    await olga.command("/settings", "create-channels")
    await here.settle()
    assert "Welcome" in words(await here.asks("ben", "enroll", code=here.codes["ben"]))
    await workspace.people["ada"].command("/enroll", "")
    await here.pass_until(MONDAY + timedelta(minutes=1))
    assert with_text(here.channel("reflections").messages, "Week 1:")
    assert slack.with_text(slack.said_in(workspace.channel("reflections")), "Week 1:")
    assert [text for text in here.told("ben") if "Welcome" in text]
    assert [text for text in workspace.told("ada") if "Welcome" in text]


async def test_the_page_beside_them_asks_for_a_personal_link_and_has_a_real_clock(
    workspace: slack.Living, here: Living
) -> None:
    with open_store(here.settings, here.clock.now(), running=True) as store:
        app = App(store, here.settings)
        address = await app.start()
        try:
            code = code_of(app, "ada@example.org")
            jar = aiohttp.CookieJar(unsafe=True)
            async with aiohttp.ClientSession(cookie_jar=jar) as session:
                state = await _get(session, f"{address}api/state")
                assert (state["me"], state["people"], state["impersonation"]) == (None, [], False)
                async with session.get(f"{address}enter", params={"token": code}) as entered:
                    assert entered.ok
                state = await _get(session, f"{address}api/state")
                assert state["me"]["name"] == "Ada Example"
            assert not app.server.desk.clock.impersonation
        finally:
            await app.stop()


async def _get(session: aiohttp.ClientSession, address: str) -> Any:
    async with session.get(address) as response:
        assert response.ok
        return await response.json()
