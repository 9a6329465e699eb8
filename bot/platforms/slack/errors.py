"""Slack's errors, in the words of the port: what to do about each is decided here, once.

The codes are documented with each method, such as
https://docs.slack.dev/reference/methods/chat.postMessage#errors.
"""

import asyncio
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from core.chat import DirectClosed, MaybeSent, Refused, TryLater

AFTER_OUTAGE = timedelta(seconds=30)
UNTIL_BACK = timedelta(minutes=10)

# The token does not count any more: the home has ended until somebody installs the app again.
ENDED = frozenset(
    {
        "account_inactive",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
# This person cannot be written to.
CLOSED = {
    "user_not_found": "Slack does not know this person any more",
    "users_not_found": "Slack does not know this person any more",
    "user_disabled": "this person's account is deactivated",
    "user_not_visible": "this person cannot be seen by the app",
    "cannot_dm_bot": "this is a bot",
    "invalid_user_combination": "these people cannot be in one conversation",
}
# Nothing was sent, and nothing of the kind will be until somebody mends it. Worth trying again, now
# and then; other messages need not wait for it, so these name no time.
MENDABLE = {
    "messages_tab_disabled": "the app's Messages tab is off: in the app's settings, under App "
    "Home, switch on the Messages tab and let people send messages there",
    "missing_scope": "the app lacks a permission: install it again with the manifest that "
    "`staffroom slack manifest` prints",
    "ekm_access_denied": "the workspace's administrators have suspended posting",
    "org_login_required": "the workspace is being moved to an organization",
    "two_factor_setup_required": "the workspace asks for two-factor authentication",
    "access_denied": "Slack denies access to it",
    "team_access_not_granted": "the organization has not given the app access to the workspace",
    "enterprise_is_restricted": "the organization restricts this",
}
# Nothing was sent, and trying again would not help.
REFUSED = {
    "channel_not_found": "the channel is gone, or private and I am not in it; choose another "
    "with `/settings channels`, or invite me with /invite",
    "not_in_channel": "I am not in the channel; invite me there with /invite",
    "is_archived": "the channel is archived; unarchive it, or choose another with "
    "`/settings channels`",
    "is_inactive": "the channel is archived; unarchive it to have its messages changed",
    "restricted_action": "an administrator restricts who may post there",
    "restricted_action_read_only_channel": "the channel is read-only",
    "restricted_action_thread_only_channel": "only threads are allowed there",
    "restricted_action_non_threadable_channel": "threads are not allowed there",
    "message_not_found": "the message is gone",
    "cant_update_message": "the message is not mine to change",
    "edit_window_closed": "the message is too old to change",
    "cant_delete_message": "the message is not mine to delete",
}
# The answer says that part of it may have been done.
DOUBTFUL = frozenset({"fatal_error", "internal_error"})
OUTAGE = frozenset({"service_unavailable", "request_timeout", "ratelimited", "team_added_to_org"})


class SlowDown(TryLater):
    """Slack asks us to wait longer than we have patience."""

    def __init__(self, after: timedelta) -> None:
        super().__init__("Slack asked us to slow down", after)


class HomeEnded(TryLater):
    """The workspace does not know us any more; what waits is kept for when it does again."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack says {code}: the app is not installed there any more", UNTIL_BACK)
        self.code = code


def translated(error: Exception) -> Exception:
    """What the port calls this failure of a call to Slack."""
    if isinstance(error, SlackApiError):
        return _answered(error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return TryLater("Slack cannot be reached", AFTER_OUTAGE)
    if isinstance(error, (SlackClientError, aiohttp.ClientError, asyncio.TimeoutError, OSError)):
        return MaybeSent(f"the connection to Slack broke ({type(error).__name__})")
    return error


def code_of(error: SlackApiError) -> str:
    """The error code of an answer; "" where there is none, as in the pages of a proxy."""
    data = error.response.data if hasattr(error.response, "data") else error.response
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def retry_after(error: SlackApiError) -> timedelta:
    """How long Slack asks us to wait, https://docs.slack.dev/apis/web-api/rate-limits."""
    headers = getattr(error.response, "headers", None) or {}
    value = next((headers[name] for name in headers if name.lower() == "retry-after"), "1")
    return timedelta(seconds=float(value) if str(value).replace(".", "", 1).isdigit() else 1.0)


def status_of(error: SlackApiError) -> int:
    return int(getattr(error.response, "status_code", 200))


def _answered(error: SlackApiError) -> Exception:
    code, status = code_of(error), status_of(error)
    if status == 429 or code == "ratelimited":
        return SlowDown(retry_after(error))
    if code in ENDED:
        return HomeEnded(code)
    if code in CLOSED:
        return DirectClosed(CLOSED[code])
    if code in MENDABLE:
        needed = error.response.get("needed") if code == "missing_scope" else None
        return TryLater(f"{MENDABLE[code]}{f' (it needs {needed})' if needed else ''}")
    if code in DOUBTFUL or (status >= 500 and code not in OUTAGE):
        return MaybeSent(f"Slack answered {code or status}")
    if code in OUTAGE:
        return TryLater(f"Slack answered {code}", AFTER_OUTAGE)
    return Refused(REFUSED.get(code, f"Slack answered {code or status}"), code)
