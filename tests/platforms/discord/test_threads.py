"""Private threads that sleep or were deleted."""

from core.chat import Message
from storage import pairs
from storage.database import Tx
from tests.faculty import TUESDAY
from tests.platforms.discord.fake.channel import PRIVATE_THREAD, Channel
from tests.platforms.discord.fake.message import text_of
from tests.platforms.discord.world import World


def private(world: World) -> list[Channel]:
    return [one for one in world.fake.guild.threads.values() if one.kind == PRIVATE_THREAD]


async def test_a_message_wakes_a_thread_that_was_put_away(world: World) -> None:
    world.channel("coaching")
    place = await world.platform.open_group([str(world.people["ada"].id)], "Ada")
    thread = world.fake.state.channel(int(place))
    assert thread.thread is not None
    thread.thread.archived = True
    await world.platform.post(place, Message("Good morning."), key="k:1")
    assert not thread.thread.archived


async def test_what_stands_in_a_thread_that_was_put_away_can_be_changed(world: World) -> None:
    world.channel("coaching")
    place = await world.platform.open_group([str(world.people["ada"].id)], "Ada")
    ref = await world.platform.post(place, Message("Good morning."), key="k:1")
    thread = world.fake.state.channel(int(place))
    assert thread.thread is not None
    thread.thread.archived = True
    await world.platform.edit(ref, Message("Good evening."))
    assert "Good evening." in text_of(world.fake.posts[-1])


async def test_a_pairs_thread_that_was_deleted_is_opened_anew(world: World) -> None:
    world.channel("coaching")
    gone = "424242"

    def remember(tx: Tx) -> None:
        pair = pairs.of_teacher(tx, world.faculty.members["ada"].id)
        assert pair is not None
        pair.conversations = {world.faculty.home.id: gone}

    world.faculty.write(remember)
    assert world.clock.now() == TUESDAY
    await world.deliver()
    (thread,) = private(world)
    said = [text_of(one) for one in thread.messages]
    assert len([one for one in said if "One-on-one" in one]) == 1
    pair = world.faculty.community.read_now(
        lambda tx: pairs.of_teacher(tx, world.faculty.members["ada"].id)
    )
    assert pair is not None
    assert pair.conversations == {world.faculty.home.id: str(thread.id)}
