"""`/webinar`: what comes and what there was, who will be there; organizers announce and change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from commands.dispatcher import open_form
from commands.params import Link, LongText, Moment, Picked, Text, Whole, YesNo
from commands.registry import Call, Prefill, command
from core import frameworks, programs, times, webinars, weeks
from core.cards import webinar as cards
from core.chat import Button, Message
from core.errors import UserError
from core.frameworks import Framework, Standard
from core.interaction import Choice, OpenForm, Origin, button_id
from core.program import Week
from core.programs import Standing
from core.webinars import Draft
from core.wording import count, shortened
from storage import webinars as stored
from storage.webinars import Webinar
from storage.words import Role

LISTED = 10
ANY_YES = ("yes", "y", "this week")


def _named(call: Call, rows: Sequence[Webinar]) -> list[Choice]:
    return [
        Choice(row.id, shortened(f"{row.title} · {times.plain(row.starts_at, call.zone)}", 75))
        for row in rows
    ]


def _ahead(call: Call, typed: str) -> Sequence[Choice]:
    return _named(call, stored.upcoming(call.tx, call.now))


def _behind(call: Call, typed: str) -> Sequence[Choice]:
    return _named(call, stored.past(call.tx, call.now))


def _webinar(call: Call, typed: str) -> Webinar | None:
    return call.tx.get(Webinar, typed)


def _standards(call: Call, typed: str) -> Sequence[Choice]:
    """The standards of the frameworks that are in use here, or of all; first that of this code."""
    used = _frameworks(call)
    found = [
        (one, known.title if len(used) == 1 else known.id)
        for known in used
        for one in known.standards.values()
    ]
    found.sort(key=lambda pair: pair[0].code.lower() != typed.strip().lower())
    return [
        Choice(f"{one.framework}:{one.code}", shortened(f"{one.code} {one.title} ({name})", 75))
        for one, name in found
    ]


def _frameworks(call: Call) -> list[Framework]:
    """Those that the cohorts here follow; all, while there is none."""
    used = {one.program.framework for one in programs.all_standings(call.tx, call.now)}
    known = frameworks.frameworks().values()
    return [one for one in known if one.id in used or not used]


def _standard(call: Call, typed: str) -> Standard | None:
    framework, colon, code = typed.partition(":")
    if colon:
        return frameworks.standard(framework, code)
    used = _frameworks(call)
    return frameworks.standard(used[0].id, typed.upper()) if len(used) == 1 else None


def _offers(call: Call) -> list[tuple[Standing, Week, datetime]]:
    """The program webinars of this week and the next that can be announced now."""
    found = []
    for standing in programs.all_standings(call.tx, call.now):
        for teaching in (standing.position.week, standing.position.following):
            week = standing.program.week(teaching.number) if teaching else None
            if teaching and week and week.webinar:
                at = weeks.moment(teaching.monday, standing.program.rhythm.webinar, standing.zone)
                if at > call.now:
                    found.append((standing, week, at))
    return sorted(found, key=lambda offer: offer[2])


def _program_weeks(call: Call, typed: str) -> Sequence[Choice]:
    return [
        Choice(
            f"{standing.cohort.id}:{week.week}",
            shortened(f"{standing.cohort.name}, week {week.week}: {_title(week)}", 75),
        )
        for standing, week, _ in _offers(call)
    ]


def _program_week(call: Call, typed: str) -> Draft | None:
    offers = _offers(call)
    if typed.lower() in ANY_YES:
        if not offers:
            raise UserError("The program has no webinar this week or next. Leave this field empty.")
        return webinars.from_program(*offers[0])
    for standing, week, at in offers:
        if typed == f"{standing.cohort.id}:{week.week}":
            return webinars.from_program(standing, week, at)
    return None


Ahead = Annotated[Webinar, Picked("Webinar", "One that is still to come", _ahead, _webinar)]
Behind = Annotated[Webinar, Picked("Webinar", "Without it: the last one", _behind, _webinar)]
StandardPick = Annotated[
    Standard, Picked("Standard", "Which one it is about", _standards, _standard)
]
FROM_PROGRAM = Picked("From the program", "Its webinar of this week", _program_weeks, _program_week)
Title = Annotated[str, Text("Title", limit=100)]
When = Annotated[datetime, Moment("When", "Such as next Tuesday 4pm, in your own time zone")]
Minutes = Annotated[int, Whole("Minutes", "How long it lasts", 5, 480)]
Address = Annotated[str, Link("Link", "Where to join")]
Presenter = Annotated[str, Text("Presenter", "Who leads it", 150)]
About = Annotated[str, LongText("About", "What people will take home", 1_000)]


@command("webinar next", help="The next webinars", least=Role.GUEST, reads=True, default=True)
def coming(call: Call) -> Message:
    """The next one in full, with the asker's answer, and those that follow."""
    ahead = stored.upcoming(call.tx, call.now, LISTED)
    if not ahead:
        return Message("No webinar is planned yet. `/webinar past` has the recordings.")
    first, *others = ahead
    answers = stored.answers_of(call.tx, call.me.id, [row.id for row in ahead])
    fields = [
        *cards.facts(first, call.zone),
        ("So far", cards.coming_words(stored.how_many_come(call.tx, first.id))),
    ]
    if first.id in answers:
        fields.append(("You", _answer_words(answers[first.id])))
    lines = [
        f"- **{row.title}** · {times.moment(row.starts_at, call.zone)}{_mine(answers, row)}"
        for row in others
    ]
    text = first.abstract + ("\n\n**Later**\n\n" + "\n".join(lines) if lines else "")
    buttons = list(cards.answer_buttons(first))
    if call.role is Role.ORGANIZER:
        buttons.append(Button("Change it", button_id("webinar change", webinar=first.id)))
    return Message(text, title=first.title, fields=tuple(fields), buttons=tuple(buttons))


