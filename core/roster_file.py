"""Roster files: the CSV that people have, in the headings that they use.

Commas, semicolons or tabs; quoted cells may hold line breaks; lists are separated by `;` `,` or
`/`. What a cell leaves empty, the roster says nothing about.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from core import zones
from core.errors import UserError
from core.faults import Fault, FaultyFile, nearest
from storage.words import Role

MOST_TEACHERS = 100  # that one coach can have
LIMITS = {"name": 100, "email": 254, "cohort": 80, "coach": 254, "goals": 1_000}
LIST_LIMITS = (20, 60)  # entries, and characters of one

_HEADINGS: Mapping[str, str] = {
    heading: field
    for field, headings in {
        "name": "name|full name|display name|member|person|participant",
        "first": "first name|given name|firstname|first|forename|preferred name",
        "last": "last name|family name|surname|lastname|last",
        "email": "email|e mail|mail|email address|e mail address|school email|work email",
        "role": "role|position|type|member type",
        "cohort": "cohort|group|class of|intake|start group",
        "coach": "coach|mentor|coach name|mentor name|coach email|mentor email|assigned coach"
        "|assigned mentor|coach e mail|mentor e mail",
        "subjects": "subjects|subject|subject area|subject areas|subject s|teaches|courses"
        "|content area|content areas",
        "grades": "grades|grade|grade level|grade levels|grade s|grade band|levels",
        "zone": "zone|time zone|timezone|tz|time zone name",
        "languages": "languages|language|language s|speaks|spoken languages",
        "goals": "goals|goal|learning goals|focus|professional goals",
        "capacity": "capacity|places|coaching capacity|coaching places|max teachers|max mentees"
        "|number of teachers|mentees",
    }.items()
    for heading in headings.split("|")
}
_ROLES: Mapping[str, Role] = {
    word: role
    for role, words in {
        Role.TEACHER: "teacher|new teacher|online teacher|mentee|coachee|first year teacher"
        "|instructor|faculty",
        Role.COACH: "coach|mentor|instructional coach|mentor teacher|lead mentor",
        Role.ORGANIZER: "organizer|organiser|admin|administrator|coordinator|lead|principal",
        Role.PARTNER: "partner|partner teacher|classroom teacher|host|host teacher",
        Role.GUEST: "guest|visitor|observer",
    }.items()
    for word in words.split("|")
}
_EMAIL = re.compile(r"[^@\s<>,;\"()]+@[^@\s<>,;\"()]+\.[^@\s<>,;\"().]{2,}")


@dataclass(frozen=True)
class Entry:
    """One person of a roster. Empty: the file does not say."""

    line: int
    name: str = ""
    email: str = ""  # lower case
    role: Role | None = None
    cohort: str = ""
    coach: str = ""  # name or e-mail
    zone: str = ""  # IANA name
    subjects: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    goals: str = ""
    capacity: int | None = None


@dataclass(frozen=True)
class Sheet:
    """A roster file as it was understood. Entries with faults are among `entries`."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...] = ()  # headings that mean nothing to us
    mentioned: frozenset[str] = frozenset()  # e-mails in rows that did not become entries
    unread: tuple[int, ...] = ()  # lines of such rows in which there is none


def read(text: str) -> Sheet:
    """Understand a roster file, and find what is wrong in its rows.

    Raises FaultyFile when its heading cannot be used, so that no row can be read.
    """
    rows = _rows(text.removeprefix("\ufeff"))
    first = next(rows, None)
    if first is None:
        raise FaultyFile("roster", [Fault(1, "The file is empty.", "Begin with a heading line.")])
    if isinstance(first, Fault):
        raise FaultyFile("roster", [first])
    line, heading = first
    fields, ignored = _fields(line, heading)
    entries: list[Entry] = []
    faults: list[Fault] = []
    first_at: dict[str, int] = {}
    mentioned: set[str] = set()
    unread: list[int] = []
    for row in rows:
        if isinstance(row, Fault):
            faults.append(row)
            unread.append(row.line)
            break
        line, cells = row
        if len(cells) > len(fields):
            what = f"This row has {len(cells)} cells, and the heading has {len(fields)}."
            mend = "Put cells that contain the separator in quotes."
            faults.append(Fault(line, what, mend))
            emails = {cell.lower() for cell in cells if is_email(cell.lower())}
            mentioned |= emails
            unread += [] if emails else [line]
            continue
        entry, wrong = _entry(line, _by_field(fields, cells))
        faults += wrong
        entries.append(entry)
        if entry.email in first_at:
            what = f"{entry.email} is in line {first_at[entry.email]} already."
            faults.append(Fault(line, what, "Keep one row for each person."))
        elif entry.email:
            first_at[entry.email] = line
    return Sheet(tuple(entries), tuple(faults), ignored, frozenset(mentioned), tuple(unread))


