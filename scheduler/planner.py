"""The planner: makes the outbox match the calendar, without touching what is on its way.

Whatever the program, the cohorts and the people call for within the horizon has a delivery;
what they no longer call for is moved or taken back while it is still planned.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from core import deliveries, programs, webinars, weeks
from core.chat import Address, Purpose
from core.kinds import MANNERS, Kind
from core.program import Program, Step, Week
from core.programs import Standing
from scheduler import calendar
from scheduler.calendar import Span, WeekPlan
from storage import cohorts, communities, members, outbox, pairs
from storage.communities import Home
from storage.database import Tx
from storage.members import Arrived
from storage.outbox import Plan, Slot
from storage.pairs import Pair
from storage.words import DeliveryState, PairState

HORIZON = timedelta(days=8)
A_WEEK = timedelta(days=7)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
EVERY = timedelta(days=1)  # the plan is carried on at least this often
KINDS = (Kind.PROMPT, Kind.NUDGE, Kind.AGENDA, Kind.SUMMARY, Kind.ORIENTATION)
LONGEST_GRACE = max(MANNERS[kind].grace for kind in KINDS)
NOT_WANTED = "the calendar does not call for it any more"
OVER = (DeliveryState.EXPIRED, DeliveryState.FAILED)


def next_plan_at(tx: Tx) -> datetime | None:
    """When the plan must be looked at next; None means at once."""
    community = communities.current(tx)
    if community.replan or community.planned_through is None:
        return None
    return community.planned_through - HORIZON + EVERY


def plan(tx: Tx, now: datetime, horizon: timedelta = HORIZON) -> None:
    """Plan what is due until `now + horizon`.

    After a change of facts the whole stretch is reconciled, otherwise only the new end is added.
    Moments that have passed are planned if they are within their grace, or if nobody has looked
    at their time yet: then they expire at the claim and organizers hear of them.
    """
    community = communities.current(tx)
    known = community.planned_through
    until = now + horizon if known is None else max(known, now + horizon)
    if known is None:
        since = now - LONGEST_GRACE
    elif community.replan:
        since = min(known, now - LONGEST_GRACE)
    else:
        since = known
    span = Span(since, until)
    _reconcile(tx, _still_useful(tx, span, now, known), span, now)
    community.replan, community.planned_through = False, until


def _reconcile(tx: Tx, wanted: list[Plan], span: Span, now: datetime) -> None:
    by_key = {plan.key: plan for plan in wanted}
    there = outbox.slots(tx, by_key)
    outbox.put(tx, (plan for key, plan in by_key.items() if key not in there), from_calendar=True)
    outbox.move_all(
        tx,
        [
            (slot.id, by_key[key].due_at, by_key[key].expires_at)
            for key, slot in there.items()
            if _must_move(slot, by_key[key])
        ],
    )
    unwanted = [
        slot.id
        for slot in outbox.planned_by_calendar(tx, span.since, span.until)
        if slot.key not in by_key and slot.expires_at >= now  # the courier reports the others
    ]
    outbox.cancel_all(tx, unwanted, NOT_WANTED)


def _must_move(slot: Slot, plan: Plan) -> bool:
    """A planned delivery has another moment now, or one that was given up is wanted again."""
    if slot.state == DeliveryState.PLANNED:
        return (slot.due_at, slot.expires_at) != (plan.due_at, plan.expires_at)
    if slot.state == DeliveryState.CANCELED:
        return slot.note == NOT_WANTED
    return slot.state in OVER and plan.due_at > slot.due_at


def _still_useful(tx: Tx, span: Span, now: datetime, known: datetime | None) -> list[Plan]:
    return [
        plan
        for plan in _wanted(tx, span, now)
        if plan.expires_at >= now or (known is not None and plan.due_at > known)
    ]


@dataclass
class _Cohort:
    """A running cohort as the planner sees it."""

    tx: Tx
    standing: Standing
    weeks: tuple[WeekPlan, ...]

    @property
    def id(self) -> str:
        return self.standing.cohort.id

    @cached_property
    def teachers(self) -> list[Arrived]:
        """Asked for only on days that bring something to each of them."""
        return members.arrived_teachers(self.tx, self.id)


def _wanted(tx: Tx, span: Span, now: datetime) -> Iterator[Plan]:
    """Everything that the calendar calls for in this span. Webinars are made as they come up."""
    homes = communities.homes(tx)
    running = [_look_at(tx, standing) for standing in programs.all_standings(tx, now)]
    for cohort in running:
        _ensure_webinars(tx, cohort, span, now)
        yield from _prompts_and_nudges(tx, cohort, homes, span)
        yield from _orientation(cohort, span)
    yield from _pairs(tx, running, span)


def _look_at(tx: Tx, standing: Standing) -> _Cohort:
    plans = calendar.week_plans(standing.program, standing.cohort.starts_on, standing.zone)
    return _Cohort(tx, standing, plans)


def _ensure_webinars(tx: Tx, cohort: _Cohort, span: Span, now: datetime) -> None:
    """Also those that were made earlier: the program may have moved or dropped them since."""
    planned = [week for week in cohort.weeks if week.week.webinar]
    made = webinars.keep_only(tx, cohort.id, {week.week.week for week in planned}, now)
    for week in planned:
        if week.week.week in made or week.announcement in span or week.webinar in span:
            webinars.ensure_from_program(
                tx, cohort.standing, week.week, week.webinar, week.announcement, now
            )


def _prompts_and_nudges(
    tx: Tx, cohort: _Cohort, homes: Sequence[Home], span: Span
) -> Iterator[Plan]:
    changes = cohorts.changes(tx, cohort.id)
    for week in cohort.weeks:
        number = week.week.week
        if programs.prompt_text(cohort.standing.program, number, changes) is None:
            continue
        change = changes.get(number)
        post_at = (change.post_at if change else None) or week.prompt
        subject = {"cohort": cohort.id, "week": str(number)}
        if post_at in span:
            for home in homes:
                if home.serves(Purpose.REFLECTIONS):
                    yield deliveries.plan(
                        Kind.PROMPT,
                        f"prompt:{cohort.id}:week-{number}:{home.id}",
                        Address("channel", home.id, Purpose.REFLECTIONS),
                        post_at,
                        subject,
                    )
        if week.nudge in span and week.nudge < week.due:
            for teacher in cohort.teachers:
                if teacher.since < week.nudge:
                    yield deliveries.plan(
                        Kind.NUDGE,
                        f"nudge:{cohort.id}:week-{number}:{teacher.id}",
                        Address("direct", teacher.id),
                        week.nudge,
                        subject,
                        expires_at=week.due,
                    )


def _orientation(cohort: _Cohort, span: Span) -> Iterator[Plan]:
    standing = cohort.standing
    program, starts_on, zone = standing.program, standing.cohort.starts_on, standing.zone
    created = standing.cohort.created_at
    if not program.orientation:
        return
    if calendar.orientation_ends(program, starts_on, zone, created) <= span.since:
        latest = members.last_arrival(cohort.tx, cohort.id)
        if not latest or calendar.orientation_ends(program, starts_on, zone, latest) <= span.since:
            return
    on_time = calendar.orientation(program, starts_on, zone, LONG_AGO)
    due_on_time = [(step, at) for step, at in on_time if at in span]
    stem = f"orientation:{cohort.id}:"
    for teacher in cohort.teachers:
        since, paused = max(teacher.since, created), teacher.paused_until
        punctual = (not paused or paused <= since) and since <= on_time[0][1]
        for step, at in (
            due_on_time if punctual else _late_steps(cohort, span, stem, teacher.id, since, paused)
        ):
            if at in span:
                yield deliveries.plan(
                    Kind.ORIENTATION,
                    f"{stem}{step.step}:{teacher.id}",
                    Address("direct", teacher.id),
                    at,
                    {"cohort": cohort.id, "member": teacher.id, "step": step.step},
                )


def _late_steps(
    cohort: _Cohort,
    span: Span,
    stem: str,
    teacher_id: str,
    since: datetime,
    paused_until: datetime | None,
) -> Sequence[tuple[Step, datetime]]:
    """The steps of somebody who came late, or who paused: then those that are left."""
    standing = cohort.standing
    program, starts_on, zone = standing.program, standing.cohort.starts_on, standing.zone
    since, paused = max(since, paused_until or since), bool(paused_until and paused_until > since)
    if calendar.orientation_ends(program, starts_on, zone, since) <= span.since:
        return ()
    behind = _came_before(cohort.tx, program, stem, teacher_id, since) if paused else ()
    return calendar.orientation(program, starts_on, zone, since, behind)


def _came_before(
    tx: Tx, program: Program, stem: str, teacher_id: str, pause_ends: datetime
) -> frozenset[str]:
    """The steps that somebody got before their pause: the others come when it is over."""
    keys = {deliveries.key(f"{stem}{one.step}:{teacher_id}"): one for one in program.orientation}
    return frozenset(
        keys[key].step
        for key, slot in outbox.slots(tx, keys).items()
        if slot.due_at < pause_ends
        and slot.state != DeliveryState.PLANNED
        and slot.note != NOT_WANTED
    )


def _pairs(tx: Tx, running: list[_Cohort], span: Span) -> Iterator[Plan]:
    """The agenda of every pair, and one summary for each coach and calendar week."""
    moments = {cohort.id: _summary_moments(cohort, span) for cohort in running}
    agendas = {
        cohort.id: [week for week in cohort.weeks if week.agenda in span and _has_agenda(week.week)]
        for cohort in running
    }
    reports = any(at in span for found in moments.values() for _, at in found)
    if not reports and not any(agendas.values()):
        return
    cohort_of = {teacher.id: cohort for cohort in running for teacher in cohort.teachers}
    summaries: dict[tuple[str, date], datetime] = {}
    for pair in pairs.in_state(tx, PairState.ACTIVE):
        cohort = cohort_of.get(pair.teacher_id)
        if cohort is None or pair.started_at is None:
            continue
        yield from _agendas(pair, cohort, agendas[cohort.id])
        for monday, at in moments[cohort.id]:
            if pair.started_at < at:
                latest = summaries.get((pair.coach_id, monday), at)
                summaries[pair.coach_id, monday] = max(latest, at)
    for (coach, monday), at in summaries.items():
        if at in span:
            yield deliveries.plan(
                Kind.SUMMARY,
                f"summary:{coach}:{monday}",
                Address("direct", coach),
                at,
                {"coach": coach, "monday": monday.isoformat()},
            )


def _agendas(pair: Pair, cohort: _Cohort, due: list[WeekPlan]) -> Iterator[Plan]:
    assert pair.started_at is not None
    for week in due:
        if pair.started_at < week.agenda:
            yield deliveries.plan(
                Kind.AGENDA,
                f"agenda:{pair.id}:week-{week.week.week}",
                Address("pair", pair.id),
                week.agenda,
                {"pair": pair.id, "cohort": cohort.id, "week": str(week.week.week)},
            )


def _summary_moments(cohort: _Cohort, span: Span) -> list[tuple[date, datetime]]:
    """The Monday of the calendar week of each summary, and its moment. Those a little outside of
    the span count, too: a coach with teachers in two cohorts hears once, after the later one."""
    zone = ZoneInfo(cohort.standing.zone)
    near = Span(span.since - A_WEEK, span.until + A_WEEK)
    return [
        (weeks.monday_of(week.summary.astimezone(zone).date()), week.summary)
        for week in cohort.weeks
        if week.summary in near
    ]


def _has_agenda(week: Week) -> bool:
    return bool(week.agenda or week.visit)
