"""The courier of a world in Slack, with deliveries that say their key."""

from datetime import datetime, timedelta
from itertools import count
from random import Random

from core import deliveries
from core.cards.card import Compose
from core.cards.catalog import CARDS
from core.chat import Address, Message
from core.kinds import Kind
from scheduler.engine import Engine
from storage import outbox
from storage.database import Tx
from storage.outbox import Delivery
from storage.words import Act
from tests.platforms.slack.world import World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def says_its_key(_tx: Tx, delivery: Delivery, _now: datetime) -> Message:
    return Message(f"about {delivery.key}")


class Office:
    """Plans deliveries of a kind whose words a test chooses, and lets time pass."""

    def __init__(self, world: World, says: Compose = says_its_key) -> None:
        self.world = world
        self.channel = world.channel("reflections")
        self._order = count()
        self.engine = Engine(
            world.faculty.community,
            world.connected,
            world.clock,
            rng=Random(7),
            cards={**CARDS, Kind.REFLECTION: says},
        )

    def plan(
        self,
        name: str,
        to: Address | None = None,
        act: Act = Act.POST,
        within: timedelta = 14 * DAY,
        **subject: str,
    ) -> None:
        """By default in the channel for reflections; those planned later come later."""
        now = self.world.clock.now()
        wish = deliveries.plan(
            Kind.REFLECTION,
            name,
            to or Address("channel", self.world.faculty.home.id, "reflections"),
            now,
            subject,
            expires_at=now + within,
            act=act,
            seq=next(self._order),
        )
        self.world.faculty.write(lambda tx: outbox.put(tx, [wish]))

    def to(self, name: str) -> Address:
        """Somebody's direct conversation."""
        return Address("direct", self.world.faculty.members[name].id)

    async def wait(self, by: timedelta = timedelta(0)) -> None:
        await self.engine.advance(self.world.clock.now() + by)

    def row(self, name: str, part: int = 1) -> Delivery:
        found = self.world.faculty.community.read_now(
            lambda tx: outbox.by_key(tx, f"{name}:{part}")
        )
        assert found is not None
        return found

    def said_in(self, place: str) -> list[str]:
        """What stands in a conversation."""
        return [one.text for one in self.world.slack.posts if one.channel == place]

    def told(self, name: str) -> str:
        """All that somebody has been told directly."""
        person = self.world.people[name]
        return "\n".join(person.reads(person.direct))
