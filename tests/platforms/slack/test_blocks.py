"""Messages in Slack's blocks, and as plain text."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.platforms.slack.blocks import FALLBACK, message_blocks, said
from core.chat import Button, Capabilities, Message
from core.text import split_message
from tests.platforms.slack.fake.blocks import check_message_blocks

LIMITS = Capabilities(max_text=5_000, max_fields=10, max_field_text=500)
PIECES = ["word ", "**", "*", "`", "\n", "\n\n", "- ", "7. ", "> ", "# ", "```\n", "  ", "~~", "|"]
PIECES += ["[a](https://example.org)", "[b](time:7)", "![](https://e.org/p)", "[](x)", "<!here>"]


def test_a_message_is_title_text_fields_and_buttons() -> None:
    whole = Message("text", title="Title", fields=(("a", "b"),), buttons=(Button("Go", "go"),))
    kinds = [block["type"] for block in message_blocks(whole)]
    assert kinds == ["header", "rich_text", "rich_text", "actions"]


def test_what_a_message_lacks_is_no_block() -> None:
    assert message_blocks(Message("", buttons=(Button("Go", "go"),)))[0]["type"] == "actions"
    assert message_blocks(Message("  ")) == []


def test_a_title_is_literal_and_short() -> None:
    (header,) = message_blocks(Message("", title="*:wave:* <!here>\n" + "word " * 60))
    assert header["text"]["emoji"] is False
    assert header["text"]["text"].startswith("*:wave:* <!here> word")
    assert len(header["text"]["text"]) <= 150
    assert header["text"]["text"].endswith("word…")


def test_fields_are_lines_with_bold_labels() -> None:
    (block,) = message_blocks(Message("", fields=(("When", "*now*"), ("Where", ""))))
    assert block["elements"] == [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "When:", "style": {"bold": True}},
                {"type": "text", "text": " "},
                {"type": "text", "text": "now", "style": {"italic": True}},
                {"type": "text", "text": "\nWhere:", "style": {"bold": True}},
            ],
        }
    ]


def test_buttons_stand_in_rows_of_five_with_ids_of_their_own() -> None:
    buttons = tuple(Button(f"Number {at}", f"go|at={at}") for at in range(12))
    rows = [block["elements"] for block in message_blocks(Message("", buttons=buttons))]
    assert [len(row) for row in rows] == [5, 5, 2]
    assert [button["value"] for row in rows for button in row] == [one.id for one in buttons]
    assert len({button["action_id"] for row in rows for button in row}) == 12


@pytest.mark.parametrize(("style", "shown"), [("plain", None), ("primary", "primary")])
def test_a_button_looks_as_it_should(style: str, shown: str | None) -> None:
    button = Button("Go " * 40, "go", style)  # type: ignore[arg-type]
    (row,) = message_blocks(Message("", buttons=(button,)))
    assert row["elements"][0].get("style") == shown
    assert len(row["elements"][0]["text"]["text"]) <= 75


def test_a_text_with_very_many_list_items_goes_without_them_rather_than_not_at_all() -> None:
    (block,) = message_blocks(Message("- **x** [y](https://x.org)\n" * 150))
    (section,) = block["elements"]
    link = {"type": "link", "url": "https://x.org", "text": "y"}
    assert section["elements"][:3] == [
        {"type": "text", "text": "• x "},
        link,
        {"type": "text", "text": "\n• x "},
    ]
    check_message_blocks([block])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=200).map("".join),
    st.text(max_size=20),
    st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9)), max_size=3),
)
@example("- x\n" * 2_000, "", [])
@example("> x\n\ny\n\n" * 500, "", [])
def test_slack_takes_any_message(typed: str, title: str, fields: list[tuple[str, str]]) -> None:
    whole = Message(typed, title=title, fields=tuple(fields), buttons=(Button("Go", "go"),) * 6)
    for part in split_message(whole, LIMITS):
        check_message_blocks(message_blocks(part))


def test_the_fallback_says_everything_without_markup() -> None:
    message = Message("**Hi** [you](https://x.org)\n\n2. b", title="T", fields=(("W", "`n`"),))
    assert said(message)["text"] == "T\nHi you\n2. b\nW: n"


def test_nothing_in_the_fallback_mentions() -> None:
    assert said(Message("<!channel> & `<@U1>`"))["text"] == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_a_long_fallback_ends_with_a_whole_word() -> None:
    cut = said(Message("some words " * 900))["text"]
    assert len(cut) <= FALLBACK
    assert cut.endswith((" words…", " some…"))


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("ab<>& \n*"), max_size=60), st.integers(100, 5_000))
def test_the_fallback_is_never_too_long_and_never_markup(piece: str, times: int) -> None:
    text = said(Message(piece * (times // (len(piece) or 1))))["text"]
    assert len(text) <= FALLBACK
    assert "<" not in text
    assert text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").count("&") == 0
