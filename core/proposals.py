"""A proposal of pairs: made for all unpaired teachers, looked at, adjusted and approved."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from core import pairs as rules
from core.errors import UserError
from core.wording import count
from storage import members, pairs
from storage.database import Tx
from storage.members import Member
from storage.pairs import Pair
from storage.words import MemberState, PairState, Role

if TYPE_CHECKING:
    from core.pairing import Pairing

SHOWN_PROBLEMS = 5


@dataclass(frozen=True)
class Proposed:
    pair: Pair
    teacher: Member
    coach: Member


@dataclass(frozen=True)
class Load:
    """A coach's teachers: those they have, those that are proposed, and how many fit."""

    coach: Member
    active: int
    proposed: int


@dataclass(frozen=True)
class Proposal:
    """How the pairing stands. `mark` changes whenever the proposed pairs do."""

    pairs: tuple[Proposed, ...]  # by the teacher's name
    unpaired: tuple[tuple[Member, str], ...]  # teacher and reason, by name
    loads: tuple[Load, ...]  # by the coach's name
    invited: int  # teachers on the roster who have not arrived yet
    mark: str


@dataclass(frozen=True)
class Approval:
    """Who approved which pairs, by the teacher's name, and when. `new`: just now, not earlier."""

    pairs: tuple[Proposed, ...]
    by: Member
    at: datetime
    new: bool


def propose(tx: Tx, now: datetime) -> Proposal:
    """Replace the proposal by the best one for all teachers without a coach; pinned pairs stay.

    Raises UserError when there is nobody to pair.
    """
    everyone = {member.id: member for member in members.everyone(tx)}
    never = rules.never(tx)
    for pair in pairs.proposed(tx):
        teacher, coach = everyone[pair.teacher_id], everyone[pair.coach_id]
        if not pair.pinned or rules.objection(teacher, coach, never):
            tx.delete(pair)
    tx.flush()
    teachers = _unpaired(tx, everyone.values())
    if not teachers and not pairs.proposed(tx):
        raise UserError(
            waiting_words(_invited(tx, everyone.values()))
            or "Every teacher who has arrived has a coach; there is nobody to pair."
        )
    for match in _best(tx, teachers, everyone.values(), now).matches:
        tx.add(
            Pair(
                teacher_id=match.teacher.profile.id,
                coach_id=match.coach.profile.id,
                reason=match.reason,
                score=match.score,
                created_at=now,
            )
        )
    tx.flush()
    return current(tx, now)


def current(tx: Tx, now: datetime) -> Proposal:
    """The proposal as it stands, with everybody who would be left without a coach."""
    everyone = {member.id: member for member in members.everyone(tx)}
    found = _with_people(pairs.in_state(tx, PairState.PROPOSED), everyone)
    active = rules.loads(tx, PairState.ACTIVE)
    proposed = rules.loads(tx, PairState.PROPOSED)
    loads = [
        Load(member, active.get(member.id, 0), proposed.get(member.id, 0))
        for member in everyone.values()
        if _coaches(member) or proposed.get(member.id)
    ]
    return Proposal(
        tuple(found),
        tuple(_left_out(tx, list(everyone.values()), now)),
        tuple(loads),
        _invited(tx, everyone.values()),
        _mark(found),
    )


def waiting_words(invited: int) -> str:
    """How many teachers without a coach have not come in yet, and how they do; empty for none."""
    if not invited:
        return ""
    return (
        f"{count(invited, 'teacher')} on the roster without a coach "
        f"{'has' if invited == 1 else 'have'} not come in yet. `/enroll` with their code lets them "
        "in; propose again when they are here."
    )


def swap(tx: Tx, one: Member, other: Member, now: datetime) -> tuple[Pair, Pair]:
    """Exchange the coaches of two proposed pairs, and pin both: an organizer wants them so.

    Raises UserError when either has no proposed pair or the exchange is against a rule.
    """
    first, second = _proposed_to(tx, one), _proposed_to(tx, other)
    if first.coach_id == second.coach_id:
        raise UserError("Both have the same coach in this proposal, so there is nothing to swap.")
    never = rules.never(tx)
    ours, theirs = tx.need(Member, second.coach_id), tx.need(Member, first.coach_id)
    for teacher, coach in ((one, ours), (other, theirs)):
        if problem := rules.objection(teacher, coach, never):
            raise UserError(problem)
    for pair, teacher, coach in ((first, one, ours), (second, other, theirs)):
        judged = rules.judge(tx, teacher, coach, now)
        pair.coach_id, pair.reason, pair.score = coach.id, judged.reason, judged.score
        pair.pinned = True
    return first, second


def pin(tx: Tx, teacher: Member, *, keep: bool = True) -> Pair:
    """Keep a proposed pair in every new proposal (or no longer). UserError if there is none."""
    pair = _proposed_to(tx, teacher)
    pair.pinned = keep
    return pair


def drop(tx: Tx, teacher: Member) -> Pair:
    """Take a pair out of the proposal. UserError if there is none."""
    pair = _proposed_to(tx, teacher)
    tx.delete(pair)
    return pair


