"""A gateway that breaks: what is sent still arrives, and commands are heard again."""

from collections.abc import Callable

import pytest

from bot.platforms.discord import service
from core.chat import Message
from tests.faculty import Faculty
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.message import text_of
from tests.platforms.discord.world import World, discord_world

BREAKS: dict[str, Callable[[FakeDiscord], None]] = {
    "reconnect": lambda fake: fake.gateway.reconnect(),
    "cut": lambda fake: fake.gateway.cut(),
    "invalid": lambda fake: fake.gateway.invalidate(),  # the library waits for five seconds
    "resumable": lambda fake: fake.gateway.invalidate(resumable=True),
}


@pytest.mark.parametrize("how", BREAKS)
async def test_deliveries_go_out_and_commands_are_heard_again(
    world: World, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord.backoff.ExponentialBackoff.delay", lambda _self: 0.0)
    place = world.channel("announcements")
    BREAKS[how](world.fake)
    await world.platform.post(str(place.id), Message("Meanwhile."), key="k:1")
    assert [text_of(one) for one in world.fake.posts] == ["Meanwhile."]
    await world.fake.connected()
    await world.fake.until(lambda: world.service.client.ws is not None)
    answer = await world.people["ada"].command("staffroom today", channel=place)
    assert "This week's prompt" in text_of(await answer.message())


async def test_a_discord_that_cannot_be_reached_at_the_start_is_tried_again(
    faculty: Faculty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "TRY_AGAIN", 0.0)

    def out_of_reach(fake: FakeDiscord) -> None:
        fake.fail_next("GET", "/users/@me", status=404, times=2)

    async with discord_world(faculty, before=out_of_reach) as world:
        assert world.faculty.home.id in world.connected
        assert world.fake.calls["GET /users/@me"] == 3
