"""Communities and the homes they live in."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import Field, SQLModel, UniqueConstraint, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Row, Store, Tx, in_community
from storage.words import instant, mapping, maybe_instant


class Community(SQLModel, table=True):
    """One community of practice: everything else belongs to exactly one of these."""

    id: str = Field(primary_key=True, max_length=32)
    name: str
    zone: str  # IANA name
    created_at: datetime = instant()
    quiet_from: str = "21:00"  # local time of each member, when they have not set their own
    quiet_until: str = "07:00"
    spread_reflections: bool = False  # post them in every home, not only where they were written
    clock_offset_seconds: int = 0  # how far the local clock was moved ahead of the real one
    replan: bool = True  # a fact changed that the planner must look at
    planned_through: datetime | None = maybe_instant()


class Home(Row, table=True):
    """A place where the community lives: a Slack workspace, a Discord server, the local chat."""

    __table_args__ = (UniqueConstraint("platform", "external_id"),)

    platform: str
    external_id: str  # what the platform calls it
    name: str
    channels: dict[str, str] = mapping()  # purpose (core.chat.Purpose) -> the platform's channel id
    trusted: bool = True  # its e-mail addresses prove who somebody is
    secret: str | None = None  # what must be kept to speak there, encrypted by the adapter
    wanted: dict[str, str] = mapping()  # purpose -> name of the channel that is to be made for it
    cohort_roles: dict[str, str] = mapping()  # cohort -> the platform's group whom prompts call
    retired_at: datetime | None = maybe_instant()

    def serves(self, purpose: str) -> bool:
        """Whether there is a channel for this purpose, or will be in a moment."""
        return purpose in self.channels or purpose in self.wanted

    def has_channel(self, purpose: str, channel: str) -> None:
        """A channel serves this purpose from now on; none is to be made for it any more."""
        self.channels = {**self.channels, purpose: channel}
        self.wants_none(purpose)

    def calls(self, cohort_id: str, role: str | None) -> None:
        """Prompts of this cohort mention this group of the platform's; None: nobody."""
        others = {name: one for name, one in self.cohort_roles.items() if name != cohort_id}
        self.cohort_roles = others | ({cohort_id: role} if role else {})

    def wants_none(self, purpose: str) -> None:
        self.wanted = {other: name for other, name in self.wanted.items() if other != purpose}


def current(tx: Tx) -> Community:
    """The community that this transaction is bound to."""
    known = tx.session.identity_map.get((Community, (tx.community_id,), None))
    community = known or tx.only(_current())
    if community is None:
        raise LookupError(f"no community {tx.community_id!r}")
    return tx.keep(community)


@cache
def _current() -> SelectOfScalar[Community]:
    return select(Community).where(Community.id == bindparam("community"))


def every(store: Store) -> Sequence[Community]:
    """All communities in the database, oldest first: for the process as it starts."""
    query = select(Community).order_by(col(Community.created_at), col(Community.id))
    return store.read_now("", lambda tx: tx.all(query))


def found(tx: Tx, community: Community) -> Community:
    """Remember a new community, and bind this transaction to it."""
    community.id = community.id or tx.new_id()
    tx.session.add(community)
    tx.community_id = community.id
    return community


def homes(tx: Tx) -> Sequence[Home]:
    """The homes that are in use, in the order of their ids."""
    return tx.all(_homes())


@cache
def _homes() -> SelectOfScalar[Home]:
    return in_community(Home).where(col(Home.retired_at).is_(None)).order_by(col(Home.id))


def home_on(tx: Tx, platform: str, external_id: str) -> Home | None:
    return tx.first(
        tx.select(Home).where(Home.platform == platform, Home.external_id == external_id)
    )


def replan(tx: Tx) -> None:
    """Tell the planner that a fact changed which moves deliveries."""
    current(tx).replan = True
