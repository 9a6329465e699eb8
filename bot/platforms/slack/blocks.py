"""A message in Slack's blocks, and as the plain text that notifications and screen readers use.

Sizes: https://docs.slack.dev/reference/block-kit/blocks/header-block (150),
.../blocks/actions-block (25 elements) and .../block-elements/button-element (label 75, value
2,000, `action_id` unique within its block). The same blocks may stand in modals and on Home.
"""

import json
import re
from typing import Any

from bot.platforms.slack.rich_text import Element, flat, shown, to_parts, to_plain, to_rich_text
from core.chat import Button, Message

TITLE = 150
LABEL = 75
ROW = 5  # buttons in a row: more would wrap anywhere
# Slack refuses blocks of more than about 13,200 characters, and counts more than the texts in them
# (msg_blocks_too_long; https://github.com/slackapi/bolt-js/issues/2509 and 2867).
WHOLE = 12_000
FALLBACK = 4_000  # https://docs.slack.dev/reference/methods/chat.postMessage advises this length
PRESS = "press:"  # how the action_id of each of our buttons begins
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def said(message: Message) -> dict[str, Any]:
    """A message as Slack takes it: its blocks, and what they say without markup.

    In `text`, `<` is always escaped, so that nothing in it mentions; `@here` alone notifies no one
    as long as `link_names` and `parse` are not set
    (https://docs.slack.dev/messaging/formatting-message-text).
    """
    elements = to_rich_text(message.text)
    return {"text": _fallback(message, elements), "blocks": _fitting(message, elements)}


def message_blocks(message: Message) -> list[dict[str, Any]]:
    """Title, text, fields and buttons as blocks."""
    return _fitting(message, to_rich_text(message.text))


def escape(text: str) -> str:
    """Text as Slack wants it where it reads markup: https://docs.slack.dev/messaging/formatting-message-text."""
    return re.sub("[&<>]", lambda found: ENTITIES[found[0]], text)


def _fitting(message: Message, elements: list[Element]) -> list[dict[str, Any]]:
    """Every list item and every change of style costs Slack's room. A text that has very many goes
    without them rather than not at all."""
    blocks = _blocks(message, elements)
    if len(json.dumps(blocks, ensure_ascii=False)) > WHOLE and elements:
        plain = {"type": "rich_text_section", "elements": flat(elements)}
        blocks = _blocks(message, [plain])
    return blocks


def _fallback(message: Message, elements: list[Element]) -> str:
    said = [_one_line(message.title), to_plain(elements).strip()]
    said += [f"{label}: {shown(to_parts(value))}" for label, value in message.fields]
    return _cut(escape("\n".join(part for part in said if part)), FALLBACK)


def _blocks(message: Message, elements: list[Element]) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if title := _one_line(message.title):
        text = {"type": "plain_text", "text": _cut(title, TITLE), "emoji": False}
        blocks.append({"type": "header", "text": text})
    if elements:
        blocks.append({"type": "rich_text", "elements": elements})
    if message.fields:
        blocks.append({"type": "rich_text", "elements": [_fields(message.fields)]})
    for start in range(0, len(message.buttons), ROW):
        row = message.buttons[start : start + ROW]
        pressed = [_button(button, number) for number, button in enumerate(row, start)]
        blocks.append({"type": "actions", "elements": pressed})
    return blocks


def _fields(fields: tuple[tuple[str, str], ...]) -> Element:
    parts: list[Element] = []
    for label, value in fields:
        begin = "\n" if parts else ""
        parts.append({"type": "text", "text": f"{begin}{label}:", "style": {"bold": True}})
        if told := to_parts(value.strip()):
            parts += [{"type": "text", "text": " "}, *told]
    return {"type": "rich_text_section", "elements": parts}


def _button(button: Button, number: int) -> dict[str, Any]:
    element: dict[str, Any] = {
        "type": "button",
        "text": {"type": "plain_text", "text": _cut(_one_line(button.label), LABEL)},
        "action_id": f"{PRESS}{number}",
        "value": button.id,
    }
    if button.style != "plain":
        element["style"] = button.style
    return element


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str, limit: int) -> str:
    """The text, or its beginning up to a word, with "…"; an entity is never cut in two."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    words = re.match(r"(?s)(.*\S)\s", head)
    if words and len(words[1]) > limit // 2:
        head = words[1]
    return re.sub(r"&[a-z]{0,3}$", "", head) + "…"
