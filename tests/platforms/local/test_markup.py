import pytest

from bot.platforms.local.markup import render, render_line


def test_commonmark_becomes_html() -> None:
    assert "<strong>bold</strong>" in render("**bold**\n\n- one")
    assert "<li>one</li>" in render("**bold**\n\n- one")


def test_a_line_break_that_was_typed_stays() -> None:
    assert "<br>" in render("one\ntwo")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[here](javascript:alert(1))",
        "![picture](https://example.org/spy.png)",
        '<a href="https://example.org" onclick="x()">x</a>',
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<style>*{display:none}</style>",
    ],
)
def test_nothing_that_is_written_can_act(text: str) -> None:
    html = render(text) + render_line(text)
    assert not any(tag in html for tag in ("<script", "<img", "<style", '<a href="javascript'))
    assert 'href="data:' not in html
    assert "<a onclick" not in html


def test_html_is_shown_as_it_was_typed() -> None:
    assert "&lt;b&gt;" in render("<b>")


def test_markdown_that_does_not_close_harms_nothing_below_it() -> None:
    assert render("**open `code\n\n> and").count("<") == render("**open `code\n\n> and").count(">")


def test_links_lead_out_without_telling_where_from() -> None:
    html = render("[site](https://example.org)")
    assert 'rel="noopener noreferrer nofollow"' in html
    assert 'target="_blank"' in html


def test_a_moment_is_a_time_and_not_a_link() -> None:
    html = render("Due [Sunday](time:1790000000), see [this](https://example.org)")
    assert '<time datetime="2026-09-21T14:13:20+00:00">Sunday</time>' in html
    assert html.count("<a ") == html.count("</a>") == 1


def test_everyone_right_to_left_text_and_emoji_stay_plain_text() -> None:
    text = "@everyone שלום 👩🏽‍🏫"
    assert render(text) == f"<p>{text}</p>\n"
