"""What is watched of the requests to Discord."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.platforms.discord import wire
from core.chat import MaybeSent, Message, TryLater
from tests.platforms.discord.world import World

THREADS = "/channels/{channel}/threads"


async def test_so_many_refusals_are_said_and_then_nothing_is_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "FEW", 2)
    monkeypatch.setattr(wire, "MANY", 3)
    with capture_logs() as logged:
        for _ in range(3):
            world.fake.fail_next("POST", "/channels/{channel}/messages", code=50013)
            with pytest.raises(Exception, match="permission"):
                await world.platform.post("1", Message("Words."), key="k:1")
    assert [one["log_level"] for one in logged if "refuses many" in one["event"]] == ["warning"]
    place = world.channel("announcements")
    with pytest.raises(TryLater) as waits:
        await world.platform.post(str(place.id), Message("Words."), key="k:2")
    assert waits.value.after is not None
    assert timedelta(minutes=9) < waits.value.after <= timedelta(minutes=10)
    assert world.fake.posts == []


async def test_limits_that_are_shared_with_others_do_not_count(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MANY", 1)
    place = world.channel("announcements")
    world.fake.fail_next("POST", "/channels/{channel}/messages", retry_after=0.01, scope="shared")
    await world.platform.post(str(place.id), Message("Words."), key="k:1")
    assert world.service.watch.pause == 0


async def test_a_forum_post_is_not_made_again_by_the_library(world: World) -> None:
    place = world.channel("reflections", "forum")
    world.fake.fail_next("POST", THREADS, status=502)
    with pytest.raises(MaybeSent):
        await world.platform.post(str(place.id), Message("What?", title="Week 1"), key="k:1")
    assert world.fake.calls[f"POST {THREADS}"] == 1


async def test_a_private_thread_is_not_made_again_by_the_library(world: World) -> None:
    world.channel("coaching")
    world.fake.fail_next("POST", THREADS, status=502)
    with pytest.raises(MaybeSent):
        await world.platform.open_group([str(world.people["ada"].id)], "Ada")
    assert world.fake.calls[f"POST {THREADS}"] == 1


async def test_what_has_no_nonce_is_tried_again_after_a_limit(world: World) -> None:
    place = world.channel("reflections", "forum")
    world.fake.fail_next("POST", THREADS, retry_after=0.01)
    await world.platform.post(str(place.id), Message("What?", title="Week 1"), key="k:1")
    assert len(world.fake.guild.threads) == 1
