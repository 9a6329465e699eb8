"""What a card is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.chat import Message
from storage.database import Tx
from storage.outbox import Delivery


@dataclass(frozen=True)
class Skip:
    """The delivery is not wanted any more; the reason is kept with it."""

    reason: str


Compose = Callable[[Tx, Delivery, datetime], Message | Skip]
"""Says what a delivery looks like now, from current data; Skip when the time for it is over
(already written, paused, canceled ...). Runs at the claim, in its transaction."""
