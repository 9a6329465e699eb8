"""Members, their accounts on platforms, and the codes that let a person claim a membership."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Field, UniqueConstraint, col, func, select, update
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Row, Tx, in_community
from storage.words import MemberState, Role, instant, maybe_instant, word, words


class Member(Row, table=True):
    """A person in a community."""

    __table_args__ = (UniqueConstraint("community_id", "email"),)

    name: str
    email: str | None = None  # lower case
    role: Role = word(Role.TEACHER, index=True)
    state: MemberState = word(MemberState.INVITED)
    cohort_id: str | None = Field(default=None, foreign_key="cohort.id", index=True)
    cohort_since: datetime | None = maybe_instant()  # when they were put into it
    zone: str | None = None  # IANA name, as they chose it
    told_zone: str | None = None  # as the platform tells where they were last
    quiet_from: str | None = None  # "21:00", local; None: the community's
    quiet_until: str | None = None
    subjects: list[str] = words()
    grades: list[str] = words()
    languages: list[str] = words()
    goals: str = ""
    contact: str = ""  # for the other one of a pair that shares no chat
    capacity: int = 0  # how many teachers this person can coach
    paused_until: datetime | None = maybe_instant()  # in the future: paused; past: until then
    joined_at: datetime | None = maybe_instant()  # became active
    direct_account_id: str | None = None  # where direct messages go; None: the last used account

    @property
    def known_zone(self) -> str | None:
        """Where they live, as far as anybody said; None: the community's zone."""
        return self.zone or self.told_zone

    def paused(self, now: datetime) -> bool:
        return self.paused_until is not None and now < self.paused_until

    def put_into(self, cohort_id: str | None, now: datetime) -> None:
        """Into a cohort, out of any other one."""
        if cohort_id != self.cohort_id:
            self.cohort_id, self.cohort_since = cohort_id, now

    @property
    def here_since(self) -> datetime | None:
        """Since when they have been active, and in their cohort."""
        return self.joined_at and max(self.joined_at, self.cohort_since or self.joined_at)


class Account(Row, table=True):
    """A member on one platform."""

    __table_args__ = (UniqueConstraint("home_id", "external_id"),)

    member_id: str = Field(foreign_key="member.id", index=True)
    home_id: str = Field(foreign_key="home.id")
    external_id: str  # what the platform calls this person
    name: str
    last_used_at: datetime | None = maybe_instant()
    direct_conversation: str | None = None  # the platform's id of our direct conversation
    direct_closed_at: datetime | None = maybe_instant()  # they do not accept messages from us
    zone: str | None = None  # IANA name, as the platform tells
    left_at: datetime | None = maybe_instant()  # not on the platform any more


class Reach(NamedTuple):
    """What the courier must know of an account."""

    id: str
    member_id: str
    home_id: str
    external_id: str
    last_used_at: datetime | None
    direct_conversation: str | None
    direct_closed_at: datetime | None


_REACHES: Any = select(*(getattr(Account, name) for name in Reach._fields))


class ClaimCode(Row, table=True):
    """A single-use code: whoever types it becomes this member. Only its hash is kept."""

    member_id: str = Field(foreign_key="member.id", index=True)
    code_hash: str = Field(index=True)  # SHA-256, hex
    created_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = maybe_instant()


def by_email(tx: Tx, email: str) -> Member | None:
    return tx.first(tx.select(Member).where(func.lower(Member.email) == email.strip().lower()))


def with_role(tx: Tx, *roles: Role) -> Sequence[Member]:
    """Active members who hold one of these roles, by name."""
    return tx.all(
        tx.select(Member)
        .where(col(Member.role).in_(roles), Member.state == MemberState.ACTIVE)
        .order_by(col(Member.name), col(Member.id))
    )


def active(tx: Tx) -> Sequence[Member]:
    return tx.all(
        tx.select(Member)
        .where(Member.state == MemberState.ACTIVE)
        .order_by(col(Member.name), col(Member.id))
    )


def everyone(tx: Tx) -> Sequence[Member]:
    """Every member in whatever state, by name."""
    return tx.all(tx.select(Member).order_by(col(Member.name), col(Member.id)))


def with_ids(tx: Tx, ids: Collection[str]) -> list[Member]:
    """These members, in no particular order."""
    names = sorted(ids)
    return [
        member
        for start in range(0, len(names), 500)
        for member in tx.all(
            tx.select(Member).where(col(Member.id).in_(names[start : start + 500]))
        )
    ]


def reaches(tx: Tx, member_ids: Collection[str]) -> list[Reach]:
    """The accounts of these members that have not left, in the order of their ids."""
    names = sorted(member_ids)
    found: list[Reach] = []
    for start in range(0, len(names), 500):
        query = _REACHES.where(
            Account.community_id == tx.community_id,
            col(Account.member_id).in_(names[start : start + 500]),
            col(Account.left_at).is_(None),
        ).order_by(col(Account.id))
        found += map(Reach._make, tx.session.execute(query))
    return found


