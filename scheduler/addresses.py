"""Where a delivery goes: from our own addresses to a home and its conversation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from core.chat import Address, Capabilities
from core.kinds import MANNERS, Kind
from core.program import parse_clock
from scheduler.quiet import QuietHours
from storage import communities, members, pairs
from storage.communities import Community, Home
from storage.database import Tx
from storage.members import Member, Reach
from storage.outbox import Delivery
from storage.pairs import Pair
from storage.words import MemberState

TO_INVITED = (Kind.WELCOME, Kind.ANSWER)  # who is on the roster gets no more before they come in
NEVER = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Destination:
    """A home and its conversation there. `place` None: it must be opened first."""

    home_id: str
    place: str | None
    people: tuple[str, ...] = ()  # the platform's ids, to open it
    account_id: str | None = None  # of a direct message
    pair_id: str | None = None
    calls: str = ""  # the platform's id of the one whom it is for, where others read it, too
    channel: str = ""  # the name of a channel that is to be made


@dataclass(frozen=True)
class Nowhere:
    """It cannot be sent. `trouble`: organizers can do something about it and should know.

    `closed`: they know that this person takes no direct messages, so only what matters is trouble.
    """

    reason: str
    trouble: bool = False
    closed: bool = False


@dataclass(frozen=True)
class Apart:
    """A pair that cannot be reached together: each of the two gets it alone."""

    people: tuple[Member, ...]
    reason: str


@dataclass
class Directory:
    """The community's homes, people and pairs, as far as a batch of deliveries needs them."""

    community: Community
    homes: dict[str, Home]
    members: dict[str, Member]
    pairs: dict[str, Pair]
    accounts: dict[str, list[Reach]]  # by member, the preferred one first
    coached: dict[str, Pair]  # by teacher, of those who take no direct messages

    @classmethod
    def for_batch(cls, tx: Tx, batch: Iterable[Delivery]) -> "Directory":
        """Look up all that these deliveries need, in a few queries."""
        addresses = [address_of(delivery) for delivery in batch]
        pair_ids = {one.id for one in addresses if one.kind == "pair"}
        couples = {pair.id: pair for pair in pairs.with_ids(tx, pair_ids)}
        member_ids = {one.id for one in addresses if one.kind == "direct"}
        for pair in couples.values():
            member_ids |= {pair.teacher_id, pair.coach_id}
        people = {member.id: member for member in members.with_ids(tx, member_ids)}
        homes = {home.id: home for home in communities.homes(tx)}
        accounts: dict[str, list[Reach]] = {}
        for account in members.reaches(tx, member_ids):
            if account.home_id in homes:
                accounts.setdefault(account.member_id, []).append(account)
        for member_id, own in accounts.items():
            if len(own) == 1:
                continue
            chosen = people[member_id].direct_account_id
            own.sort(key=lambda one: one.last_used_at or NEVER, reverse=True)
            own.sort(key=lambda one: one.id != chosen)
        closed = [
            member_id
            for member_id, own in accounts.items()
            if all(one.direct_closed_at is not None for one in own)
        ]
        coached = pairs.of_teachers(tx, closed) if closed else {}
        return cls(communities.current(tx), homes, people, couples, accounts, coached)

    def locate(
        self, address: Address, kind: str, platforms: Mapping[str, Capabilities]
    ) -> Destination | Nowhere | Apart:
        """Where a delivery of this kind goes, or why it goes nowhere."""
        match address.kind:
            case "channel":
                return self._channel(address)
            case "direct":
                return self._direct(address, kind)
            case "pair":
                return self._pair(address, platforms)

    def listeners(self, address: Address) -> list[Member]:
        """The people whom a message there would disturb; nobody, for a channel."""
        if address.kind == "direct":
            ids = [address.id]
        elif address.kind == "pair" and (pair := self.pairs.get(address.id)):
            ids = [pair.teacher_id, pair.coach_id]
        else:
            ids = []
        return [self.members[one] for one in ids if one in self.members]

    def quiet_hours(self, member: Member) -> QuietHours:
        return _quiet_hours(
            member.quiet_from or self.community.quiet_from,
            member.quiet_until or self.community.quiet_until,
            member.known_zone or self.community.zone,
        )

    def _channel(self, address: Address) -> Destination | Nowhere:
        home = self.homes.get(address.id)
        if home is None:
            return Nowhere("the community does not live there any more")
        if not home.serves(address.purpose):
            return Nowhere(f"{home.name} has no channel for {address.purpose}", trouble=True)
        wanted = home.wanted.get(address.purpose, "")
        return Destination(home.id, home.channels.get(address.purpose), channel=wanted)

    def _direct(self, address: Address, kind: str) -> Destination | Nowhere:
        member = self.members.get(address.id)
        if member is None or member.state is MemberState.LEFT:
            return Nowhere("this person is not here any more")
        if member.state is MemberState.INVITED and kind not in TO_INVITED:
            return Nowhere("this person has not come yet")
        accounts = self.accounts.get(member.id, [])
        if not accounts:
            return Nowhere("this person is on no platform with us")
        for account in accounts:
            if account.direct_closed_at is None:
                return Destination(
                    account.home_id,
                    account.direct_conversation,
                    (account.external_id,),
                    account_id=account.id,
                )
        beside = self._beside(member, Kind(kind))
        return beside or Nowhere("this person accepts no direct messages", closed=True)

    def _beside(self, member: Member, kind: Kind) -> Destination | None:
        """The conversation with their coach, if this may be said there."""
        pair = self.coached.get(member.id)
        if pair is not None and MANNERS[kind].beside:
            for account in self.accounts[member.id]:
                if place := pair.conversations.get(account.home_id):
                    return Destination(account.home_id, place, calls=account.external_id)
        return None

    def _pair(
        self, address: Address, platforms: Mapping[str, Capabilities]
    ) -> Destination | Nowhere | Apart:
        pair = self.pairs.get(address.id)
        if pair is None:
            return Nowhere("this pair does not exist any more")
        people = tuple(self.listeners(address))
        if any(one.state is MemberState.LEFT for one in people):
            return Nowhere("one of the two is not here any more")
        if any(one.state is MemberState.INVITED for one in people):
            return Apart(people, "one of the two has not come yet")
        for account in self.accounts.get(pair.teacher_id, []):
            other = next(
                (
                    one
                    for one in self.accounts.get(pair.coach_id, [])
                    if one.home_id == account.home_id
                ),
                None,
            )
            able = platforms.get(account.home_id)
            if other is not None and (able is None or able.pair_conversations):
                return Destination(
                    account.home_id,
                    pair.conversations.get(account.home_id),
                    (account.external_id, other.external_id),
                    pair_id=pair.id,
                )
        return Apart(people, "the two share no home, so each got it alone")


def address_of(delivery: Delivery) -> Address:
    """The conversation of a delivery."""
    return _parse(delivery.conversation)


_parse = lru_cache(maxsize=4_096)(Address.parse)


@lru_cache(maxsize=1_024)
def _quiet_hours(start: str, end: str, zone: str) -> QuietHours:
    return QuietHours(parse_clock(start), parse_clock(end), zone)
