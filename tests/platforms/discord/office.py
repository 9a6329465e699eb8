"""The courier of a world on Discord, with deliveries that say their key."""

from datetime import timedelta
from itertools import count
from random import Random

from core import deliveries
from core.cards.catalog import CARDS
from core.chat import Address, Message
from core.kinds import Kind
from scheduler.engine import Engine
from storage import outbox
from storage.database import Tx
from storage.outbox import Delivery
from tests.platforms.discord.fake.message import text_of
from tests.platforms.discord.world import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def says_its_key(_tx: Tx, delivery: Delivery, _now: object) -> Message:
    return Message(f"about {delivery.key}")


class Office:
    """Plans deliveries, by default in the channel for reflections, and lets time pass."""

    def __init__(self, world: World, kind: str = "text") -> None:
        self.world = world
        self.channel = world.channel("reflections", kind)
        self._order = count()
        self.engine = Engine(
            world.faculty.community,
            world.connected,
            world.clock,
            rng=Random(7),
            cards={**CARDS, Kind.REFLECTION: says_its_key},
        )

    def plan(self, name: str, to: Address | None = None) -> None:
        """Those planned later come later."""
        now = self.world.clock.now()
        wish = deliveries.plan(
            Kind.REFLECTION,
            name,
            to or Address("channel", self.world.faculty.home.id, "reflections"),
            now,
            {},
            expires_at=now + 14 * DAY,
            seq=next(self._order),
        )
        self.world.faculty.write(lambda tx: outbox.put(tx, [wish]))

    def to(self, name: str) -> Address:
        """Somebody's direct conversation."""
        return Address("direct", self.world.faculty.members[name].id)

    async def wait(self, by: timedelta = timedelta(0)) -> None:
        await self.engine.advance(self.world.clock.now() + by)

    def state(self, name: str) -> str:
        row = self.world.faculty.community.read_now(lambda tx: outbox.by_key(tx, f"{name}:1"))
        assert row is not None
        return row.state.value

    def posted(self) -> list[str]:
        """What stands in the channel."""
        return [text_of(one) for one in self.channel.messages if not one.deleted]

    def told(self, name: str) -> str:
        """All that somebody has been told directly."""
        return "\n".join(self.world.people[name].reads())
