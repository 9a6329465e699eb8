"""The local chat's own memory: conversations, messages, and who has read how far.

A conversation counts its changes. A message keeps the count at which it was written (`seq`, its
place in the order) and the count at which it last changed (`version`), so a page can ask for
everything since the count that it knows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Index
from sqlmodel import JSON, Field, UniqueConstraint, and_, col, func, or_, select

from storage.database import Row, Tx
from storage.words import instant, maybe_instant, word


class Talk(StrEnum):
    """What sort of conversation it is, and so who may see it."""

    CHANNEL = "channel"  # everybody
    DIRECT = "direct"  # one person and the bot
    GROUP = "group"  # a few people and the bot


class LocalConversation(Row, table=True):
    """A conversation of the local chat."""

    __table_args__ = (UniqueConstraint("home_id", "place"),)

    home_id: str = Field(foreign_key="home.id")
    place: str  # its id for the rest of the house: "c-general", "d-<account>", "g-<a>-<b>"
    talk: Talk = word(Talk.CHANNEL)
    name: str
    version: int = 0  # how many changes there were
    created_at: datetime = instant()


class LocalSeat(Row, table=True):
    """A person in a conversation. Direct and group conversations are for those with a seat."""

    __table_args__ = (UniqueConstraint("conversation_id", "account"),)

    conversation_id: str = Field(foreign_key="localconversation.id", index=True)
    account: str = Field(index=True)  # external id
    read_through: int = 0  # the `seq` up to which this person has read


class LocalMessage(Row, table=True):
    """A message of the bot or of a person. A deleted one keeps its place but not its words."""

    __table_args__ = (
        UniqueConstraint("conversation_id", "key"),
        Index("localmessage_order", "conversation_id", "seq"),
        Index("localmessage_changes", "conversation_id", "version"),
    )

    conversation_id: str = Field(foreign_key="localconversation.id")
    seq: int
    version: int
    key: str | None = None  # of the delivery, the answer or the press that it came from
    author: str | None = None  # external id; None: the bot
    only_for: str | None = None  # external id of the one person who can see it
    under: str | None = Field(default=None, index=True)  # the message in whose thread it stands
    about: str = ""  # what it answers: "/webinar next"
    title: str = ""
    text: str = ""  # CommonMark
    fields: list[list[str]] = Field(default_factory=list, sa_type=JSON)
    buttons: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    at: datetime = instant()
    edited_at: datetime | None = maybe_instant()
    deleted_at: datetime | None = maybe_instant()


@dataclass(frozen=True)
class Entry:
    """What a message says."""

    text: str
    title: str = ""
    fields: Sequence[tuple[str, str]] = ()
    buttons: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True)
class Thread:
    """The replies below a message, as one person sees them."""

    count: int
    last_at: datetime
    last_seq: int


# Conversations and seats


def conversation(tx: Tx, home_id: str, place: str) -> LocalConversation | None:
    return tx.first(
        tx.select(LocalConversation).where(
            LocalConversation.home_id == home_id, LocalConversation.place == place
        )
    )


def open_conversation(
    tx: Tx,
    home_id: str,
    place: str,
    talk: Talk,
    name: str,
    now: datetime,
    accounts: Sequence[str] = (),
) -> LocalConversation:
    """The conversation with this id, made if it is not there; these people get seats in it."""
    row = conversation(tx, home_id, place)
    if row is None:
        row = tx.add(
            LocalConversation(home_id=home_id, place=place, talk=talk, name=name, created_at=now)
        )
        tx.flush()
        for account in accounts:
            tx.add(LocalSeat(conversation_id=row.id, account=account))
    return row


def conversations_of(tx: Tx, home_id: str, accounts: Sequence[str]) -> Sequence[LocalConversation]:
    """The channels, and the conversations in which one of these accounts has a seat."""
    seats = select(LocalSeat.conversation_id).where(
        LocalSeat.community_id == tx.community_id, col(LocalSeat.account).in_(accounts)
    )
    return tx.all(
        tx.select(LocalConversation)
        .where(
            LocalConversation.home_id == home_id,
            or_(LocalConversation.talk == Talk.CHANNEL, col(LocalConversation.id).in_(seats)),
        )
        .order_by(col(LocalConversation.created_at), col(LocalConversation.id))
    )


def seats(tx: Tx, conversation_ids: Sequence[str]) -> dict[str, list[str]]:
    """The accounts with a seat in each of these conversations."""
    found: dict[str, list[str]] = {}
    for seat in tx.all(
        tx.select(LocalSeat)
        .where(col(LocalSeat.conversation_id).in_(conversation_ids))
        .order_by(col(LocalSeat.id))
    ):
        found.setdefault(seat.conversation_id, []).append(seat.account)
    return found


def seat(tx: Tx, conversation_id: str, account: str) -> LocalSeat | None:
    return tx.first(
        tx.select(LocalSeat).where(
            LocalSeat.conversation_id == conversation_id, LocalSeat.account == account
        )
    )


def mark_read(tx: Tx, row: LocalConversation, accounts: Sequence[str], through: int) -> bool:
    """Remember how far the person with these accounts has read; False if nothing is new. Who is
    in a channel for the first time gets a seat there."""
    places = tx.all(
        tx.select(LocalSeat).where(
            LocalSeat.conversation_id == row.id, col(LocalSeat.account).in_(accounts)
        )
    ) or [tx.add(LocalSeat(conversation_id=row.id, account=accounts[0]))]
    through = min(through, row.version)
    behind = [place for place in places if place.read_through < through]
    for place in behind:
        place.read_through = through
    return bool(behind)


# Messages


def post(
    tx: Tx,
    place: LocalConversation,
    entry: Entry,
    now: datetime,
    *,
    key: str | None = None,
    author: str | None = None,
    only_for: str | None = None,
    under: LocalMessage | None = None,
    about: str = "",
) -> LocalMessage:
    """Write a message; with a key that was used before in this conversation, the one of then.

    A reply to a reply joins the same thread.
    """
    if key and (known := by_key(tx, place, key)):
        return known
    root = under if under is None or under.under is None else tx.get(LocalMessage, under.under)
    count = _next(tx, place)
    row = tx.add(
        LocalMessage(
            conversation_id=place.id,
            seq=count,
            version=count,
            key=key,
            author=author,
            only_for=only_for,
            under=root.id if root else None,
            about=about,
            at=now,
            **_content(entry),
        )
    )
    if root:
        root.version = count
    return row


def change(tx: Tx, place: LocalConversation, row: LocalMessage, entry: Entry, at: datetime) -> None:
    """Replace what a message says."""
    for name, value in _content(entry).items():
        setattr(row, name, value)
    row.edited_at, row.version = at, _next(tx, place)


def erase(tx: Tx, place: LocalConversation, row: LocalMessage, at: datetime) -> None:
    """Forget what a message says."""
    for name, value in _content(Entry("")).items():
        setattr(row, name, value)
    row.about = ""
    row.deleted_at, row.version = at, _next(tx, place)
    if root := tx.get(LocalMessage, row.under):
        root.version = row.version


def by_key(tx: Tx, place: LocalConversation, key: str) -> LocalMessage | None:
    return tx.first(
        tx.select(LocalMessage).where(
            LocalMessage.conversation_id == place.id, LocalMessage.key == key
        )
    )


def history(
    tx: Tx, place: LocalConversation, accounts: Sequence[str], *, before: int | None, limit: int
) -> Sequence[LocalMessage]:
    """The newest messages before `before` that are not replies, newest first."""
    query = _seen(tx, place, accounts).where(col(LocalMessage.under).is_(None))
    if before is not None:
        query = query.where(col(LocalMessage.seq) < before)
    return tx.all(query.order_by(col(LocalMessage.seq).desc()).limit(limit))


def changed(
    tx: Tx, place: LocalConversation, accounts: Sequence[str], *, since: int, limit: int
) -> Sequence[LocalMessage]:
    """Messages that were written, changed or deleted since a count, replies included; in the
    order of their change."""
    return tx.all(
        _seen(tx, place, accounts)
        .where(col(LocalMessage.version) > since)
        .order_by(col(LocalMessage.version), col(LocalMessage.seq))
        .limit(limit)
    )


def replies(
    tx: Tx, place: LocalConversation, accounts: Sequence[str], root: LocalMessage
) -> Sequence[LocalMessage]:
    """What stands below a message, oldest first, without what was deleted."""
    return tx.all(
        _seen(tx, place, accounts)
        .where(LocalMessage.under == root.id, col(LocalMessage.deleted_at).is_(None))
        .order_by(col(LocalMessage.seq))
    )


def threads(
    tx: Tx, place: LocalConversation, accounts: Sequence[str], roots: Sequence[str]
) -> dict[str, Thread]:
    """The replies below each of these messages, where there are any."""
    rows = tx.session.execute(
        select(
            LocalMessage.under,
            func.count(),
            func.max(LocalMessage.at),
            func.max(LocalMessage.seq),
        )
        .where(
            LocalMessage.community_id == tx.community_id,
            LocalMessage.conversation_id == place.id,
            col(LocalMessage.under).in_(roots),
            col(LocalMessage.deleted_at).is_(None),
            _for(accounts),
        )
        .group_by(col(LocalMessage.under))
    )
    return {str(root): Thread(count, at, seq) for root, count, at, seq in rows}


def unread(tx: Tx, home_id: str, accounts: Sequence[str]) -> dict[str, int]:
    """How many messages of others each conversation holds that these accounts have not read, by
    conversation id. A channel in which the person never was counts from its beginning."""
    read = (
        select(func.max(LocalSeat.read_through))
        .where(
            LocalSeat.community_id == tx.community_id,
            LocalSeat.conversation_id == LocalMessage.conversation_id,
            col(LocalSeat.account).in_(accounts),
        )
        .scalar_subquery()
    )
    rows = tx.session.execute(
        select(LocalMessage.conversation_id, func.count())
        .join(LocalConversation, col(LocalConversation.id) == LocalMessage.conversation_id)
        .where(
            LocalMessage.community_id == tx.community_id,
            LocalConversation.home_id == home_id,
            col(LocalMessage.deleted_at).is_(None),
            or_(col(LocalMessage.author).is_(None), col(LocalMessage.author).not_in(accounts)),
            _for(accounts),
            col(LocalMessage.seq) > func.coalesce(read, 0),
        )
        .group_by(col(LocalMessage.conversation_id))
    )
    return {str(place): count for place, count in rows}


def unread_by_account(tx: Tx, home_id: str) -> dict[str, int]:
    """How many unread messages wait for each person in direct and group conversations."""
    rows = tx.session.execute(
        select(LocalSeat.account, func.count())
        .join(LocalConversation, col(LocalConversation.id) == LocalSeat.conversation_id)
        .join(
            LocalMessage,
            and_(
                col(LocalMessage.conversation_id) == LocalSeat.conversation_id,
                col(LocalMessage.seq) > LocalSeat.read_through,
            ),
        )
        .where(
            LocalSeat.community_id == tx.community_id,
            LocalConversation.home_id == home_id,
            LocalConversation.talk != Talk.CHANNEL,
            col(LocalMessage.deleted_at).is_(None),
            or_(col(LocalMessage.author).is_(None), LocalMessage.author != LocalSeat.account),
            or_(col(LocalMessage.only_for).is_(None), LocalMessage.only_for == LocalSeat.account),
        )
        .group_by(col(LocalSeat.account))
    )
    return {str(account): count for account, count in rows}


def _next(tx: Tx, place: LocalConversation) -> int:
    """Count a change. The row is locked, so that two processes cannot count the same."""
    query = tx.select(LocalConversation).where(LocalConversation.id == place.id)
    locked = tx.session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    ).one()
    locked.version += 1
    tx.flush()
    return locked.version


def _content(entry: Entry) -> dict[str, Any]:
    return {
        "title": entry.title,
        "text": entry.text,
        "fields": [[label, value] for label, value in entry.fields],
        "buttons": [dict(button) for button in entry.buttons],
    }


def _for(accounts: Sequence[str]) -> ColumnElement[bool]:
    """Not meant for somebody else alone."""
    return or_(col(LocalMessage.only_for).is_(None), col(LocalMessage.only_for).in_(accounts))


def _seen(tx: Tx, place: LocalConversation, accounts: Sequence[str]) -> Any:
    return tx.select(LocalMessage).where(LocalMessage.conversation_id == place.id, _for(accounts))
