"""The clocks."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import RealClock, ShiftedClock, VirtualClock
from core.clock import MovableClock

START = datetime(2026, 8, 31, 13, tzinfo=UTC)


def test_a_shifted_clock_ticks_as_far_ahead_as_it_was_moved() -> None:
    clock = ShiftedClock(timedelta(hours=1))
    clock.move_to(clock.now() + timedelta(days=7))
    ahead = clock.now() - RealClock().now()
    assert timedelta(days=7, hours=1) - timedelta(seconds=5) < ahead <= timedelta(days=7, hours=1)


def test_a_shifted_clock_never_goes_back() -> None:
    clock = ShiftedClock(timedelta(days=1))
    clock.move_to(clock.now() - timedelta(hours=3))
    assert clock.ahead == timedelta(days=1)


def test_a_virtual_clock_stands_until_it_is_moved() -> None:
    clock = VirtualClock(START)
    clock.move_to(START + timedelta(hours=2))
    assert clock.now() == START + timedelta(hours=2)
    with pytest.raises(ValueError, match="has passed"):
        clock.move_to(START)


def test_the_real_clock_cannot_be_moved() -> None:
    assert not isinstance(RealClock(), MovableClock)
    assert isinstance(ShiftedClock(), MovableClock)
    assert isinstance(VirtualClock(START), MovableClock)
