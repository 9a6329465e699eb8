"""Are these blocks, is this a view, such as Slack takes?

https://docs.slack.dev/reference/block-kit/blocks and https://docs.slack.dev/reference/views
"""

import json
from typing import Any

from tests.platforms.slack.fake.elements import ACCESSORY, FILLABLE, IMAGE, PRESSABLE, URL
from tests.platforms.slack.fake.errors import SlackError
from tests.platforms.slack.fake.rich_text import INLINE, RICH_TEXT
from tests.platforms.slack.fake.rules import (
    ID,
    Report,
    Rule,
    both,
    by_type,
    flag,
    items,
    plain,
    shape,
    text,
    whole,
    words,
)

BLOCK_ID = {"block_id": ID}
LONGEST_MARKDOWN = 12_000
"""Over all markdown blocks: https://docs.slack.dev/reference/block-kit/blocks/markdown-block"""
LONGEST_BLOCKS = 13_200
"""Of blocks together, as people report it; the documentation has no number."""
LARGEST_VIEW = 250_000
"""https://docs.slack.dev/reference/methods/views.open: `view_too_large`"""


def _text_or_fields(report: Report, at: str, value: Any) -> None:
    if not value.get("text") and not value.get("fields"):
        report.add(f"{at}/type", "must define either `text` or `fields`")


def _picture(report: Report, at: str, value: Any) -> None:
    if not value.get("image_url") and not value.get("slack_file"):
        report.add(at, "must define either `image_url` or `slack_file`")


CELL = by_type(
    {
        "raw_text": shape({"text": text(10_000)}),
        "rich_text": RICH_TEXT,
        "text": INLINE,
    }
)

EVERYWHERE: dict[str, Rule] = {
    "section": both(
        shape(
            {},
            {
                **BLOCK_ID,
                "text": words(3_000),
                "fields": items(words(2_000), 10),
                "accessory": by_type({**ACCESSORY, "image": both(IMAGE, _picture)}),
                "expand": flag,
            },
        ),
        _text_or_fields,
    ),
    "header": shape({"text": plain(150)}, {**BLOCK_ID, "level": whole(1, 4)}),
    "divider": shape({}, BLOCK_ID),
    "context": shape(
        {
            "elements": items(
                by_type(
                    {
                        "image": both(IMAGE, _picture),
                        "plain_text": words(2_000),
                        "mrkdwn": words(2_000),
                    }
                ),
                10,
            )
        },
        BLOCK_ID,
    ),
    "actions": shape({"elements": items(by_type(PRESSABLE), 25)}, BLOCK_ID),
    "image": both(
        shape(
            {"alt_text": text(2_000)},
            {
                **BLOCK_ID,
                "image_url": URL,
                "slack_file": shape({}, {"id": ID, "url": URL}),
                "title": plain(2_000),
            },
        ),
        _picture,
    ),
    "input": shape(
        {"label": plain(2_000), "element": by_type(FILLABLE)},
        {**BLOCK_ID, "dispatch_action": flag, "hint": plain(2_000), "optional": flag},
    ),
    "rich_text": RICH_TEXT,
    "video": shape(
        {
            "alt_text": text(2_000),
            "title": plain(200),
            "thumbnail_url": URL,
            "video_url": URL,
        },
        {
            **BLOCK_ID,
            "author_name": text(49),
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": text(100),
            "title_url": URL,
        },
    ),
}

IN_MESSAGES: dict[str, Rule] = {
    **EVERYWHERE,
    "markdown": shape({"text": text(LONGEST_MARKDOWN, 1)}, BLOCK_ID),
    "table": shape(
        {"rows": items(items(CELL, 20), 100)},
        {
            **BLOCK_ID,
            "column_settings": items(
                shape({}, {"align": text(6), "is_wrapped": flag}), 20, least=0
            ),
        },
    ),
}

MODAL: Rule = shape(
    {"title": plain(24), "blocks": items(by_type(EVERYWHERE), 100)},
    {
        "submit": plain(24),
        "close": plain(24),
        "private_metadata": text(3_000),
        "callback_id": text(255),
        "external_id": text(255),
        "clear_on_close": flag,
        "notify_on_close": flag,
    },
)
HOME: Rule = shape(
    {"blocks": items(by_type(EVERYWHERE), 100, least=0)},
    {
        "private_metadata": text(3_000),
        "callback_id": text(255),
        "external_id": text(255),
    },
)


def elements_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a block that a person can use."""
    found = [block.get("accessory"), block.get("element")]
    if block.get("type") == "actions":
        found += block.get("elements") or []
    return [one for one in found if isinstance(one, dict) and one.get("type") != "image"]


def _unique(report: Report, at: str, blocks: list[Any]) -> None:
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        name = block.get("block_id")
        if name is not None and name in seen:
            report.add(f"{at}/{number}/block_id", f'`block_id` "{name}" already exists')
        seen.add(name or "")
        actions: set[str] = set()
        for place, element in enumerate(elements_of(block)):
            action = element.get("action_id")
            if action is not None and action in actions:
                report.add(
                    f"{at}/{number}/elements/{place}/action_id",
                    f'`action_id` "{action}" already exists',
                )
            actions.add(action or "")


def check_message_blocks(blocks: Any) -> None:
    """Refuses blocks that no message may have.

    https://docs.slack.dev/reference/methods/chat.postMessage#errors
    """
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    report = Report()
    items(by_type(IN_MESSAGES), 50, least=0)(report, "/blocks", blocks)
    if not report.found:
        _unique(report, "/blocks", blocks)
        marked = sum(len(one["text"]) for one in blocks if one["type"] == "markdown")
        if marked > LONGEST_MARKDOWN:
            report.add("/blocks", f"must be less than {LONGEST_MARKDOWN + 1} characters")
    if report.found:
        bare = [words.removeprefix("[ERROR] ") for words in report.found]
        raise SlackError("invalid_blocks", report.found, errors=bare)
    if len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":"))) > LONGEST_BLOCKS:
        raise SlackError("msg_blocks_too_long")


def check_view(view: Any, *, kinds: tuple[str, ...] = ("modal",)) -> None:
    """Refuses what is not a view of these kinds.

    https://docs.slack.dev/reference/views
    """
    report = Report()
    if not isinstance(view, dict):
        raise SlackError("invalid_arguments", ["[ERROR] must be an object [json-pointer:/view]"])
    if len(json.dumps(view).encode()) > LARGEST_VIEW:
        raise SlackError("view_too_large")
    known = {"modal": MODAL, "home": HOME}
    by_type({kind: known[kind] for kind in kinds})(report, "/view", view)
    blocks = view.get("blocks")
    if isinstance(blocks, list) and not report.found:
        _unique(report, "/view/blocks", blocks)
        if view["type"] == "modal" and not view.get("submit"):
            for number, block in enumerate(blocks):
                if block["type"] == "input":
                    report.add(
                        f"/view/blocks/{number}/input",
                        "must define `submit` to use an `input` block in modals",
                    )
    if report.found:
        raise SlackError("invalid_arguments", report.found)
