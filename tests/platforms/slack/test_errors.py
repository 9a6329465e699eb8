"""What becomes of each of Slack's errors."""

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platforms.slack.errors import HomeEnded, SlowDown, translated
from core.chat import DirectClosed, MaybeSent, Refused, TryLater


def answer(
    error: str, status: int = 200, headers: dict[str, str] | None = None, **more: Any
) -> SlackApiError:
    """An error as the SDK raises it."""
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="",
        req_args={},
        data={"ok": False, "error": error, **more},
        headers=headers or {},
        status_code=status,
    )
    return SlackApiError("failed", response)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("channel_not_found", Refused),
        ("not_in_channel", Refused),
        ("is_archived", Refused),
        ("message_not_found", Refused),
        ("user_not_found", DirectClosed),
        ("users_not_found", DirectClosed),
        ("user_disabled", DirectClosed),
        ("account_inactive", HomeEnded),
        ("token_revoked", HomeEnded),
        ("invalid_auth", HomeEnded),
        ("missing_scope", TryLater),
        ("messages_tab_disabled", TryLater),
        ("service_unavailable", TryLater),
        ("ratelimited", SlowDown),
        ("fatal_error", MaybeSent),
        ("internal_error", MaybeSent),
        ("something_new", Refused),
    ],
)
def test_every_error_has_a_decided_outcome(code: str, expected: type[Exception]) -> None:
    assert type(translated(answer(code))) is expected


def test_slack_says_how_long_to_wait() -> None:
    found = translated(answer("ratelimited", 429, {"Retry-After": "17"}))
    assert isinstance(found, TryLater)
    assert found.after == timedelta(seconds=17)


def test_a_missing_scope_is_named() -> None:
    found = translated(answer("missing_scope", needed="mpim:write"))
    assert "mpim:write" in str(found)
    assert "staffroom slack manifest" in str(found)


def test_a_broken_answer_leaves_it_open_whether_something_was_sent() -> None:
    assert isinstance(translated(answer("", 503)), MaybeSent)


def test_a_connection_that_never_was_has_sent_nothing() -> None:
    error = aiohttp.ClientConnectorError(Mock(), OSError("refused"))
    assert type(translated(error)) is TryLater


@pytest.mark.parametrize(
    "error", [aiohttp.ServerDisconnectedError(), TimeoutError(), ConnectionResetError()]
)
def test_a_connection_that_broke_may_have_sent_it(error: Exception) -> None:
    assert isinstance(translated(error), MaybeSent)
