"""`/coach`: my coach or my teachers; organizers propose pairs, adjust and approve them."""

from typing import Annotated

from commands.params import Somebody, Text, Whole, YesNo
from commands.registry import Call, command
from core import coaching, pairs, programs, proposals, times
from core.cards import coach as cards
from core.cards import proposal as proposal_card
from core.chat import Button, Message
from core.coaching import TeacherNews
from core.interaction import button_id
from core.wording import count
from storage import pairs as stored
from storage.members import Member
from storage.pairs import Pair
from storage.words import MemberState, Role

APPROVED_SHOWN = 24
MINE_BUTTONS = 24  # under the list of a coach's teachers

Teacher = Annotated[Member, Somebody("Teacher", "Name or e-mail", roles=(Role.TEACHER,))]
Coach = Annotated[Member, Somebody("Coach", "Name or e-mail", roles=(Role.COACH, Role.ORGANIZER))]


@command("coach mine", help="My coach, or my teachers", reads=True, default=True)
def mine(call: Call) -> Message:
    """A teacher sees their coach and this week's questions; a coach how their teachers are."""
    own = stored.of_teacher(call.tx, call.me.id)
    if own is not None:
        return _my_coach(call, own)
    found = stored.teachers_of(call.tx, call.me.id)
    if found:
        news = coaching.news(call.tx, found, call.now, coaching.under_way)
        return _my_teachers(call, news)
    if call.me.role is Role.TEACHER:
        return Message(
            "You have no coach yet. Your organizers will find you one, and both of you will get "
            "an introduction from me."
        )
    if call.me.role is Role.ORGANIZER:
        return Message(
            "You coach nobody yourself. `/coach propose` finds a coach for every teacher who has "
            "none."
        )
    return Message("You have no teachers yet. I will introduce you to each one as they come.")


@command("coach propose", help="Propose a coach for each teacher", least=Role.ORGANIZER)
def propose(call: Call) -> Message:
    """A new proposal in place of the old one; pinned pairs stay."""
    return proposal_card.show(proposals.propose(call.tx, call.now))


@command(
    "coach proposal",
    help="See the proposed pairs",
    least=Role.ORGANIZER,
    reads=True,
    replaces=True,
)
def proposal(
    call: Call,
    page: Annotated[int, Whole("Page", "Of a long list", least=1, most=10_000)] = 1,
) -> Message:
    """The proposal as it stands."""
    current = proposals.current(call.tx, call.now)
    opening = "" if current.pairs else "Nothing is proposed; `/coach propose` makes a proposal."
    return proposal_card.show(current, page, opening)


@command("coach swap", help="Exchange two proposed coaches", least=Role.ORGANIZER, form=True)
def swap(call: Call, teacher: Teacher, other: Teacher) -> Message:
    """Both changed pairs are pinned."""
    proposals.swap(call.tx, teacher, other, call.now)
    text = f"{teacher.name} and {other.name} have each other's proposed coach now, both pinned."
    return _after_change(call, teacher, text)


@command(
    "coach pin",
    help="Keep a proposed pair in new proposals",
    least=Role.ORGANIZER,
    form=True,
    replaces=True,
)
def pin(
    call: Call,
    teacher: Teacher,
    keep: Annotated[bool, YesNo("Keep it", "No: let it go again")] = True,
) -> Message:
    """Pin or unpin the proposed pair of a teacher."""
    proposals.pin(call.tx, teacher, keep=keep)
    stays = "stays" if keep else "may change"
    return _after_change(call, teacher, f"{teacher.name}'s pair {stays} when you propose again.")


@command(
    "coach drop",
    help="Take a pair out of the proposal",
    least=Role.ORGANIZER,
    form=True,
    replaces=True,
)
def drop(call: Call, teacher: Teacher) -> Message:
    """The teacher stays without a coach until the next proposal."""
    proposals.drop(call.tx, teacher)
    return _after_change(call, teacher, f"{teacher.name}'s pair is out of the proposal.")


@command(
    "coach approve", help="Approve the proposed pairs and introduce them", least=Role.ORGANIZER
)
def approve(call: Call) -> Message:
    """Every proposed pair begins; asked again, it says who approved."""
    return _approved(call, proposals.approve(call.tx, call.me, call.now))


@command(
    "coach approve-these",
    help="Approve the pairs of a list",
    least=Role.ORGANIZER,
    hidden=True,
    replaces=True,
)
def approve_these(call: Call, list: Annotated[str, Text("List", limit=40)]) -> Message:
    """The button under a proposal: only what was looked at is approved."""
    return _approved(call, proposals.approve(call.tx, call.me, call.now, list))


@command("coach pair", help="Pair two people by hand", least=Role.ORGANIZER, form=True)
def pair(
    call: Call,
    teacher: Teacher,
    coach: Coach,
    anyway: Annotated[bool, YesNo("Anyway", "Yes: even above the coach's capacity")] = False,
) -> Message:
    """The pair begins at once, and both are introduced."""
    made = pairs.by_hand(call.tx, teacher, coach, call.me, call.now, anyway=anyway)
    return Message(
        f"{teacher.name} and {coach.name} are a pair from now on, and both get an introduction. "
        f"{made.reason}"
    )


