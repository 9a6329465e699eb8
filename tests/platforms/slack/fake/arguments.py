"""Arguments of a call, as they come in a query, a form or JSON.

https://docs.slack.dev/apis/web-api/#basics : booleans are "true", "1" and the like in forms;
structures are JSON in a string, also accepted within a JSON body.
"""

import json
from typing import Any

from tests.platforms.slack.fake.errors import Json, SlackError


class Arguments:
    """Typed access to what was sent."""

    def __init__(self, raw: Json) -> None:
        self.raw = {name: value for name, value in raw.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.raw

    def text(self, name: str, default: str = "") -> str:
        value = self.raw.get(name, default)
        if isinstance(value, bool):
            return "1" if value else "0"
        return value if isinstance(value, str) else str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.raw.get(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        value = self.raw.get(name, default)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise SlackError("invalid_limit" if name == "limit" else "invalid_arguments") from None

    def listed(self, name: str) -> list[str]:
        value = self.raw.get(name, "")
        parts = value if isinstance(value, list) else str(value).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]

    def structure(self, name: str, error: str) -> Any:
        value = self.raw.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None
