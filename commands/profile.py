"""`/profile`: what the community knows of me, my quiet hours, my pauses."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from commands.params import Day, LongText, Picked, Text, TimeOfDay, Words, Zone
from commands.registry import Call, Prefill, command
from commands.settings import quiet_words
from core import members, programs, times
from core.chat import Button, Message
from core.interaction import Choice, Origin, button_id
from storage import members as stored
from storage.cohorts import Cohort
from storage.communities import Home
from storage.members import Account, Member
from storage.words import Role


def _accounts(call: Call, typed: str) -> Sequence[Choice]:
    own = stored.accounts(call.tx, call.me.id)
    return [
        Choice(one.id, f"{_home(call, one)} ({one.name})") for one in own if one.left_at is None
    ]


def _account(call: Call, typed: str) -> Account | None:
    found = call.tx.get(Account, typed)
    return found if found and found.member_id == call.me.id else None


def _prefill(call: Call, values: Mapping[str, str]) -> Prefill:
    me = call.me
    known = {
        "zone": me.zone or "",
        "quiet_from": me.quiet_from or "",
        "quiet_until": me.quiet_until or "",
        "subjects": ", ".join(me.subjects),
        "grades": ", ".join(me.grades),
        "languages": ", ".join(me.languages),
        "goals": me.goals,
        "contact": me.contact,
        "messages": me.direct_account_id or "",
    }
    return Prefill(known, {"messages": _accounts(call, "")})


@command("profile show", help="What is known of me", least=Role.GUEST, reads=True, default=True)
def show(call: Call) -> Message:
    """Everything that a member says about themselves."""
    return _shown(call, "")


@command(
    "profile edit",
    help="Change my profile",
    least=Role.GUEST,
    form=True,
    prefill=_prefill,
    submit="Save",
)
def edit(
    call: Call,
    zone: Annotated[str | None, Zone("Time zone", "A city; empty: the community's")] = None,
    quiet_from: Annotated[time | None, TimeOfDay("Quiet from", "Such as 9pm")] = None,
    quiet_until: Annotated[time | None, TimeOfDay("Quiet until", "Such as 7am")] = None,
    subjects: Annotated[list[str] | None, Words("Subjects", "Biology, Algebra")] = None,
    grades: Annotated[list[str] | None, Words("Grades", "9, 10")] = None,
    languages: Annotated[list[str] | None, Words("Languages", "English, Spanish")] = None,
    goals: Annotated[str | None, LongText("Goals", "What you want from this year", 1_000)] = None,
    contact: Annotated[
        str | None,
        Text("Contact", "E-mail or phone; only for your coach or teacher in another chat", 200),
    ] = None,
    messages: Annotated[
        Account | None, Picked("Direct messages", "Where they go", _accounts, _account)
    ] = None,
) -> Message:
    """Typed, it changes what is given; as a form, what is left empty is emptied."""
    given: dict[str, Any] = {
        "zone": zone,
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "subjects": subjects,
        "grades": grades,
        "languages": languages,
        "goals": goals,
        "contact": contact,
        "direct_account_id": messages.id if messages else None,
    }
    emptied = {"subjects": [], "grades": [], "languages": [], "goals": "", "contact": ""}
    changes = {
        name: value if value is not None else emptied.get(name)
        for name, value in given.items()
        if value is not None or call.invocation.origin is Origin.FORM
    }
    members.edit(call.tx, call.me, changes, call.now)
    return _shown(call, "Saved.")


@command("profile pause", help="Be left in peace for a while", least=Role.GUEST)
def pause(
    call: Call,
    until: Annotated[date | None, Day("Until", "The day you are back; else two weeks")] = None,
) -> Message:
    """No nudges, reminders or agendas until that day."""
    back = members.pause(call.tx, call.me, until, call.now)
    return Message(
        f"You are paused until {_day(call, back)}. I leave you in peace until then, and nobody "
        "expects you to write. `/profile resume` ends it earlier.",
        buttons=(Button("Resume now", button_id("profile resume")),),
    )


@command("profile resume", help="End my pause", least=Role.GUEST)
def resume(call: Call) -> Message:
    """Back at once."""
    if members.resume(call.tx, call.me, call.now):
        return Message("Welcome back. `/staffroom today` shows where your week stands.")
    return Message("You are not paused, so there is nothing to end.")


def _shown(call: Call, opening: str) -> Message:
    me, tx = call.me, call.tx
    cohort = tx.get(Cohort, me.cohort_id)
    zone = programs.zone_of(tx, me).replace("_", " ")
    quiet = quiet_words(*members.quiet_hours(tx, me))
    fields = [
        ("Role", me.role.value.capitalize()),
        ("Cohort", cohort.name if cohort else ""),
        ("E-mail", me.email or ""),
        ("Time zone", zone if me.zone else f"{zone} ({_whose_zone(me)})"),
        ("Quiet hours", quiet if me.quiet_from or me.quiet_until else f"{quiet} (the community's)"),
        ("Subjects", ", ".join(me.subjects)),
        ("Grades", ", ".join(me.grades)),
        ("Languages", ", ".join(me.languages)),
        ("Goals", me.goals),
        ("Contact", f"{me.contact} (for a pair in different chats)" if me.contact else ""),
        ("Coaching places", str(me.capacity) if me.capacity else ""),
        ("Direct messages", _where(call, me)),
    ]
    paused = (
        f"Paused until {_day(call, me.paused_until)}."
        if me.paused_until and me.paused(call.now)
        else ""
    )
    buttons = [Button("Edit", button_id("profile edit"), "primary")]
    if paused:
        buttons.append(Button("Resume", button_id("profile resume")))
    return Message(
        " ".join(part for part in (opening, paused) if part),
        title=me.name,
        fields=tuple((label, value) for label, value in fields if value),
        buttons=tuple(buttons),
    )


def _whose_zone(me: Member) -> str:
    return "as your chat tells" if me.told_zone else "the community's"


def _where(call: Call, me: Member) -> str:
    account = members.direct_account(call.tx, me)
    return _home(call, account) if account else ""


def _home(call: Call, account: Account) -> str:
    home = call.tx.get(Home, account.home_id)
    return home.name if home else ""


def _day(call: Call, at: Any) -> str:
    return times.day(at.astimezone(ZoneInfo(call.zone)).date())
