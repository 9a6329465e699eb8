"""Long messages: each part is a delivery of its own, right behind the one before it."""

from collections.abc import Sequence

from core.chat import Message, Ref
from storage import outbox
from storage.database import Tx
from storage.outbox import Delivery, Plan
from storage.words import Act, DeliveryState

NEVER_SENT = (DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.CANCELED)


def name_of(key: str) -> str:
    """A key without its part."""
    return key.rpartition(":")[0]


def of(tx: Tx, name: str) -> list[Delivery]:
    """The parts that were ever planned under a name, in order."""
    prefix = f"{name}:"
    return [
        delivery
        for delivery in outbox.with_prefix(tx, prefix)
        if delivery.key[len(prefix) :].isdigit()
    ]


def plan_rest(tx: Tx, first: Delivery, count: int) -> None:
    """Plan parts 2 to `count`. Their ids sort right after the first's: nothing comes between."""
    name = name_of(first.key)
    for delivery in of(tx, name):
        if 1 < delivery.part <= count and delivery.state in NEVER_SENT:
            _revive(delivery, first)
    outbox.put(
        tx,
        [_part(first, name, number, f"{first.id}-{number:03}") for number in range(2, count + 1)],
    )


def not_wanted(tx: Tx, delivery: Delivery, count: int) -> str | None:
    """Why a later part must not be sent, or None."""
    if delivery.part > count:
        return "the text has become shorter"
    before = outbox.by_key(tx, f"{name_of(delivery.key)}:{delivery.part - 1}")
    if before is not None and before.state in NEVER_SENT:
        return "the part before it was not sent"
    return None


def must_wait(tx: Tx, delivery: Delivery) -> bool:
    """Whether the part before it is in doubt: an organizer says what became of it."""
    if delivery.part == 1:
        return False
    before = outbox.by_key(tx, f"{name_of(delivery.key)}:{delivery.part - 1}")
    return before is not None and before.state is DeliveryState.UNCERTAIN


def in_doubt(tx: Tx, name: str) -> bool:
    """Whether some part may stand there without our knowing which message it is."""
    return any(
        delivery.state is DeliveryState.UNCERTAIN
        or (delivery.state is DeliveryState.SENT and delivery.message is None)
        for delivery in of(tx, name)
    )


def match(
    tx: Tx, change: Delivery, pieces: Sequence[Message]
) -> tuple[list[tuple[str, Ref, Message]], list[tuple[str, Ref]]]:
    """Which sent messages to edit, and which to delete, so that the pieces stand there.

    Parts that are new are planned, and surplus ones that are still planned are taken back.
    """
    name = change.subject.get("of", "")
    there = of(tx, name)
    edits: list[tuple[str, Ref, Message]] = []
    deletes: list[tuple[str, Ref]] = []
    for delivery in there:
        number = delivery.part
        if delivery.state is DeliveryState.SENT and delivery.place and delivery.message:
            ref = Ref(delivery.place, delivery.message)
            if number <= len(pieces):
                edits.append((delivery.id, ref, pieces[number - 1]))
            else:
                deletes.append((delivery.id, ref))
        elif delivery.state is DeliveryState.PLANNED and number > len(pieces):
            outbox.cancel(delivery, "it was taken back before it was sent")
        elif delivery.state in NEVER_SENT and number <= len(pieces) and edits:
            _revive(delivery, change)
    if edits:
        missing = range(len(there) + 1, len(pieces) + 1)
        outbox.put(
            tx, [_part(change, name, number, f"{change.id}-{number:03}") for number in missing]
        )
    return edits, deletes


def _part(like: Delivery, name: str, number: int, row_id: str) -> Plan:
    return Plan(
        id=row_id,
        key=f"{name}:{number}",
        kind=like.kind,
        conversation=like.conversation,
        due_at=like.due_at,
        expires_at=like.expires_at,
        subject={key: value for key, value in like.subject.items() if key != "of"},
        act=Act.POST,
        member_id=like.member_id,
        part=number,
        seq=like.seq,
    )


def _revive(delivery: Delivery, like: Delivery) -> None:
    """A part that was deleted, or never sent, is needed again."""
    delivery.state, delivery.note = DeliveryState.PLANNED, ""
    outbox.move(delivery, like.due_at, like.expires_at)
