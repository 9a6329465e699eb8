"""What people write in Slack, as CommonMark that shows the same.

A message of a person comes as a rich_text block, whose texts are literal
(https://docs.slack.dev/reference/block-kit/blocks/rich-text-block); without blocks there is `text`,
in Slack's own markup and escaped (https://docs.slack.dev/messaging/formatting-message-text).
What would be markup in CommonMark is escaped, and only that, because people see and edit the text
later. White space at the ends of lines and a second empty line are not kept: CommonMark does not
show them either. Mentions become the names they show.
"""

import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby, takewhile
from typing import Any

from bot.platforms.slack.rich_text import MOMENT, WEB, shown, to_parts
from core import times

Element = Mapping[str, Any]

ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
CONSTRUCT = re.compile(r"<(?P<sign>[@#!]?)(?P<what>[^<>|\n]+)(\|(?P<label>[^<>\n]*))?>")
TYPED = re.compile(
    r"<(?P<mention>@(?=[UW])|\#(?=[CGD])|!)(?P<id>[\w^]+)(\|[@#]?(?P<name>[^<>|\n]*))?>"
    r"|<(?P<url>(https?|mailto|tel):[^<>|\s]+)(\|(?P<label>[^<>|\n]*))?>"
    r"|&(amp|lt|gt);"
)
FENCED = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
QUOTED = re.compile(r"^(&gt;|>) ?")
ALL_QUOTED = re.compile(r"^(?:&gt;|>){3} ?", re.MULTILINE)
INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|(?P<construct><[^<>\n]+>)"
    r"|(?<![\w*])\*(?P<bold>\S|\S[^*\n]*[^\s*])\*(?![\w*])"
    r"|(?<!\w)_(?P<italic>\S|\S[^_\n]*[^\s_])_(?!\w)"
    r"|(?<![\w~])~(?P<strike>\S|\S[^~\n]*[^\s~])~(?![\w~])"
)
SILENT = {"actions", "divider", "input"}  # blocks that say nothing

MARKS = {"strike": "~~", "bold": "**", "italic": "*"}
STYLES = {*MARKS, "code"}
SPECIAL = re.compile(
    r"[`\[\]]"
    r"|\\(?=[!-/:-@\[-`{-~]|$)"  # a backslash that would escape something
    r"|\*(?!(?<=\s\*)\s)"  # not in "2 * 3"
    r"|_(?!(?<=[A-Za-z0-9]_)[A-Za-z0-9])"  # not in "snake_case"
    r"|~(?=~)|(?<=~)~"
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?\w+;)"
)
# What means something at the beginning of a line: headings, quotes, lists, underlines of headings
# and of a table's head.
LINE_START = re.compile(
    r"\A((?P<number>\d{1,9})(?P<mark>[.)](?=\s|$))"
    r"|(?=#{1,6}(\s|$)|>|[-+*](\s|$)|=+\s*$|[|:-][|:\s-]*$))"
)


def someone(_: str) -> str:
    """The name of a person about whom nothing is known."""
    return "someone"


def from_message(event: Mapping[str, Any], name_of: Callable[[str], str] = someone) -> str:
    """A message's words. `name_of` tells the name of the person with an id."""
    text = str(event.get("text") or "")
    reader = _Reader(name_of, {m["what"]: m["label"] for m in CONSTRUCT.finditer(text)})
    said = [reader.block(block) for block in event.get("blocks") or ()]
    return "\n\n".join(filter(None, said)) or reader.mrkdwn(text)


def unescape(text: str) -> str:
    """What a person typed after a command: with mentions, links and `& < >` as they typed them.

    Slack replaces them as the command's "Escape channels, users, and links" says
    (https://docs.slack.dev/interactivity/implementing-slash-commands).
    """

    def typed(found: re.Match[str]) -> str:
        if found["mention"]:
            return found["mention"].replace("!", "@") + (found["name"] or found["id"])
        if found["url"]:
            web = found["url"].startswith("http")
            return found["url"] if web else found["label"] or found["url"]
        return ENTITIES[found[0]]

    return TYPED.sub(typed, text)


@dataclass(frozen=True)
class Run:
    """Words in one style."""

    text: str
    styles: frozenset[str] = frozenset()
    url: str = ""


