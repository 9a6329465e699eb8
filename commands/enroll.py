"""`/enroll`: the way into a community, by a code, by a known e-mail, or by asking."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from commands.dispatcher import open_form
from commands.params import Email, LongText, OneOf, Text, Words, Zone
from commands.registry import Call, Prefill, command
from core import enrollment, times
from core.chat import Button, Message
from core.enrollment import About, Visitor
from core.errors import UserError
from core.interaction import OpenForm, button_id
from core.wording import a
from storage import communities
from storage import enrollment as requests
from storage.members import Member
from storage.words import MemberState, Role

ROLES = (
    (Role.TEACHER.value, "Teacher"),
    (Role.COACH.value, "Coach"),
    (Role.PARTNER.value, "Partner (I host visits in my classroom)"),
)


def _prefill(call: Call, values: Mapping[str, str]) -> Prefill:
    asked = call.invocation
    return Prefill({"name": asked.name[:100], "email": asked.email})


@command("enroll", help="Join this community", least=None, prefill=_prefill, submit="Ask to join")
def enroll(
    call: Call,
    code: Annotated[str, Text("Code", "If you were given one, it is all that I need", 60)] = "",
    name: Annotated[str, Text("Name", "As colleagues call you", 100)] = "",
    role: Annotated[Role, OneOf("I come as", "Your part here", Role, ROLES)] = Role.TEACHER,
    email: Annotated[str, Email("E-mail", "The one that your school has on its list")] = "",
    subjects: Annotated[Sequence[str], Words("Subjects", "Biology, Algebra")] = (),
    grades: Annotated[Sequence[str], Words("Grades", "9, 10")] = (),
    zone: Annotated[str | None, Zone("Time zone", "A city, such as Chicago, or Eastern")] = None,
    languages: Annotated[Sequence[str], Words("Languages", "English, Spanish")] = (),
    goals: Annotated[str, LongText("Goals", "What you want from this year", 1_000)] = "",
) -> Message | OpenForm:
    """Recognize the person, let a code in, or ask the organizers."""
    asked = call.invocation
    visitor = Visitor(call.home, asked.account, asked.name, asked.email)
    if call.role is not None:
        return _known(call.me)
    if code:
        return _arrived(call, enrollment.redeem(call.tx, code, visitor, call.now))
    if call.member is not None and call.member.state is MemberState.INVITED:
        enrollment.welcome(call.tx, call.member, visitor, call.now)
        return _arrived(call, call.member)
    if member := enrollment.recognize(call.tx, visitor, call.now):
        return _arrived(call, member)
    if not any(value.strip() for value in asked.args.values()) and not asked.text.strip():
        return _waits(call) or open_form(call, "enroll", {})
    if not name:
        text = "Please give your name. If you have a code, it alone is enough."
        raise UserError(text, {"name": text})
    about = About(name, role, email, zone, subjects, grades, languages, goals)
    enrollment.ask(call.tx, visitor, about, call.now)
    return Message(
        f"Thank you, {name}. I have asked the organizers of {_community(call)}. As soon as one "
        "of them lets you in, I write to you here."
    )


def _known(member: Member) -> Message:
    return Message(
        f"You are {member.name}, {a(member.role.value)} here. `/staffroom today` shows your week, "
        "and `/profile edit` changes what I know of you.",
        buttons=(Button("My week", button_id("staffroom today"), "primary"),),
    )


def _arrived(call: Call, member: Member) -> Message:
    return Message(
        f"Welcome to {_community(call)}, {member.name}. You are in, as {a(member.role.value)}. "
        "I have a message for you with what comes next.",
        buttons=(Button("My week", button_id("staffroom today"), "primary"),),
    )


def _waits(call: Call) -> Message | None:
    """What to tell somebody whose request nobody has answered."""
    if call.member is None or call.member.state is not MemberState.WAITING:
        return None
    request = requests.latest(call.tx, call.member.id)
    since = f" on {times.moment(request.asked_at, call.zone)}" if request else ""
    return Message(
        f"You asked to join{since}, and no organizer has answered yet. I write to you as soon as "
        "you are in. A code that an organizer gives you works at once: `/enroll code: XXXX`."
    )


def _community(call: Call) -> str:
    return communities.current(call.tx).name
