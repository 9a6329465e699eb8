"""People as a platform tells of them: who came, who left, what they are called, where they live.

Nobody becomes a member by being there. Who is on the roster is recognized by the e-mail that the
platform vouches for, and is in as soon as they ask for something.
"""

from collections.abc import Sequence
from datetime import datetime

from core import enrollment, notices, posts, zones
from core.chat import Person, Purpose
from core.kinds import Kind
from core.members import LONGEST_PAUSE
from core.posts import Post
from storage import communities, members
from storage.communities import Home
from storage.database import Tx
from storage.members import Account, Member
from storage.words import MemberState

KNOWN = (MemberState.INVITED, MemberState.ACTIVE)


def changed(tx: Tx, home: Home, person: Person, now: datetime) -> None:
    """One person came, changed or left. Who is on the roster and has just come is invited."""
    account = members.account(tx, home.id, person.external_id)
    if account is not None:
        _follow(tx, home, account, person, now)
    elif email := _vouched(home, person):
        member = members.by_email(tx, email)
        if member is not None and member.state in KNOWN:
            _link(tx, home, member, person)
            if member.state is MemberState.INVITED:
                enrollment.invite(tx, member, now)
    elif person.new and not person.is_bot:
        _greet(tx, home, person, now)


def left(tx: Tx, home: Home, external_id: str, now: datetime) -> None:
    """A person is not on the platform any more: nothing is sent there.

    A member who is nowhere else is left in peace until they are back, and organizers hear of it.
    """
    account = members.account(tx, home.id, external_id)
    if account is not None:
        _leave(tx, home, account, now)


def seen(tx: Tx, account: Account, now: datetime) -> None:
    """A person has just spoken with us from this account: they are there, and live there."""
    if account.left_at is not None:
        _return(tx, account, now)
    member = tx.get(Member, account.member_id)
    if member is not None and account.zone is not None:
        member.told_zone = account.zone


def synchronize(tx: Tx, home: Home, people: Sequence[Person], now: datetime) -> None:
    """What the platform tells of everybody, as when the process starts.

    It only matches and follows: nobody is written to, and who is missing has not left.
    """
    accounts = {one.external_id: one for one in members.accounts_at(tx, home.id)}
    roster = {one.email: one for one in members.everyone(tx) if one.state in KNOWN and one.email}
    for person in people:
        account = accounts.get(person.external_id)
        if account is not None:
            _follow(tx, home, account, person, now)
        elif member := roster.get(_vouched(home, person)):
            accounts[person.external_id] = _link(tx, home, member, person)


def _greet(tx: Tx, home: Home, person: Person, now: datetime) -> None:
    """Tell somebody who has come, and whom nobody knows, the way in: once, and where all read it,
    since a stranger's direct messages are theirs."""
    for purpose in (Purpose.GENERAL, Purpose.ANNOUNCEMENTS):
        if home.serves(purpose):
            name = f"greeting:{person.external_id}"
            subject = {"person": person.external_id}
            posts.put(tx, [Post(Kind.GREETING, name, purpose, subject, home.id)], now)
            return


def _vouched(home: Home, person: Person) -> str:
    """The e-mail by which somebody is recognized; guests and bots are not, and nobody is where
    organizers do not know who gives the addresses."""
    if not home.trusted or person.is_bot or person.is_guest or person.left:
        return ""
    return (person.email or "").strip().lower()


def _link(tx: Tx, home: Home, member: Member, person: Person) -> Account:
    """An account that they have not used with us: messages go on to one that they have."""
    zone = _zone(person)
    member.told_zone = member.told_zone or zone
    return tx.add(
        Account(
            member_id=member.id,
            home_id=home.id,
            external_id=person.external_id,
            name=person.name or member.name,
            zone=zone,
        )
    )


def _follow(tx: Tx, home: Home, account: Account, person: Person, now: datetime) -> None:
    if person.left:
        _leave(tx, home, account, now)
        return
    if account.left_at is not None:
        _return(tx, account, now)
    account.name = person.name or account.name
    zone = _zone(person)
    if zone is not None and zone != account.zone:
        account.zone = zone
        member = tx.get(Member, account.member_id)
        if member is not None and _last_used(tx, member) in (account, None):
            member.told_zone = zone


def _leave(tx: Tx, home: Home, account: Account, now: datetime) -> None:
    if account.left_at is not None:
        return
    account.left_at = now
    tx.flush()
    member = tx.get(Member, account.member_id)
    if member is None or member.state is not MemberState.ACTIVE or _present(tx, member):
        return
    if not member.paused(now + LONGEST_PAUSE):
        member.paused_until = now + LONGEST_PAUSE
    communities.replan(tx)
    notices.of_left(tx, account, now)


def _return(tx: Tx, account: Account, now: datetime) -> None:
    """They are back; the pause that began when they left ends."""
    assert account.left_at is not None
    member = tx.get(Member, account.member_id)
    if member is not None and member.paused_until == account.left_at + LONGEST_PAUSE:
        member.paused_until = now
        communities.replan(tx)
    account.left_at = None


def _present(tx: Tx, member: Member) -> list[Account]:
    return [one for one in members.accounts(tx, member.id) if one.left_at is None]


def _last_used(tx: Tx, member: Member) -> Account | None:
    used = [one for one in _present(tx, member) if one.last_used_at is not None]
    return max(used, key=lambda one: (one.last_used_at, one.id), default=None)


def _zone(person: Person) -> str | None:
    return zones.resolve(person.zone) if person.zone else None
