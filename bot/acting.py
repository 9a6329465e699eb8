"""Made-up people do what people do: through the same rules that commands use, many at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from bot.rehearsal_report import Pause
from bot.simulated import Act, Doing, essay
from core import enrollment, orientation, pairs, programs, reflections, webinars
from core import members as member_rules
from core.cards import ahead
from core.enrollment import Visitor
from core.reflections import Writing
from storage import communities, members
from storage import pairs as pair_rows
from storage import webinars as webinar_rows
from storage.cohorts import Cohort
from storage.database import Tx
from storage.members import Member
from storage.words import Audience


@dataclass
class Troupe:
    """The people of a rehearsal: `cast` holds member ids, by the number in each act."""

    cast: Sequence[str]
    pauses: list[Pause] = field(default_factory=list)

    def perform(self, tx: Tx, acts: Iterable[Act]) -> None:
        """Do all of these, which are in the order of their time, in one transaction."""
        acts = list(acts)
        doing = {self.cast[act.person] for act in acts}
        people = {one.id: one for one in members.with_ids(tx, doing)}
        for at, together in groupby(acts, key=lambda act: act.at):
            ordered = sorted(together, key=lambda act: (act.doing, act.week, act.person))
            for (doing, week), group in groupby(ordered, key=lambda act: (act.doing, act.week)):
                doers = [(act, people[self.cast[act.person]]) for act in group]
                self._perform(tx, doing, week, doers, at)

    def _perform(
        self, tx: Tx, doing: Doing, week: int, doers: Sequence[tuple[Act, Member]], at: datetime
    ) -> None:
        match doing:
            case Doing.ARRIVE:
                home = communities.homes(tx)[0]
                for _, member in doers:
                    visitor = Visitor(home, f"account-{member.id}", member.name)
                    enrollment.welcome(tx, member, visitor, at)
            case Doing.TICK:
                ahead.ticked(tx, [member.id for _, member in doers])
                for act, member in doers:
                    orientation.tick(tx, member, act.what, at)
            case Doing.WRITE:
                self._write(tx, week, doers, at)
            case Doing.COME:
                self._come(tx, week, [one for _, one in doers], at)
            case Doing.MEET:
                couples = pair_rows.of_teachers(tx, [one.id for _, one in doers])
                held = pair_rows.meetings_of_week(tx, [pair.id for pair in couples.values()], week)
                for _, member in doers:
                    if pair := couples.get(member.id):
                        tx.ahead[pair_rows.meeting, pair.id, week] = held.get(pair.id)
                        pairs.met(tx, pair.id, week, member, at)
            case Doing.PAUSE:
                for _, member in doers:
                    until = member_rules.pause(tx, member, None, at)
                    self.pauses.append(Pause(member.id, at, until))

    def _write(self, tx: Tx, week: int, doers: Sequence[tuple[Act, Member]], at: datetime) -> None:
        audience = {member.id: Audience(act.what) for act, member in doers}
        for cohort, authors in _by_cohort(tx, [member for _, member in doers]):
            plan = programs.program_of(tx, cohort).week(week)
            if plan is not None:
                writings = [
                    Writing(one, *essay(one.name, plan), audience[one.id]) for one in authors
                ]
                reflections.publish_all(tx, cohort, week, writings, at)

    def _come(self, tx: Tx, week: int, guests: Sequence[Member], at: datetime) -> None:
        for cohort, group in _by_cohort(tx, guests):
            session = webinar_rows.of_week(tx, cohort.id, week)
            if session is not None:
                webinars.answer_all(tx, session, group, True, at)


def _by_cohort(tx: Tx, people: Sequence[Member]) -> Iterable[tuple[Cohort, list[Member]]]:
    together: dict[str, list[Member]] = {}
    for one in people:
        if one.cohort_id:
            together.setdefault(one.cohort_id, []).append(one)
    for cohort_id in sorted(together):
        yield tx.need(Cohort, cohort_id), together[cohort_id]
