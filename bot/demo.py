"""The demo community of `make run`: made-up people in the third week of a program.

Its past is not painted on. The real engine plays two weeks and a bit on a virtual clock, with the
local chat as its platform, while the people write, answer and talk. It ends on the Tuesday of week
3 at ten in the morning, in whatever week of the year the demo is made.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.clock import VirtualClock
from bot.demo_people import ORGANIZER, PAUSED, PEOPLE, WAITING, Person
from bot.demo_texts import ESSAYS, LINES, Essay, Line
from bot.platforms.local.adapter import LocalPlatform
from core import communities as founding
from core import (
    enrollment,
    orientation,
    pairs,
    program_load,
    programs,
    proposals,
    reflections,
    webinars,
    weeks,
)
from core import members as member_rules
from core.communities import Founding
from core.enrollment import About, Visitor
from scheduler.engine import Engine
from storage import cohorts, communities, history, local_chat, members, outbox
from storage import pairs as pair_rows
from storage import webinars as webinar_rows
from storage.cohorts import Cohort
from storage.communities import Home
from storage.database import Store, Tx
from storage.local_chat import Entry, LocalConversation, LocalMessage
from storage.members import Member

NAME = "Lakeside Virtual School (demo)"
ZONE = "America/Detroit"
PROGRAM = "first-year-online"
OPENING = (-17, 8)  # days after the Monday of week 1, and the hour in the demo's zone
PAIRING = (-12, 10)
READ_THROUGH = (14, 6)  # until here everybody has read everything
END = (15, 10)


Deed = Callable[..., None]  # (tx, at, *args)
When = tuple[int, ...]  # days after the Monday of week 1, hour, and minute if it matters


@dataclass(frozen=True)
class Cue:
    """At this moment somebody does something."""

    at: datetime
    deed: Deed
    args: tuple[object, ...] = ()

    def __call__(self, tx: Tx) -> None:
        self.deed(tx, self.at, *self.args)


async def create(store: Store, now: datetime) -> str:
    """Make the demo community and answer its id. Its clock stands on a Tuesday not before `now`.

    The database must have its tables; what else is in it is left alone.
    """
    monday = first_monday(now)
    opening = local(monday, OPENING)
    community = store.community(store.write_now("", lambda tx: _found(tx, monday, opening)))
    clock = VirtualClock(opening)
    home = community.write_now(lambda tx: communities.homes(tx)[0])
    platform = LocalPlatform(community, home, clock.now)
    await platform.ensure_channels()
    engine = Engine(community, {home.id: platform}, clock)
    play = Play(monday, home)
    for cue in sorted(play.cues(), key=lambda cue: cue.at):
        await engine.advance(cue.at)
        community.write_now(cue)
    end = local(monday, END)
    await engine.advance(end)
    community.write_now(lambda tx: _set_clock(tx, end - now))
    return community.id


def first_monday(now: datetime) -> date:
    """The Monday of week 1, such that the next Tuesday at ten is in week 3."""
    this_week = weeks.monday_of(now.astimezone(ZoneInfo(ZONE)).date())
    if local(this_week - timedelta(weeks=2), END) < now:
        this_week += timedelta(weeks=1)
    return this_week - timedelta(weeks=2)


def local(monday: date, when: When) -> datetime:
    """So many days after this Monday, at this hour (and minute) in the demo's zone; in UTC."""
    days, hour, minute = (*when, 0)[:3]
    day = monday + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), ZoneInfo(ZONE)).astimezone(UTC)


def _found(tx: Tx, monday: date, now: datetime) -> str:
    organizer = ORGANIZER
    wanted = Founding(NAME, ZONE, PROGRAM, monday, organizer.name, organizer.email)
    founded = founding.found(tx, wanted, now)
    tx.add(Home(platform="local", external_id=founded.community.id, name=NAME))
    for person in PEOPLE:
        tx.add(
            Member(
                name=person.name,
                email=person.email,
                role=person.role,
                zone=person.zone,
                subjects=list(person.subjects),
                grades=list(person.grades),
                languages=list(person.languages),
                goals=person.goals,
                capacity=person.capacity,
                quiet_from=person.quiet[0] if person.quiet else None,
                quiet_until=person.quiet[1] if person.quiet else None,
            )
        )
    return founded.community.id


def _set_clock(tx: Tx, ahead: timedelta) -> None:
    communities.current(tx).clock_offset_seconds = int(ahead.total_seconds())


