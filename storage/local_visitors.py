"""Who comes to the local chat: newcomers, the accounts of its home, and sessions."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, UniqueConstraint, col, select

from storage.database import Row, Tx
from storage.members import Account, Member
from storage.words import MemberState, instant


class LocalNewcomer(Row, table=True):
    """Someone who came to the page and is not a member yet."""

    __table_args__ = (UniqueConstraint("home_id", "account"),)

    home_id: str = Field(foreign_key="home.id")
    account: str  # external id
    name: str
    came_at: datetime = instant()


class LocalSession(Row, table=True):
    """A browser that came by a personal link. Only the hash of its secret is kept."""

    __table_args__ = (UniqueConstraint("home_id", "secret_hash"),)

    home_id: str = Field(foreign_key="home.id")
    account: str
    secret_hash: str  # SHA-256, hex
    expires_at: datetime = instant()


def newcomers(tx: Tx, home_id: str) -> Sequence[LocalNewcomer]:
    """Those who came and have no account yet, oldest first."""
    known = select(Account.external_id).where(
        Account.community_id == tx.community_id, Account.home_id == home_id
    )
    return tx.all(
        tx.select(LocalNewcomer)
        .where(LocalNewcomer.home_id == home_id, col(LocalNewcomer.account).not_in(known))
        .order_by(col(LocalNewcomer.came_at), col(LocalNewcomer.id))
    )


def newcomer(tx: Tx, home_id: str, account: str) -> LocalNewcomer | None:
    return tx.first(
        tx.select(LocalNewcomer).where(
            LocalNewcomer.home_id == home_id, LocalNewcomer.account == account
        )
    )


def without_account(tx: Tx, home_id: str) -> Sequence[Member]:
    """Members who have no account in this home."""
    known = select(Account.member_id).where(
        Account.community_id == tx.community_id, Account.home_id == home_id
    )
    return tx.all(
        tx.select(Member).where(Member.state != MemberState.LEFT, col(Member.id).not_in(known))
    )


def session(tx: Tx, home_id: str, secret_hash: str) -> LocalSession | None:
    return tx.first(
        tx.select(LocalSession).where(
            LocalSession.home_id == home_id, LocalSession.secret_hash == secret_hash
        )
    )
