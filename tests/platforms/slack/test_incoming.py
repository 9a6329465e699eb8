"""What people write in Slack is stored so that it shows as they wrote it."""

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.platforms.slack.incoming import from_message, unescape
from bot.platforms.slack.rich_text import shown, to_rich_text

TRICKY = [*"ab1é中😀*_~`[]()<>#&!|\\.:;-+= \n\n", "&lt;", "1. ", "---", "](", "http://a.b"]

words = st.one_of(
    st.lists(st.sampled_from(TRICKY), max_size=25).map("".join),
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=40),
)
styles = st.fixed_dictionaries(
    {}, optional={name: st.just(True) for name in ("bold", "italic", "strike", "code")}
)


def text(said: str, **style: bool) -> dict[str, Any]:
    return {"type": "text", "text": said, "style": style}


def section(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": list(parts)}


def items(*said: str, style: str = "bullet", **looks: Any) -> dict[str, Any]:
    elements = [section(text(one)) for one in said]
    return {"type": "rich_text_list", "style": style, "elements": elements, **looks}


def read(*elements: dict[str, Any], **options: Any) -> str:
    return from_message({"blocks": [{"type": "rich_text", "elements": list(elements)}]}, **options)


def tidy(said: str) -> str:
    """Text as CommonMark can show it: no white space around lines, one empty line at most."""
    lines = "\n".join(line.strip() for line in said.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def shows(commonmark: str) -> str:
    return "\n".join(shown(one["elements"]) for one in to_rich_text(commonmark))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2 * 3 is snake_case, AT&T <3", "2 * 3 is snake_case, AT&T <3"),
        ("# no heading", r"\# no heading"),
        ("1. no list", r"1\. no list"),
        ("- no list", r"\- no list"),
        ("> no quote", r"\> no quote"),
        ("a\n---", "a\n\\---"),
        ("a | b\n--|--", "a | b\n\\--|--"),
        ("a <b> &amp; *c* [d](e)", r"a \<b> \&amp; \*c\* \[d\](e)"),
        (r"C:\temp \* end\ ", r"C:\temp \\\* end\\"),
        ("#general is 1.5 > 1", "#general is 1.5 > 1"),
    ],
)
def test_what_was_typed_is_escaped_only_where_it_would_mean_something(
    typed: str, stored: str
) -> None:
    assert read(section(text(typed))) == stored


def test_styles_become_marks() -> None:
    said = read(
        section(
            text("so ", bold=True),
            text("very", bold=True, italic=True),
            text(" and "),
            text("gone", strike=True),
            text(" "),
            text("a`b", code=True),
        )
    )
    assert said == "**so** ***very*** and ~~gone~~ ``a`b``"


def test_marks_between_punctuation_and_a_letter_still_count() -> None:
    said = read(section(text("(a)", bold=True), text("b")))
    assert to_rich_text(said) == [
        section(
            {"type": "text", "text": "(a)", "style": {"bold": True}}, {"type": "text", "text": "b"}
        )
    ]


def test_paragraphs_and_line_breaks_stay() -> None:
    assert read(section(text("a\nb\n\n\n  c\n"))) == "a\nb\n\nc"


def test_links_keep_their_labels() -> None:
    url = "https://example.org/a_(b)"
    said = read(
        section(
            text("Look!"),
            {"type": "link", "url": url, "text": "this [one]", "style": {"bold": True}},
            text(" "),
            {"type": "link", "url": url},
        )
    )
    assert said == rf"Look!**[this \[one\]](https://example.org/a_\(b\))** <{url}>"


def test_a_link_after_an_exclamation_mark_is_no_picture() -> None:
    said = read(section(text("Look!"), {"type": "link", "url": "https://e.org", "text": "x"}))
    assert said == r"Look\![x](https://e.org)"


def test_a_link_that_does_not_lead_to_the_web_is_text() -> None:
    link = {"type": "link", "url": "tel:123", "text": "call"}
    assert read(section(link)) == "call (tel:123)"


