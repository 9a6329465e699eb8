"""Quiet hours: over midnight, across zones, through the nights when clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.quiet import QuietHours, ends_at, first_waking

NIGHT = QuietHours(time(21), time(7), "America/Detroit")


def detroit(day: int, hour: int, minute: int = 0, month: int = 9) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("America/Detroit"))


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (detroit(1, 20, 59), None),
        (detroit(1, 21), detroit(2, 7)),
        (detroit(1, 23, 59), detroit(2, 7)),
        (detroit(2, 0), detroit(2, 7)),
        (detroit(2, 6, 59), detroit(2, 7)),
        (detroit(2, 7), None),
        (detroit(1, 1, 30, month=11), detroit(1, 7, month=11)),  # clocks go back at two
    ],
)
def test_a_night_over_midnight(now: datetime, end: datetime | None) -> None:
    assert ends_at(NIGHT, now.astimezone(UTC)) == end


def test_quiet_hours_within_a_day() -> None:
    siesta = QuietHours(time(13), time(15), "America/Detroit")
    assert ends_at(siesta, detroit(1, 14)) == detroit(1, 15)
    assert ends_at(siesta, detroit(1, 15)) is None


def test_equal_times_mean_never() -> None:
    assert ends_at(QuietHours(time(0), time(0), "UTC"), detroit(1, 0)) is None


def test_two_people_are_waited_for_together() -> None:
    west = QuietHours(time(21), time(7), "America/Los_Angeles")
    assert first_waking((NIGHT, west), detroit(2, 6)) == detroit(2, 10)


def test_people_who_are_never_awake_together_have_no_such_moment() -> None:
    day = QuietHours(time(7), time(21), "America/Detroit")
    assert first_waking((NIGHT, day), detroit(2, 6)) is None


@given(
    st.times(),
    st.times(),
    st.sampled_from(("America/Detroit", "Pacific/Chatham", "Asia/Kolkata")),
    st.integers(0, 365 * 24 * 60),
)
def test_the_end_is_soon_and_nobody_sleeps_at_it(
    start: time, end: time, zone: str, minutes: int
) -> None:
    quiet = QuietHours(start, end, zone)
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    over = ends_at(quiet, now)
    if over is not None:
        assert now < over <= now + timedelta(hours=26)
    waking = first_waking((quiet,), now)
    assert waking is not None
    assert ends_at(quiet, waking) is None