@dataclass(frozen=True)
class _Chunk:
    """Lines of CommonMark: a paragraph, a code block or (part of) a list."""

    kind: str
    text: str
    quoted: bool = False
    apart: bool = True  # an empty line stands before it, whatever it follows


@dataclass(frozen=True)
class _Reader:
    """Reads blocks and markup."""

    name_of: Callable[[str], str]
    labels: Mapping[str, str | None]  # what `text` says for the ids of channels and groups

    def block(self, block: Element) -> str:
        kind = block.get("type")
        if kind == "rich_text":
            return self._rich_text(block.get("elements") or ())
        if kind == "markdown":
            return str(block.get("text") or "")
        if kind in SILENT:
            return ""
        texts = [block.get("text"), *(block.get("fields") or ()), *(block.get("elements") or ())]
        said = [self._object(text) for text in texts if text]
        return "\n\n".join(filter(None, said)) or _escaped(_words(block))

    def _object(self, text: Any) -> str:
        """A text object (https://docs.slack.dev/reference/block-kit/composition-objects/text-object)."""
        if isinstance(text, str):
            return _escaped(text)
        if text.get("type") == "mrkdwn":
            return self.mrkdwn(str(text.get("text") or ""))
        return _escaped(_words(text))

    def _rich_text(self, elements: Iterable[Element]) -> str:
        chunks: list[_Chunk] = []
        widths: list[int] = []  # of the marks of the lists in which the next one may stand
        for element in elements:
            kind = str(element.get("type"))
            quoted = kind == "rich_text_quote" or bool(element.get("border"))
            parts = element.get("elements") or ()
            if kind == "rich_text_list":
                if not chunks or (chunks[-1].kind, chunks[-1].quoted) != (kind, quoted):
                    widths = []
                apart = element.get("style") == "ordered" and bool(element.get("offset"))
                chunk = _Chunk(kind, self._list(element, widths), quoted, apart)
            elif kind == "rich_text_preformatted":
                code = "".join(self._run(part).text for part in parts)
                chunk = _Chunk(kind, _fenced(code), quoted)
            elif parts:
                chunk = _Chunk("", to_commonmark(map(self._run, parts)), quoted, quoted)
            else:
                chunk = _Chunk("", _escaped(_words(element)))
            if chunk.text:
                chunks.append(chunk)
        return _stacked(chunks)

    def _list(self, element: Element, widths: list[int]) -> str:
        """A list's items, as far to the right as the lists before it ask for."""
        del widths[int(element.get("indent") or 0) :]
        margin = " " * sum(widths)
        lines: list[str] = []
        mark = "- "
        for number, item in enumerate(
            element.get("elements") or (), (element.get("offset") or 0) + 1
        ):
            if element.get("style") == "ordered":
                mark = f"{number}. "
            text = to_commonmark(map(self._run, item.get("elements") or ()))
            for at, line in enumerate(text.split("\n") if text else ()):
                lead = " " * len(mark) if at else mark
                lines.append(f"{margin}{lead}{line}" if line else "")
        widths.append(len(mark))
        return "\n".join(lines)

    def _run(self, part: Element) -> Run:
        """One element of a section: https://docs.slack.dev/reference/block-kit/block-elements/rich-text-section-element."""
        style = part.get("style") or {}
        styles = frozenset(name for name in STYLES if style.get(name))
        kind, label = part.get("type"), self.labels.get
        if kind == "link":
            return _link(str(part.get("url") or ""), str(part.get("text") or ""), styles)
        if kind == "date":
            return _moment(str(part.get("timestamp")), str(part.get("fallback") or ""), styles)
        if kind == "user":
            text = "@" + self.name_of(str(part.get("user_id")))
        elif kind == "usergroup":
            group = str(part.get("usergroup_id"))
            text = "@" + (label(f"subteam^{group}") or "group").removeprefix("@")
        elif kind == "channel":
            text = "#" + (label(str(part.get("channel_id"))) or "channel")
        elif kind == "broadcast":
            text = f"@{part.get('range')}"
        elif kind == "emoji":
            text = _emoji(str(part.get("name")), str(part.get("unicode") or ""))
        else:
            text = _words(part)
        return Run(text, styles)

    def mrkdwn(self, text: str) -> str:
        """CommonMark from Slack's own markup."""
        return self._rich_text(_blocks_of(text))


