"""CommonMark, as people and the bot write it, to HTML that can do no harm.

HTML in the text is shown as text, pictures become links, and links lead only to the web or to a
mailbox. What markdown-it makes is cleaned once more by nh3, with a short list of what may stay.
"""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(
    ["strikethrough", "table"]
)
_parser.disable("image")


@lru_cache(maxsize=2_000)
def render(text: str) -> str:
    """Several paragraphs of CommonMark as safe HTML. A single line break stays one."""
    return _clean(_parser.render(text))


@lru_cache(maxsize=2_000)
def render_line(text: str) -> str:
    """One line of CommonMark as safe HTML, without a paragraph around it."""
    return _clean(_parser.renderInline(text))


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
