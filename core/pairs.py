"""The life of a pair: started by approval or by hand, its one-on-ones, its end; and who must
never be one. Proposals are core.proposals.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core import deliveries, programs
from core.chat import Address
from core.errors import UserError
from core.kinds import Kind
from core.likeness import Profile
from storage import communities, members, outbox, pairs
from storage.cohorts import Cohort
from storage.database import Tx
from storage.members import Member
from storage.pairs import NeverPair, OneOnOne, Pair
from storage.words import MemberState, PairState, Role

if TYPE_CHECKING:
    from core.pairing import Match

COACHING = (Role.COACH, Role.ORGANIZER)  # who can have teachers; an organizer by their capacity
PRESENT = (MemberState.INVITED, MemberState.ACTIVE)


def profile(tx: Tx, member: Member) -> Profile:
    """What a pairing looks at in a member."""
    return Profile(
        id=member.id,
        name=member.name,
        zone=programs.zone_of(tx, member),
        subjects=tuple(member.subjects),
        grades=tuple(member.grades),
        languages=tuple(member.languages),
        goals=member.goals,
    )


def starts_at(tx: Tx, teacher: Member, now: datetime) -> datetime:
    """When a teacher's cohort begins, at its midnight; `now` for somebody in no cohort."""
    cohort = tx.get(Cohort, teacher.cohort_id)
    if cohort is None:
        return now
    zone = ZoneInfo(programs.zone_of_cohort(tx, cohort))
    return datetime.combine(cohort.starts_on, time(), zone).astimezone(UTC)


def judge(tx: Tx, teacher: Member, coach: Member, now: datetime) -> "Match":
    """The score and the reason of two people as a pair, whether or not they may be one."""
    from core import pairing  # noqa: PLC0415 -- loads SciPy, which most processes never need

    return pairing.match(
        pairing.Teacher(profile(tx, teacher), starts_at(tx, teacher, now)),
        pairing.Coach(profile(tx, coach), coach.capacity),
    )


def never(tx: Tx) -> set[frozenset[str]]:
    """The never-pair rules, each as the ids of its two people."""
    return {frozenset([rule.member_id, rule.other_id]) for rule in pairs.never(tx)}


def loads(tx: Tx, *states: PairState) -> Mapping[str, int]:
    """How many pairs in these states each coach has, by the coach's id."""
    return Counter(pair.coach_id for state in states for pair in pairs.in_state(tx, state))


def objection(teacher: Member, coach: Member, rules: set[frozenset[str]]) -> str | None:
    """Why two people cannot be a pair, in a sentence; None when they can."""
    if teacher.id == coach.id:
        return "Nobody can be their own coach."
    if teacher.role is not Role.TEACHER or teacher.state not in PRESENT:
        return f"{teacher.name} is not a teacher in this community."
    if coach.role not in COACHING or coach.state not in PRESENT:
        return f"{coach.name} is not a coach in this community."
    if frozenset([teacher.id, coach.id]) in rules:
        return (
            f"{teacher.name} and {coach.name} must never be paired; "
            "`/coach never` with “undo: yes” lifts that."
        )
    return None


def by_hand(
    tx: Tx, teacher: Member, coach: Member, by: Member, now: datetime, *, anyway: bool = False
) -> Pair:
    """Pair two people at once, with an introduction. A proposal for the teacher is dropped.

    Raises UserError when they cannot be a pair, when the teacher has a coach, and, unless
    `anyway`, when the coach has no free place.
    """
    if problem := objection(teacher, coach, never(tx)):
        raise UserError(problem)
    if current := pairs.of_teacher(tx, teacher.id):
        has = tx.need(Member, current.coach_id)
        if has.id == coach.id:
            raise UserError(f"{teacher.name} and {coach.name} are a pair already.")
        raise UserError(
            f"{teacher.name} has a coach: {has.name}. End that first, with "
            f"`/coach end teacher: {teacher.name}`."
        )
    load = len(pairs.of_coach(tx, coach.id))
    if load >= coach.capacity and not anyway:
        raise UserError(
            f"{coach.name} has {load} of {coach.capacity} teachers. Choose another coach, or say "
            "“anyway: yes” if they agreed to one more.",
            {
                "coach": f"Has {load} of {coach.capacity} teachers.",
                "anyway": "Yes, if they agreed.",
            },
        )
    if proposed := pairs.proposed_to(tx, teacher.id):
        tx.delete(proposed)
    judged = judge(tx, teacher, coach, now)
    pair = tx.add(
        Pair(
            teacher_id=teacher.id,
            coach_id=coach.id,
            reason=judged.reason,
            score=judged.score,
            created_at=now,
        )
    )
    start(tx, pair, by, now)
    return pair


def start(tx: Tx, pair: Pair, by: Member, now: datetime) -> None:
    """Make a pair active and introduce the two to each other."""
    pair.state, pair.started_at, pair.approved_by = PairState.ACTIVE, now, by.id
    introduce(tx, pair, now)
    communities.replan(tx)


