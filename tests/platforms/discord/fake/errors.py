"""How Discord says no.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
"""

from http import HTTPStatus
from typing import Any

Json = dict[str, Any]

KNOWN: dict[int, tuple[int, str]] = {
    0: (401, "401: Unauthorized"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10009: (404, "Unknown Overwrite"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    10070: (404, "Unknown Guild Scheduled Event"),
    10087: (404, "Unknown tag"),
    20012: (403, "You are not authorized to perform this action on this application"),
    20026: (
        403,
        "Your bot has been flagged by our anti-spam system for abusive behavior.",
    ),
    20028: (
        429,
        "The write action you are performing on the channel has hit the write rate limit.",
    ),
    30003: (400, "Maximum number of pins reached for the channel (250)"),
    30013: (400, "Maximum number of guild channels reached (500)"),
    30032: (400, "Maximum number of application commands reached"),
    30038: (400, "Maximum number of uncompleted guild scheduled events reached (100)"),
    30047: (
        400,
        "Maximum number of pinned threads in a forum channel has been reached",
    ),
    40003: (403, "You are opening direct messages too fast."),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    40062: (429, "Service resource is being rate limited."),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    50033: (400, "Invalid Recipient(s)"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    50278: (403, "Cannot send messages to this user"),
    160002: (400, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    160005: (400, "Thread is locked"),
    160006: (400, "Maximum number of active threads reached"),
    180000: (400, "Cannot update a finished event"),
}


class DiscordError(Exception):
    """An answer `{"code": ..., "message": ..., "errors": ...}` with its HTTP status."""

    def __init__(self, code: int, *, status: int = 0, errors: Json | None = None) -> None:
        usual, words = KNOWN.get(code, (400, "Something went wrong"))
        if code == 0 and status:
            words = f"{status}: {HTTPStatus(status).phrase}"
        super().__init__(f"{code} {words}")
        self.code = code
        self.status = status or usual
        self.message = words
        self.errors = errors

    def body(self) -> Json:
        body: Json = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


def invalid(at: str, code: str, words: str) -> DiscordError:
    """An invalid body with one error: `invalid("message.content", "BASE_TYPE_REQUIRED", ...)`."""
    errors: Json = {"_errors": [{"code": code, "message": words}]}
    for name in reversed(at.split(".")):
        errors = {name: errors}
    return DiscordError(50035, errors=errors)
