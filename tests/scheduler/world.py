"""A small world for the scheduler's tests: a clock, one home on a recording platform, an engine."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from bot.platforms.recording import UNLIMITED, RecordingPlatform
from core import deliveries
from core.cards.card import Compose
from core.chat import Address, Capabilities, Message
from core.kinds import Kind
from scheduler.engine import Engine
from storage import communities, outbox
from storage.communities import Home
from storage.database import CommunityStore, Tx
from storage.members import Member
from storage.outbox import Delivery
from storage.words import Act, DeliveryState
from tests import builders

START = datetime(2026, 9, 1, 16, tzinfo=UTC)  # a Tuesday, noon in Detroit
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class SetClock:
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move_to(self, moment: datetime) -> None:
        self.at = moment


class RealLikeClock:
    """A clock that nobody can move: time passes by itself, here by `pass_by`."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def pass_by(self, gap: timedelta) -> None:
        self._at += gap


def says_its_key(tx: Tx, delivery: Delivery, now: datetime) -> Message:
    return Message(f"about {delivery.key}")


def all_saying(compose: Compose) -> dict[Kind, Compose]:
    return dict.fromkeys(Kind, compose)


class World:
    """One community with a home, and an engine over it. Nobody has quiet hours by default."""

    def __init__(
        self,
        store: CommunityStore,
        *,
        clock: Any = None,
        cards: Mapping[Kind, Compose] | None = None,
        capabilities: Capabilities = UNLIMITED,
        **platform: Any,
    ) -> None:
        self.store = store
        self.clock = clock or SetClock()
        self.cards = cards or all_saying(says_its_key)
        self.home_id = store.write_now(self._found)
        self.platform = RecordingPlatform(self.clock.now, capabilities=capabilities, **platform)
        self.engine = self.new_engine("first")

    def _found(self, tx: Tx) -> str:
        community = communities.current(tx)
        community.quiet_from = community.quiet_until = "00:00"
        return builders.home(tx, "recording").id

    def new_engine(self, owner: str, **changes: Any) -> Engine:
        """As after a restart: another process over the same database and platform."""
        given: dict[str, Any] = {"cards": self.cards, "rng": Random(7), **changes}
        return Engine(self.store, {self.home_id: self.platform}, self.clock, owner=owner, **given)

    def person(self, name: str, **values: Any) -> str:
        """A member with an account here; answers the member's id."""

        def add(tx: Tx) -> str:
            member = builders.member(tx, name, **values)
            builders.account(tx, member, tx.need(Home, self.home_id))
            return member.id

        return self.store.write_now(add)

    def plan(
        self,
        name: str,
        due: datetime = START,
        *,
        to: Address | None = None,
        kind: Kind = Kind.REFLECTION,
        expires: datetime | None = None,
        act: Act = Act.POST,
        **subject: str,
    ) -> None:
        address = to or Address("channel", self.home_id, "reflections")
        wish = deliveries.plan(kind, name, address, due, subject, expires_at=expires, act=act)
        self.store.write_now(lambda tx: outbox.put(tx, [wish]))

    async def advance(self, by: timedelta = timedelta(0)) -> None:
        await self.engine.advance(self.clock.now() + by)

    def row(self, key: str) -> Delivery:
        found = self.store.read_now(lambda tx: outbox.by_key(tx, key))
        assert found is not None, f"no delivery {key}"
        return found

    def states(self, prefix: str = "") -> dict[str, str]:
        """Key -> state of the deliveries whose keys begin so."""
        rows = self.store.read_now(lambda tx: list(outbox.with_prefix(tx, prefix)))
        return {row.key: row.state.value for row in rows}

    def change(self, work: Callable[[Tx], object]) -> None:
        self.store.write_now(work)

    @property
    def posted(self) -> list[str]:
        """The keys of all posts, in order."""
        return [sent.key for sent in self.platform.sent]

    @property
    def texts(self) -> list[str]:
        return [sent.message.text for sent in self.platform.standing()]


def member(tx: Tx, name: str) -> Member:
    found = tx.first(tx.select(Member).where(Member.name == name))
    assert found is not None
    return found


def in_state(rows: Sequence[Delivery], state: DeliveryState) -> list[str]:
    return [row.key for row in rows if row.state is state]