def introduce(tx: Tx, pair: Pair, now: datetime) -> None:
    """Tell both sides who the other is; each once, and only when they have arrived.

    Called again when a member becomes active, it tells those who were not told yet.
    """
    for side, member_id in (("teacher", pair.teacher_id), ("coach", pair.coach_id)):
        member = tx.need(Member, member_id)
        if member.state is MemberState.ACTIVE:
            subject = {"pair": pair.id, "side": side}
            name = f"introduction:{pair.id}"
            deliveries.to_member(tx, Kind.INTRODUCTION, name, member, now, subject)


def apart(tx: Tx, one: Member, other: Member) -> bool:
    """Whether two people who are both in some chat share none, so that neither finds the other."""
    homes = [
        {account.home_id for account in members.accounts(tx, member.id) if account.left_at is None}
        for member in (one, other)
    ]
    return all(homes) and not homes[0] & homes[1]


def exchange_contacts(tx: Tx, member: Member, now: datetime) -> None:
    """This member has said how to be reached: pairs that share no chat, and of which both have
    said it, get to know it. Who has said nothing has not agreed, and hears nothing either."""
    own = pairs.of_teacher(tx, member.id)
    for pair in [*([own] if own else []), *pairs.of_coach(tx, member.id)]:
        two = [tx.need(Member, name) for name in (pair.teacher_id, pair.coach_id)]
        if all(one.contact for one in two) and apart(tx, *two):
            for one in two:
                stem = f"contact:{pair.id}:{one.id}"
                number = len(outbox.slots_under(tx, f"{stem}:")) + 1
                address, subject = Address("direct", one.id), {"pair": pair.id}
                plan = deliveries.plan(Kind.CONTACT, f"{stem}:{number}", address, now, subject)
                outbox.put(tx, [plan])


def end(tx: Tx, teacher: Member, reason: str, now: datetime) -> Pair:
    """End a teacher's pair and tell both, with the reason.

    Raises UserError when the teacher has no coach.
    """
    pair = pairs.of_teacher(tx, teacher.id)
    if pair is None:
        raise UserError(f"{teacher.name} has no coach now, so there is nothing to end.")
    pair.state, pair.ended_at, pair.end_reason = PairState.ENDED, now, reason
    tx.flush()  # a new pair of the same teacher must find this one ended
    for side, member_id in (("teacher", pair.teacher_id), ("coach", pair.coach_id)):
        member = tx.need(Member, member_id)
        if member.state is MemberState.ACTIVE:
            subject = {"pair": pair.id, "side": side}
            deliveries.to_member(tx, Kind.FAREWELL, f"farewell:{pair.id}", member, now, subject)
    communities.replan(tx)
    return pair


def forbid(tx: Tx, one: Member, other: Member) -> bool:
    """Rule that two people must never be paired; a proposal of the two is dropped.

    Answers whether the rule is new. Raises UserError for one person, and for an active pair.
    """
    if one.id == other.id:
        raise UserError("Name two different people.")
    both = {one.id, other.id}
    for member in (one, other):
        active = pairs.of_teacher(tx, member.id)
        if active and {active.teacher_id, active.coach_id} == both:
            raise UserError(
                f"{one.name} and {other.name} are a pair now. End that first, with "
                f"`/coach end teacher: {member.name}`."
            )
        proposed = pairs.proposed_to(tx, member.id)
        if proposed and {proposed.teacher_id, proposed.coach_id} == both:
            tx.delete(proposed)
    if frozenset(both) in never(tx):
        return False
    first, second = sorted(both)
    tx.add(NeverPair(member_id=first, other_id=second))
    return True


def allow(tx: Tx, one: Member, other: Member) -> bool:
    """Lift the never-pair rule between two people; answers whether there was one."""
    both = {one.id, other.id}
    rules = [rule for rule in pairs.never(tx) if {rule.member_id, rule.other_id} == both]
    for rule in rules:
        tx.delete(rule)
    return bool(rules)


@dataclass(frozen=True)
class Meeting:
    """A one-on-one as it was noted. `new`: just now."""

    pair: Pair
    week: int
    said_by: Member
    new: bool


def met(tx: Tx, pair_id: str, week: int, by: Member, now: datetime) -> Meeting:
    """Note that a pair had its one-on-one of a week; the first one who says so is kept.

    Raises UserError when `by` is neither of the two, or the pair is over.
    """
    pair = tx.get(Pair, pair_id)
    if pair is None or pair.state is PairState.PROPOSED:
        raise UserError("That pair is not there any more. `/coach mine` shows how things stand.")
    if by.id not in (pair.teacher_id, pair.coach_id):
        teacher, coach = tx.need(Member, pair.teacher_id), tx.need(Member, pair.coach_id)
        raise UserError(
            f"Only {teacher.name} and {coach.name} can say that they met. "
            "`/coach mine` shows your own one-on-ones."
        )
    if known := tx.foreseen(pairs.meeting, pair.id, week):
        return Meeting(pair, week, tx.need(Member, known.said_by), new=False)
    if pair.state is PairState.ENDED:
        raise UserError("This pair has ended, so there is nothing more to note.")
    tx.add(OneOnOne(pair_id=pair.id, week=week, met_at=now, said_by=by.id))
    return Meeting(pair, week, by, new=True)
