"""Which blocks and views are refused, and how."""

from typing import Any

import pytest

from tests.platforms.slack.fake.blocks import check_message_blocks, check_view
from tests.platforms.slack.fake.errors import SlackError
from tests.platforms.slack.fake.samples import Body, actions, button, field, modal, plain


def section(text: str) -> Body:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def rich(*elements: Body) -> Body:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(elements)}],
    }


def menu(count: int, **more: Any) -> Body:
    options = [{"text": plain(str(one)), "value": str(one)} for one in range(count)]
    return {"type": "static_select", "action_id": "pick", "options": options, **more}


def complaints(blocks: list[Body]) -> list[str]:
    with pytest.raises(SlackError) as caught:
        check_message_blocks(blocks)
    return [one.removeprefix("[ERROR] ") for one in caught.value.messages]


def view_complaints(view: Body) -> list[str]:
    with pytest.raises(SlackError) as caught:
        check_view(view)
    assert caught.value.error == "invalid_arguments"
    return [one.removeprefix("[ERROR] ") for one in caught.value.messages]


def test_what_is_documented_passes() -> None:
    style = {"bold": True}
    check_message_blocks(
        [
            {"type": "header", "text": plain("Week 1")},
            section("x" * 3_000) | {"accessory": button("Go")},
            {"type": "divider"},
            actions(button("A", "a"), menu(100, placeholder=plain("Pick"))),
            {"type": "markdown", "text": "**bold**"},
            {"type": "context", "elements": [plain("small")]},
            rich(
                {"type": "text", "text": "a", "style": style},
                {"type": "link", "url": "https://example.org", "text": "b"},
                {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "x"},
            ),
        ]
    )
    check_view(modal(field("Title", "title"), rich({"type": "text", "text": "a"})))


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        (
            [section("x" * 3_001)],
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ),
        ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        (
            [{"type": "section"}],
            "must define either `text` or `fields` [json-pointer:/blocks/0/type]",
        ),
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        (
            [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        (
            [actions(menu(101))],
            "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
        ),
        (
            [actions(menu(0))],
            "must provide at least 1 items [json-pointer:/blocks/0/elements/0/options]",
        ),
        (
            [actions(button("A"), button("B"))],
            '`action_id` "go" already exists [json-pointer:/blocks/0/elements/1/action_id]',
        ),
        (
            [actions(button("A", "a")), actions(button("B", "b"))],
            '`block_id` "row" already exists [json-pointer:/blocks/1/block_id]',
        ),
        (
            [rich({"type": "text", "text": ""})],
            "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
        ),
        (
            [rich({"type": "text", "text": "a", "style": {"loud": True}})],
            "invalid additional property: loud "
            "[json-pointer:/blocks/0/elements/0/elements/0/style]",
        ),
        (
            [actions(button("A", value="x" * 2_001))],
            "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
        ),
    ],
)
def test_wrong_blocks_are_named(blocks: list[Body], words: str) -> None:
    assert words in complaints(blocks)


def test_blocks_that_are_too_much_together_are_refused() -> None:
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        check_message_blocks([section("x" * 2_900)] * 5)
    long = {"type": "markdown", "text": "x" * 6_001}
    assert complaints([long, long]) == ["must be less than 12001 characters [json-pointer:/blocks]"]


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (modal(title="x" * 25), "must be less than 25 characters [json-pointer:/view/title/text]"),
        (
            modal() | {"submit": None},
            "must define `submit` to use an `input` block in modals "
            "[json-pointer:/view/blocks/0/input]",
        ),
        (
            modal({"type": "markdown", "text": "x"}),
            "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
        ),
        (
            modal(field("T", "t", max_length=3_001)),
            "must be less than 3001 [json-pointer:/view/blocks/0/element/max_length]",
        ),
        (
            modal(field("T", "t", max_length=2, initial_value="abc")),
            "must be less than 3 characters [json-pointer:/view/blocks/0/element/initial_value]",
        ),
        (
            modal(*[{"type": "divider"}] * 101),
            "no more than 100 items allowed [json-pointer:/view/blocks]",
        ),
        (
            modal(private_metadata="x" * 3_001),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (modal(color="red"), "invalid additional property: color [json-pointer:/view]"),
        (
            modal(
                field("T", "t")
                | {"element": menu(2, initial_option={"text": plain("x"), "value": "x"})}
            ),
            "initial options must match the options provided [json-pointer:/view/blocks/0/element]",
        ),
        ({"type": "home", "blocks": []}, "unsupported type: home [json-pointer:/view/type]"),
    ],
)
def test_wrong_views_are_named(view: Body, words: str) -> None:
    assert words in view_complaints(view)


def test_a_view_has_a_largest_size() -> None:
    with pytest.raises(SlackError, match="view_too_large"):
        check_view(modal(*[section("é" * 3_000)] * 90))