def _rows(text: str) -> Iterator[tuple[int, list[str]] | Fault]:
    """Each row that is not empty, with the line where it begins."""
    lines = io.StringIO(text, newline="")
    hint = re.match(r"sep=(.)\s", text)  # as Excel writes it
    skipped = 1 if hint else 0
    if hint:
        next(lines)
    reader = csv.reader(lines, delimiter=hint[1] if hint else _separator(text), strict=True)
    while True:
        line = reader.line_num + skipped + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            mend = "Close the quotation marks; write a quotation mark inside a cell twice."
            yield Fault(line, f"This row and what follows cannot be read ({error}).", mend)
            return
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield line, cells


def _separator(text: str) -> str:
    """What separates the cells of the heading."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", heading)
    return max(",;\t", key=bare.count)


def _fields(line: int, heading: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """The field of each column ("" for one that means nothing), and the headings ignored."""
    words = [" ".join(re.findall(r"[a-z]+", title.lower())) for title in heading]
    fields = [_HEADINGS.get(word, "") for word in words]
    faults = []
    for field in dict.fromkeys(filter(None, fields)):
        same = [title for title, its in zip(heading, fields, strict=True) if its == field]
        if len(same) > 1:
            what = f"Two columns mean the same: {' and '.join(same)}."
            faults.append(Fault(line, what, "Keep one of them."))
    if "name" not in fields and not {"first", "last"} <= set(fields):
        mend = 'Name one column "Name", or two "First name" and "Last name".'
        faults.append(Fault(line, "There is no column with names.", mend))
    if "email" not in fields:
        mend = 'Name one column "E-mail": people are recognized by it.'
        faults.append(Fault(line, "There is no column with e-mail addresses.", mend))
    if faults:
        raise FaultyFile("roster", faults)
    return fields, tuple(
        title for title, its in zip(heading, fields, strict=True) if title and not its
    )


def _by_field(fields: list[str], cells: list[str]) -> dict[str, str]:
    return {field: cell for field, cell in zip(fields, cells, strict=False) if field and cell}


def _entry(line: int, cells: Mapping[str, str]) -> tuple[Entry, list[Fault]]:
    faults: list[Fault] = []

    def wrong(what: str, mend: str) -> None:
        faults.append(Fault(line, what, mend))

    name = cells.get("name") or " ".join(cells[part] for part in ("first", "last") if part in cells)
    name = " ".join(name.split())
    if not name:
        wrong("The name is missing.", "Write the person's name.")
    email = cells.get("email", "").lower()
    if not email:
        wrong(f"{name or 'This person'} has no e-mail address.", "Write it: it recognizes them.")
    elif not is_email(email):
        wrong(f'"{_short(email)}" is not an e-mail address.', "Write it like ada@example.org.")
        email = ""
    role = _ROLES.get(_plain(cells.get("role", "")))
    if role is None and cells.get("role"):
        close = nearest(_plain(cells["role"]), _ROLES)
        known = "teacher, coach, organizer, partner or guest"
        mend = f"Did you mean {_ROLES[close]}?" if close else f"Write {known}."
        wrong(f'"{_short(cells["role"])}" is not a role.', mend)
    zone = ""
    if cells.get("zone"):
        try:
            zone = zones.need(cells["zone"])
        except UserError:
            what = f'"{_short(cells["zone"])}" is not a time zone.'
            wrong(what, zones.suggestion(cells["zone"]))
    for field, limit in LIMITS.items():
        if len(cells.get(field, "")) > limit:
            wrong(f"The {field} has {len(cells[field])} characters.", f"Shorten it to {limit}.")
    lists = {}
    for field in ("subjects", "grades", "languages"):
        lists[field] = _list(cells.get(field, ""))
        most, longest = LIST_LIMITS
        if len(lists[field]) > most or any(len(item) > longest for item in lists[field]):
            mend = f"Write {most} at most, of up to {longest} characters each."
            wrong(f"The {field} are too many or too long.", mend)
    entry = Entry(
        line,
        name=name,
        email=email,
        role=role,
        cohort=cells.get("cohort", ""),
        coach=" ".join(cells.get("coach", "").split()),
        zone=zone,
        goals=cells.get("goals", ""),
        capacity=_capacity(cells.get("capacity", ""), wrong),
        **lists,
    )
    return entry, faults


def is_email(text: str) -> bool:
    """Whether this looks like an e-mail address."""
    return bool(_EMAIL.fullmatch(text)) and ".." not in text and len(text) <= LIMITS["email"]


def _capacity(cell: str, wrong: Callable[[str, str], None]) -> int | None:
    if not cell:
        return None
    if not re.fullmatch(r"\d{1,4}(\.0)?", cell) or int(float(cell)) > MOST_TEACHERS:
        what = f'"{_short(cell)}" is not a number of teachers.'
        wrong(what, f"Write a whole number from 0 to {MOST_TEACHERS}.")
        return None
    return int(float(cell))


def _list(cell: str) -> tuple[str, ...]:
    items = (" ".join(item.split()) for item in re.split(r"[;,/\n]", cell))
    return tuple(dict.fromkeys(item for item in items if item))


def _plain(cell: str) -> str:
    return " ".join(re.findall(r"[a-z]+", cell.lower()))


def _short(cell: str) -> str:
    text = " ".join(cell.split())
    return text if len(text) <= 60 else text[:59] + "…"