def _blocks_of(text: str) -> Iterable[Element]:
    """Slack's markup as the elements of a rich_text block."""
    for at, part in enumerate(FENCED.split(text)):
        if at % 2:
            yield {"type": "rich_text_preformatted", "elements": [_said(unescape(part))]}
            continue
        above, *below = ALL_QUOTED.split(part, maxsplit=1)
        for quoted, lines in groupby(above.split("\n"), lambda line: bool(QUOTED.match(line))):
            words = "\n".join(QUOTED.sub("", line, count=1) for line in lines)
            kind = "rich_text_quote" if quoted else "rich_text_section"
            yield {"type": kind, "elements": _parts_of(words, {})}
        for rest in below:
            yield {"type": "rich_text_quote", "elements": _parts_of(rest, {})}


def _parts_of(text: str, style: Mapping[str, bool]) -> list[Element]:
    """Text in Slack's markup as the elements of a section."""
    parts: list[Element] = []
    end = 0
    for found in INLINE.finditer(text):
        parts.append(_said(unescape(text[end : found.start()]), style))
        end = found.end()
        if found["construct"]:
            parts.append({**_construct(found["construct"]), "style": style})
        elif found["code"]:
            parts.append(_said(unescape(found["code"]), {**style, "code": True}))
        else:
            kind = str(found.lastgroup)
            parts += _parts_of(found[kind], {**style, kind: True})
    return [*parts, _said(unescape(text[end:]), style)]


def _construct(text: str) -> Element:
    """What stands between `<` and `>`."""
    found = CONSTRUCT.fullmatch(text)
    if found is None:
        return _said(unescape(text))
    sign, what, label = found["sign"], found["what"], unescape(found["label"] or "")
    if sign == "@" and not label:
        return {"type": "user", "user_id": what}
    if sign == "#" and not label:
        return {"type": "channel", "channel_id": what}
    if sign == "!" and what.startswith("date^"):
        return {"type": "date", "timestamp": what.split("^")[1], "fallback": label}
    if sign == "!" and what.startswith("subteam^") and not label:
        return {"type": "usergroup", "usergroup_id": what.removeprefix("subteam^")}
    if sign:
        return _said(sign.replace("!", "@") + (label or what).lstrip("@#"))
    if ":" in what:
        return {"type": "link", "url": unescape(what), "text": label}
    return _said(unescape(text))


def _said(text: str, style: Mapping[str, bool] | None = None) -> Element:
    return {"type": "text", "text": text, "style": style or {}}


def _words(element: Element) -> str:
    """What an element of a kind that is not known here says."""
    told = (element.get(key) for key in ("text", "fallback", "alt_text", "value", "name", "url"))
    return next((text for text in told if isinstance(text, str) and text), "")


def _escaped(text: str) -> str:
    return to_commonmark([Run(text)])


def _emoji(name: str, code: str) -> str:
    """The character whose code points are given, like "1f44b-1f3fb"; else the name as typed."""
    try:
        return "".join(chr(int(point, 16)) for point in code.split("-")) if code else f":{name}:"
    except (ValueError, OverflowError):
        return f":{name}:"


def _moment(second: str, label: str, styles: frozenset[str]) -> Run:
    if not MOMENT.fullmatch(f"time:{second}"):
        return Run(label, styles)
    at = datetime.fromtimestamp(int(second), UTC)
    return Run(label or times.plain(at, "UTC"), styles, f"time:{second}")


def _link(url: str, label: str, styles: frozenset[str]) -> Run:
    label = re.sub(r"\s*\n\s*", " ", label).strip() or url
    if WEB.match(url):
        return Run(label, styles, url)
    return Run(label if label == url else f"{label} ({url})", styles)


def _stacked(chunks: Sequence[_Chunk]) -> str:
    """The chunks below each other, with empty lines where they are needed."""
    lines: list[str] = []
    for before, chunk in zip([None, *chunks], chunks, strict=False):
        if before:
            together = before.kind == chunk.kind and before.quoted == chunk.quoted
            if not together or chunk.apart:
                lines.append(">" if before.quoted and chunk.quoted else "")
        for line in chunk.text.split("\n"):
            lines.append(f"> {line}".rstrip() if chunk.quoted else line)
    return "\n".join(lines)


