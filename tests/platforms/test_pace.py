"""The pace at which messages go to a platform."""

from bot.platforms.pace import BETWEEN, Pace


class Watch:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def pace(per_second: float) -> tuple[Pace, Watch]:
    watch = Watch()
    return Pace(per_second, watch.time, watch.sleep), watch


async def test_the_first_message_goes_at_once() -> None:
    turns, watch = pace(5)
    await turns.turn("C1")
    assert watch.now == 100


async def test_two_messages_of_one_channel_are_a_second_apart() -> None:
    turns, watch = pace(50)
    await turns.turn("C1")
    await turns.turn("C1")
    assert watch.now - 100 >= BETWEEN


async def test_messages_of_many_channels_keep_to_what_the_workspace_may() -> None:
    turns, watch = pace(5)
    for number in range(51):
        await turns.turn(f"C{number}")
    assert 10 <= watch.now - 100 <= 10.5


async def test_a_busy_channel_does_not_hold_up_another_one() -> None:
    turns, watch = pace(50)
    await turns.turn("C1")
    await turns.turn("C2")
    assert watch.now - 100 < BETWEEN / 2


async def test_a_thousand_channels_are_not_remembered_for_ever() -> None:
    turns, _watch = pace(1_000)
    for number in range(5_000):
        await turns.turn(f"C{number}")
    assert len(turns._channels) <= 2_100
