"""The closed vocabularies that tables hold, as text in the database."""

from enum import StrEnum
from typing import Any, TypeVar, cast

from sqlalchemy import JSON, Dialect, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

from storage.database import Instant

E = TypeVar("E", bound=StrEnum)


class Role(StrEnum):
    """What a member is in the community; `at_least` compares them."""

    GUEST = "guest"
    PARTNER = "partner"
    TEACHER = "teacher"
    COACH = "coach"
    ORGANIZER = "organizer"

    def at_least(self, other: "Role") -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


class MemberState(StrEnum):
    INVITED = "invited"  # on the roster, has not come yet
    WAITING = "waiting"  # asked to join, an organizer has not answered
    ACTIVE = "active"
    LEFT = "left"


class Audience(StrEnum):
    """Whom a reflection reaches."""

    COACH = "coach"
    COMMUNITY = "community"


class ReflectionState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class PairState(StrEnum):
    PROPOSED = "proposed"
    ACTIVE = "active"
    ENDED = "ended"


class WebinarState(StrEnum):
    SCHEDULED = "scheduled"
    CANCELED = "canceled"


class Act(StrEnum):
    """What a delivery does to its conversation."""

    POST = "post"
    EDIT = "edit"
    DELETE = "delete"


class DeliveryState(StrEnum):
    PLANNED = "planned"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELED = "canceled"
    UNCERTAIN = "uncertain"


class Word(TypeDecorator[StrEnum]):
    """A StrEnum, stored as its value."""

    impl = String(16)
    cache_ok = True

    def __init__(self, vocabulary: type[StrEnum]) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.vocabulary(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.vocabulary(value)


def word(default: E, *, index: bool = False) -> Any:
    """A column that holds one word of `default`'s vocabulary."""
    return Field(default=default, sa_type=cast(Any, Word(type(default))), index=index)


def instant(*, index: bool = False) -> Any:
    """A column that holds a moment that must be known."""
    return Field(sa_type=Instant, index=index)


def maybe_instant(*, index: bool = False) -> Any:
    """A column that holds a moment, or None."""
    return Field(default=None, sa_type=Instant, nullable=True, index=index)


def words() -> Any:
    """A column that holds a list of short texts. Assign a new list to change it."""
    return Field(default_factory=list, sa_type=JSON)


def mapping() -> Any:
    """A column that holds a small JSON object. Assign a new one to change it."""
    return Field(default_factory=dict, sa_type=JSON)
