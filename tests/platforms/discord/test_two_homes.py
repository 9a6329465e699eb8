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
from tests.platforms.slack.fake.reading import text_of
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


# What is written in one


async def both_are_in(workspace: slack.Living, here: Living) -> None:
    """Olga and her channels in both, Ben on Discord, Ada in Slack; it is the first week."""
    await here.start()
    await workspace.slack.connected()
    await here.asks("olga", "enroll", code=here.codes["olga"])
    await here.asks("olga", "settings create-channels")
    olga = workspace.people["olga"]
    await olga.command("/enroll", f"code: {code_of(here.app, 'olga@example.org')}")
    await olga.command("/settings", "create-channels")
    await here.settle()
    await here.asks("ben", "enroll", code=here.codes["ben"])
    await workspace.people["ada"].command("/enroll", "")
    await here.pass_until(MONDAY + timedelta(minutes=1))


async def ben_writes(here: Living, title: str) -> str:
    said = await here.asks("ben", "reflect write", title=title, body="What I have tried.")
    return words(said)


async def test_a_reflection_stands_where_it_was_written(
    workspace: slack.Living, here: Living
) -> None:
    await both_are_in(workspace, here)
    said = await ben_writes(here, "In one place")
    assert "of Lakeside Virtual, for the whole community" in said
    threads = [one for thread in here.fake.guild.threads.values() for one in thread.messages]
    assert with_text(threads, "In one place")
    assert not [
        one
        for one in slack.said_in(workspace.channel("reflections"))
        if "In one place" in text_of(one)
    ]
    read = await workspace.people["ada"].command("/reflect", "read")
    assert "In one place" in read.text


async def test_an_organizer_can_have_reflections_posted_in_both(
    workspace: slack.Living, here: Living
) -> None:
    await both_are_in(workspace, here)
    said = await here.asks("olga", "settings reflections", where="everywhere")
    assert "in every reflections channel" in words(said)
    await ben_writes(here, "In both places")
    threads = [one for thread in here.fake.guild.threads.values() for one in thread.messages]
    assert with_text(threads, "In both places")
    assert slack.with_text(slack.said_in(workspace.channel("reflections")), "In both places")
    answer = await workspace.people["ada"].command("/reflect", "write title: Here, too body: Yes.")
    assert "Published" in answer.text
    await here.settle()
    threads = [one for thread in here.fake.guild.threads.values() for one in thread.messages]
    assert with_text(threads, "Here, too")


async def test_a_comment_stands_in_both_places_where_its_reflection_does(
    workspace: slack.Living, here: Living
) -> None:
    await both_are_in(workspace, here)
    await here.asks("olga", "settings reflections", where="everywhere")
    await ben_writes(here, "In both places")
    channel = workspace.channel("reflections")
    root = slack.with_text(slack.said_in(channel), "In both places")
    ada = workspace.people["ada"]
    modal = await (await ada.press(root, "Comment")).opened()
    assert not (await ada.submit(modal, {"Comment": "Me, too."})).errors
    await here.settle()
    assert slack.with_text(channel.thread(root.ts), "Me, too.")
    threads = [one for thread in here.fake.guild.threads.values() for one in thread.messages]
    assert with_text(threads, "Me, too.")
    assert [text for text in here.told("ben") if "has commented" in text]


async def test_a_comment_does_not_go_where_its_reflection_is_not(
    workspace: slack.Living, here: Living
) -> None:
    await both_are_in(workspace, here)
    await ben_writes(here, "In one place")
    said = await workspace.people["ada"].command(
        "/reflect", "comment reflection: In one place body: Me, too."
    )
    assert "Said" in said.text
    await here.settle()
    threads = [one for thread in here.fake.guild.threads.values() for one in thread.messages]
    assert with_text(threads, "Me, too.")
    there = workspace.channel("reflections")
    posted = [one for root in slack.said_in(there) for one in (root, *there.thread(root.ts))]
    assert not [one for one in posted if "Me, too." in text_of(one)]


async def test_a_pair_in_two_chats_reaches_each_other_when_both_have_agreed(
    workspace: slack.Living, here: Living
) -> None:
    workspace.people["dan"].user.email = "somebody-else@example.org"  # Dan is not in Slack
    here.fake.guild.members.pop(here.people["eve"].id, None)
    await both_are_in(workspace, here)
    await workspace.people["eve"].command("/enroll", "")
    assert "Welcome" in words(await here.asks("dan", "enroll", code=here.codes["dan"]))
    said = await here.asks("olga", "coach pair", teacher="Eve Example", coach="Dan Example")
    assert "Eve Example" in words(said)
    (to_eve,) = [one for one in workspace.told("eve") if "Your coach is Dan" in one]
    (to_dan,) = [one for one in here.told("dan") if "You are coaching Eve" in one]
    assert "different chats" in to_eve
    assert "different chats" in to_dan
    await here.asks("dan", "profile edit", contact="dan@school.example")
    assert not [one for one in workspace.told("eve") if "dan@school.example" in one]
    await workspace.people["eve"].command("/profile", "edit contact: call 555-0100")
    await here.settle()
    (reach_dan,) = [one for one in workspace.told("eve") if "dan@school.example" in one]
    assert "How to reach Dan Example" in reach_dan
    assert len([one for one in here.told("dan") if "call 555-0100" in one]) == 1
    await here.pass_until(MONDAY + timedelta(hours=1, minutes=1))
    assert [one for one in workspace.told("eve") if "One-on-one, week 1" in one]
    assert [one for one in here.told("dan") if "One-on-one, week 1" in one]