def to_commonmark(runs: Iterable[Run]) -> str:
    """Runs of words as paragraphs."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        lines[-1].append(replace(run, text=first))
        lines += [[replace(run, text=other)] for other in others]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(map(_line, lines))).strip("\n")


def _line(runs: Iterable[Run]) -> str:
    """One line. Should its marks not read back as marks, it goes without them."""
    tidy = _tidy(runs)
    words = "".join(run.text for run in tidy)
    line = _marked(tidy)
    if shown(to_parts(line)) != words:
        line = SPECIAL.sub(r"\\\g<0>", words)
    return LINE_START.sub(lambda found: f"{found['number'] or ''}\\{found['mark'] or ''}", line)


def _tidy(runs: Iterable[Run]) -> list[Run]:
    """White space outside of emphasis (`**so **` is none), none at the ends, no two runs alike."""
    tidy: list[Run] = []
    for run in (piece for whole in runs for piece in _without_edges(whole)):
        if tidy and (tidy[-1].styles, tidy[-1].url) == (run.styles, run.url):
            tidy[-1] = replace(run, text=tidy[-1].text + run.text)
        elif run.text:
            tidy.append(run)
    if tidy and not tidy[0].styles:
        tidy[0] = replace(tidy[0], text=tidy[0].text.lstrip())
    if tidy and not tidy[-1].styles:
        tidy[-1] = replace(tidy[-1], text=tidy[-1].text.rstrip())
    return [run for run in tidy if run.text]


def _without_edges(run: Run) -> Sequence[Run]:
    words = run.text.strip()
    if not run.styles or "code" in run.styles:
        return (run,)
    if not words:
        return (Run(run.text),)
    before, _, after = run.text.partition(words)
    return Run(before), replace(run, text=words), Run(after)


def _marked(runs: Sequence[Run]) -> str:
    """Runs with their marks, opened and closed like brackets: what lasts longer is outside."""
    line = ""
    opened: list[str] = []
    for at, run in enumerate(runs):
        kept = list(takewhile(run.styles.__contains__, opened))
        new = [style for style in MARKS if style in run.styles and style not in kept]
        new.sort(key=lambda style: -_lasts(runs[at:], style))
        closing = "".join(MARKS[style] for style in reversed(opened[len(kept) :]))
        opening = "".join(MARKS[style] for style in new)
        text = _written(run)
        if line and opening and not closing:
            line = line[:-1] + _apart(line[-1], text[0], opening)
        elif line and closing and not opening:
            text = _apart(text[0], line[-1], closing) + text[1:]
        if run.url and not opening and line.endswith("!") and not closing:
            line = line[:-1] + r"\!"  # else it were a picture
        line += closing + opening + text
        opened = kept + new
    return line + "".join(MARKS[style] for style in reversed(opened))


def _lasts(runs: Iterable[Run], style: str) -> int:
    """Over how many runs a style goes on."""
    return len(list(takewhile(lambda run: style in run.styles, runs)))


def _apart(outside: str, inside: str, marks: str) -> str:
    """The character outside of marks. Between punctuation and a letter marks do not count, unless
    the letter is written as an entity, which ends and begins with punctuation."""
    word = not outside.isspace() and outside not in string.punctuation
    hidden = word and not (inside.isalnum() and len(set(marks)) == 1)
    return f"&#{ord(outside)};" if hidden else outside


def _written(run: Run) -> str:
    """A run without its emphasis."""
    if "code" in run.styles:
        longest = max(map(len, re.findall("`+", run.text)), default=0)
        text, fence = run.text, "`" * (longest + 1)
        if "`" in (text[0], text[-1]) or (text[0] == text[-1] == " " and text.strip()):
            text = f" {text} "
        text = f"{fence}{text}{fence}"
    else:
        text = SPECIAL.sub(r"\\\g<0>", run.text)
    if not run.url:
        return text
    if (
        run.text == run.url
        and "code" not in run.styles
        and shown(to_parts(f"<{run.url}>")) == run.url
    ):
        return f"<{run.url}>"
    target = re.sub(r"[()\\<>]|&(?=#?\w+;)", r"\\\g<0>", "%20".join(run.url.split()))
    return f"[{text}]({target})"


def _fenced(code: str) -> str:
    """A code block, with a fence that is longer than any in it."""
    code = code.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if not code.strip():
        return ""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", code)), 0)
    return f"{fence}\n{code}\n{fence}"
