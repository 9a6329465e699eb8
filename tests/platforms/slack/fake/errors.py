"""How Slack says no."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """An answer `{"ok": false, "error": ...}`, with HTTP status 200.

    https://docs.slack.dev/apis/web-api/#responses
    """

    def __init__(self, error: str, messages: list[str] | None = None, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []
        self.more = more

    def body(self) -> Json:
        body: Json = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
        return body
