"""What people mean by a date and a time."""

from datetime import UTC, datetime, timedelta

import pytest

from commands.moments import understand_moment

TUESDAY = datetime(2026, 9, 8, 14, tzinfo=UTC)  # 10:00 in Detroit
DETROIT = "America/Detroit"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-09-30 16:00", datetime(2026, 9, 30, 20, tzinfo=UTC)),
        ("9/30/2026 4pm", datetime(2026, 9, 30, 20, tzinfo=UTC)),
        ("Sept 30", datetime(2026, 9, 30, 4, tzinfo=UTC)),
        ("next Tuesday 4pm", datetime(2026, 9, 15, 20, tzinfo=UTC)),
        ("next Friday at noon", datetime(2026, 9, 11, 16, tzinfo=UTC)),
        ("this Friday 3pm", datetime(2026, 9, 11, 19, tzinfo=UTC)),
        ("on Friday", datetime(2026, 9, 11, 4, tzinfo=UTC)),
        ("tomorrow 9am", datetime(2026, 9, 9, 13, tzinfo=UTC)),
        ("tomorrow at 16", datetime(2026, 9, 9, 20, tzinfo=UTC)),
        ("4pm", datetime(2026, 9, 8, 20, tzinfo=UTC)),
        ("in two weeks", datetime(2026, 9, 22, 14, tzinfo=UTC)),
        ("Friday @ 3pm", datetime(2026, 9, 11, 19, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_the_zone_of_who_wrote_it(typed: str, meant: datetime) -> None:
    assert understand_moment(typed, TUESDAY, DETROIT) == meant


@pytest.mark.parametrize("typed", ["Friday 4pm Pacific", "Friday 4pm PT", "Friday 4pm Los Angeles"])
def test_a_zone_at_the_end_counts_more(typed: str) -> None:
    assert understand_moment(typed, TUESDAY, DETROIT) == datetime(2026, 9, 11, 23, tzinfo=UTC)


def test_an_offset_counts_more() -> None:
    meant = understand_moment("2026-09-30T16:00:00Z", TUESDAY, DETROIT)
    assert meant == datetime(2026, 9, 30, 16, tzinfo=UTC)


def test_next_week_has_the_same_clock_although_clocks_change() -> None:
    saturday = datetime(2026, 10, 31, 14, tzinfo=UTC)  # clocks go back in the night
    assert understand_moment("tomorrow 4pm", saturday, DETROIT) == datetime(
        2026, 11, 1, 21, tzinfo=UTC
    )


def test_twelve_hours_are_twelve_hours_although_clocks_change() -> None:
    evening = datetime(2026, 10, 31, 22, tzinfo=UTC)
    found = understand_moment("in 12 hours", evening, DETROIT)
    assert found == evening + timedelta(hours=12)


def test_an_hour_that_clocks_skip_is_the_one_after_it() -> None:
    found = understand_moment("March 14 2027 2:30am", TUESDAY, DETROIT)
    assert found == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)  # 3:30


@pytest.mark.parametrize(
    "typed",
    [
        "", "someday", "👍", "5", "tomorrow at 4", "2026-02-30", "9999-12-31 23:00", "0001-01-01",
        "next", "x" * 100_000, "a b " * 20_000,
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_could_mean_two_things_is_not_guessed(typed: str) -> None:
    assert understand_moment(typed, TUESDAY, DETROIT) is None
