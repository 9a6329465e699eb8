"""Answers that could not be shown: their effect stands, so the words must arrive, too."""

from datetime import datetime

from core import deliveries
from core.kinds import Kind
from storage.database import Tx
from storage.members import Member


def send_later(tx: Tx, handled_key: str, member: Member, now: datetime) -> None:
    """Send a recorded answer (the key of storage.inbox.Handled) to its asker, privately."""
    deliveries.to_member(
        tx, Kind.ANSWER, f"answer:{handled_key}", member, now, {"handled": handled_key}
    )
