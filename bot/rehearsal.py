"""A rehearsal: the real engine plays a program with made-up people, on a virtual clock.

Nobody is written to: the database is a scratch file, and the platform takes everything at once.
The same script gives the same rehearsal.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from bot.acting import Troupe
from bot.clock import VirtualClock
from bot.platforms.silent import SilentPlatform
from bot.rehearsal_report import Facts, Report, collect, stamp
from bot.simulated import Act, Doing, Life, Somebody, cast
from core import communities as founding
from core import program_load, programs, proposals, roster, roster_file, weeks
from core.chat import Purpose
from core.communities import Founding
from core.errors import UserError
from core.program import Program
from scheduler import calendar
from scheduler.engine import Engine
from storage import cohorts, communities, members, schema
from storage.cohorts import Cohort
from storage.communities import Home
from storage.database import ALPHABET, CommunityStore, Store, Tx
from storage.members import Member
from storage.words import Role

DEFAULT_PROGRAM = "first-year-online"
CAPACITIES = (10, 12, 8)  # of made-up coaches, in turn
ARRIVALS = 16  # half hours over which people arrive, on the first day
HALF_HOUR = timedelta(minutes=30)
A_MINUTE = timedelta(minutes=1)
AN_HOUR = timedelta(hours=1)
LAST_WAIT = timedelta(days=3)  # after the last moment of a program, for those with quiet hours

Tell = Callable[[int, int], None]
"""Told now and then how many hours of the program are over, and how many there are."""


@dataclass(frozen=True)
class Script:
    """What is rehearsed. With a `roster` (CSV) its people play, else made-up ones."""

    teachers: int = 24
    coaches: int = 3
    seed: int = 1
    start: date = date(2026, 8, 31)  # a day in week 1
    weeks: int | None = None  # how many; None: all
    program: str | None = None  # YAML; None: the shipped first-year-online
    roster: str | None = None
    zone: str = "America/Detroit"


@dataclass(frozen=True)
class _Span:
    """From the first day, when people arrive, until nothing is left to wait for."""

    opening: datetime
    pairing: datetime
    end: datetime


async def rehearse(script: Script, tell: Tell = lambda done, total: None) -> Report:
    """Play the whole script and say what happened.

    Raises UserError (FaultyFile) for a program or a roster with faults, with all of them.
    """
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        store = Store(
            f"sqlite:///{Path(folder) / 'rehearsal.db'}",
            new_id=_ids(script.seed),
            inline=True,
            durable=False,
        )
        try:
            schema.metadata.create_all(store.engine)
            return await _play(store, script, tell)
        finally:
            store.close()


def _chance(seed: int, name: str) -> Random:
    return Random(f"{seed}/{name}")  # noqa: S311 -- the same seed must give the same rehearsal


def _ids(seed: int) -> Callable[[], str]:
    chance = _chance(seed, "ids")
    return lambda: "".join(chance.choices(ALPHABET, k=10))


async def _play(store: Store, script: Script, tell: Tell) -> Report:
    text = script.program or program_load.shipped()[DEFAULT_PROGRAM]
    program = programs.read(text)
    span = _span(program, script)
    community = store.community(store.write_now("", lambda tx: _found(tx, script, text, span)))
    troupe = Troupe(community.write_now(lambda tx: _enlist(tx, script, span.opening)))
    acts = community.read_now(lambda tx: _acts(tx, troupe, script, span))
    clock = VirtualClock(span.opening)
    home = community.read_now(lambda tx: communities.homes(tx)[0])
    engine = Engine(
        community,
        {home.id: SilentPlatform()},
        clock,
        rng=_chance(script.seed, "retries"),
        owner="rehearsal",
    )
    unpaired = await _perform(community, engine, troupe, acts, span, tell)
    asked: Facts = {
        "program": program.name,
        "start": weeks.monday_of(script.start).isoformat(),
        "weeks": script.weeks or len(program.weeks),
        "seed": script.seed,
        "zone": script.zone,
        "from": stamp(span.opening),
    }
    return community.read_now(lambda tx: collect(tx, asked, troupe.pauses, unpaired, span.end))


async def _perform(
    community: CommunityStore,
    engine: Engine,
    troupe: Troupe,
    acts: Sequence[Act],
    span: _Span,
    tell: Tell,
) -> list[tuple[Member, str]]:
    """Play to the end; answers who could not be paired, and why.

    What people do until the next thing is due happens in one transaction.
    """
    unpaired: list[tuple[Member, str]] = []
    paired = False
    next_act = 0
    now = span.opening
    while now < span.end:
        due = await engine.next_instant()
        until = min(max(due, now), span.end) if due else span.end
        if not paired:
            until = min(until, span.pairing)
        first = next_act
        while next_act < len(acts) and acts[next_act].at <= until:
            next_act += 1
        if first < next_act:
            batch = acts[first:next_act]
            community.write_now(lambda tx, batch=batch: troupe.perform(tx, batch))  # type: ignore[misc]
        await engine.advance(until)
        if not paired and until >= span.pairing:
            unpaired = community.write_now(lambda tx: _pair(tx, span.pairing))
            paired = True
        now = until
        tell((now - span.opening) // AN_HOUR, (span.end - span.opening) // AN_HOUR)
    return unpaired


def _span(program: Program, script: Script) -> _Span:
    """When the rehearsal begins and ends. Raises UserError for weeks that are not there."""
    number = len(program.weeks) if script.weeks is None else script.weeks
    if not 1 <= number <= len(program.weeks):
        raise UserError(
            f"{program.title} has {len(program.weeks)} weeks. Ask for 1 to {len(program.weeks)}."
        )
    monday = weeks.monday_of(script.start)
    earliest = max((step.days_before for step in program.orientation), default=7)
    first_day = monday - timedelta(days=earliest + 2)
    plans = calendar.week_plans(program, monday, script.zone)
    last = plans[number - 1]
    end = max(last.due, last.summary) + LAST_WAIT
    if number < len(plans):
        following = plans[number]
        end = min(end, following.prompt, following.announcement, following.agenda) - A_MINUTE
    return _Span(
        opening=_local(first_day, time(8), script.zone),
        pairing=_local(first_day + timedelta(days=1), time(11), script.zone),
        end=end,
    )


def _local(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def _found(tx: Tx, script: Script, text: str, span: _Span) -> str:
    """A community with an organizer, a cohort and a home."""
    wanted = Founding(
        name="Rehearsal",
        zone=script.zone,
        program=DEFAULT_PROGRAM,
        starts_on=script.start,
        organizer="Organizer",
        email="organizer@example.org",
        program_text=text,
    )
    founded = founding.found(tx, wanted, span.opening)
    channels = {purpose.value: purpose.value for purpose in Purpose}
    tx.add(Home(platform="silent", external_id="rehearsal", name="Rehearsal", channels=channels))
    return founded.community.id


def _enlist(tx: Tx, script: Script, now: datetime) -> list[str]:
    """Put the people on the roster; answers the ids of all members, in a stable order."""
    if script.roster is not None:
        sheet = roster_file.read(script.roster)
        _found_cohorts(tx, [entry.cohort for entry in sheet.entries if entry.cohort], now)
        roster.bring_in(tx, sheet, now)
    else:
        home_cohort = cohorts.running(tx)[0].id
        for somebody in cast("Teacher", script.teachers, script.seed):
            _add(tx, somebody, Role.TEACHER, home_cohort)
        for number, somebody in enumerate(cast("Coach", script.coaches, script.seed)):
            _add(tx, somebody, Role.COACH, None, CAPACITIES[number % len(CAPACITIES)])
    tx.flush()
    return [one.id for one in members.everyone(tx)]


def _found_cohorts(tx: Tx, names: Sequence[str], now: datetime) -> None:
    """The cohorts that a roster names; all start together, with the same program."""
    made = cohorts.running(tx)[0]
    for number, name in enumerate({name.casefold(): name for name in names}.values()):
        if number == 0:
            made.name = name
        else:
            program, monday = made.program_id, made.starts_on
            tx.add(Cohort(name=name, program_id=program, starts_on=monday, created_at=now))
    tx.flush()


def _add(tx: Tx, somebody: Somebody, role: Role, cohort_id: str | None, capacity: int = 0) -> None:
    tx.add(
        Member(
            name=somebody.name,
            email=somebody.email,
            role=role,
            cohort_id=cohort_id,
            zone=somebody.zone,
            quiet_from=somebody.quiet[0] if somebody.quiet else None,
            quiet_until=somebody.quiet[1] if somebody.quiet else None,
            subjects=somebody.subjects,
            grades=somebody.grades,
            languages=somebody.languages,
            goals=somebody.goals,
            capacity=capacity,
        )
    )


def _acts(tx: Tx, troupe: Troupe, script: Script, span: _Span) -> list[Act]:
    """Everything that everybody does, in order: they arrive on the first day, then live."""
    lives = {
        cohort.id: Life(
            programs.program_of(tx, cohort),
            cohort.starts_on,
            programs.zone_of_cohort(tx, cohort),
            script.seed,
        )
        for cohort in cohorts.running(tx)
    }
    acts = []
    for person, name in enumerate(troupe.cast):
        member = tx.need(Member, name)
        arrives = span.opening + HALF_HOUR * (1 + person % ARRIVALS)
        acts.append(Act(arrives, person, Doing.ARRIVE))
        if member.role is Role.TEACHER and member.cohort_id:
            acts += lives[member.cohort_id].year_of(person, member.name)
    return sorted(act for act in acts if act.at <= span.end)


def _pair(tx: Tx, now: datetime) -> list[tuple[Member, str]]:
    """Propose the best pairs and approve them all; answers who is left, and why."""
    organizer = members.with_role(tx, Role.ORGANIZER)[0]
    try:
        proposal = proposals.propose(tx, now)
    except UserError:  # everybody on the roster has a coach already
        return []
    if proposal.pairs:
        proposals.approve(tx, organizer, now, proposal.mark)
    return list(proposal.unpaired)
