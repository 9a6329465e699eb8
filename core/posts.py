"""Posts of the bot in channels: put there, brought up to date, and taken back, in every home."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.chat import Address
from core.deliveries import key, plan
from core.kinds import MANNERS, Kind
from storage import communities, outbox
from storage.communities import Home
from storage.database import Tx
from storage.outbox import Plan, Slot
from storage.words import Act, DeliveryState

ON_ITS_WAY = (DeliveryState.CLAIMED, DeliveryState.SENT, DeliveryState.UNCERTAIN)
AT_ONCE = timedelta(0)


@dataclass(frozen=True)
class Post:
    """One thing that we say in the channels for a purpose: a delivery in each home.

    `name` is the key of its deliveries without home and part; it is never used again. `purpose`
    may also be core.chat.CALENDAR, which only some homes have. `only_in`: the one home where it is
    put; without it, all of them.
    """

    kind: Kind
    name: str
    purpose: str
    subject: Mapping[str, str]
    only_in: str | None = None


def put(
    tx: Tx, posts: Iterable[Post], due_at: datetime, expires_at: datetime | None = None
) -> None:
    """Post in every home that has a channel for it; what is there already stays as it is."""
    homes = communities.homes(tx)
    outbox.put(
        tx,
        [
            plan(
                post.kind,
                _stem(post, home),
                _channel(post, home),
                due_at,
                post.subject,
                expires_at=expires_at,
            )
            for post in posts
            for home in homes
            if home.serves(post.purpose) and post.only_in in (None, home.id)
        ],
    )


def deliveries_of(tx: Tx, post: Post) -> dict[str, Slot]:
    """The deliveries of a post, by home id: of long ones the first part."""
    keys = {key(_stem(post, home)): home.id for home in communities.homes(tx)}
    return {keys[name]: slot for name, slot in outbox.slots(tx, keys).items()}


def gone_out(slots: Mapping[str, Slot]) -> bool:
    """Whether the post stands in some home already, or is on its way there."""
    return any(slot.state in ON_ITS_WAY for slot in slots.values())


def move(tx: Tx, slots: Mapping[str, Slot], due_at: datetime, expires_at: datetime) -> None:
    """Give the deliveries that are still planned another moment."""
    outbox.move_all(
        tx,
        [
            (slot.id, due_at, expires_at)
            for slot in slots.values()
            if slot.state == DeliveryState.PLANNED
            and (slot.due_at, slot.expires_at) != (due_at, expires_at)
        ],
    )


def revise(tx: Tx, post: Post, now: datetime, gap: timedelta = AT_ONCE) -> None:
    """Bring a post up to date where it stands; unsent ones are composed from current data anyway.

    An edit that is still planned will do for this change too, and edits of one message are at
    least `gap` apart.
    """
    plans = []
    for home, edits in _standing(tx, post):
        if any(edit.state == DeliveryState.PLANNED for edit in edits):
            continue
        due = max([now, *(edit.due_at + gap for edit in edits)])
        plans.append(_act(Act.EDIT, post, home, due, _following(edits)))
    outbox.put(tx, plans)


def take_back(tx: Tx, post: Post, now: datetime, why: str) -> None:
    """Remove a post from where it stands, and cancel it where it is still planned."""
    planned = [
        slot.id
        for slot in outbox.slots_under(tx, f"{post.name}:")
        if slot.state == DeliveryState.PLANNED
    ]
    removals = []
    for home, edits in _standing(tx, post):
        planned += [edit.id for edit in edits if edit.state == DeliveryState.PLANNED]
        removals.append(_act(Act.DELETE, post, home, now, _following(edits)))
    outbox.cancel_all(tx, planned, why)
    outbox.put(tx, removals)


def wish(tx: Tx, plans: Iterable[Plan]) -> None:
    """Put deliveries; those that were canceled before they were sent are planned again, and those
    that were sent and deleted are not."""
    wanted = {one.key: one for one in plans}
    there = outbox.slots(tx, wanted)
    outbox.put(tx, [one for name, one in wanted.items() if name not in there])
    outbox.move_all(
        tx,
        [
            (slot.id, wanted[name].due_at, wanted[name].expires_at)
            for name, slot in there.items()
            if slot.state == DeliveryState.CANCELED and slot.note != outbox.DELETED
        ],
    )


def _standing(tx: Tx, post: Post) -> list[tuple[Home, list[Slot]]]:
    """The homes where a post stands, with its edits there so far."""
    slots = deliveries_of(tx, post)
    return [
        (home, outbox.slots_under(tx, f"edit:{_stem(post, home)}:"))
        for home in communities.homes(tx)
        if home.id in slots and slots[home.id].state in ON_ITS_WAY
    ]


def _following(edits: list[Slot]) -> int:
    """The number of the next edit: keys end with it and the part."""
    return 1 + max((int(edit.key.rsplit(":", 2)[1]) for edit in edits), default=0)


def _act(act: Act, post: Post, home: Home, due: datetime, number: int) -> Plan:
    """An edit or removal; `number` also orders it after those of the same moment."""
    stem = _stem(post, home)
    name = f"edit:{stem}:{number}" if act is Act.EDIT else f"delete:{stem}"
    return plan(
        post.kind,
        name,
        _channel(post, home),
        due,
        {**post.subject, "of": stem},
        expires_at=due + MANNERS[post.kind].grace,
        act=act,
        seq=number,
    )


def _stem(post: Post, home: Home) -> str:
    return f"{post.name}:{home.id}"


def _channel(post: Post, home: Home) -> Address:
    return Address("channel", home.id, post.purpose)