def approve(tx: Tx, by: Member, now: datetime, mark: str | None = None) -> Approval:
    """Make every proposed pair active and introduce both sides to each other.

    Asked again, it answers with the first approval. `mark` is that of the list that was looked
    at: UserError when it is not this one any more, when a pair is against a rule by now, or when
    nothing was ever proposed.
    """
    proposed = pairs.proposed(tx)
    if not proposed:
        return _earlier(tx)
    everyone = {member.id: member for member in members.everyone(tx)}
    found = _with_people(proposed, everyone)
    if mark is not None and mark != _mark(found):
        raise UserError(
            "The proposal has changed since this list was made. "
            "Look at it again with `/coach proposal`, then approve it."
        )
    if problems := _problems(tx, found):
        more = len(problems) - SHOWN_PROBLEMS
        rest = f" And {more} more." if more > 0 else ""
        raise UserError(
            f"Nothing was approved yet. {' '.join(problems[:SHOWN_PROBLEMS])}{rest} "
            "Drop or swap these, or make a new proposal with `/coach propose`."
        )
    for pair in proposed:
        pair.pinned = False
        rules.start(tx, pair, by, now)
    return Approval(tuple(found), by, now, new=True)


def _with_people(found: Iterable[Pair], everyone: Mapping[str, Member]) -> list[Proposed]:
    """Pairs with their two people, by the teacher's name."""
    made = [Proposed(one, everyone[one.teacher_id], everyone[one.coach_id]) for one in found]
    return sorted(made, key=lambda one: (one.teacher.name.casefold(), one.teacher.id))


def _earlier(tx: Tx) -> Approval:
    last = pairs.last_approved(tx)
    by = tx.get(Member, last.approved_by) if last else None
    if last is None or last.started_at is None or by is None:
        raise UserError("There is no proposal to approve. `/coach propose` makes one.")
    same = [
        pair
        for pair in pairs.in_state(tx, PairState.ACTIVE)
        if (pair.started_at, pair.approved_by) == (last.started_at, last.approved_by)
    ]
    everyone = {member.id: member for member in members.everyone(tx)}
    return Approval(tuple(_with_people(same, everyone)), by, last.started_at, new=False)


def _problems(tx: Tx, found: Sequence[Proposed]) -> list[str]:
    """What has changed since these pairs were proposed, so that they cannot be approved."""
    never = rules.never(tx)
    problems = [
        problem for one in found if (problem := rules.objection(one.teacher, one.coach, never))
    ]
    active = {pair.teacher_id for pair in pairs.in_state(tx, PairState.ACTIVE)}
    problems += [
        f"{one.teacher.name} has a coach by now." for one in found if one.teacher.id in active
    ]
    full = rules.loads(tx, PairState.ACTIVE, PairState.PROPOSED)
    for coach in {one.coach.id: one.coach for one in found}.values():
        if full[coach.id] > coach.capacity:
            many = count(full[coach.id], "teacher")
            problems.append(f"{coach.name} would have {many} and takes {coach.capacity}.")
    return problems


def _unpaired(tx: Tx, everyone: Iterable[Member]) -> list[Member]:
    """Teachers who have arrived and have neither a coach nor a proposed one, by name."""
    taken = {
        pair.teacher_id
        for state in (PairState.ACTIVE, PairState.PROPOSED)
        for pair in pairs.in_state(tx, state)
    }
    return [
        member
        for member in everyone
        if member.role is Role.TEACHER
        and member.state is MemberState.ACTIVE
        and member.id not in taken
    ]


def _invited(tx: Tx, everyone: Iterable[Member]) -> int:
    """How many teachers on the roster have neither a coach nor arrived."""
    return sum(
        member.role is Role.TEACHER
        and member.state is MemberState.INVITED
        and not pairs.of_teacher(tx, member.id)
        for member in everyone
    )


def _coaches(member: Member) -> bool:
    able = member.role in rules.COACHING and member.capacity > 0
    return able and member.state is MemberState.ACTIVE


def _best(
    tx: Tx, teachers: Iterable[Member], everyone: Iterable[Member], now: datetime
) -> "Pairing":
    """The best pairs of these teachers with the places that are still free."""
    from core import pairing  # noqa: PLC0415 -- loads SciPy, which most processes never need

    load = rules.loads(tx, PairState.ACTIVE, PairState.PROPOSED)
    return pairing.pair_up(
        [
            pairing.Teacher(rules.profile(tx, member), rules.starts_at(tx, member, now))
            for member in teachers
        ],
        [
            pairing.Coach(rules.profile(tx, member), member.capacity, load.get(member.id, 0))
            for member in everyone
            if _coaches(member) and not member.paused(now)
        ],
        rules.never(tx),
    )


def _left_out(tx: Tx, everyone: Sequence[Member], now: datetime) -> list[tuple[Member, str]]:
    """Teachers without a coach and without a proposed one, each with the reason in words."""
    teachers = _unpaired(tx, everyone)
    if not teachers:
        return []
    best = _best(tx, teachers, everyone, now)
    reasons = {one.teacher.profile.id: one.reason for one in best.unpaired}
    possible = "Could be paired now: `/coach propose` looks again."
    return [(member, reasons.get(member.id, possible)) for member in teachers]


def _proposed_to(tx: Tx, teacher: Member) -> Pair:
    pair = pairs.proposed_to(tx, teacher.id)
    if pair is None:
        raise UserError(
            f"No pair is proposed for {teacher.name}. `/coach proposal` shows those that are."
        )
    return pair


def _mark(found: Iterable[Proposed]) -> str:
    """A short word for these pairs, the same for the same pairs."""
    text = " ".join(sorted(f"{one.teacher.id}:{one.coach.id}" for one in found))
    return hashlib.blake2s(text.encode(), digest_size=4).hexdigest()
