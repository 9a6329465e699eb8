"""How a proposal of pairs looks to an organizer: in pages, with what can be done about it."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.chat import Button, Message
from core.interaction import button_id
from core.proposals import Load, Proposal, Proposed, waiting_words
from core.wording import count, shortened

PAGE_LINES = 24  # a pair takes two
PAGE_PAIRS = 8  # each has two buttons, and 25 fit under a message


@dataclass(frozen=True)
class _Row:
    section: str
    text: str
    lines: int = 1
    buttons: tuple[Button, ...] = ()


def show(proposal: Proposal, page: int = 1, opening: str = "") -> Message:
    """One page of a proposal; the nearest one when there is no such page."""
    pages = _pages(proposal)
    page = min(max(page, 1), len(pages))
    rows = pages[page - 1]
    parts = [opening, _headline(proposal, page, len(pages))]
    for section in dict.fromkeys(row.section for row in rows):
        lines = "\n".join(f"- {row.text}" for row in rows if row.section == section)
        parts.append(f"**{section}**\n\n{lines}")
    if proposal.pairs:
        parts.append(
            "Nobody has been told yet. `/coach swap` exchanges the coaches of two teachers; a "
            "pinned pair stays when you `/coach propose` again."
        )
    buttons = [button for row in rows for button in row.buttons]
    if page > 1:
        buttons.append(Button("Previous", button_id("coach proposal", page=str(page - 1))))
    if page < len(pages):
        buttons.append(Button("Next", button_id("coach proposal", page=str(page + 1))))
    if proposal.pairs:
        approve = button_id("coach approve-these", list=proposal.mark)
        buttons.insert(0, Button("Approve all", approve, "primary"))
    return Message(
        "\n\n".join(part for part in parts if part),
        title="Proposed coaching pairs",
        buttons=tuple(buttons),
    )


def page_near(proposal: Proposal, name: str) -> int:
    """The page with the pair of a teacher of this name, or the next one in the alphabet."""
    before = sum(one.teacher.name.casefold() < name.casefold() for one in proposal.pairs)
    return min(before, max(len(proposal.pairs) - 1, 0)) // PAGE_PAIRS + 1


def _headline(proposal: Proposal, page: int, pages: int) -> str:
    text = f"{count(len(proposal.pairs), 'pair')} proposed".capitalize()
    if proposal.unpaired:
        text += f"; {count(len(proposal.unpaired), 'teacher')} without a coach"
    text += f" (page {page} of {pages})." if pages > 1 else "."
    return f"{text} {waiting_words(proposal.invited)}".rstrip()


def _pages(proposal: Proposal) -> list[list[_Row]]:
    """The rows in pages: at least one page, each with as much as is easily read."""
    pages: list[list[_Row]] = [[]]
    for row in _rows(proposal):
        lines = sum(other.lines for other in pages[-1]) + row.lines
        paired = sum(bool(other.buttons) for other in pages[-1])
        if lines > PAGE_LINES or (row.buttons and paired == PAGE_PAIRS):
            pages.append([])
        pages[-1].append(row)
    return pages


def _rows(proposal: Proposal) -> Iterator[_Row]:
    for one in proposal.pairs:
        yield _pair_row(one)
    for teacher, reason in proposal.unpaired:
        yield _Row("Without a coach", f"{teacher.name}: {reason}")
    for load in proposal.loads:
        yield _Row("Coaches and their teachers", _load_words(load))


def _pair_row(one: Proposed) -> _Row:
    pinned = " (pinned)" if one.pair.pinned else ""
    text = f"**{one.teacher.name}** with **{one.coach.name}**{pinned}. {one.pair.reason}"
    name = shortened(one.teacher.name, 40)
    keep = "no" if one.pair.pinned else "yes"
    label = f"Unpin {name}" if one.pair.pinned else f"Pin {name}"
    return _Row(
        "Pairs",
        text,
        lines=2,
        buttons=(
            Button(label, button_id("coach pin", teacher=one.teacher.id, keep=keep)),
            Button(f"Drop {name}", button_id("coach drop", teacher=one.teacher.id), "danger"),
        ),
    )


def _load_words(load: Load) -> str:
    text = f"{load.coach.name}: {load.active + load.proposed} of {load.coach.capacity}"
    return f"{text}, {load.proposed} of them proposed" if load.proposed else text
