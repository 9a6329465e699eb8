"""CommonMark, as people and the bot write it, to HTML that can do no harm.

HTML in the text is shown as text, pictures become links, links lead only to the web or to a
mailbox, and moments (core.times) become <time>. What markdown-it makes is cleaned once more by
nh3, with a short list of what may stay.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "time",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "time": {"datetime"}}
SCHEMES = {"http", "https", "mailto"}


def _mark_moments(state: StateCore) -> None:
    """Turn each link to a moment, `time:` with Unix seconds, into a <time> element."""
    for token in state.tokens:
        within = False
        for child in token.children or ():
            if child.type == "link_open":
                second = re.fullmatch(r"time:(\d{1,10})", str(child.attrGet("href")))
                within = second is not None
                if second:
                    at = datetime.fromtimestamp(int(second[1]), UTC)
                    child.tag, child.attrs = "time", {"datetime": at.isoformat()}
            elif child.type == "link_close" and within:
                child.tag, within = "time", False


_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(
    ["strikethrough", "table"]
)
_parser.disable("image")
_parser.core.ruler.push("moments", _mark_moments)


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