@command("coach end", help="End a pair", least=Role.ORGANIZER, form=True, submit="End the pair")
def end(
    call: Call,
    teacher: Teacher,
    reason: Annotated[str, Text("Reason", "Both will read it", limit=500)] = "",
) -> Message:
    """Both are told, with the reason if one is given."""
    ended = pairs.end(call.tx, teacher, reason, call.now)
    coach = call.tx.need(Member, ended.coach_id)
    return Message(
        f"{teacher.name} and {coach.name} are no longer a pair, and both are told. "
        f"`/coach pair` or `/coach propose` finds {teacher.name} another coach."
    )


@command("coach never", help="Rule out a pair", least=Role.ORGANIZER, form=True)
def never(
    call: Call,
    member: Annotated[Member, Somebody("One person", "Name or e-mail")],
    other: Annotated[Member, Somebody("The other", "Name or e-mail")],
    undo: Annotated[bool, YesNo("Undo", "Yes: lift the rule again")] = False,
) -> Message:
    """A rule that no proposal and no hand may break, until it is lifted."""
    names = f"{member.name} and {other.name}"
    if undo:
        lifted = pairs.allow(call.tx, member, other)
        return Message(
            f"{names} may be paired again." if lifted else f"There is no rule about {names}."
        )
    new = pairs.forbid(call.tx, member, other)
    return Message(f"{names} will never be paired." if new else f"{names} are ruled out already.")


@command("coach met", help="Note a one-on-one", hidden=True)
def met(
    call: Call,
    pair: Annotated[str, Text("Pair", limit=40)],
    week: Annotated[int, Whole("Week", least=1, most=104)],
) -> Message:
    """The button under an agenda: the two met in this week."""
    meeting = pairs.met(call.tx, pair, week, call.me, call.now)
    if meeting.new:
        return Message(f"Noted: you met in week {week}. What you said stays between you.")
    who = "You" if meeting.said_by.id == call.me.id else meeting.said_by.name
    return Message(f"{who} noted it before: you met in week {week}.")


def _after_change(call: Call, teacher: Member, text: str) -> Message:
    """The list again, at the page where the change was."""
    current = proposals.current(call.tx, call.now)
    return proposal_card.show(current, proposal_card.page_near(current, teacher.name), text)


def _approved(call: Call, approval: proposals.Approval) -> Message:
    number = count(len(approval.pairs), "pair")
    if approval.new:
        lines = [
            f"- **{one.teacher.name}** with **{one.coach.name}**"
            for one in approval.pairs[:APPROVED_SHOWN]
        ]
        if len(approval.pairs) > APPROVED_SHOWN:
            lines.append(f"- and {len(approval.pairs) - APPROVED_SHOWN} more")
        return Message(
            f"{number.capitalize()} approved. Both sides of each get an introduction by direct "
            "message, with this week's agenda.\n\n" + "\n".join(lines)
        )
    who = "you" if approval.by.id == call.me.id else approval.by.name
    when = times.from_now(approval.at, call.now)
    return Message(f"Already approved by {who}, {when}: {number}. Nothing is left to approve.")


def _my_coach(call: Call, own: Pair) -> Message:
    coach = call.tx.need(Member, own.coach_id)
    standing = programs.standing_of(call.tx, call.me, call.now)
    parts = [f"Your coach is **{coach.name}**. {own.reason}"]
    buttons = []
    if standing:
        parts.append(f"{cards.position_words(standing)}.")
    if standing and (week := standing.week):
        if week.agenda or week.visit:
            parts.append(f"This week's agenda:\n\n{cards.agenda_words(week)}")
        if stored.meeting(call.tx, own.id, week.week):
            parts.append("You two have met this week.")
        else:
            parts.append("No one-on-one is noted for this week yet.")
            buttons.append(cards.met_button(own.id, week.week))
        if week.prompt:
            buttons.append(Button("Write reflection", button_id("reflect write")))
    return Message("\n\n".join(parts), title="My coach", buttons=tuple(buttons))


def _my_teachers(call: Call, news: list[TeacherNews]) -> Message:
    lines = [f"- **{one.teacher.name}**: {_state(call, one)}" for one in news]
    buttons = [
        button
        for one in news
        for week in one.weeks
        for button in (
            *([] if week.met else [_met_with(one, week.number)]),
            *(
                [cards.read_button(one.teacher, week.wrote)]
                if week.wrote and cards.is_for(week.wrote, call.me)
                else []
            ),
        )
    ]
    return Message(
        "\n".join(lines),
        title=f"My teachers ({len(news)} of {call.me.capacity})",
        buttons=tuple(buttons[:MINE_BUTTONS]),
    )


def _met_with(one: TeacherNews, week: int) -> Button:
    plain = cards.met_button(one.pair_id, week)
    return Button(cards.labeled("Met", one.teacher), plain.id)


def _state(call: Call, one: TeacherNews) -> str:
    """How one teacher is doing this week, in a line for their coach."""
    if one.teacher.state is MemberState.INVITED:
        return "on the roster, not here yet"
    parts = []
    if one.standing:
        parts.append(cards.position_words(one.standing))
    if one.teacher.paused(call.now):
        parts.append(f"paused {cards.until_words(one.teacher, call.zone)}")
    if one.steps:
        parts.append(f"in orientation, {cards.steps_words(one.steps)}")
    for week in one.weeks:
        if week.wrote:
            parts.append(f"wrote {cards.wrote_words(week, week.wrote, call.me)}")
        elif week.asked:
            parts.append("has not written yet")
        parts.append("you met" if week.met else "no one-on-one noted yet")
    return "; ".join(parts) or "in no cohort"
