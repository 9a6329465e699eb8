"""What a rehearsal has shown, as plain values that can be checked and written as JSON.

All of it comes from the rehearsal's own database in a stable order, so the same input gives the
same bytes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from core import members as member_rules
from core import programs, weeks
from core.chat import Address
from core.programs import Standing
from storage import history, members, pairs, webinars
from storage.database import Tx
from storage.history import Past
from storage.members import Member
from storage.pairs import Pair
from storage.reflections import Reflection
from storage.webinars import Webinar
from storage.words import DeliveryState, PairState, Role

Facts = dict[str, Any]


@dataclass(frozen=True)
class Pause:
    """A member asked to be left in peace."""

    member_id: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Who:
    """A recipient."""

    id: str
    name: str
    role: Role
    zone: ZoneInfo


@dataclass(frozen=True, repr=False)
class Report:
    """A rehearsal. `facts` are lists and values as JSON has them; `past` is the whole outbox."""

    facts: Facts
    standings: Sequence[Standing]
    sessions: Sequence[Webinar]
    people: Mapping[str, Who]
    couples: Mapping[str, tuple[str, str]]  # pair id -> teacher, coach
    week_of: Mapping[str, int]  # id of a webinar or reflection -> its week
    past: Sequence[Past]
    until: datetime

    @property
    def sent(self) -> list[Past]:
        return [one for one in self.past if one.state is DeliveryState.SENT]


def collect(
    tx: Tx,
    asked: Facts,
    pauses: Iterable[Pause],
    unpaired: Iterable[tuple[Member, str]],
    until: datetime,
) -> Report:
    """Look at a rehearsal that has been played until then. `asked`: what it was started with."""
    everyone = members.everyone(tx)
    standings = programs.all_standings(tx, until)
    active = pairs.in_state(tx, PairState.ACTIVE)
    couples = [*active, *pairs.in_state(tx, PairState.ENDED)]
    written = history.reflections(tx)
    sessions = [
        one
        for standing in standings
        for one in sorted(
            webinars.of_cohort(tx, standing.cohort.id), key=lambda one: (one.starts_at, one.id)
        )
    ]
    people = {
        one.id: Who(one.id, one.name, one.role, ZoneInfo(programs.zone_of(tx, one)))
        for one in everyone
    }
    coach_of = {pair.teacher_id: pair.coach_id for pair in active}
    weeks_of = [*((one.id, one.week) for one in sessions), *((one.id, one.week) for one in written)]
    return Report(
        facts={
            "rehearsal": {**asked, "until": stamp(until)},
            "cohorts": [_cohort(standing, until) for standing in standings],
            "roster": [_member(tx, member, coach_of.get(member.id)) for member in everyone],
            "pairs": [_pair(pair, people) for pair in couples],
            "unpaired": [
                {"id": member.id, "name": member.name, "reason": reason}
                for member, reason in unpaired
            ],
            "pauses": [
                {"member": one.member_id, "from": stamp(one.since), "until": stamp(one.until)}
                for one in pauses
            ],
            "reflections": [_reflection(one) for one in written],
            "webinars": [_webinar(tx, one) for one in sessions],
        },
        standings=standings,
        sessions=sessions,
        people=people,
        couples={pair.id: (pair.teacher_id, pair.coach_id) for pair in couples},
        week_of={name: week for name, week in weeks_of if week},
        past=history.deliveries(tx),
        until=until,
    )


def stamp(at: datetime) -> str:
    """An instant as "2026-08-31T13:00:00Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_json(report: Report, more: Facts, out: TextIO) -> None:
    """Everything as one JSON object, an entry of a list on each line. `more` comes first."""
    parts = {
        **more,
        **report.facts,
        "deliveries": _deliveries(report),
        "not_sent": _not_sent(report),
    }
    mark = "{\n"
    for name, value in parts.items():
        out.write(f"{mark}{json.dumps(name)}: ")
        if isinstance(value, dict):
            out.write(_text(value))
        else:
            _write_list(value, out)
        mark = ",\n"
    out.write("\n}\n")


def _write_list(entries: Iterable[Any], out: TextIO) -> None:
    mark = "[\n  "
    for entry in entries:
        out.write(mark + _text(entry))
        mark = ",\n  "
    out.write("[]" if mark == "[\n  " else "\n]")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# Deliveries


