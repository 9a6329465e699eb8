"""What coaches and their teachers get: introduction, farewell, agenda, and the coach's week."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core import coaching, programs, times
from core import pairs as pair_rules
from core.cards.card import Compose, Skip
from core.chat import Button, Message
from core.coaching import WeekNews
from core.interaction import button_id
from core.kinds import Kind
from core.program import Visit, Week
from core.programs import Standing
from core.wording import count, listed, shortened
from storage import members, pairs
from storage.cohorts import Cohort
from storage.communities import Home
from storage.database import Tx
from storage.members import Account, Member
from storage.outbox import Delivery
from storage.pairs import Pair
from storage.reflections import Published
from storage.words import Audience, MemberState, PairState

READ_BUTTONS = 20  # more would not fit under one message everywhere
LOOKED_BACK = timedelta(days=7)


def introduction(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For one side of a new pair: who the other is, how to reach them, and what to talk about."""
    pair = tx.get(Pair, delivery.subject["pair"])
    if pair is None or pair.state is not PairState.ACTIVE:
        return Skip("the pair has ended")
    teacher, coach = tx.need(Member, pair.teacher_id), tx.need(Member, pair.coach_id)
    standing = programs.standing_of(tx, teacher, now)
    if delivery.subject["side"] == "teacher":
        title = f"Your coach is {coach.name}"
        opening = (
            f"You have a coach for this program: {coach.name}. {pair.reason} "
            "A short hello from you, with two times that suit you, is a good start."
        )
        other, goals = coach, ""
    else:
        title = f"You are coaching {teacher.name}"
        opening = (
            f"{teacher.name} is yours to coach from now on. {pair.reason} "
            "They hear of it, too; a few welcoming words from you will land well."
        )
        other, goals = teacher, teacher.goals.strip()
    parts = [opening]
    if goals:
        quoted = "\n".join(f"> {line}".rstrip() for line in goals.splitlines())
        parts.append(f"What {teacher.name} wants from this year, in their own words:\n\n{quoted}")
    parts.append(_first_agenda(standing))
    buttons = [Button("How things stand", button_id("coach mine"))]
    if pair_rules.apart(tx, teacher, coach):
        parts.append(_apart(teacher if other is coach else coach, other))
        buttons.append(Button("Say how to reach me", button_id("profile edit")))
    else:
        parts.append(
            "Every week I post a few questions in a conversation of the two of you. "
            "What you say to each other stays between you."
        )
    return Message(
        "\n\n".join(part for part in parts if part),
        title=title,
        fields=tuple(_about(tx, other, now)),
        buttons=tuple(buttons),
    )


