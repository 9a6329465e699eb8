"""CommonMark in Slack: it looks the same, says the same, and notifies no one."""

import html
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.platforms.local.markup import render
from bot.platforms.slack.rich_text import MOMENT_FORMAT, to_parts, to_plain, to_rich_text

MENTIONS = {"user", "usergroup", "broadcast", "channel", "team"}

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=120),
    st.lists(
        st.sampled_from(
            [
                *("word", "é", "*", "**", "_", "~~", "`", "```", "\n", "\n\n", " ", "    ", "\\"),
                *("- ", "1. ", "> ", "# ", "---\n", "|", "|-|-|\n", "&lt;", "<b>", "<!channel>"),
                *("[a](https://example.org)", "[b](time:7)", "[c](x)", "![p](https://e.org/p)"),
                "@everyone",
            ]
        ),
        max_size=30,
    ).map("".join),
)


def text(words: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": words, **({"style": style} if style else {})}


def section(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(parts)}


def parts_of(commonmark: str) -> Any:
    (element,) = to_rich_text(commonmark)
    return element["elements"]


def leaves(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    inner = [leaves(one["elements"]) if "elements" in one else [one] for one in elements]
    return [leaf for some in inner for leaf in some]


def test_a_text_that_shows_nothing_is_no_element() -> None:
    assert [to_rich_text(empty) for empty in ("", " \n\n", "&nbsp;", "```\n```", ">")] == [[]] * 5


def test_paragraphs_stand_in_one_section_with_an_empty_line_between() -> None:
    assert to_rich_text("one\n\n\ntwo\n") == [section(text("one\n\ntwo"))]


def test_line_breaks_stay() -> None:
    assert parts_of("one\ntwo  \nthree\\\nfour") == [text("one\ntwo\nthree\nfour")]


def test_emphasis_nests_and_works_inside_words() -> None:
    assert parts_of("a**b*c***d ~~e~~") == [
        text("a"),
        text("b", bold=True),
        text("c", bold=True, italic=True),
        text("d "),
        text("e", strike=True),
    ]


def test_a_code_span_keeps_its_marks() -> None:
    assert parts_of("`*a* <b>`") == [text("*a* <b>", code=True)]


def test_a_heading_is_a_bold_line_above_its_text() -> None:
    assert parts_of("before\n\n# Our *plan*\nafter") == [
        text("before\n\n"),
        text("Our ", bold=True),
        text("plan", bold=True, italic=True),
        text("\nafter"),
    ]


def test_a_thematic_break_is_a_line() -> None:
    assert parts_of("a\n\n***\n\nb") == [text("a\n\n———\n\nb")]


def test_a_link_keeps_the_styles_of_its_label() -> None:
    url = "https://example.org/a?b=1&c=2"
    assert parts_of(f"[see **this**]({url}) <{url}>") == [
        {"type": "link", "url": url, "text": "see "},
        {"type": "link", "url": url, "text": "this", "style": {"bold": True}},
        text(" "),
        {"type": "link", "url": url},
    ]


def test_a_mailbox_is_a_link() -> None:
    link = {"type": "link", "url": "mailto:ada@example.org", "text": "ada@example.org"}
    assert parts_of("<ada@example.org>") == [link]


@pytest.mark.parametrize("target", ["tel:123", "/page", "https:", "slack://open", "ftp://x.org"])
def test_a_link_elsewhere_is_text_that_shows_where(target: str) -> None:
    assert parts_of(f"[there]({target})") == [text(f"there ({target})")]


def test_a_picture_is_a_link_to_it() -> None:
    link = {"type": "link", "url": "https://example.org/p.png", "text": "a cat"}
    assert parts_of("![a *cat*](https://example.org/p.png)") == [link]


def test_a_picture_in_a_link_leads_where_the_link_does() -> None:
    link = {"type": "link", "url": "https://example.org", "text": "a cat"}
    assert parts_of("[![a cat](https://example.org/p.png)](https://example.org)") == [link]


def test_a_moment_is_shown_in_each_readers_zone() -> None:
    at = {"type": "date", "timestamp": 1788984000, "format": MOMENT_FORMAT}
    label = "Wednesday, September 9, 4:00 PM EDT"
    assert parts_of(f"**[{label}](time:1788984000)**") == [
        {**at, "fallback": label, "style": {"bold": True}}
    ]


def test_html_is_shown_as_it_was_typed() -> None:
    assert parts_of("<b>x</b>\n\n<div>") == [text("<b>x</b>\n\n<div>")]


def test_what_would_mention_is_plain_text() -> None:
    typed = "<!channel> <@U123> <!subteam^S1> @here @everyone #general :wave:"
    assert parts_of(typed) == [text(typed)]


def test_lists_in_lists_follow_each_other_with_more_indent() -> None:
    shape = [
        (one["style"], one["indent"], one.get("offset"), to_plain([one]).split("\n"))
        for one in to_rich_text("1. a\n   - b\n     - c\n2. d\n3. e")
    ]
    assert shape == [
        ("ordered", 0, None, ["1. a"]),
        ("bullet", 1, None, ["  • b"]),
        ("bullet", 2, None, ["    • c"]),
        ("ordered", 0, 1, ["2. d", "3. e"]),
    ]


def test_a_list_may_begin_at_another_number() -> None:
    (one,) = to_rich_text("7. a\n8. b")
    assert (one["offset"], len(one["elements"])) == (6, 2)


def test_no_list_is_deeper_than_slack_takes() -> None:
    deep = "\n".join("  " * level + "- x" for level in range(12))
    assert max(one["indent"] for one in to_rich_text(deep)) == 8


def test_an_item_without_text_is_not_empty() -> None:
    (one,) = to_rich_text("-\n- a")
    assert one["elements"] == [section(text(" ")), section(text("a"))]


def test_code_in_a_list_stands_between_two_parts_of_it() -> None:
    kinds = [
        (one["type"], one.get("offset"))
        for one in to_rich_text("1. a\n\n   ```\n   c\n   ```\n2. b")
    ]
    assert kinds == [
        ("rich_text_list", None),
        ("rich_text_preformatted", None),
        ("rich_text_list", 1),
    ]


def test_a_paragraph_after_a_list_has_an_empty_line_above() -> None:
    above, _, below = to_rich_text("do:\n\n- a\n\nthen")
    assert (above, below) == (section(text("do:")), section(text("\nthen")))


def test_a_quote_is_one_with_its_paragraphs() -> None:
    (one,) = to_rich_text("> a\n>\n> *b*\n> > c")
    assert one == {
        "type": "rich_text_quote",
        "elements": [text("a\n\n"), text("b", italic=True), text("\n\nc")],
    }


def test_lists_and_code_in_a_quote_have_its_bar() -> None:
    looks = [one["border"] for one in to_rich_text("> - a\n>\n> ```\n> b\n> ```")]
    assert looks == [1, 1]


def test_code_blocks_keep_their_lines() -> None:
    (one,) = to_rich_text("```python\nif a:\n\n    *b*\n```")
    assert one == {"type": "rich_text_preformatted", "elements": [text("if a:\n\n    *b*")]}


def test_a_table_is_lines_of_equal_columns() -> None:
    assert parts_of("| a | bee |\n|---|---|\n| **long** | `x` |") == [
        text("a    | bee\n-----+----\nlong | x")
    ]


def test_one_line_is_the_parts_of_a_section() -> None:
    assert to_parts("- a **b**\nc") == [text("- a "), text("b", bold=True), text("\nc")]


@settings(max_examples=100, deadline=None)
@given(texts)
@example("> " * 30 + "deep")
@example("[![a](https://example.org/b)](https://example.org) [![](time:1)](x)")
@example("| a |\n|---|\n|  |")
def test_nothing_is_lost_and_nothing_is_empty(typed: str) -> None:
    elements = to_rich_text(typed)
    every = leaves(elements)
    assert all(leaf.get("text") != "" and leaf.get("fallback") != "" for leaf in every)
    assert not {leaf["type"] for leaf in every} & MENTIONS
    assert all(one["elements"] for one in elements)
    shows = to_plain(elements) + "".join(leaf.get("url", "") for leaf in every)
    seen = re.sub(r"<[^>]*>", "", re.sub(r"</?a\b[^>]*>", " ", render(typed)))
    for word in re.findall(r"\w+", html.unescape(seen)):
        assert word in shows


def test_an_address_that_stands_in_a_text_can_be_followed() -> None:
    parts = to_parts("See https://example.org/live?a=1&b=2, please.")
    assert [part["type"] for part in parts] == ["text", "link", "text"]
    assert parts[1]["url"] == "https://example.org/live?a=1&b=2"


def test_an_address_in_a_code_span_is_left_alone() -> None:
    assert [part["type"] for part in to_parts("`https://example.org`")] == ["text"]


def test_a_channel_leads_there() -> None:
    (part,) = to_parts("[reflections](channel:C0123)")
    assert part == {"type": "channel", "channel_id": "C0123"}