def waiting(tx: Tx) -> Sequence[Member]:
    """Those whose request to join no organizer has answered."""
    return tx.all(tx.select(Member).where(Member.state == MemberState.WAITING))


def teachers_of(tx: Tx, cohort_id: str) -> Sequence[Member]:
    """Active teachers of a cohort, by name."""
    return tx.all(
        tx.select(Member)
        .where(
            Member.cohort_id == cohort_id,
            Member.role == Role.TEACHER,
            Member.state == MemberState.ACTIVE,
        )
        .order_by(col(Member.name), col(Member.id))
    )


class Arrived(NamedTuple):
    """A teacher who is there, since when, and when their last pause ends or ended."""

    id: str
    since: datetime
    paused_until: datetime | None


def arrived_teachers(tx: Tx, cohort_id: str) -> list[Arrived]:
    """Active teachers of a cohort, by name."""
    query = (
        select(Member.id, Member.joined_at, Member.cohort_since, Member.paused_until)
        .where(*_arrived(tx, cohort_id))
        .order_by(col(Member.name), col(Member.id))
    )
    return [
        Arrived(id, max(joined_at, cohort_since or joined_at), paused_until)
        for id, joined_at, cohort_since, paused_until in tx.session.execute(query)
    ]


def last_arrival(tx: Tx, cohort_id: str) -> datetime | None:
    """When the last active teacher of a cohort joined it, or comes or came back from a pause."""
    moments = (Member.joined_at, Member.cohort_since, Member.paused_until)
    query = select(*(func.max(moment) for moment in moments)).where(*_arrived(tx, cohort_id))
    return max((one for one in tx.session.execute(query).one() if one), default=None)


def _arrived(tx: Tx, cohort_id: str) -> tuple[Any, ...]:
    return (
        col(Member.community_id) == tx.community_id,
        col(Member.cohort_id) == cohort_id,
        col(Member.role) == Role.TEACHER,
        col(Member.state) == MemberState.ACTIVE,
        col(Member.joined_at).is_not(None),
    )


def named_like(tx: Tx, typed: str, limit: int = 25) -> Sequence[Member]:
    """Active members whose name contains what was typed."""
    return _like(
        tx,
        limit,
        col(Member.state) == MemberState.ACTIVE,
        col(Member.name).icontains(typed, autoescape=True),
    )


def known_as(tx: Tx, typed: str, limit: int = 25) -> Sequence[Member]:
    """Members in whatever state, but not those who left, whose name or e-mail contains what was
    typed: for organizers."""
    return _like(
        tx,
        limit,
        col(Member.state) != MemberState.LEFT,
        col(Member.name).icontains(typed, autoescape=True)
        | col(Member.email).icontains(typed, autoescape=True),
    )


def _like(tx: Tx, limit: int, *conditions: Any) -> Sequence[Member]:
    return tx.all(
        tx.select(Member).where(*conditions).order_by(col(Member.name), col(Member.id)).limit(limit)
    )


def accounts(tx: Tx, member_id: str) -> Sequence[Account]:
    return tx.all(
        tx.select(Account).where(Account.member_id == member_id).order_by(col(Account.id))
    )


def account(tx: Tx, home_id: str, external_id: str) -> Account | None:
    return tx.only(_account(), home=home_id, name=external_id)


@cache
def _account() -> SelectOfScalar[Account]:
    return in_community(Account).where(
        Account.home_id == bindparam("home"), Account.external_id == bindparam("name")
    )


def accounts_at(tx: Tx, home_id: str) -> Sequence[Account]:
    """Every account of a home."""
    return tx.all(tx.select(Account).where(Account.home_id == home_id).order_by(col(Account.id)))


def claim_codes(tx: Tx, member_id: str) -> Sequence[ClaimCode]:
    return tx.all(tx.select(ClaimCode).where(ClaimCode.member_id == member_id))


def claim_code(tx: Tx, code_hash: str) -> ClaimCode | None:
    return tx.first(tx.select(ClaimCode).where(ClaimCode.code_hash == code_hash))


def use_claim_code(tx: Tx, code_hash: str, now: datetime) -> ClaimCode | None:
    """Use up a code that is unused and not too old; None for any other. Two never both get it."""
    tx.flush()
    used = tx.execute(
        update(ClaimCode)
        .where(
            col(ClaimCode.community_id) == tx.community_id,
            col(ClaimCode.code_hash) == code_hash,
            col(ClaimCode.used_at).is_(None),
            col(ClaimCode.expires_at) > now,
        )
        .values(used_at=now)
    )
    return claim_code(tx, code_hash) if used.rowcount == 1 else None
