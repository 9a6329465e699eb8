"""Scheduled events.

https://discord.com/developers/docs/resources/guild-scheduled-event
"""

from dataclasses import dataclass, field
from enum import IntEnum

from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.ids import moment
from tests.platforms.discord.fake.users import User

EXTERNAL = 3
MOST = 100
"""Scheduled or active ones in a guild."""


class Status(IntEnum):
    """What an event can be."""

    SCHEDULED = 1
    ACTIVE = 2
    COMPLETED = 3
    CANCELED = 4


NEXT = {
    Status.SCHEDULED: (Status.SCHEDULED, Status.ACTIVE, Status.CANCELED),
    Status.ACTIVE: (Status.ACTIVE, Status.COMPLETED),
}
"""What may become of it; nothing of one that is over."""


@dataclass(eq=False)
class ScheduledEvent:
    """One event, and who is interested in it."""

    id: int
    guild_id: int
    creator: User
    name: str
    start: float
    end: float | None
    entity_type: int = EXTERNAL
    description: str | None = None
    location: str | None = None
    channel_id: int | None = None
    status: Status = Status.SCHEDULED
    deleted: bool = False
    interested: list[User] = field(default_factory=list)

    def document(self, *, count: bool = False) -> Json:
        body: Json = {
            "id": str(self.id),
            "guild_id": str(self.guild_id),
            "channel_id": None if self.channel_id is None else str(self.channel_id),
            "creator_id": str(self.creator.id),
            "creator": self.creator.document(),
            "name": self.name,
            "description": self.description,
            "scheduled_start_time": moment(self.start),
            "scheduled_end_time": None if self.end is None else moment(self.end),
            "privacy_level": 2,
            "status": int(self.status),
            "entity_type": self.entity_type,
            "entity_id": None,
            "entity_metadata": {"location": self.location} if self.location else None,
            "image": None,
            "recurrence_rule": None,
        }
        if count:
            body["user_count"] = len(self.interested)
        return body