def test_mentions_become_names() -> None:
    said = from_message(
        {
            "text": "<@U1> <#C1|general> <!subteam^S1|@team>",
            "blocks": [
                {
                    "type": "rich_text",
                    "elements": [
                        section(
                            {"type": "user", "user_id": "U1"},
                            {"type": "channel", "channel_id": "C1"},
                            {"type": "channel", "channel_id": "C2"},
                            {"type": "usergroup", "usergroup_id": "S1"},
                            {"type": "broadcast", "range": "here"},
                        )
                    ],
                }
            ],
        },
        name_of={"U1": "Ada *Example*"}.__getitem__,
    )
    assert said == r"@Ada \*Example\*#general#channel@team@here"


def test_someone_unknown_is_someone() -> None:
    assert read(section({"type": "user", "user_id": "U1"})) == "@someone"


def test_emoji_become_characters_where_slack_tells_which() -> None:
    wave = {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fb"}
    ours = {"type": "emoji", "name": "our_school"}
    broken = {"type": "emoji", "name": "odd", "unicode": "zz"}
    assert read(section(wave, ours, broken)) == "👋🏻:our_school::odd:"


def test_a_date_becomes_a_moment() -> None:
    at = {"type": "date", "timestamp": 0, "format": "{date}", "fallback": "long ago"}
    bare = {"type": "date", "timestamp": 0, "format": "{date}"}
    said = read(section(at, text("\n"), bare))
    assert said == "[long ago](time:0)\n[Thursday, January 1, 12:00 AM UTC](time:0)"


def test_an_element_that_is_not_known_says_its_text() -> None:
    said = read(section({"type": "new", "text": "a*b"}, {"type": "newer", "fallback": " c"}))
    assert said == r"a\*b c"
    assert read({"type": "rich_text_new", "fallback": "d"}) == "d"
    assert from_message({"blocks": [{"type": "video", "alt_text": "a film"}]}) == "a film"


def test_lists_nest_and_go_on_counting() -> None:
    said = read(
        items("a", "b\nc", style="ordered", indent=0, offset=8),
        items("d", indent=1),
        items("e", style="ordered", indent=2, offset=2),
        items("f", style="ordered", indent=0, offset=10),
    )
    assert said == "9. a\n10. b\n    c\n    - d\n\n      3. e\n\n11. f"
    assert [(one["style"], one["indent"], one.get("offset", 0)) for one in to_rich_text(said)] == [
        ("ordered", 0, 8),
        ("bullet", 1, 0),
        ("ordered", 2, 2),
        ("ordered", 0, 10),
    ]


def test_quotes_hold_their_paragraphs_lists_and_code() -> None:
    said = read(
        {"type": "rich_text_quote", "elements": [text("a\n\nb")]},
        items("c", border=1),
        {"type": "rich_text_preformatted", "elements": [text("d")], "border": 1},
        section(text("e")),
    )
    assert said == "> a\n>\n> b\n>\n> - c\n>\n> ```\n> d\n> ```\n\ne"


def test_code_with_a_fence_in_it_stays_whole() -> None:
    code = {"type": "rich_text_preformatted", "elements": [text("```\n*a*\n```\n")]}
    assert read(code) == "````\n```\n*a*\n```\n````"


def test_other_blocks_say_what_they_show() -> None:
    said = from_message(
        {
            "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": "*Title*"}},
                {
                    "type": "section",
                    "text": {"type": "mrkdwn", "text": "*bold* &amp; more"},
                    "fields": [{"type": "plain_text", "text": "field"}],
                },
                {"type": "actions", "elements": [{"type": "button", "text": {"text": "Go"}}]},
                {"type": "markdown", "text": "**as it is**"},
            ]
        }
    )
    assert said == "\\*Title\\*\n\n**bold** & more\n\nfield\n\n**as it is**"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("*bold* _it *both*_ ~no~ `a*b &lt;`", "**bold** *it* ***both*** ~~no~~ `a*b <`"),
        ("2 * 3 * 4 snake_case_x", "2 * 3 * 4 snake_case_x"),
        ("&lt;b&gt; &amp;lt; # x", r"\<b> \&lt; # x"),
        ("1. x", r"1\. x"),
        ("see <https://e.org?a=1&amp;b=2|la*bel*>", r"see [la\*bel\*](https://e.org?a=1&b=2)"),
        ("<https://e.org> <mailto:a@e.org|a@e.org>", "<https://e.org> [a@e.org](mailto:a@e.org)"),
        ("<@U1> <#C1|general> <!here> <!subteam^S|@team>", "@someone #general @here @team"),
        ("<!date^1392734382^{date} at {time}^https://e.org|Feb 18>", "[Feb 18](time:1392734382)"),
        ("a > b\n&gt; one\n&gt; two\nb", "a > b\n\n> one\n> two\n\nb"),
        ("&gt; one\n\n&gt; two", "> one\n>\n> two"),
        ("x\n&gt;&gt;&gt; all\nof it", "x\n\n> all\n> of it"),
        ("a ```x &lt; <https://e.org>\n*y*``` b", "a\n\n```\nx < https://e.org\n*y*\n```\n\nb"),
    ],
)
def test_without_blocks_the_text_is_read_as_slacks_markup(typed: str, stored: str) -> None:
    assert from_message({"text": typed}) == stored


