"""Somebody asks to join, and somebody has arrived."""

from datetime import datetime

from core import enrollment, places, programs, times
from core.cards.card import Compose, Skip
from core.chat import Address, Button, Message
from core.interaction import button_id
from core.kinds import Kind
from core.wording import a, listed
from storage import communities, members, pairs
from storage.cohorts import Cohort
from storage.communities import Community, Home
from storage.database import Tx
from storage.enrollment import JoinRequest
from storage.members import Member
from storage.outbox import Delivery
from storage.words import MemberState, Role


def join_request(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For an organizer: who asks to join, and whether the roster knows their e-mail."""
    request = tx.get(JoinRequest, delivery.subject["of"])
    if request is None or request.answered_at is not None:
        return Skip("answered already")
    return show_request(tx, request)


def show_request(tx: Tx, request: JoinRequest) -> Message:
    """A request that waits for an answer, with its two buttons."""
    asker = tx.need(Member, request.member_id)
    text = f"{asker.name} would like to join as {a(asker.role.value)}."
    known = enrollment.on_roster(tx, request)
    if known is not None:
        text += (
            f"\n\nThe e-mail that they gave, {request.email}, is that of **{known.name}** on your "
            f"roster ({known.role.value}). Anybody can type an e-mail, so make sure that it is "
            "them: if you approve, they are that person."
        )
    elif request.email:
        text += f"\n\nThey gave the e-mail {request.email}, which is not on your roster."
    return Message(
        text,
        title="Somebody asks to join",
        fields=tuple(about(asker)),
        buttons=(
            Button("Approve", button_id("member answer", of=request.id, yes="yes"), "primary"),
            Button("Decline", button_id("member answer", of=request.id, yes="no"), "danger"),
        ),
    )


def about(member: Member) -> list[tuple[str, str]]:
    """What somebody says about themselves, as labels and values."""
    said = [
        ("Subjects", ", ".join(member.subjects)),
        ("Grades", ", ".join(member.grades)),
        ("Languages", ", ".join(member.languages)),
        ("Time zone", (member.zone or "").replace("_", " ")),
        ("Goals", member.goals),
    ]
    return [(label, value) for label, value in said if value]


def welcome(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For somebody who has just become a member: what comes next."""
    member = tx.get(Member, delivery.subject["member"])
    community = communities.current(tx)
    invited = "invited" in delivery.subject
    if member is None or member.state is not (
        MemberState.INVITED if invited else MemberState.ACTIVE
    ):
        return Skip("they have come already" if invited else "not a member here")
    if invited:
        return invitation(member, community)
    return Message(
        "\n\n".join(
            [
                f"Good to have you here, {member.name}. {_what_next(tx, member, now)}",
                "`/staffroom today` shows your week whenever you like, `/staffroom help` what "
                "you can ask me for, and `/profile edit` keeps your zone and your quiet hours: "
                "I will not write to you in them.",
                *_channels(tx, member),
            ]
        ),
        title=f"Welcome to {community.name}",
        buttons=(
            Button("My week", button_id("staffroom today"), "primary"),
            Button("My profile", button_id("profile show")),
        ),
    )


def _channels(tx: Tx, member: Member) -> list[str]:
    """Where the community speaks, in the place where they came from."""
    used = [
        (account.last_used_at, account.id, account.home_id)
        for account in members.accounts(tx, member.id)
        if account.last_used_at is not None and account.left_at is None
    ]
    home = tx.get(Home, max(used)[2]) if used else None
    found = places.channels(home) if home else []
    return [f"Our channels, for you to join: {listed(found)}."] if found else []


def greeting(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For somebody who has come to the platform, and whom nobody knows here yet."""
    person, home_id = delivery.subject["person"], Address.parse(delivery.conversation).id
    if members.account(tx, home_id, person) is not None:
        return Skip("they have found the way in")
    return Message(
        f"Welcome! This is where {communities.current(tx).name} meets. If you belong to it, type "
        "`/enroll`, with your personal code if you were given one, and you are in.",
        person=person,
    )


def invitation(member: Member, community: Community) -> Message:
    """For somebody on the roster who has come to the platform: the way in."""
    role = a(member.role.value)
    return Message(
        f"Hello, {member.name}. You are on the roster of {community.name}, as {role}. "
        "Press *Join*, or type `/enroll`, and you are in.",
        title=community.name,
        buttons=(Button("Join", button_id("enroll"), "primary"),),
    )


def _what_next(tx: Tx, member: Member, now: datetime) -> str:
    if member.role is Role.ORGANIZER:
        return "You organize this community: `/cohort show` says where it stands."
    if member.role is Role.COACH:
        return (
            "You are here as a coach. When you are paired with a teacher, I introduce you to "
            "each other and bring you an agenda every week."
        )
    if member.role is not Role.TEACHER:
        return "Webinars and conversations are open to you."
    standing = programs.standing_of(tx, member, now)
    if standing is None:
        return "An organizer will put you into a cohort; then your program begins."
    where, cohort = standing.position, tx.need(Cohort, standing.cohort.id)
    if where.over:
        begins = f"You are in {cohort.name}, whose program is over."
    elif where.before_start and where.following:
        begins = f"You are in {cohort.name}, which starts on {times.day(where.following.monday)}."
        if standing.program.orientation:
            begins += " Until then I bring you a few short steps, one by one."
    elif where.week:
        begins = f"You are in {cohort.name}, which is in week {where.week.number}; just join in."
    else:
        begins = f"You are in {cohort.name}, which has a break just now."
    coached = pairs.of_teacher(tx, member.id)
    coach = "" if coached else " You will get a coach, too, and I will introduce you."
    return begins + coach


CARDS: dict[Kind, Compose] = {
    Kind.GREETING: greeting,
    Kind.JOIN_REQUEST: join_request,
    Kind.WELCOME: welcome,
}