@dataclass(frozen=True)
class Play:
    """What everybody does, and when."""

    monday: date  # of week 1
    home: Home

    def cues(self) -> Iterator[Cue]:
        for person in (ORGANIZER, *PEOPLE):
            yield self._cue(person.arrives, self._arrive, person)
        yield self._cue(WAITING.arrives, self._ask)
        yield self._cue(PAIRING, self._pair)
        yield self._cue(PAUSED[1], self._pause)
        yield self._cue(READ_THROUGH, self._read_everything)
        for person in PEOPLE:
            yield from self._duties(person)
        for essay in ESSAYS:
            days, *clock = essay.at
            yield self._cue((7 * (essay.week - 1) + days, *clock), self._publish, essay)
        for line in LINES:
            yield self._cue(line.at, self._say, line)

    def _cue(self, when: When, deed: Deed, *args: object) -> Cue:
        return Cue(local(self.monday, when), deed, args)

    def _duties(self, person: Person) -> Iterator[Cue]:
        """Steps ticked in the evening of their day, one-on-ones, and promises to come."""
        program = programs.read(program_load.shipped()[PROGRAM])
        for step in program.orientation[: person.ticks]:
            yield self._cue((-step.days_before, 18), self._tick, person, step.step)
        for week in person.met:
            yield self._cue((7 * (week - 1) + 3, 15), self._meet, person, week)
        for week in person.comes:
            yield self._cue((7 * (week - 1), 12), self._come, person, week)

    def _arrive(self, tx: Tx, at: datetime, who: Person) -> None:
        enrollment.welcome(tx, member(tx, who.name), self._visitor(who), at)

    def _visitor(self, who: Person) -> Visitor:
        return Visitor(self.home, who.account, who.name)

    def _ask(self, tx: Tx, at: datetime) -> None:
        about = About(
            WAITING.name,
            WAITING.role,
            WAITING.email,
            subjects=WAITING.subjects,
            grades=WAITING.grades,
            languages=WAITING.languages,
            goals=WAITING.goals,
        )
        enrollment.ask(tx, self._visitor(WAITING), about, at)

    def _pair(self, tx: Tx, at: datetime) -> None:
        proposals.propose(tx, at)
        proposals.approve(tx, member(tx, ORGANIZER.name), at)

    def _pause(self, tx: Tx, at: datetime) -> None:
        name, (first, _hour), days = PAUSED
        until = self.monday + timedelta(days=first + days + 1)
        member_rules.pause(tx, member(tx, name), until, at)

    def _tick(self, tx: Tx, at: datetime, who: Person, step: str) -> None:
        orientation.tick(tx, member(tx, who.name), step, at)

    def _meet(self, tx: Tx, at: datetime, who: Person, week: int) -> None:
        teacher = member(tx, who.name)
        if pair := pair_rows.of_teacher(tx, teacher.id):
            pairs.met(tx, pair.id, week, teacher, at)

    def _come(self, tx: Tx, at: datetime, who: Person, week: int) -> None:
        session = webinar_rows.of_week(tx, cohort(tx).id, week)
        if session is not None:
            webinars.answer(tx, session, member(tx, who.name), True, at)

    def _publish(self, tx: Tx, at: datetime, essay: Essay) -> None:
        author = member(tx, essay.author)
        reflections.publish(
            tx, author, cohort(tx), essay.week, essay.title, essay.body, essay.audience, at
        )

    def _say(self, tx: Tx, at: datetime, line: Line) -> None:
        """A line in the general channel, or in the thread of an essay."""
        account = line.author.split()[0].lower()
        root = self._posted(tx, line.under) if line.under else None
        place = tx.need(LocalConversation, root.conversation_id) if root else self._general(tx)
        local_chat.post(tx, place, Entry(line.text), at, author=account, under=root)

    def _posted(self, tx: Tx, title: str) -> LocalMessage:
        """The message in which an essay stands."""
        essay = next(one for one in history.reflections(tx) if one.title == title)
        posted = outbox.by_key(tx, f"{reflections.post_of(essay).name}:{self.home.id}:1")
        assert posted is not None, title
        return tx.need(LocalMessage, posted.message or "")

    def _general(self, tx: Tx) -> LocalConversation:
        channels = communities.homes(tx)[0].channels
        place = local_chat.conversation(tx, self.home.id, channels["general"])
        assert place is not None
        return place

    def _read_everything(self, tx: Tx, at: datetime) -> None:
        for person in (ORGANIZER, *PEOPLE):
            for place in local_chat.conversations_of(tx, self.home.id, [person.account]):
                local_chat.mark_read(tx, place, [person.account], place.version)


def member(tx: Tx, name: str) -> Member:
    return next(one for one in members.everyone(tx) if one.name == name)


def cohort(tx: Tx) -> Cohort:
    return cohorts.running(tx)[0]
