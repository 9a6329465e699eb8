"""Who is at the page: members, newcomers, and those who came by a personal link."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from storage import local_chat, local_visitors, members
from storage.database import Tx
from storage.local_chat import LocalConversation, Talk
from storage.local_visitors import LocalNewcomer, LocalSession
from storage.members import Account, Member
from storage.words import MemberState, Role

SESSION_DAYS = 30
INSIDE = (MemberState.ACTIVE, MemberState.INVITED)


@dataclass(frozen=True)
class Visitor:
    """A person at the page. `accounts` are all that belong to the same member here."""

    account: str
    accounts: tuple[str, ...]
    name: str
    role: Role | None = None  # None: not a member
    state: MemberState | None = None

    @property
    def inside(self) -> bool:
        """May see the channels. Who still waits to be let in talks with the bot alone."""
        return self.state in INSIDE


def visitor(tx: Tx, home_id: str, account: str) -> Visitor | None:
    """The person behind an account, or None if there is nobody."""
    row = members.account(tx, home_id, account)
    member = tx.get(Member, row.member_id) if row else None
    if member is None:
        new = local_visitors.newcomer(tx, home_id, account)
        return Visitor(account, (account,), new.name) if new else None
    own = [each.external_id for each in members.accounts(tx, member.id) if each.home_id == home_id]
    return Visitor(account, tuple(own), member.name, member.role, member.state)


def give_accounts(tx: Tx, home_id: str) -> None:
    """Let every member be met here: an account for each who has none, named by the member."""
    for member in local_visitors.without_account(tx, home_id):
        tx.add(
            Account(member_id=member.id, home_id=home_id, external_id=member.id, name=member.name)
        )


def welcome_newcomer(tx: Tx, home_id: str, account: str, name: str, now: datetime) -> None:
    """Remember somebody who is not a member."""
    if local_visitors.newcomer(tx, home_id, account) is None:
        tx.add(LocalNewcomer(home_id=home_id, account=account, name=name, came_at=now))


def everybody(tx: Tx, home_id: str) -> list[dict[str, Any]]:
    """All whom one can be, with what waits unread for each: organizers first, newcomers last."""
    unread = local_chat.unread_by_account(tx, home_id)
    accounts: dict[str, list[Account]] = {}
    for account in members.accounts_at(tx, home_id):
        accounts.setdefault(account.member_id, []).append(account)
    people = []
    ranks = list(reversed(Role))
    for member in sorted(members.everyone(tx), key=lambda each: ranks.index(each.role)):
        own = accounts.get(member.id, [])
        if own and member.state != MemberState.LEFT:
            used = max(own, key=lambda each: (each.last_used_at is not None, each.last_used_at))
            waiting = sum(unread.get(each.external_id, 0) for each in own)
            people.append(
                _person(used.external_id, member.name, member.role, waiting, member.state)
            )
    for new in local_visitors.newcomers(tx, home_id):
        people.append(_person(new.account, new.name, None, unread.get(new.account, 0)))
    return people


def first_of(people: Iterable[dict[str, Any]]) -> str | None:
    """Whom somebody is who opens the page for the first time: a teacher, whose story it is; where
    none is active yet, the organizer, who lets them in."""

    def distance(person: dict[str, Any]) -> int:
        if person["role"] == Role.TEACHER and person["state"] == MemberState.ACTIVE:
            return 0
        return 1 if person["role"] == Role.ORGANIZER and person["state"] in INSIDE else 2

    nearest = sorted(people, key=distance)[:1]
    return nearest[0]["account"] if nearest else None


def may_see(tx: Tx, who: Visitor, row: LocalConversation) -> bool:
    if row.talk == Talk.CHANNEL:
        return who.inside
    return any(local_chat.seat(tx, row.id, account) for account in who.accounts)


def names(tx: Tx, home_id: str, accounts: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """Name and role of these people, as they are now."""
    found: dict[str, tuple[str, str | None]] = {}
    for account in set(accounts):
        who = visitor(tx, home_id, account)
        if who:
            found[account] = (who.name, who.role)
    return found


def start_session(tx: Tx, home_id: str, account: str, now: datetime) -> str:
    """Let a browser in as this person for a month; answers the secret for its cookie."""
    secret = secrets.token_urlsafe(32)
    tx.add(
        LocalSession(
            home_id=home_id,
            account=account,
            secret_hash=_hash(secret),
            expires_at=now + timedelta(days=SESSION_DAYS),
        )
    )
    return secret


def session_account(tx: Tx, home_id: str, secret: str, now: datetime) -> str | None:
    """The account that a cookie's secret stands for."""
    row = local_visitors.session(tx, home_id, _hash(secret))
    return row.account if row and now < row.expires_at else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _person(
    account: str, name: str, role: Role | None, unread: int, state: MemberState | None = None
) -> dict[str, Any]:
    return {"account": account, "name": name, "role": role, "unread": unread, "state": state}
