"""`/member`: for organizers, who is here and who asks to join."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from commands.cohort import CohortPick
from commands.params import OneOf, Picked, Text, YesNo
from commands.registry import Call, command
from core import enrollment
from core.chat import Message
from core.errors import UserError
from core.interaction import Choice
from core.wording import a, count
from storage import enrollment as requests
from storage import members
from storage.cohorts import Cohort
from storage.enrollment import JoinRequest
from storage.members import Member
from storage.words import MemberState, Role

SHOWN = 100


class Who(StrEnum):
    """Which members to list."""

    ACTIVE = "active"
    INVITED = "invited"
    WAITING = "waiting"
    LEFT = "left"


def _asking(call: Call, typed: str) -> Sequence[Choice]:
    return [
        Choice(request.id, call.tx.need(Member, request.member_id).name)
        for request in requests.waiting(call.tx)
    ]


def _request(call: Call, typed: str) -> JoinRequest | None:
    found = call.tx.get(JoinRequest, typed)
    member = call.tx.get(Member, typed)
    return found or (requests.latest(call.tx, member.id) if member else None)


Request = Annotated[JoinRequest, Picked("Member", "Who asks to join", _asking, _request)]


PLURALS = {
    Role.ORGANIZER: "Organizers",
    Role.COACH: "Coaches",
    Role.TEACHER: "Teachers",
    Role.PARTNER: "Partners",
    Role.GUEST: "Guests",
}


@command("member list", help="Who is here", least=Role.ORGANIZER, reads=True, default=True)
def list_members(
    call: Call, who: Annotated[Who, OneOf("Who", "Which of them", Who)] = Who.ACTIVE
) -> Message:
    """Members in one state, by role; those who wait, with the request."""
    found = [one for one in members.everyone(call.tx) if one.state == MemberState(who.value)]
    title = f"{count(len(found), f'{who.value} member').capitalize()}"
    blocks = []
    for role in reversed(Role):
        names = [_line(call, one) for one in found if one.role is role]
        if names:
            more = [f"- and {len(names) - SHOWN} more"] if len(names) > SHOWN else []
            blocks.append(
                f"**{PLURALS[role]} ({len(names)})**\n\n"
                + "\n".join([*(f"- {name}" for name in names[:SHOWN]), *more])
            )
    if who is Who.WAITING and found:
        blocks.append("`/member approve` lets somebody in, `/member decline` says no.")
    waiting = requests.waiting(call.tx) if who is not Who.WAITING else ()
    if waiting:
        blocks.append(f"{count(len(waiting), 'request')} to join: `/member list who: waiting`.")
    return Message("\n\n".join(blocks) or "Nobody.", title=title)


@command("member approve", help="Let somebody in who asks to join", least=Role.ORGANIZER)
def approve(call: Call, member: Request, cohort: CohortPick | None = None) -> Message:
    """The person is a member from now on, in this cohort or the one that runs."""
    return _approved(call, member, cohort)


@command("member decline", help="Say no to somebody who asks to join", least=Role.ORGANIZER)
def decline(call: Call, member: Request) -> Message:
    """Nothing is sent to them; they can ask again a day later."""
    return _declined(call, member)


@command(
    "member answer",
    help="Answer a request to join",
    least=Role.ORGANIZER,
    hidden=True,
    replaces=True,
)
def answer(
    call: Call,
    of: Annotated[str, Text("Request")],
    yes: Annotated[bool, YesNo("Approve")],
) -> Message:
    """The buttons under a request. Whoever comes second is told who was first."""
    request = call.tx.get(JoinRequest, of)
    if request is None:
        return Message("This request is not there any more.")
    try:
        return _approved(call, request, None) if yes else _declined(call, request)
    except UserError as error:
        return Message(error.text)


def _approved(call: Call, request: JoinRequest, cohort: Cohort | None) -> Message:
    member = enrollment.approve(call.tx, request, call.me, call.now, cohort)
    joined = call.tx.get(Cohort, member.cohort_id)
    where = f" in {joined.name}" if joined else ""
    hint = (
        "" if joined or member.role is not Role.TEACHER else " `/cohort add` gives them a cohort."
    )
    return Message(
        f"{member.name} is {a(member.role.value)} here now{where}, and gets a welcome from me."
        f"{hint}"
    )


def _declined(call: Call, request: JoinRequest) -> Message:
    asker = enrollment.decline(call.tx, request, call.me, call.now)
    return Message(f"{asker.name} is not let in. I send them nothing; they can ask again tomorrow.")


def _line(call: Call, member: Member) -> str:
    cohort = call.tx.get(Cohort, member.cohort_id)
    parts = [member.name, member.email or "", cohort.name if cohort else ""]
    if member.paused(call.now):
        parts.append("paused")
    return " · ".join(part for part in parts if part)
