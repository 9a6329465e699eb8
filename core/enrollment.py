"""How a person becomes a member: by a code, by an e-mail that is vouched for, or by asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import claims, deliveries, homes, pairs
from core.errors import UserError
from core.kinds import Kind
from storage import cohorts, communities, enrollment, inbox, members
from storage import pairs as pair_rows
from storage.cohorts import Cohort
from storage.communities import Home
from storage.database import Tx
from storage.enrollment import JoinRequest
from storage.members import Account, Member
from storage.pairs import Pair
from storage.words import MemberState, Role

ASK_AGAIN = timedelta(days=1)  # after a request was declined


@dataclass(frozen=True)
class Visitor:
    """Someone who speaks to us: the account, and what the platform says about its owner."""

    home: Home
    external_id: str
    name: str
    email: str = ""  # vouched for by the platform


@dataclass(frozen=True)
class About:
    """What a new person says about themselves. `email` is typed: a hint, never a proof."""

    name: str
    role: Role
    email: str = ""
    zone: str | None = None
    subjects: Sequence[str] = ()
    grades: Sequence[str] = ()
    languages: Sequence[str] = ()
    goals: str = ""


def recognize(tx: Tx, visitor: Visitor, now: datetime) -> Member | None:
    """The member whom the platform's e-mail proves this visitor to be; the account is linked.

    None when nobody on the roster has it. What somebody merely typed counts for nothing: a
    waiting person gives an e-mail up to whom it is vouched for.
    """
    vouched = visitor.email if visitor.home.trusted else ""
    member = members.by_email(tx, vouched) if vouched else None
    if member is None or member.state not in (MemberState.INVITED, MemberState.ACTIVE):
        return None
    welcome(tx, member, visitor, now)
    return member


def redeem(tx: Tx, code: str, visitor: Visitor, now: datetime) -> Member:
    """The member that a code was made for; the account is linked. UserError for a bad code."""
    member = claims.redeem(tx, code, now)
    if member.role is Role.ORGANIZER:
        homes.trust(tx, tx.need(Home, visitor.home.id))  # they know where they are
    welcome(tx, member, visitor, now)
    return member


def welcome(tx: Tx, member: Member, visitor: Visitor, now: datetime) -> None:
    """Link an account to a member, who is active from now on.

    An account that stood for somebody who was waiting is this member's, with all it asked for.
    """
    account = members.account(tx, visitor.home.id, visitor.external_id)
    before = tx.get(Member, account.member_id) if account else None
    if account is None:
        link(tx, member, visitor, now)
    elif before is not None and before is not member:
        if before.state in (MemberState.ACTIVE, MemberState.INVITED):
            text = f"This account belongs to {before.name} already. Ask an organizer to help."
            raise UserError(text, {"code": text})
        if before.joined_at is None:
            _absorb(tx, before, member, now)
        else:  # they were here before, as somebody else: that stays as it was
            account.member_id = member.id
    activate(tx, member, now)


def link(tx: Tx, member: Member, visitor: Visitor, now: datetime) -> Account:
    """A new account of a member."""
    return tx.add(
        Account(
            member_id=member.id,
            home_id=visitor.home.id,
            external_id=visitor.external_id,
            name=visitor.name or member.name,
            last_used_at=now,
        )
    )


def activate(tx: Tx, member: Member, now: datetime, cohort: Cohort | None = None) -> None:
    """Make someone an active member, and greet them once. A teacher joins a cohort."""
    if cohort is not None:
        member.put_into(cohort.id, now)
    elif member.cohort_id is None and member.role is Role.TEACHER:
        running = cohorts.running(tx)
        member.put_into(running[-1].id if running else None, now)
    if member.state is not MemberState.ACTIVE:
        member.state = MemberState.ACTIVE
        member.joined_at = member.joined_at or now
    tx.flush()
    deliveries.to_member(tx, Kind.WELCOME, "welcome", member, now, {"member": member.id})
    for pair in _pairs_of(tx, member):
        pairs.introduce(tx, pair, now)
    communities.replan(tx)


def invite(tx: Tx, member: Member, now: datetime) -> None:
    """Tell somebody on the roster, once, how to come in."""
    subject = {"member": member.id, "invited": "yes"}
    deliveries.to_member(tx, Kind.WELCOME, "invitation", member, now, subject)


def ask(tx: Tx, visitor: Visitor, about: About, now: datetime) -> JoinRequest:
    """An unknown person asks to join; the organizers are asked once.

    Asking again while nobody has answered only changes what the person says about themselves.
    Raises UserError for somebody who was declined less than a day ago.
    """
    account = members.account(tx, visitor.home.id, visitor.external_id)
    member = tx.get(Member, account.member_id) if account else None
    last = enrollment.latest(tx, member.id) if member else None
    if last and last.answered_at and now - last.answered_at < ASK_AGAIN:
        raise UserError(
            "An organizer has answered no to your request. Please talk to them; you can ask "
            "again tomorrow."
        )
    if member is None:
        member = tx.add(Member(name=about.name, state=MemberState.WAITING))
        tx.flush()
        link(tx, member, visitor, now)
    member.state = MemberState.WAITING
    member.name, member.role, member.zone = about.name, about.role, about.zone
    member.subjects, member.grades = list(about.subjects), list(about.grades)
    member.languages, member.goals = list(about.languages), about.goals
    typed = (visitor.email or about.email).lower()
    if last and last.answered_at is None:
        last.email = typed or last.email
        return last
    request = tx.add(JoinRequest(member_id=member.id, email=typed, asked_at=now))
    tx.flush()
    deliveries.to_organizers(tx, Kind.JOIN_REQUEST, f"join:{request.id}", now, {"of": request.id})
    return request


def on_roster(tx: Tx, request: JoinRequest) -> Member | None:
    """Who has the e-mail that this person gave, and is not here: perhaps it is them."""
    found = members.by_email(tx, request.email) if request.email else None
    away = (MemberState.INVITED, MemberState.LEFT)
    return found if found and found.id != request.member_id and found.state in away else None


def approve(
    tx: Tx, request: JoinRequest, organizer: Member, now: datetime, cohort: Cohort | None = None
) -> Member:
    """Let a person in; answers the member that they are now.

    If the e-mail that they typed is on the roster, they are that person. Raises UserError, naming
    who did it, when the request was answered before.
    """
    asker = _answer(tx, request, organizer, now, approved=True)
    known = on_roster(tx, request)
    if known is not None:
        _absorb(tx, asker, known, now)
    elif request.email and members.by_email(tx, request.email) is None:
        asker.email = request.email
    member = known or asker
    activate(tx, member, now, cohort)
    return member


def decline(tx: Tx, request: JoinRequest, organizer: Member, now: datetime) -> Member:
    """Answer no. Raises UserError, naming who did it, when the request was answered before."""
    asker = _answer(tx, request, organizer, now, approved=False)
    asker.state = MemberState.LEFT
    return asker


def request_of(tx: Tx, member: Member) -> JoinRequest:
    """The last request of a member to join. UserError when they never asked."""
    request = enrollment.latest(tx, member.id)
    if request is None:
        raise UserError(f"{member.name} has not asked to join; there is nothing to answer.")
    return request


def _pairs_of(tx: Tx, member: Member) -> Sequence[Pair]:
    own = pair_rows.of_teacher(tx, member.id)
    return [*([own] if own else []), *pair_rows.of_coach(tx, member.id)]


def _answer(
    tx: Tx, request: JoinRequest, organizer: Member, now: datetime, *, approved: bool
) -> Member:
    asker = tx.need(Member, request.member_id)
    if not enrollment.answer(tx, request, organizer.id, now, approved=approved):
        other = tx.get(Member, request.answered_by)
        who = "You have" if other is organizer else f"{other.name if other else 'Someone'} has"
        did = "let in" if request.approved else "declined"
        raise UserError(f"{who} already {did} {asker.name}.")
    return asker


def _absorb(tx: Tx, waiting: Member, into: Member, now: datetime) -> None:
    """Two rows are one person: what the waiting one has goes to the other."""
    for account in members.accounts(tx, waiting.id):
        account.member_id = into.id
    for request in enrollment.of_member(tx, waiting.id):
        request.member_id = into.id
        if request.answered_at is None:
            request.answered_at, request.approved = now, True
    inbox.hand_over(tx, waiting.id, into.id)
    into.zone = into.zone or waiting.zone
    into.told_zone = into.told_zone or waiting.told_zone
    into.goals = into.goals or waiting.goals
    for name in ("subjects", "grades", "languages"):
        setattr(into, name, getattr(into, name) or getattr(waiting, name))
    tx.flush()
    tx.delete(waiting)
    tx.flush()