@command("webinar past", help="Past webinars and recordings", least=Role.GUEST, reads=True)
def past(call: Call) -> Message:
    """The latest, with their recordings."""
    rows = stored.past(call.tx, call.now, LISTED)
    if not rows:
        return Message("There has been no webinar yet. `/webinar next` shows what comes.")
    lines = [
        f"- **{row.title}** · {times.moment(row.starts_at, call.zone)} · "
        + (f"[recording]({row.recording})" if row.recording else "no recording")
        for row in rows
    ]
    return Message("\n".join(lines), title="Past webinars")


def _as_planned(call: Call, values: Mapping[str, str]) -> Prefill:
    """What the program says, when the webinar is taken from it."""
    choices = {"from_program": _program_weeks(call, "")}
    typed = values.get("from_program", "")
    draft = FROM_PROGRAM.parse(typed, call) if typed else None
    if draft is None:
        return Prefill(choices=choices)
    return Prefill(
        {
            "title": draft.title,
            "when": _typed(draft.starts_at, call.zone),
            "minutes": str(draft.minutes),
            "about": draft.abstract,
            "standard": f"{draft.framework}:{draft.standard}",
        },
        choices,
    )


@command(
    "webinar announce",
    help="Announce a webinar",
    least=Role.ORGANIZER,
    form=True,
    prefill=_as_planned,
    submit="Announce",
)
def announce(
    call: Call,
    title: Title,
    when: When,
    minutes: Minutes = 60,
    link: Address | None = None,
    presenter: Presenter | None = None,
    standard: StandardPick | None = None,
    about: About | None = None,
    from_program: Annotated[Draft, FROM_PROGRAM] | None = None,
) -> Message:
    """It is announced in the channel at once; `from_program` announces the program's earlier."""
    draft = Draft(
        title=title,
        starts_at=when.replace(second=0, microsecond=0),
        minutes=minutes,
        abstract=about or "",
        link=link or "",
        presenter=presenter or "",
        framework=standard.framework if standard else "",
        standard=standard.code if standard else "",
        cohort_id=from_program.cohort_id if from_program else None,
        week=from_program.week if from_program else None,
    )
    made = webinars.announce(call.tx, draft, call.now)
    return Message(
        f"“{made.title}” is announced for {times.moment(made.starts_at, call.zone)}. "
        "It is on its way to the webinars channel.",
        buttons=(
            Button("Change it", button_id("webinar change", webinar=made.id)),
            Button("Cancel it", button_id("webinar cancel", webinar=made.id), "danger"),
        ),
    )


def _as_it_is(call: Call, values: Mapping[str, str]) -> Prefill:
    choices = {"webinar": _ahead(call, "")}
    row = call.tx.get(Webinar, values.get("webinar"))
    if row is None:
        return Prefill(choices=choices)
    filled = {
        "title": row.title,
        "when": _typed(row.starts_at, call.zone),
        "minutes": str(row.minutes),
        "link": row.link,
        "presenter": row.presenter,
        "standard": f"{row.framework}:{row.standard}" if row.standard else "",
        "about": row.abstract,
    }
    return Prefill(filled, choices)


