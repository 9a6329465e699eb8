"""What organizers are told: what was not sent, what nobody knows about, and who is not reached."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core import deliveries
from core.errors import UserError
from core.kinds import MANNERS, Kind
from storage import outbox
from storage.communities import Home
from storage.database import Tx
from storage.members import Account
from storage.outbox import Delivery
from storage.words import DeliveryState

GATHER = timedelta(minutes=5)  # trouble rarely comes alone: this long it goes into one notice
TOGETHER = 10  # deliveries in doubt in one notice: two buttons for each


def of_trouble(tx: Tx, ids: Sequence[str], now: datetime) -> None:
    """Tell organizers, in one notice for all that happens within minutes, what was not sent."""
    if not ids:
        return
    waiting = [
        delivery.subject["report"]
        for delivery in outbox.with_prefix(tx, "notice:trouble-")
        if delivery.state is DeliveryState.PLANNED
    ]
    report = waiting[-1] if waiting else f"trouble-{tx.new_id()}"
    outbox.mark_reported(tx, ids, report)
    if not waiting:
        _tell(tx, report, now + GATHER)


def of_doubt(tx: Tx, ids: Sequence[str], now: datetime) -> None:
    """Ask organizers about deliveries of which nobody knows whether they arrived."""
    for start in range(0, len(ids), TOGETHER):
        report = f"doubt-{tx.new_id()}"
        outbox.mark_reported(tx, ids[start : start + TOGETHER], report)
        _tell(tx, report, now)


def of_left(tx: Tx, account: Account, now: datetime) -> None:
    """A member is not on any platform any more."""
    name = f"notice:left:{account.id}:{now:%Y%m%d%H%M%S}"
    deliveries.to_organizers(tx, Kind.NOTICE, name, now, {"left": account.id})


def of_closed(tx: Tx, account: Account, delivery_id: str, now: datetime) -> None:
    """A member takes no direct messages from us, as this delivery has shown.

    Organizers are told once for each time that somebody closes them, and not for each message.
    """
    report = f"closed-{tx.new_id()}"
    outbox.mark_reported(tx, [delivery_id], report)
    subject = {"report": report, "closed": account.id}
    deliveries.to_organizers(tx, Kind.NOTICE, f"notice:{report}", now, subject)


def of_new_home(tx: Tx, home: Home, now: datetime) -> None:
    """Somebody has brought us to a place of which organizers may know nothing."""
    name = f"notice:new-home:{home.id}"
    deliveries.to_organizers(tx, Kind.NOTICE, name, now, {"new_home": home.id})


def of_ended_home(tx: Tx, home: Home, why: str, now: datetime) -> None:
    """A home has ended; organizers hear of it where they can still be reached."""
    name = f"notice:ended:{home.id}:{now:%Y%m%d%H%M%S}"
    deliveries.to_organizers(tx, Kind.NOTICE, name, now, {"ended": home.id, "why": why})


def _tell(tx: Tx, report: str, at: datetime) -> None:
    deliveries.to_organizers(tx, Kind.NOTICE, f"notice:{report}", at, {"report": report})


def send_again(tx: Tx, delivery_id: str, now: datetime) -> Delivery:
    """Send a delivery that is in doubt once more; what somebody has settled stays so.

    Raises UserError if it is not known.
    """
    delivery = _find(tx, delivery_id)
    if delivery.state is DeliveryState.UNCERTAIN:
        delivery.state, delivery.note, delivery.attempts = DeliveryState.PLANNED, "", 0
        delivery.ready_at = now
        grace = MANNERS[Kind(delivery.kind)].grace
        delivery.expires_at = max(delivery.expires_at, now + grace)
    return delivery


def it_arrived(tx: Tx, delivery_id: str, now: datetime) -> Delivery:
    """Somebody saw that a delivery in doubt is there; what is settled stays so.

    Raises UserError if it is not known.
    """
    delivery = _find(tx, delivery_id)
    if delivery.state is DeliveryState.UNCERTAIN:
        delivery.state, delivery.note = DeliveryState.SENT, "an organizer saw it"
        delivery.sent_at = delivery.claimed_at or now
    return delivery


def _find(tx: Tx, delivery_id: str) -> Delivery:
    delivery = tx.get(Delivery, delivery_id)
    if delivery is None or delivery.report is None:
        raise UserError("That message is not known here any more, so there is nothing to do.")
    return delivery
