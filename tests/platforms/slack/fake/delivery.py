"""How payloads reach the app, by whichever way."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from tests.platforms.slack.fake.errors import Json

Sort = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True)
class Ack:
    """What the app answered within three seconds, or that it did not."""

    ok: bool
    body: Any = None  # what came with it: JSON, text, or nothing
    reason: str = ""  # of failing: "timeout", "connection_failed", "http_error"
    status: int = 200


@dataclass
class Retry:
    """Which repetition of an event this is: `X-Slack-Retry-Num`, `retry_attempt`."""

    attempt: int
    reason: str


class Delivery(Protocol):
    """Socket Mode or HTTP."""

    async def deliver(self, sort: Sort, payload: Json, retry: Retry | None = None) -> Ack: ...


Deliver = Callable[[Sort, Json], Awaitable[Ack]]
