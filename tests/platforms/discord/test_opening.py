"""How fast direct conversations are opened on Discord."""

import pytest

from bot.platforms.discord.opening import BETWEEN, DAY, Opening
from core.chat import TryLater


class Watch:
    def __init__(self) -> None:
        self.now = 1_000.0

    def time(self) -> float:
        return self.now


def test_the_first_one_is_opened_at_once_and_the_next_after_a_minute() -> None:
    watch = Watch()
    opening = Opening(20, watch.time)
    opening.take("a")
    with pytest.raises(TryLater) as wait:
        opening.take("b")
    assert wait.value.only_this
    watch.now += BETWEEN
    opening.take("b")


def test_who_has_just_done_something_does_not_wait() -> None:
    watch = Watch()
    opening = Opening(20, watch.time)
    opening.take("a")
    opening.meets("b")
    opening.take("b")


def test_no_more_than_so_many_are_opened_in_a_day() -> None:
    watch = Watch()
    opening = Opening(3, watch.time)
    for person in "abc":
        opening.take(person)
        watch.now += BETWEEN
    with pytest.raises(TryLater):
        opening.take("d")
    watch.now += DAY
    opening.take("d")
