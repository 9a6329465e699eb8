"""CommonMark to Slack's rich text.

Text in rich text is literal: nothing in it is markup, so `*`, `&` and `<!channel>` show as they
are and notify no one (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block). Only
elements of the types `user`, `usergroup` and `broadcast` mention, and none is ever made here. An
emoji is an element of its own too, so `:smile:` in a text is not one
(https://docs.slack.dev/reference/block-kit/block-elements/emoji-element; others had to make such
elements, https://github.com/stablyai/agent-slack/issues/90). Were it shown as one, no harm is done.

Each section, list, quote and preformatted text stands on a line of its own, without a blank line
between (https://github.com/themashcodee/slack-blocks-to-jsx/pull/100): so paragraphs that follow
each other are one section with blank lines in it. Slack refuses texts and sections with nothing
in them (https://github.com/NousResearch/hermes-agent/pull/59621).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

Element = dict[str, Any]

MAX_INDENT = 8
MAX_URL = 3_000
RULE = "———"
NOTHING = " "  # for a list item without text: Slack refuses an empty one
WEB = re.compile(r"(https?://[^\s/?#]|mailto:[^\s@]+@)", re.IGNORECASE)
CHANNEL = re.compile(r"channel:([A-Z0-9]+)")  # see core.places; only ours has such links
BARE = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}'*_~]")
MOMENT = re.compile(r"time:(\d{1,10})")
# https://docs.slack.dev/reference/block-kit/block-elements/date-element lists the tokens: this is
# "tomorrow at 4:00 PM" or "Wednesday, September 9th, 2026 at 4:00 PM", in the reader's own zone.
MOMENT_FORMAT = "{date_long_pretty} at {time}"
STYLES = {"strong": "bold", "em": "italic", "s": "strike"}
PROSE = {"paragraph", "heading", "hr"}

# Like the local chat's; deep quotes and lists are not left out.
_parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).enable(
    ["strikethrough", "table"]
)


def to_rich_text(commonmark: str) -> list[Element]:
    """The `elements` of one rich_text block; none for a text that shows nothing."""
    writer = _Writer()
    writer.write(SyntaxTreeNode(_parser.parse(commonmark)).children)
    return writer.elements


def to_parts(commonmark: str) -> list[Element]:
    """One line of CommonMark, without paragraphs or lists, as the elements of one section."""
    return _joined(_inline(SyntaxTreeNode(_parser.parseInline(commonmark)).children, {}))


def to_plain(elements: Iterable[Element]) -> str:
    """What the elements of a rich_text block show, without any markup."""
    return shown(flat(elements))


def flat(elements: Iterable[Element]) -> list[Element]:
    """The same as the parts of one section: without styles, and with lists as mere lines."""
    parts: list[Element] = []
    for element in elements:
        if element["type"] == "rich_text_list":
            first = element.get("offset", 0) + 1
            for number, item in enumerate(element["elements"], first):
                mark = f"{number}." if element["style"] == "ordered" else "•"
                parts += [_text("\n" + "  " * element["indent"] + f"{mark} "), *item["elements"]]
        else:
            parts += [_text("\n"), *element["elements"]]
    bare = _joined({key: part[key] for key in part if key != "style"} for part in parts)
    if bare:
        bare[0]["text"] = bare[0]["text"].removeprefix("\n")
    return [part for part in bare if part.get("text") != ""]


def shown(parts: Iterable[Element]) -> str:
    """The characters of texts, links and dates."""
    return "".join(
        part.get("text") or part.get("url") or part.get("fallback", "") for part in parts
    )


class _Writer:
    """Adds block after block to the elements of one rich_text block.

    Slack nests neither quotes nor lists: a list in a list is one that follows with more indent, and
    what interrupts a list is followed by another with an offset. `border` draws a quote's bar.
    (https://docs.slack.dev/reference/block-kit/block-elements/rich-text-list-element)
    """

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self._after_heading = False

    def write(self, nodes: Iterable[SyntaxTreeNode], indent: int = 0, quoted: bool = False) -> None:
        for node in nodes:
            if node.type in PROSE:
                self._prose(node, quoted)
            elif node.type in ("bullet_list", "ordered_list"):
                self._list(node, indent, quoted)
            elif node.type == "blockquote":
                self.write(node.children, indent, quoted=True)
            elif node.type == "table":
                self._preformatted(_table(node), quoted)
            else:  # a fence or an indented code block
                self._preformatted(node.content.strip("\n"), quoted)

    def _prose(self, node: SyntaxTreeNode, quoted: bool) -> None:
        parts = _prose_parts(node)
        if not shown(parts).strip():
            return
        kind = "rich_text_quote" if quoted else "rich_text_section"
        last: Element = self.elements[-1] if self.elements else {}
        if last.get("type") == kind:
            between = "\n" if self._after_heading else "\n\n"
            last["elements"] = _joined([*last["elements"], _text(between), *parts])
        else:
            if last.get("type") == "rich_text_list" and not quoted:
                parts = _joined([_text("\n"), *parts])
            self.elements.append({"type": kind, "elements": parts})
        self._after_heading = node.type == "heading"

    def _preformatted(self, text: str, quoted: bool) -> None:
        if not text.strip():
            return
        border = {"border": 1} if quoted else {}
        self.elements.append(
            {"type": "rich_text_preformatted", "elements": [_text(text)], **border}
        )

    def _list(self, node: SyntaxTreeNode, indent: int, quoted: bool) -> None:
        ordered = node.type == "ordered_list"
        number = max(1, int(node.attrs.get("start", 1))) if ordered else 0
        for item in node.children:
            head, rest = _head(item.children)
            self._item(head, number, min(indent, MAX_INDENT), quoted)
            self.write(rest, indent + 1, quoted)
            number += ordered

    def _item(self, parts: list[Element], number: int, indent: int, quoted: bool) -> None:
        """Add an item to the list that stands last, or begin one. The number is 0 for a bullet."""
        looks: Element = {
            "type": "rich_text_list",
            "style": "ordered" if number else "bullet",
            "indent": indent,
        }
        if quoted:
            looks["border"] = 1
        last = self.elements[-1] if self.elements else {}
        same = all(last.get(key) == looks.get(key) for key in ("type", "style", "indent", "border"))
        if not same or (number and last.get("offset", 0) + len(last["elements"]) != number - 1):
            last = {**looks, "elements": []}
            if number > 1:
                last["offset"] = number - 1
            self.elements.append(last)
        last["elements"].append(
            {"type": "rich_text_section", "elements": parts or [_text(NOTHING)]}
        )


def _head(nodes: Sequence[SyntaxTreeNode]) -> tuple[list[Element], Sequence[SyntaxTreeNode]]:
    """The text with which a list item begins, and what follows that text."""
    parts: list[Element] = []
    for at, node in enumerate(nodes):
        if node.type not in PROSE:
            return _joined(parts), nodes[at:]
        if parts:
            parts.append(_text("\n\n"))
        parts += _prose_parts(node)
    return _joined(parts), ()


def _prose_parts(node: SyntaxTreeNode) -> list[Element]:
    if node.type == "hr":
        return [_text(RULE)]
    return _joined(_inline(node.children, {"bold": True} if node.type == "heading" else {}))


def _inline(nodes: Iterable[SyntaxTreeNode], style: dict[str, bool]) -> list[Element]:
    parts: list[Element] = []
    for node in nodes:
        if node.type == "inline":
            parts += _inline(node.children, style)
        elif node.type in ("softbreak", "hardbreak"):
            parts.append(_text("\n", style))
        elif node.type == "code_inline":
            parts.append(_text(node.content, {**style, "code": True}))
        elif node.type in STYLES:
            parts += _inline(node.children, {**style, STYLES[node.type]: True})
        elif node.type == "link":
            parts += _link(str(node.attrs["href"]), _inline(node.children, style), style)
        elif node.type == "image":
            alt = [_text(shown(_inline(node.children, {})), style)]
            parts += _link(str(node.attrs["src"]), alt, style)
        else:
            parts.append(_text(node.content, style))
    return [part for part in parts if part.get("text") != ""]


def _link(target: str, label: list[Element], style: dict[str, bool]) -> list[Element]:
    """A link in Slack's words: one for each style of its label.

    A `time:` link becomes a date, and one that leads neither to the web nor to a mailbox is text.
    """
    words = shown(label).replace("\n", " ")
    if moment := MOMENT.fullmatch(target):
        at = {"type": "date", "timestamp": int(moment[1]), "format": MOMENT_FORMAT}
        return [_styled({**at, "fallback": words.strip() or target}, style)]
    if channel := CHANNEL.fullmatch(target):
        return [_styled({"type": "channel", "channel_id": channel[1]}, style)]
    if not WEB.match(target) or len(target) > MAX_URL:
        here = target in ("", words)
        return [*label, *([] if here else [_text(f" ({target})", style)])]
    if not words.strip() or words == target:
        return [_styled({"type": "link", "url": target}, style)]
    return [
        _styled({"type": "link", "url": target, "text": said}, part.get("style", {}))
        for part in label
        if (said := shown([part]).replace("\n", " "))
    ]


def _table(node: SyntaxTreeNode) -> str:
    """A table as lines of equally wide columns."""
    rows = [
        [shown(_inline(cell.children, {})) for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [" | ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "-+-".join("-" * width for width in widths), *lines[1:]])


def _text(text: str, style: dict[str, bool] | None = None) -> Element:
    return _styled({"type": "text", "text": text}, style or {})


def _styled(element: Element, style: dict[str, bool]) -> Element:
    return {**element, "style": style} if style else element


def _joined(parts: Iterable[Element]) -> list[Element]:
    """The same, with texts that follow each other in the same style made one."""
    joined: list[Element] = []
    for part in parts:
        last = joined[-1] if joined else None
        alike = last and last["type"] == part["type"] == "text"
        if last and alike and last.get("style") == part.get("style"):
            joined[-1] = {**last, "text": last["text"] + part["text"]}
        else:
            joined.append(part)
    return [piece for part in joined for piece in _linked(part)]


def _linked(part: Element) -> list[Element]:
    """Addresses that stand in a text as they are become links: rich text finds none by itself."""
    style = part.get("style", {})
    if part["type"] != "text" or "code" in style:
        return [part]
    pieces: list[Element] = []
    at = 0
    for found in BARE.finditer(part["text"]):
        if len(found[0]) <= MAX_URL:
            pieces.append(_text(part["text"][at : found.start()], style))
            pieces.append(_styled({"type": "link", "url": found[0]}, style))
            at = found.end()
    pieces.append(_text(part["text"][at:], style))
    return [piece for piece in pieces if piece.get("text") != ""]
