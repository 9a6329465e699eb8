"""Small blocks, modals and helpers for tests of the fake."""

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

Body = dict[str, Any]


def plain(text: str) -> Body:
    return {"type": "plain_text", "text": text}


def button(label: str, action: str = "go", value: str = "1") -> Body:
    return {"type": "button", "text": plain(label), "action_id": action, "value": value}


def actions(*elements: Body) -> Body:
    return {"type": "actions", "block_id": "row", "elements": list(elements)}


def field(label: str, block: str, **more: Any) -> Body:
    element = {"type": "plain_text_input", "action_id": "value", "max_length": 100, **more}
    return {"type": "input", "block_id": block, "label": plain(label), "element": element}


def modal(*blocks: Body, title: str = "Reflection", **more: Any) -> Body:
    return {
        "type": "modal",
        "callback_id": "reflect",
        "title": plain(title),
        "submit": plain("Save"),
        "blocks": list(blocks) or [field("Title", "title")],
        **more,
    }


class Heard(list[Body]):
    """What listeners of an app were called with, for a test to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self._queue: asyncio.Queue[Body] = asyncio.Queue()

    def append(self, body: Body) -> None:
        super().append(body)
        self._queue.put_nowait(body)

    async def next(self) -> Body:
        return await asyncio.wait_for(self._queue.get(), 5)


def error_of(caught: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(caught.value.response["error"])


async def refused(call: Any) -> str:
    """The error with which Slack answers."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return error_of(caught)
