"""Reading ahead for a batch of deliveries: at once what each card would ask for alone."""

from collections.abc import Callable, Sequence

from core.kinds import Kind
from storage import cohorts, members, orientation, pairs, reflections, webinars
from storage.database import Tx
from storage.members import Member
from storage.outbox import Delivery

LookAhead = Callable[[Tx, Sequence[Delivery]], object]


def look_ahead(tx: Tx, batch: Sequence[Delivery]) -> None:
    """Read what composing these will need. Cards find it by `tx.get` and `tx.foreseen`.

    A delivery that names nothing is passed over here: its own card will complain of it.
    """
    together: dict[Kind, list[Delivery]] = {}
    for delivery in batch:
        together.setdefault(Kind(delivery.kind), []).append(delivery)
    for kind, same in together.items():
        if len(same) > 1 and kind in AHEAD:
            AHEAD[kind](tx, same)


def _nudges(tx: Tx, batch: Sequence[Delivery]) -> None:
    weeks: dict[tuple[str, int], list[str]] = {}
    for one in batch:
        week = one.subject.get("cohort", ""), int(one.subject.get("week", 0))
        weeks.setdefault(week, []).append(one.member_id or "")
    for (cohort, number), teachers in weeks.items():
        tx.ahead[cohorts.changes, cohort] = cohorts.changes(tx, cohort)
        found = reflections.answers(tx, teachers, cohort, number)
        for teacher in teachers:
            tx.ahead[reflections.answer, teacher, cohort, number] = found.get(teacher)


def _reminders(tx: Tx, batch: Sequence[Delivery]) -> None:
    guests: dict[str, list[str]] = {}
    for one in batch:
        guests.setdefault(one.subject.get("webinar", ""), []).append(one.member_id or "")
    for webinar, asked in guests.items():
        found = webinars.answers(tx, webinar, asked)
        for guest in asked:
            tx.ahead[webinars.rsvp, webinar, guest] = found.get(guest)


def _steps(tx: Tx, batch: Sequence[Delivery]) -> None:
    ticked(tx, [one.subject.get("member", "") for one in batch])


def ticked(tx: Tx, member_ids: Sequence[str]) -> None:
    """Which steps these members have ticked."""
    for member, done in orientation.done_by(tx, member_ids).items():
        tx.ahead[orientation.done, member] = done


def _reflections(tx: Tx, batch: Sequence[Delivery]) -> list[Member]:
    """Answers the authors."""
    rows = reflections.with_ids(tx, [one.subject.get("reflection", "") for one in batch])
    authors = members.with_ids(tx, {row.member_id for row in rows})
    for row in [*rows, *authors]:
        tx.keep(row)
    return authors


def _shared(tx: Tx, batch: Sequence[Delivery]) -> None:
    authors = [author.id for author in _reflections(tx, batch)]
    couples = pairs.of_teachers(tx, authors)
    for author in authors:
        tx.ahead[pairs.of_teacher, author] = couples.get(author)


AHEAD: dict[Kind, LookAhead] = {
    Kind.NUDGE: _nudges,
    Kind.REMINDER: _reminders,
    Kind.ORIENTATION: _steps,
    Kind.REFLECTION: _reflections,
    Kind.REFLECTION_SHARED: _shared,
}
