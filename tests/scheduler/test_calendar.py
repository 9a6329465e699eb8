"""The calendar: moments of a program, whatever its rhythm, start and zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from core.program import Break, Program, Rhythm, Step, Week, WeekMoment
from scheduler import calendar

ZONES = ("America/Detroit", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland", "UTC")
clocks = st.builds(time, st.integers(4, 23), st.integers(0, 59))  # clocks change before four
moments = st.builds(WeekMoment, weekday=st.integers(0, 6), at=clocks)
rhythms = st.builds(
    Rhythm, prompt=moments, agenda=moments, webinar=moments, due=moments, summary=moments
)
steps = st.lists(st.integers(0, 30), max_size=8).map(
    lambda days: tuple(
        Step(step=f"s{number}", title="T", days_before=before, text="x")
        for number, before in enumerate(days)
    )
)


def made(rhythm: Rhythm, orientation: tuple[Step, ...] = (), count: int = 12) -> Program:
    return Program(
        name="made",
        title="Made",
        framework="nsq-teaching-2019",
        rhythm=rhythm,
        orientation=orientation,
        breaks=(Break(name="Pause", after_week=3, weeks=2),),
        weeks=tuple(
            Week(week=number, theme="T", standard="A", prompt="Why?")
            for number in range(1, count + 1)
        ),
    )


@given(rhythms, st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.sampled_from(ZONES))
def test_every_moment_keeps_its_weekday_and_its_time_all_year(
    rhythm: Rhythm, starts_on: date, zone: str
) -> None:
    for plan in calendar.week_plans(made(rhythm), starts_on, zone):
        for at, weekly in (
            (plan.prompt, rhythm.prompt),
            (plan.agenda, rhythm.agenda),
            (plan.webinar, rhythm.webinar),
            (plan.due, rhythm.due),
            (plan.summary, rhythm.summary),
        ):
            local = at.astimezone(ZoneInfo(zone))
            assert (local.weekday(), local.time()) == (weekly.weekday, weekly.at)


@given(rhythms, st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.sampled_from(ZONES))
def test_the_summary_is_the_first_such_moment_after_the_due_one(
    rhythm: Rhythm, starts_on: date, zone: str
) -> None:
    for plan in calendar.week_plans(made(rhythm), starts_on, zone):
        assert timedelta(0) < plan.summary - plan.due <= timedelta(days=7, hours=1)


@given(steps, st.integers(28 * 24, 70 * 24), st.sampled_from(ZONES))
def test_orientation_keeps_its_order_and_nothing_is_before_one_joined(
    orientation: tuple[Step, ...], joined: int, zone: str
) -> None:
    since = datetime(2026, 7, 1, tzinfo=UTC) + timedelta(hours=joined)
    program = made(Rhythm(), orientation)
    found = calendar.orientation(program, date(2026, 8, 31), zone, since)
    times = [at for _, at in found]
    assert times == sorted(times)
    assert all(at >= since for at in times)
    assert sorted(step.step for step, _ in found) == sorted(step.step for step in orientation)
    missed = [
        at
        for step, at in found
        if at.astimezone(ZoneInfo(zone)).date()
        != date(2026, 8, 31) - timedelta(days=step.days_before)
    ]
    days = [at.astimezone(ZoneInfo(zone)).date() for at in missed]
    assert len(set(days)) == len(days)


def test_a_break_shifts_the_weeks_behind_it() -> None:
    plans = calendar.week_plans(made(Rhythm()), date(2026, 8, 31), "UTC")
    assert [plan.monday for plan in plans[2:4]] == [date(2026, 9, 14), date(2026, 10, 5)]


def test_steps_on_schedule_queue_up_behind_those_that_were_missed() -> None:
    steps = tuple(
        Step(step=name, title="T", days_before=before, text="x")
        for name, before in (("one", 5), ("two", 3), ("three", 1))
    )
    joined = datetime(2026, 8, 29, 12, tzinfo=UTC)
    found = calendar.orientation(made(Rhythm(), steps), date(2026, 8, 31), "UTC", joined)
    assert [(step.step, f"{at:%b %d}") for step, at in found] == [
        ("one", "Aug 30"),
        ("two", "Aug 31"),
        ("three", "Sep 01"),
    ]