def contact(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For one side of a pair that shares no chat, when both have said how to reach them."""
    pair = tx.get(Pair, delivery.subject["pair"])
    if pair is None or pair.state is not PairState.ACTIVE:
        return Skip("the pair has ended")
    teacher, coach = tx.need(Member, pair.teacher_id), tx.need(Member, pair.coach_id)
    if not (teacher.contact and coach.contact):
        return Skip("one of the two has taken it back")
    other = teacher if delivery.member_id == coach.id else coach
    return Message(
        f"You are in different chats, so this is how {other.name} would like to be reached:\n\n"
        f"> {other.contact}\n\nThey have been told the same of you.",
        title=f"How to reach {other.name}",
    )


def closed(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For a pair, of whom one takes no direct messages."""
    account = tx.get(Account, delivery.subject["account"])
    member = tx.get(Member, account.member_id) if account else None
    if account is None or member is None or account.direct_closed_at is None:
        return Skip("they take messages again")
    return Message(
        f"I cannot write to {member.name} directly: their settings do not allow it. Until they do, "
        "reminders for them stand here, where the two of you read them.\n\n"
        f"{member.name}, allow direct messages from members in the privacy settings of this "
        "place, and then type `/staffroom today`: I will know."
    )


def farewell(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For one side of a pair that an organizer has ended."""
    pair = tx.get(Pair, delivery.subject["pair"])
    if pair is None or pair.state is not PairState.ENDED:
        return Skip("the pair goes on")
    teacher, coach = tx.need(Member, pair.teacher_id), tx.need(Member, pair.coach_id)
    if delivery.subject["side"] == "teacher":
        text = f"{coach.name} is no longer your coach."
        closing = "Your organizers will find you another one; until then they are there for you."
        if successor := pairs.of_teacher(tx, teacher.id):
            closing = f"{tx.need(Member, successor.coach_id).name} is your coach now."
    else:
        text = f"{teacher.name} is no longer among the teachers whom you coach."
        closing = "Thank you for the time and the care that you gave."
    if pair.end_reason:
        text += f" The reason, in an organizer's words: {pair.end_reason}"
    return Message(f"{text}\n\n{closing}", title="A coaching pair has ended")


def agenda(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """This week's questions for the one-on-one, in the pair's own conversation."""
    pair = tx.get(Pair, delivery.subject["pair"])
    cohort = tx.get(Cohort, delivery.subject["cohort"])
    if pair is None or cohort is None or pair.state is not PairState.ACTIVE:
        return Skip("the pair has ended")
    teacher, coach = tx.need(Member, pair.teacher_id), tx.need(Member, pair.coach_id)
    if MemberState.LEFT in (teacher.state, coach.state):
        return Skip("one of the two has left")
    if teacher.paused(now):
        return Skip("the teacher is paused")
    week = programs.program_of(tx, cohort).week(int(delivery.subject["week"]))
    if week is None or not (week.agenda or week.visit):
        return Skip("the week has no agenda any more")
    opening = (
        f"For your one-on-one this week, {teacher.name} and {coach.name}. "
        "Take what helps and leave the rest; what you say stays between you."
    )
    buttons = [met_button(pair.id, week.week)]
    if week.prompt:
        buttons.append(Button("Write reflection", button_id("reflect write")))
    return Message(
        "\n\n".join([opening, agenda_words(week)]),
        title=f"One-on-one, week {week.week}: {week.theme}",
        buttons=tuple(buttons),
    )


def summary(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """A coach's one message a week: how each of their teachers is doing."""
    coach = tx.get(Member, delivery.subject["coach"])
    found = pairs.teachers_of(tx, coach.id) if coach else []
    if coach is None or not found:
        return Skip("the coach has no teachers")
    if coach.paused(now):
        return Skip("the coach is paused")
    which = coaching.due_between(delivery.due_at - LOOKED_BACK, delivery.due_at)
    news = coaching.news(tx, found, now, which)
    wrote, waiting, paused, learning, absent, met = [], [], [], [], [], []
    written: list[tuple[Member, Published]] = []
    zone = programs.zone_of(tx, coach)
    for one in news:
        if one.teacher.state is MemberState.INVITED:
            absent.append(one.teacher.name)
            continue
        if one.teacher.paused(now):
            paused.append(f"{one.teacher.name}, {until_words(one.teacher, zone)}")
        if one.steps:
            learning.append(f"{one.teacher.name}: {steps_words(one.steps)}")
        for week in one.weeks:
            if week.wrote:
                wrote.append(f"{one.teacher.name}: {wrote_words(week, week.wrote, coach)}")
                if is_for(week.wrote, coach):
                    written.append((one.teacher, week.wrote))
            elif week.asked and not one.teacher.paused(now):
                waiting.append(f"{one.teacher.name} (week {week.number})")
            if week.met:
                met.append(one.teacher.name)
    if not (wrote or waiting or learning or met or absent):
        return Skip("nothing was due for any of the coach's teachers")
    sections = [
        _section("Wrote", wrote),
        _section("Not yet", waiting, "Late is fine, and a friendly word from you often helps."),
        _section("Paused", paused, "They get no reminders meanwhile."),
        _section("In orientation", learning),
        _section("Not here yet", absent, "They are on the roster and have not come in."),
        f"**One-on-ones noted:** {listed(list(dict.fromkeys(met)))}." if met else "",
    ]
    return Message(
        "\n\n".join(section for section in sections if section),
        title="Your teachers last week",
        buttons=tuple(read_button(who, what) for who, what in written[:READ_BUTTONS]),
    )


CARDS: dict[Kind, Compose] = {
    Kind.INTRODUCTION: introduction,
    Kind.CLOSED: closed,
    Kind.CONTACT: contact,
    Kind.FAREWELL: farewell,
    Kind.AGENDA: agenda,
    Kind.SUMMARY: summary,
}


def agenda_words(week: Week) -> str:
    """The questions of a week's one-on-one, and its classroom visit."""
    parts = []
    if week.agenda:
        parts.append("\n".join(f"{n}. {ask}" for n, ask in enumerate(week.agenda, 1)))
    if week.visit:
        parts.append(visit_words(week.visit))
    return "\n\n".join(parts)


def visit_words(visit: Visit) -> str:
    """What this week's stage of a classroom visit looks at."""
    stage = {
        "prepare": f"Prepare visit {visit.cycle}",
        "visit": f"Visit {visit.cycle}",
        "debrief": f"Talk over visit {visit.cycle}",
    }[visit.stage]
    look_fors = "\n".join(f"- {text}" for text in visit.look_fors)
    return f"**{stage}:** {visit.focus}\n\nWhat to look for:\n\n{look_fors}"


def is_for(reflection: Published, coach: Member) -> bool:
    """Whether the author's coach of today may read it: one for an earlier coach is not theirs."""
    return reflection.audience is Audience.COMMUNITY or reflection.coach_id == coach.id


def wrote_words(week: WeekNews, reflection: Published, coach: Member) -> str:
    """ "“A title” (week 3), in the reflections channel", or only that there is something."""
    if not is_for(reflection, coach):
        return f"something private (week {week.number})"
    shown = reflection.audience is Audience.COMMUNITY
    where = "in the reflections channel" if shown else "for you alone"
    return f"“{reflection.title}” (week {week.number}), {where}"


def steps_words(steps: tuple[int, int]) -> str:
    done, total = steps
    return f"{done} of {count(total, 'step')} done"


def until_words(member: Member, zone: str) -> str:
    """Until when somebody is paused: "until Monday, September 14"."""
    assert member.paused_until is not None
    return f"until {times.day(member.paused_until.astimezone(ZoneInfo(zone)).date())}"


def met_button(pair_id: str, week: int) -> Button:
    return Button("We met", button_id("coach met", pair=pair_id, week=str(week)), "primary")


def read_button(author: Member, reflection: Published) -> Button:
    return Button(labeled("Read", author), button_id("reflect read", reflection=reflection.id))


def labeled(verb: str, member: Member) -> str:
    """A button's label about somebody: "Read Ada Example"."""
    return shortened(f"{verb} {member.name}", 60)


def position_words(standing: Standing) -> str:
    """ "Week 3: First feedback", "Fall break; week 3 begins Monday, September 21"."""
    here, following = standing.position.week, standing.position.following
    if here and standing.week:
        return f"Week {here.number}: {standing.week.theme}"
    if following is None:
        return "The program is over"
    begins = f"week {following.number} begins {times.day(following.monday)}"
    return f"{standing.position.in_break or 'Before the start'}; {begins}"


def _first_agenda(standing: Standing | None) -> str:
    """What to talk about first: this week's questions, or those of the week that comes next."""
    if standing is None:
        return ""
    here = standing.position.week or standing.position.following
    week = standing.program.week(here.number) if here else None
    if here is None or week is None or not (week.agenda or week.visit):
        return ""
    if standing.position.week:
        opening = f"This week's agenda (week {week.week}: {week.theme}):"
    else:
        opening = (
            f"Week {week.week} begins {times.day(here.monday)}. "
            f"Its agenda, for your first one-on-one ({week.theme}):"
        )
    return f"{opening}\n\n{agenda_words(week)}"


def _about(tx: Tx, member: Member, now: datetime) -> list[tuple[str, str]]:
    """What the other side should know of a member, as labels and values."""
    zone = programs.zone_of(tx, member)
    local = now.astimezone(ZoneInfo(zone))
    clock = f"{local.hour % 12 or 12}:{local:%M %p}"
    taught = [", ".join(member.subjects), f"grades {', '.join(member.grades)}"]
    known = [
        ("Teaches", " · ".join(taught[: 1 + bool(member.grades)]).removeprefix(" · ")),
        ("Speaks", ", ".join(member.languages)),
        ("Clock", f"{zone.replace('_', ' ')}, where it is {clock} now"),
        ("To reach them", _reach(tx, member)),
    ]
    return [(label, value) for label, value in known if value]


def _apart(reader: Member, other: Member) -> str:
    """What somebody must know of the other one who is in another chat."""
    said = f"The two of you are in different chats, and {other.name} cannot write to you here. "
    weekly = "Every week each of you gets a few questions for your one-on-one from me."
    if reader.contact and other.contact:
        return f"{said}They would like to be reached so:\n\n> {other.contact}\n\n{weekly}"
    missing = "They have not said yet how to reach them" if reader.contact else (
        "Please say under *Contact* in your profile how they may reach you"
    )  # fmt: skip
    return (
        f"{said}{missing}. As soon as both of you have, each gets to know the other's, and nobody "
        f"else does. {weekly}"
    )


def _reach(tx: Tx, member: Member) -> str:
    """Where to write to somebody: here in chat if they have come, by e-mail if not."""
    names = []
    for account in members.accounts(tx, member.id):
        home = tx.get(Home, account.home_id)
        if home and home.retired_at is None and account.left_at is None:
            names.append(f"{account.name} on {home.name}")
    return f"in chat: {listed(names)}" if names else member.email or ""


def _section(title: str, lines: list[str], after: str = "") -> str:
    if not lines:
        return ""
    block = f"**{title}**\n\n" + "\n".join(f"- {line}" for line in lines)
    return f"{block}\n\n{after}" if after else block
