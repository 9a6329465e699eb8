"""Long answers in pages: https://docs.slack.dev/apis/web-api/pagination ."""

import base64
from collections.abc import Sequence
from typing import TypeVar

from tests.platforms.slack.fake.arguments import Arguments
from tests.platforms.slack.fake.errors import SlackError

T = TypeVar("T")
MOST = 1_000


def page(
    everything: Sequence[T], args: Arguments, *, default: int, most: int = MOST
) -> tuple[list[T], str]:
    """One page, and the cursor of the next ("" at the end)."""
    limit = args.number("limit", default) or default
    if not 1 <= limit <= most:
        raise SlackError("invalid_limit")
    start = 0
    if cursor := args.text("cursor"):
        try:
            word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
            start = int(number)
        except ValueError:
            raise SlackError("invalid_cursor") from None
        if word != "next":
            raise SlackError("invalid_cursor")
    end = start + limit
    following = base64.b64encode(f"next:{end}".encode()).decode() if end < len(everything) else ""
    return list(everything[start:end]), following
