"""How rules speak through the outbox: plans for channels, members, pairs and organizers.

Each function writes into the caller's transaction, so a fact and its messages stand together.
"""

from collections.abc import Mapping
from datetime import datetime

from core.chat import Address, Purpose
from core.kinds import MANNERS, Kind
from storage import communities, members, outbox
from storage.database import Tx
from storage.members import Member
from storage.outbox import Plan
from storage.pairs import Pair
from storage.words import Act, Role


def key(*parts: object, part: int = 1) -> str:
    """The key of a delivery: what it is about, where, and which part of a long message."""
    return ":".join([*(str(name) for name in parts), str(part)])


def plan(
    kind: Kind,
    name: str,
    address: Address,
    due_at: datetime,
    subject: Mapping[str, str],
    *,
    expires_at: datetime | None = None,
    act: Act = Act.POST,
    seq: int = 0,
) -> Plan:
    """A delivery as it is wished for; `name` is its key without the part."""
    return Plan(
        key=key(name),
        kind=kind,
        conversation=str(address),
        due_at=due_at,
        expires_at=expires_at or due_at + MANNERS[kind].grace,
        subject=dict(subject),
        act=act,
        member_id=address.id if address.kind == "direct" else None,
        seq=seq,
    )


def channel_plans(
    tx: Tx,
    kind: Kind,
    name: str,
    purpose: Purpose,
    due_at: datetime,
    subject: Mapping[str, str],
    *,
    expires_at: datetime | None = None,
    act: Act = Act.POST,
) -> list[Plan]:
    """One plan for each home that serves this purpose."""
    return [
        plan(
            kind,
            f"{name}:{home.id}",
            Address("channel", home.id, purpose),
            due_at,
            subject,
            expires_at=expires_at,
            act=act,
        )
        for home in communities.homes(tx)
        if home.serves(purpose)
    ]


def to_channel(
    tx: Tx,
    kind: Kind,
    name: str,
    purpose: Purpose,
    due_at: datetime,
    subject: Mapping[str, str],
    *,
    expires_at: datetime | None = None,
    act: Act = Act.POST,
) -> None:
    """Post in every home's channel for this purpose."""
    plans = channel_plans(tx, kind, name, purpose, due_at, subject, expires_at=expires_at, act=act)
    outbox.put(tx, plans)


def to_member(
    tx: Tx,
    kind: Kind,
    name: str,
    member: Member,
    due_at: datetime,
    subject: Mapping[str, str],
    *,
    expires_at: datetime | None = None,
) -> None:
    """Send one direct message, on the account that the member chose or last used."""
    address = Address("direct", member.id)
    outbox.put(
        tx,
        [plan(kind, f"{name}:{member.id}", address, due_at, subject, expires_at=expires_at)],
    )


def to_pair(
    tx: Tx, kind: Kind, name: str, pair: Pair, due_at: datetime, subject: Mapping[str, str]
) -> None:
    """Speak in the private conversation of a pair."""
    outbox.put(tx, [plan(kind, f"{name}:{pair.id}", Address("pair", pair.id), due_at, subject)])


def to_organizers(
    tx: Tx, kind: Kind, name: str, due_at: datetime, subject: Mapping[str, str]
) -> None:
    """Send a direct message to every organizer."""
    for organizer in members.with_role(tx, Role.ORGANIZER):
        to_member(tx, kind, name, organizer, due_at, subject)