def _deliveries(report: Report) -> Iterator[Facts]:
    """Everything that was sent, in the order of the instants."""
    for one in report.sent:
        assert one.sent_at is not None
        yield _delivery(report, one, one.sent_at)


def _not_sent(report: Report) -> Iterator[Facts]:
    """Everything that was planned and did not have to be sent, or could not be; and why."""
    for one in report.past:
        if one.state not in (DeliveryState.SENT, DeliveryState.PLANNED):
            yield {**_delivery(report, one, one.due_at), "reason": one.note}


def _delivery(report: Report, one: Past, at: datetime) -> Facts:
    people = [report.people[name] for name in _reaches(report, Address.parse(one.conversation))]
    return {
        "instant": stamp(at),
        "kind": one.kind,
        "key": one.key,
        "act": one.act.value,
        "conversation": one.conversation,
        "recipient": " and ".join(person.name for person in people) or None,
        "people": [
            {
                "id": person.id,
                "name": person.name,
                "local": at.astimezone(person.zone).isoformat(timespec="minutes"),
            }
            for person in people
        ],
        "cohort": one.subject.get("cohort"),
        "week": _week(report, one),
        "due": stamp(one.due_at),
        "shifts": one.shifts,
        "state": one.state.value,
    }


def _reaches(report: Report, address: Address) -> Sequence[str]:
    if address.kind == "direct":
        return [address.id]
    return report.couples[address.id] if address.kind == "pair" else []


def _week(report: Report, one: Past) -> int | None:
    if "week" in one.subject:
        return int(one.subject["week"])
    found = (report.week_of.get(name) for name in one.subject.values())
    return next((week for week in found if week), None)


# Facts


def _cohort(standing: Standing, until: datetime) -> Facts:
    """A cohort with the teaching weeks whose prompt moment was reached."""
    program, cohort = standing.program, standing.cohort
    reached = [
        week
        for week in weeks.teaching_weeks(program, cohort.starts_on)
        if weeks.moment(week.monday, program.rhythm.prompt, standing.zone) <= until
    ]
    return {
        "id": cohort.id,
        "name": cohort.name,
        "program": program.name,
        "zone": standing.zone,
        "weeks": [
            {
                "week": week.number,
                "monday": week.monday.isoformat(),
                "prompt": bool(program.weeks[week.number - 1].prompt),
                "webinar": bool(program.weeks[week.number - 1].webinar),
            }
            for week in reached
        ],
        "breaks": [
            {"name": name, "first_day": first.isoformat(), "last_day": last.isoformat()}
            for name, first, last in weeks.breaks(program, cohort.starts_on)
        ],
    }


def _member(tx: Tx, member: Member, coach: str | None) -> Facts:
    quiet_from, quiet_until = member_rules.quiet_hours(tx, member)
    return {
        "id": member.id,
        "name": member.name,
        "role": member.role.value,
        "state": member.state.value,
        "zone": programs.zone_of(tx, member),
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "cohort": member.cohort_id,
        "coach": coach,
        "capacity": member.capacity if member.role is Role.COACH else None,
        "joined": stamp(member.joined_at) if member.joined_at else None,
    }


def _pair(pair: Pair, people: Mapping[str, Who]) -> Facts:
    return {
        "id": pair.id,
        "teacher": pair.teacher_id,
        "coach": pair.coach_id,
        "names": f"{people[pair.teacher_id].name} and {people[pair.coach_id].name}",
        "state": pair.state.value,
        "started": stamp(pair.started_at) if pair.started_at else None,
        "ended": stamp(pair.ended_at) if pair.ended_at else None,
        "score": pair.score,
        "reason": pair.reason,
    }


def _reflection(one: Reflection) -> Facts:
    assert one.published_at is not None
    return {
        "id": one.id,
        "member": one.member_id,
        "cohort": one.cohort_id,
        "week": one.week,
        "published_at": stamp(one.published_at),
        "audience": one.audience.value,
    }


def _webinar(tx: Tx, one: Webinar) -> Facts:
    return {
        "id": one.id,
        "cohort": one.cohort_id,
        "week": one.week,
        "title": one.title,
        "starts_at": stamp(one.starts_at),
        "minutes": one.minutes,
        "state": one.state.value,
        "coming": webinars.how_many_come(tx, one.id),
    }
