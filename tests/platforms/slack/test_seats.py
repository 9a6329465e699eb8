"""A workspace is ours until its token is really refused, and until then nothing of it is lost."""

import pytest

from bot.platforms.slack.errors import HomeEnded
from tests.platforms.slack.world import World


async def test_one_odd_answer_does_not_end_a_home(world: World) -> None:
    world.slack.fail_next("users.info", error="token_revoked")
    with pytest.raises(HomeEnded):
        await world.platform.workspace.ask("users.info", user=world.people["ada"].id)
    assert world.home.retired_at is None
    assert (await world.people["ada"].command("/staffroom", "today")).messages


async def test_a_token_that_is_refused_ends_its_home(world: World) -> None:
    world.slack.state.revoke(world.slack.workspace)
    with pytest.raises(HomeEnded):
        await world.platform.workspace.ask("users.info", user=world.people["ada"].id)
    assert world.home.retired_at is not None


async def test_the_old_token_of_a_home_that_was_installed_again_ends_nothing(
    world: World,
) -> None:
    team = world.slack.workspace.id
    old = world.service.seats[team]
    again = await world.service.enter(world.slack.bot_token)
    await world.service.ended(old, "the old token was revoked")
    assert world.service.seats[team] is again
    assert world.home.retired_at is None


async def test_what_comes_before_a_workspace_is_connected_is_repeated_and_not_lost(
    world: World,
) -> None:
    team, ada = world.slack.workspace.id, world.people["ada"]
    seat = world.service.seats.pop(team)
    await ada.dm_bot("What I noticed today")
    assert world.slack.unacknowledged
    world.service.seats[team] = seat
    await world.slack.repeat()
    await world.slack.until(lambda: "draft" in "".join(ada.reads(ada.direct)[1:]))
