"""Long messages: split at paragraph borders for a platform, and known again by a fingerprint."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from core.chat import Capabilities, Message

FENCE = re.compile(r"^[ \t]*(?P<mark>`{3,20}|~{3,20})(?P<info>.*)$")
HEADING = re.compile(r"^ {0,3}#{1,6}(\s|$)")
ITEM = re.compile(r"^\s*([-*+]|\d{1,9}[.)])\s")
SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’)\]*_]*\s+")
OURS = re.compile(r"\[[^\]\n]*\]\((?:time|channel):(\w+)\)")  # see core.times and core.places
JOINERS = "\u200d\ufe0e\ufe0f"  # zero-width joiner and variation selectors: never cut before one


def split_message(message: Message, capabilities: Capabilities) -> list[Message]:
    """The message as the parts in which a platform takes it, at least one.

    The title goes with the first part, fields and buttons with the last. A title or fields that
    are too much for the platform become text. Nothing is left out.
    """
    message = _fit(message, capabilities)
    texts = split_text(message.text, capabilities.max_text)
    if len(texts) == 1:
        return [message]
    parts = [Message(text, under=message.under) for text in texts]
    parts[0] = replace(
        message, text=parts[0].text, fields=(), buttons=(), preview=False, occasion=None
    )
    parts[-1] = replace(
        message,
        title=parts[-1].title,
        text=parts[-1].text,
        tag="",
        pinned=False,
        calls="",
        person="",
    )
    return parts


def _fit(message: Message, capabilities: Capabilities) -> Message:
    """Turn what the platform cannot show beside the text into text."""
    title, text, fields = message.title, message.text, message.fields
    if not fields and len(title) <= capabilities.max_title:
        return message
    if len(title) > capabilities.max_title:
        title, text = "", f"**{title}**\n\n{text}"
    too_long = any(len(label) + len(value) > capabilities.max_field_text for label, value in fields)
    if fields and (too_long or len(fields) > capabilities.max_fields):
        text = "\n\n".join([text, *(f"**{label}:** {value}" for label, value in fields)])
        fields = ()
    if title == message.title and fields == message.fields:
        return message
    return replace(message, title=title, text=text.strip("\n"), fields=fields)


def split_text(text: str, limit: int) -> list[str]:
    """CommonMark in pieces of at most `limit` characters (at least 40), in order.

    Cut between paragraphs; where one is too long, between lines, sentences, words, and only then
    inside a word. A code fence that must be cut is closed and opened again. Only white space at
    the borders is dropped.
    """
    if limit < 40:
        raise ValueError(f"pieces of {limit} characters are too small for text")
    parts: list[str] = []
    rest = text
    while len(rest) > limit:
        cut = _best_cut(rest, limit)
        head, rest = rest[: cut.at].rstrip(), rest[cut.at :].lstrip("\n")
        if cut.fence is not None:
            head, rest = f"{head}\n{cut.fence.close}", f"{cut.fence.open}\n{rest}"
        elif cut.in_line:
            rest = rest.lstrip(" ")
        if head:
            parts.append(head)
    return [*parts, rest] if rest.strip() or not parts else parts


@lru_cache(maxsize=64)  # a fan-out says the same to many
def fingerprint(message: Message) -> str:
    """The same for the same words, however a platform shows them: to find a message again.

    Markup, white space and the labels of moments and channels do not count, so an adapter may put
    all that it reads back into `text`.
    """
    said = [message.title, message.text, *(part for field in message.fields for part in field)]
    words = re.sub(r"[\W_]+", "", OURS.sub(r"\1", "".join(said))) or "".join(said).strip()
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:24]


@dataclass(frozen=True)
class _Fence:
    """An open code fence, as it must be closed and opened again."""

    open: str
    close: str


@dataclass(frozen=True)
class _Cut:
    at: int
    fence: _Fence | None = None  # the cut goes through this fence
    in_line: bool = False


@dataclass(frozen=True)
class _Line:
    start: int
    text: str
    fence: _Fence | None  # the fence that is open at the start of this line


def _lines(text: str) -> Iterator[_Line]:
    start, fence = 0, None
    for raw in text.split("\n"):
        yield _Line(start, raw, fence)
        start += len(raw) + 1
        found = FENCE.match(raw)
        if found is None:
            continue
        mark, info = found["mark"], found["info"]
        if fence is None:
            if mark[0] == "~" or "`" not in info:
                opening = raw if len(raw) <= 30 else mark
                fence = _Fence(opening, mark)
        elif mark.startswith(fence.close) and not info.strip():
            fence = None


def _best_cut(text: str, limit: int) -> _Cut:
    """Where to cut a text that is longer than the limit: always after at least one character."""
    paragraph = after_heading = line_cut = 0
    inside: _Cut | None = None
    before: _Line | None = None
    for line in _lines(text[: limit + 1]):  # the line break before a cut is dropped
        if before is not None:
            opens = line.fence is None and FENCE.match(line.text) is not None
            closed = before.fence is not None and line.fence is None
            if line.fence is None and (not before.text.strip() or opens or closed):
                if HEADING.match(_last_line(text[: line.start])):
                    after_heading = line.start
                else:
                    paragraph = line.start
            elif line.fence is None:
                if ITEM.match(line.text) or _balanced(text[: line.start]):
                    line_cut = line.start
            elif line.start + len(line.fence.close) <= limit and before.fence is not None:
                inside = _Cut(line.start, line.fence)
        before = line
    assert before is not None
    if before.fence is not None and paragraph == 0 and line_cut == 0:
        # The fence itself is longer than the limit, and nothing but it stands here.
        if inside is not None and text[: inside.at].count("\n") > 1:
            return inside
        room = limit - len(before.fence.close) - 1
        return _Cut(_whole_character(text, max(room, len(before.fence.open) + 2)), before.fence)
    for at in (paragraph, line_cut, after_heading):
        if at and text[:at].strip():
            return _Cut(at)
    return _Cut(_in_line(text, limit), in_line=True)


def _last_line(text: str) -> str:
    return text.rstrip().rpartition("\n")[2]


def _in_line(text: str, limit: int) -> int:
    """A cut inside a paragraph: after a sentence or a word, outside emphasis if possible."""
    window = text[:limit]
    sentences = [found.end() for found in SENTENCE_END.finditer(window)]
    words = [found.end() for found in re.finditer(r"\s+", window)]
    for candidates in (sentences, words):
        late = [at for at in reversed(candidates) if at > limit // 3][:40]
        for at in late:
            if _balanced(text[:at]):
                return at
    for candidates in (sentences, words):
        if candidates and candidates[-1] > limit // 3:
            return candidates[-1]
    return _whole_character(text, limit)


def _whole_character(text: str, at: int) -> int:
    """The cut, moved back so that what is one character to a reader stays whole."""
    for back in range(min(12, at - 1)):
        here, previous = text[at - back], text[at - back - 1]
        if here not in JOINERS and previous != "\u200d" and not re.match(r"[\u0300-\u036f]", here):
            return at - back
    return at


def _balanced(text: str) -> bool:
    """No emphasis, code span or link is open at the end of this text."""
    paragraph = text.rpartition("\n\n")[2]
    return (
        paragraph.count("`") % 2 == 0
        and paragraph.count("**") % 2 == 0
        and paragraph.count("__") % 2 == 0
        and paragraph.count("[") <= paragraph.count("]")
        and len(re.findall(r"(?<![\w*\s])\*|\*(?![\w\s]*\Z)(?=\S)", paragraph)) % 2 == 0
    )
