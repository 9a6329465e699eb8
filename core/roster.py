"""Bringing a roster into the community: first as a plan that shows what would change.

People are recognized by their e-mail. What the file leaves empty stays as it is, and nobody is
ever removed. All that is wrong is found before anything changes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import pairs as pairing
from core.faults import Fault, FaultyFile, nearest
from core.roster_file import Entry, Sheet
from core.wording import a
from storage import cohorts, communities, members, pairs
from storage.cohorts import Cohort
from storage.database import Tx
from storage.members import Member
from storage.pairs import Pair
from storage.words import MemberState, PairState, Role

CAPACITY = 8  # of a coach whose capacity nobody has said
FIELDS = ("name", "zone", "subjects", "grades", "languages", "goals")


@dataclass(frozen=True)
class Change:
    """What happens to one person: by field, the value before and after, as text."""

    entry: Entry
    new: bool
    fields: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Plan:
    """What an import would do. With faults, it can only be done by skipping the bad rows."""

    changes: tuple[Change, ...]
    same: int  # people for whom nothing changes
    absent: tuple[Member, ...]  # in the community, and not in the file
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]  # what else the organizer should know


@dataclass
class _Person:
    """Somebody in the file, in the community, or in both."""

    key: str  # e-mail, or the id of a member without one
    name: str
    role: Role
    capacity: int
    entry: Entry | None = None
    member: Member | None = None


def plan(tx: Tx, sheet: Sheet, *, skip_bad: bool = False) -> Plan:
    """What importing this file would do, and everything that is wrong with it."""
    return _Import(tx, sheet, skip_bad).plan()


def bring_in(tx: Tx, sheet: Sheet, now: datetime, *, skip_bad: bool = False) -> Plan:
    """Import a roster; importing it twice changes nothing the second time.

    New people are invited: they become active when they come. Raises FaultyFile, and changes
    nothing, when there are faults, unless `skip_bad` leaves the bad rows out.
    """
    work = _Import(tx, sheet, skip_bad)
    planned = work.plan()
    if planned.faults and not skip_bad:
        raise FaultyFile("roster", planned.faults)
    work.apply(planned, now)
    return planned


class _Import:
    """One import: what is known while it is planned and applied."""

    def __init__(self, tx: Tx, sheet: Sheet, skip_bad: bool) -> None:
        self.tx, self.sheet, self.skip_bad = tx, sheet, skip_bad
        self.notes: list[str] = []
        self.bad = {fault.line for fault in sheet.faults}
        self.running = {cohort.name.casefold(): cohort for cohort in cohorts.running(tx)}
        self.members = members.everyone(tx)
        self.pairs = {pair.teacher_id: pair for pair in pairs.in_state(tx, PairState.ACTIVE)}
        self.people: dict[str, _Person] = {}
        self.named: dict[str, list[_Person]] = {}
        self._gather()

    def plan(self) -> Plan:
        faults = [*self.sheet.faults]
        entries = self.sheet.entries
        faults += self._bad(wrong for one in entries for wrong in self._wrong(one))
        coached = self._coached()
        faults += self._bad(self._beyond(coached))
        good = [entry for entry in entries if entry.line not in self.bad]
        changes = [
            Change(entry, self._member(entry) is None, fields)
            for entry in good
            if (fields := dict(self._differences(entry, coached.get(entry.line))))
        ]
        return Plan(
            changes=tuple(changes),
            same=len(good) - len(changes),
            absent=self._absent(),
            faults=tuple(sorted(faults)),
            notes=tuple(self.notes) if self.skip_bad else (),
        )

    def _absent(self) -> tuple[Member, ...]:
        """Who is not in the file; nobody, if some row could be anybody's."""
        entries = self.sheet.entries
        unknown = sorted({*self.sheet.unread, *(one.line for one in entries if not one.email)})
        if unknown:
            lines = f"line{'s' if len(unknown) != 1 else ''} {', '.join(map(str, unknown))}"
            self.notes.append(
                "Who is in the community and not in this file cannot be told: "
                f"no e-mail address could be read in {lines}."
            )
            return ()
        listed = {one.email for one in entries} | self.sheet.mentioned
        return tuple(
            member
            for member in self.members
            if member.email not in listed and member.state in pairing.PRESENT
        )

    def _bad(self, faults: Iterable[Fault]) -> list[Fault]:
        """These faults; their rows are bad from now on."""
        found = list(faults)
        self.bad |= {fault.line for fault in found}
        return found

    def apply(self, planned: Plan, now: datetime) -> None:
        for change in planned.changes:
            person = self.people[change.entry.email]
            person.member = self._write(change, person, now)
        self.tx.flush()
        for change in planned.changes:
            if "coach" in change.fields:
                self._pair(change.entry, now)
        if planned.changes:
            communities.replan(self.tx)

    # -- who is who

    def _gather(self) -> None:
        for member in self.members:
            if member.state is not MemberState.WAITING:
                key = member.email or member.id
                self.people[key] = _Person(
                    key, member.name, member.role, member.capacity, member=member
                )
        for entry in self.sheet.entries:
            known = self.people.get(entry.email)
            if known and known.entry:
                continue  # the same person once more, which is a fault
            role = entry.role or (known.role if known else Role.TEACHER)
            capacity = known.capacity if known else 0
            becomes_coach = role is Role.COACH and (known is None or known.role is not role)
            if becomes_coach and not capacity:
                capacity = CAPACITY
            if entry.capacity is not None:
                capacity = entry.capacity
            person = _Person(
                entry.email or f"line {entry.line}",
                entry.name,
                role,
                capacity,
                entry,
                known.member if known else None,
            )
            self.people[person.key] = person
        for person in self.people.values():
            self.named.setdefault(person.name.casefold(), []).append(person)

    def _member(self, entry: Entry) -> Member | None:
        return self.people[entry.email].member

    def _coach(self, entry: Entry) -> _Person | Fault:
        """The person whom a row names as coach."""
        if "@" in entry.coach:
            found = [self.people[key] for key in (entry.coach.lower(),) if key in self.people]
        else:
            found = self.named.get(entry.coach.casefold(), [])
        if len(found) == 1:
            return found[0]
        if found:
            what = f'There are {len(found)} people named "{entry.coach}".'
            return Fault(entry.line, what, "Write the coach's e-mail address.")
        names = [one.name for one in self.people.values() if one.role in pairing.COACHING]
        close = nearest(entry.coach, [*names, *self.people])
        mend = f"Did you mean {close}?" if close else "Add a row for this coach."
        what = f'The coach "{entry.coach}" is neither in the file nor in the community.'
        return Fault(entry.line, what, mend)

    # -- what is wrong

    def _wrong(self, entry: Entry) -> Iterator[Fault]:
        """What is wrong with a well-written row in this community."""
        if entry.line in self.bad:
            return
        person = self.people[entry.email]
        cohort = self.running.get(entry.cohort.casefold())
        names = [one.name for one in self.running.values()]
        if entry.cohort and cohort is None:
            close = nearest(entry.cohort, names)
            known = f"The cohorts are: {', '.join(names)}." if names else "There is none yet."
            mend = f"Did you mean {close}?" if close else known
            yield Fault(entry.line, f'There is no cohort "{entry.cohort}".', mend)
        lost = person.member is None or person.member.cohort_id is None
        if person.role is Role.TEACHER and not entry.cohort and lost and len(names) > 1:
            what = f"{entry.name} is in no cohort."
            yield Fault(entry.line, what, f"Write one of: {', '.join(names)}.")
        if entry.capacity and person.role not in pairing.COACHING:
            what = f"{entry.name} is {a(person.role)}, and has a capacity of {entry.capacity}."
            yield Fault(entry.line, what, "Capacity is for coaches; leave the cell empty.")
        yield from self._wrong_role(entry, person)
        if entry.coach:
            yield from self._wrong_coach(entry, person)

    def _wrong_role(self, entry: Entry, person: _Person) -> Iterator[Fault]:
        member = person.member
        if member is None or member.role is person.role:
            return
        organizers = [
            one
            for one in self.people.values()
            if one.role is Role.ORGANIZER
            and not (one.member and one.member.state is MemberState.LEFT)
        ]
        if member.role is Role.ORGANIZER and not organizers:
            what = f"{entry.name} is the only organizer."
            yield Fault(entry.line, what, "Make somebody else an organizer, or keep this role.")
        load = sum(pair.coach_id == member.id for pair in self.pairs.values())
        if load and person.role not in pairing.COACHING:
            what = f"{entry.name} coaches {load} now, and would be {a(person.role)}."
            yield Fault(entry.line, what, "End these pairs first, or keep this role.")
        elif member.id in self.pairs:
            what = f"{entry.name} has a coach, and would be {a(person.role)}."
            yield Fault(entry.line, what, "End this pair first, or keep this role.")

    def _wrong_coach(self, entry: Entry, person: _Person) -> Iterator[Fault]:
        coach = self._coach(entry)
        if isinstance(coach, Fault):
            yield coach
        elif person.role is not Role.TEACHER:
            what = f"{entry.name} is {a(person.role)}, and has a coach."
            yield Fault(entry.line, what, "Coaches are for teachers; leave the cell empty.")
        elif coach.entry and coach.entry.line in self.bad:
            return  # once that row is mended, this one may be right
        elif coach.role not in pairing.COACHING:
            what = f"{coach.name} is not a coach but {a(coach.role)}."
            yield Fault(entry.line, what, "Name a coach, or change that person's role.")
        elif coach.member and coach.member.state is MemberState.LEFT and coach.entry is None:
            yield Fault(entry.line, f"{coach.name} has left.", "Name another coach.")
        elif coach.member and person.member:
            both = frozenset([coach.member.id, person.member.id])
            if both in pairing.never(self.tx):
                what = f"{entry.name} and {coach.name} must never be paired."
                yield Fault(entry.line, what, "Name another coach, or lift that rule first.")

    def _coached(self) -> dict[int, _Person]:
        """The coach of each good row that names one, by line."""
        coached = {}
        for entry in self.sheet.entries:
            if not entry.coach or entry.line in self.bad:
                continue
            coach = self._coach(entry)
            assert isinstance(coach, _Person)
            if coach.entry and coach.entry.line in self.bad:
                self.notes.append(
                    f"{entry.name} comes without a coach: "
                    f"the row of {coach.name} (line {coach.entry.line}) is left out."
                )
            else:
                coached[entry.line] = coach
        return coached

    def _beyond(self, coached: Mapping[int, _Person]) -> Iterator[Fault]:
        """The rows whose coach has no place left, in the order of the file."""
        moved = {
            member.id
            for entry in self.sheet.entries
            if entry.line in coached and (member := self._member(entry))
        }
        load = Counter(
            pair.coach_id for pair in self.pairs.values() if pair.teacher_id not in moved
        )
        taken = {key: load[one.member.id] for key, one in self.people.items() if one.member}
        for entry in self.sheet.entries:
            if (coach := coached.get(entry.line)) is None:
                continue
            taken[coach.key] = taken.get(coach.key, 0) + 1
            if taken[coach.key] > coach.capacity:
                places = f"{coach.capacity} place{'s' if coach.capacity != 1 else ''}"
                what = f"{coach.name} has {places}, and {entry.name} would be one more."
                yield Fault(entry.line, what, "Name another coach, or raise the capacity.")

    # -- what changes

    def _differences(
        self, entry: Entry, coach: _Person | None
    ) -> Iterator[tuple[str, tuple[str, str]]]:
        person = self.people[entry.email]
        member = person.member
        before = member or Member(name="", role=Role.GUEST)
        for field in FIELDS:
            given, old = getattr(entry, field), getattr(before, field)
            if given and (list(given) if isinstance(given, tuple) else given) != old:
                yield field, (_text(old), _text(given))
        if member is None or member.role is not person.role:
            yield "role", (member.role.value if member else "", person.role.value)
        if person.capacity != before.capacity:
            yield "capacity", (_text(before.capacity), _text(person.capacity))
        cohort = self._cohort(entry, person)
        if cohort and cohort.id != before.cohort_id:
            old_one = self.tx.get(Cohort, before.cohort_id)
            yield "cohort", (old_one.name if old_one else "", cohort.name)
        if member and member.state is MemberState.LEFT:
            yield "state", (member.state.value, MemberState.INVITED.value)
        pair = self.pairs.get(member.id) if member else None
        if coach and (pair is None or not coach.member or pair.coach_id != coach.member.id):
            now_with = self.tx.need(Member, pair.coach_id).name if pair else ""
            yield "coach", (now_with, coach.name)

    def _cohort(self, entry: Entry, person: _Person) -> Cohort | None:
        """The cohort that a row names; for a teacher without any, the only one there is."""
        if entry.cohort:
            return self.running[entry.cohort.casefold()]
        lost = person.member is None or person.member.cohort_id is None
        if person.role is Role.TEACHER and lost and len(self.running) == 1:
            return next(iter(self.running.values()))
        return None

    def _write(self, change: Change, person: _Person, now: datetime) -> Member:
        entry = change.entry
        member = person.member or self.tx.add(
            Member(name=entry.name, email=entry.email, state=MemberState.INVITED)
        )
        for field in FIELDS:
            if field in change.fields:
                given = getattr(entry, field)
                setattr(member, field, list(given) if isinstance(given, tuple) else given)
        if "cohort" in change.fields and (cohort := self._cohort(entry, person)):
            member.put_into(cohort.id, now)
        if "state" in change.fields:
            member.state = MemberState.INVITED
        member.role, member.capacity = person.role, person.capacity
        return member

    def _pair(self, entry: Entry, now: datetime) -> None:
        coach, teacher = self._coach(entry), self._member(entry)
        assert isinstance(coach, _Person)
        assert coach.member is not None
        assert teacher is not None
        if teacher.id in self.pairs:
            pairing.end(self.tx, teacher, "The roster names another coach.", now)
        if proposed := pairs.proposed_to(self.tx, teacher.id):
            self.tx.delete(proposed)
        judged = pairing.judge(self.tx, teacher, coach.member, now)
        pair = self.tx.add(
            Pair(
                teacher_id=teacher.id,
                coach_id=coach.member.id,
                state=PairState.ACTIVE,
                reason=judged.reason,
                score=judged.score,
                created_at=now,
                started_at=now,
            )
        )
        pairing.introduce(self.tx, pair, now)


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(value)
    return "" if value in (None, 0) else str(value)