@pytest.mark.parametrize(
    ("arrived", "typed"),
    [
        ("plain <b> & text", "plain <b> & text"),
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt; &amp;amp;", "&lt; &amp;"),
        ("<@U123|ada> <@W9>", "@ada @W9"),
        ("<#C1|general> <!here> <!subteam^S1|@team>", "#general @here @team"),
        ("<https://x.org?a=1|label> <https://x.org>", "https://x.org?a=1 https://x.org"),
        ("<mailto:ada@x.org|ada@x.org>", "ada@x.org"),
    ],
)
def test_what_follows_a_command_is_what_was_typed(arrived: str, typed: str) -> None:
    assert unescape(arrived) == typed


def test_a_message_that_says_nothing_is_empty() -> None:
    assert [from_message({}), from_message({"text": None, "blocks": []}), read()] == [""] * 3


@settings(max_examples=100, deadline=None)
@given(words)
@example("=\n=\n=")
@example("a\n\n    b\n\tc")
@example("[a]: http://b\n[a]")
def test_typed_text_comes_back_as_it_was(typed: str) -> None:
    assert shows(read(section(text(typed)))) == tidy(typed)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(words, styles), max_size=6))
@example([("a", {"bold": True}), ("b", {"bold": True, "italic": True}), ("c", {"italic": True})])
@example([("x.", {"strike": True}), ("y", {}), ("!", {}), ("[", {"bold": True})])
@example([("*", {"bold": True}), ("a", {"italic": True}), ("*", {"bold": True})])
def test_styled_text_comes_back_as_it_was(typed: list[tuple[str, dict[str, bool]]]) -> None:
    parts = [text(said.replace("\n", " "), **style) for said, style in typed if said]
    said = read(section(text("("), *parts, text(")")))
    assert shows(said) == shown([text("("), *parts, text(")")])


@settings(max_examples=100, deadline=None)
@given(styles, st.booleans())
def test_each_style_comes_back(style: dict[str, bool], linked: bool) -> None:
    url = "https://example.org"
    part = {"type": "link", "url": url, "text": "word"} if linked else text("word")
    (back,) = to_rich_text(read(section({**part, "style": style})))[0]["elements"]
    assert (back.get("style", {}), back.get("url")) == (style, url if linked else None)


@settings(max_examples=100, deadline=None)
@given(st.lists(words.map(tidy).filter(bool), min_size=1, max_size=3), st.booleans())
def test_lists_come_back_as_they_were(said: list[str], ordered: bool) -> None:
    style = "ordered" if ordered else "bullet"
    (back,) = to_rich_text(read(items(*said, style=style)))
    assert [shown(item["elements"]) for item in back["elements"]] == said
    assert back["style"] == style


@settings(max_examples=100, deadline=None)
@given(words.map(tidy).filter(bool))
def test_quotes_and_code_come_back_as_they_were(said: str) -> None:
    for kind in ("rich_text_quote", "rich_text_preformatted"):
        (back,) = to_rich_text(read({"type": kind, "elements": [text(said)]}))
        assert (back["type"], shown(back["elements"])) == (kind, said)


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("ab&<>;lt gmp"), max_size=40))
@example("&lt; &amp;lt;")
def test_what_slack_escapes_comes_back_as_it_was_typed(typed: str) -> None:
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert unescape(escaped) == typed
    assert shows(from_message({"text": f"a{escaped}"})) == tidy(f"a{typed}")