@command(
    "webinar change",
    help="Change or move a webinar",
    least=Role.ORGANIZER,
    prefill=_as_it_is,
    submit="Change it",
)
def change(
    call: Call,
    webinar: Ahead,
    title: Title | None = None,
    when: When | None = None,
    minutes: Minutes | None = None,
    link: Address | None = None,
    presenter: Presenter | None = None,
    standard: StandardPick | None = None,
    about: About | None = None,
) -> Message | OpenForm:
    """With nothing but the webinar it opens as a form, filled with what is known."""
    values: dict[str, Any] = {
        "title": title,
        "starts_at": when.replace(second=0, microsecond=0) if when else None,
        "minutes": minutes,
        "link": _or_cleared(call, "link", link),
        "presenter": _or_cleared(call, "presenter", presenter),
        "framework": standard.framework if standard else None,
        "standard": standard.code if standard else None,
        "abstract": _or_cleared(call, "about", about),
    }
    wanted = {name: value for name, value in values.items() if value is not None}
    if not wanted and call.invocation.origin is not Origin.FORM:
        return open_form(call, "webinar change", {"webinar": webinar.id})
    changed = webinars.change(call.tx, webinar, wanted, call.now)
    if not changed:
        return Message(f"“{webinar.title}” stays as it is: nothing was different.")
    moved = "starts_at" in changed
    when_words = times.moment(webinar.starts_at, call.zone)
    said = stored.how_many_come(call.tx, webinar.id) if moved else 0
    told = f" I am telling {_guests(said)} who said yes." if said else ""
    return Message(
        f"“{webinar.title}” {'is moved to' if moved else 'is changed; it is on'} {when_words}. "
        f"The announcement follows.{told}"
    )


@command(
    "webinar cancel", help="Call a webinar off", least=Role.ORGANIZER,
    prefill=lambda call, values: Prefill(choices={"webinar": _ahead(call, "")}),
)  # fmt: skip
def cancel(call: Call, webinar: Ahead) -> Message:
    """Reminders are taken back, and those who said yes are told."""
    told = webinars.cancel(call.tx, webinar, call.now)
    guests = f" I am telling {_guests(told)} who said yes." if told else ""
    return Message(f"“{webinar.title}” is canceled. The announcement says so.{guests}")


@command("webinar recording", help="Share a recording", least=Role.ORGANIZER)
def recording(call: Call, link: Address, webinar: Behind | None = None) -> Message:
    """Posted in the webinars channel; without a webinar it belongs to the last one."""
    row = webinar or next(iter(stored.past(call.tx, call.now, 1)), None)
    if row is None:
        raise UserError("There has been no webinar yet, and so no recording of one.")
    webinars.record(call.tx, row, link, call.now)
    return Message(f"The recording of “{row.title}” goes to the webinars channel.")


@command("webinar rsvp", help="Say whether you come", least=Role.GUEST, hidden=True)
def rsvp(
    call: Call,
    webinar: Annotated[str, Text("Webinar")],
    coming: Annotated[bool, YesNo("Coming")],
) -> Message:
    """The buttons under an announcement. Pressing twice does no harm."""
    row = call.tx.get(Webinar, webinar)
    if row is None:
        raise UserError("That webinar is not there any more. `/webinar next` shows what comes.")
    webinars.answer(call.tx, row, call.me, coming, call.now)
    yes, no = cards.answer_buttons(row)
    if not coming:
        return Message(
            f"Thank you for saying so. If it works out after all, “{row.title}” is open to you.",
            buttons=(yes,),
        )
    if row.starts_at <= call.now:
        join = f" Join here: {row.link}" if row.link else ""
        return Message(f"“{row.title}” is on now.{join}")
    return Message(
        f"Lovely: you are expected at “{row.title}” on {times.moment(row.starts_at, call.zone)}. "
        f"I will remind you {times.span(row.reminder_minutes)} before.",
        buttons=(no,),
    )


def _title(week: Week) -> str:
    return week.webinar.title if week.webinar else ""


def _typed(at: datetime, zone: str) -> str:
    """A moment as somebody in this zone would type it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _or_cleared(call: Call, name: str, value: str | None) -> str | None:
    """What was given; nothing, if the field was emptied in a form; None if it was not touched."""
    emptied = call.invocation.origin is Origin.FORM and call.invocation.args.get(name) == ""
    return "" if value is None and emptied else value


def _guests(number: int) -> str:
    return count(number, "person", "people")


def _answer_words(coming: bool) -> str:
    return "You said that you will be there" if coming else "You said not this time"


def _mine(answers: Mapping[str, bool], row: Webinar) -> str:
    return f" · {_answer_words(answers[row.id]).lower()}" if row.id in answers else ""
