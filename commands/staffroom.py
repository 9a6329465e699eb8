"""`/staffroom`: my week at a glance, what I can do, and my orientation."""

from dataclasses import replace
from itertools import groupby
from typing import Annotated

from commands import draft
from commands.params import LongText, Picked
from commands.registry import Call, command
from core import orientation, overview, reflections, times
from core.cards import orientation as step_card
from core.cards.coach import agenda_words, position_words, until_words
from core.cards.enrollment import invitation
from core.chat import Button, Message
from core.coaching import TeacherNews
from core.interaction import Choice, button_id
from core.overview import CohortCount, Overview, Writing
from core.program import Step
from core.wording import count, listed
from storage import communities
from storage import reflections as stored
from storage.words import MemberState, ReflectionState, Role

PROMPT_SHOWN = 1_500


def _steps(call: Call, typed: str) -> list[Choice]:
    progress = orientation.progress(call.tx, call.me)
    steps = progress.steps if progress else ()
    return [Choice(one.step, one.title) for one in steps]


def _step(call: Call, typed: str) -> Step | None:
    progress = orientation.progress(call.tx, call.me)
    return next((one for one in progress.steps if one.step == typed), None) if progress else None


@command("staffroom today", help="My week at a glance", least=Role.GUEST, reads=True, default=True)
def today(call: Call) -> Message:
    """What a member needs to know now: writing, coaching, webinar, orientation."""
    seen = overview.of(call.tx, call.me, call.now)
    zone = seen.member.known_zone or (seen.standing.zone if seen.standing else call.zone)
    sections = [
        _pause(seen, call, zone),
        _writing(seen.writing, zone) if seen.writing else "",
        _drafts(seen),
        _coach(seen),
        _teachers(seen.teachers),
        _webinar(seen, zone),
        _orientation(seen),
        *(_cohort(one) for one in seen.cohorts),
        _to_do(seen),
    ]
    text = "\n\n".join(section for section in sections if section)
    return Message(
        text or "Nothing waits for you just now.",
        title=_title(seen),
        buttons=tuple(_buttons(seen)),
    )


@command("staffroom help", help="What I can do now", least=None, reads=True)
def help_(call: Call) -> Message:
    """Every command that this person may use, by topic."""
    if call.member is not None and call.member.state is MemberState.INVITED:
        return invitation(call.member, communities.current(call.tx))
    if call.role is None:
        return Message(
            f"I am the bot of {communities.current(call.tx).name}: I bring prompts to think and "
            "write about, coaching and webinars to teachers. `/enroll` is the way in; if somebody "
            "gave you a code, `/enroll code: XXXX` is all that it takes.",
            buttons=(Button("Join", button_id("enroll"), "primary"),),
        )
    blocks = []
    commands = call.registry.visible_to(call.role)
    for _topic, some in groupby(commands, key=lambda one: one.topic):
        blocks.append("\n".join(f"- `/{one.path}` {one.help}" for one in some))
    return Message("\n\n".join(blocks), title="What you can ask me for")


@command("staffroom home", help="My week, with the ways on", least=None, hidden=True, reads=True)
def home(call: Call) -> Message:
    """What stands on a person's own page, where a platform has one."""
    if call.role is None:
        return help_(call)
    week = today(call)
    ways = [
        Button("My reflections", button_id("reflect mine")),
        Button("My profile", button_id("profile show")),
        Button("What I can do", button_id("staffroom help")),
    ]
    if call.role.at_least(Role.TEACHER) and not any(
        one.id.startswith("reflect write") for one in week.buttons
    ):
        ways.insert(0, Button("Write a reflection", button_id("reflect write")))
    if call.role is Role.ORGANIZER:
        ways.append(Button("Settings", button_id("settings show")))
    return replace(week, buttons=(*week.buttons, *ways))


@command("staffroom hear", help="Say something to me directly", least=None, hidden=True)
def hear(
    call: Call, text: Annotated[str, LongText("Your message", limit=reflections.LONGEST)]
) -> Message:
    """Words go into the open draft; where there is none, what one can do with me."""
    if call.role is None:
        return help_(call)
    writes = call.role.at_least(Role.TEACHER)
    if writes and (open_draft := stored.open_draft(call.tx, call.me.id)):
        return draft.grow(call, open_draft, text)
    start = draft.offered(call, text) if writes else None
    if start is None:
        said = "I take part by commands and buttons, and did not keep what you wrote."
    else:
        said = (
            "*Start a draft with this* makes your words the beginning of a reflection. Nobody but "
            "you can read it until you publish it, and what you write to me next is added to it."
        )
    return Message(
        f"Hello, {call.me.name}. {said}",
        buttons=(
            *((start, Button("Write a reflection", button_id("reflect write"))) if start else ()),
            Button("My week", button_id("staffroom today")),
            Button("What I can do", button_id("staffroom help")),
        ),
    )


@command("staffroom orientation", help="My orientation steps", least=Role.GUEST, reads=True)
def steps(
    call: Call,
    step: Annotated[Step | None, Picked("Step", "To read one", _steps, _step)] = None,
) -> Message:
    """How far I am, and the next step with its button."""
    progress = orientation.progress(call.tx, call.me)
    if progress is None:
        return Message("Your program has no orientation steps for you.")
    if step is not None:
        return step_card.show(step, progress, late=step_card.came_late(call.tx, call.me))
    lines = [
        f"{n}. {'✓ ' if one.step in progress.done else ''}{one.title}"
        for n, one in enumerate(progress.steps, 1)
    ]
    left = progress.left
    buttons = (step_card.tick_button(left[0], f"Done: step {progress.number(left[0])}"),)
    following = f"Next: **{left[0].title}**\n\n{left[0].text.strip()}" if left else "All done."
    return Message(
        "\n".join(lines) + f"\n\n{following}",
        title=f"Orientation: {progress.ticked} of {count(len(progress.steps), 'step')} done",
        buttons=buttons if left else (),
    )


def _title(seen: Overview) -> str:
    return position_words(seen.standing) if seen.standing else "Your week"


def _pause(seen: Overview, call: Call, zone: str) -> str:
    if not seen.member.paused(call.now):
        return ""
    return f"You are paused {until_words(seen.member, zone)}; `/profile resume` ends that."


def _writing(writing: Writing, zone: str) -> str:
    if writing.prompt is None:
        return "No prompt this week."
    prompt = writing.prompt.strip()
    if len(prompt) > PROMPT_SHOWN:
        prompt = "`/prompt show` has this week's prompt."
    else:
        prompt = "\n".join(f"> {line}".rstrip() for line in prompt.split("\n"))
    answer = writing.answer
    if answer and answer.state is ReflectionState.PUBLISHED:
        said = f"You wrote “{answer.title}”. Thank you."
    elif answer:
        said = f"Your draft “{answer.title}” waits; due {times.moment(writing.due_at, zone)}."
    else:
        said = f"You have not written yet; due {times.moment(writing.due_at, zone)}."
    return f"**This week's prompt**\n\n{prompt}\n\n{said}"


def _drafts(seen: Overview) -> str:
    answer = seen.writing.answer if seen.writing else None
    others = [one for one in seen.drafts if answer is None or one.id != answer.id]
    if not others:
        return ""
    names = listed([f"“{one.title}” (week {one.week})" for one in others])
    return f"**Drafts:** {names}."


def _coach(seen: Overview) -> str:
    if seen.coach is None:
        if seen.member.role is not Role.TEACHER or seen.standing is None:
            return ""
        return "**Coach:** not yet; I will introduce you."
    week = seen.standing.week if seen.standing else None
    if week is None:
        return f"**Coach:** {seen.coach.name}."
    if seen.met:
        return f"**Coach:** {seen.coach.name}. You have met this week."
    agenda = f" To talk about:\n\n{agenda_words(week)}" if week.agenda or week.visit else ""
    return f"**Coach:** {seen.coach.name}. Your one-on-one of this week is still ahead.{agenda}"


def _teachers(teachers: tuple[TeacherNews, ...]) -> str:
    if not teachers:
        return ""
    lines = "\n".join(f"- {one.teacher.name}: {_news(one)}" for one in teachers)
    return f"**Your teachers**\n\n{lines}"


def _news(one: TeacherNews) -> str:
    notes = []
    for week in one.weeks:
        if week.asked:
            notes.append("wrote" if week.wrote else "has not written yet")
        notes.append("you have met" if week.met else "not met yet")
    if one.steps:
        notes.append(f"orientation {one.steps[0]} of {one.steps[1]}")
    return ", ".join(notes) or "no week under way"


def _webinar(seen: Overview, zone: str) -> str:
    webinar = seen.webinar
    if webinar is None:
        return ""
    answers = {True: "You are coming.", False: "You said no.", None: "You have not said yet."}
    when = times.moment(webinar.starts_at, zone)
    return f"**Next webinar:** {webinar.title}, {when}. {answers[seen.coming]}"


def _orientation(seen: Overview) -> str:
    steps = seen.steps
    if steps is None or not steps.left or seen.member.role is not Role.TEACHER:
        return ""
    left = f"{steps.ticked} of {count(len(steps.steps), 'step')} done"
    return f"**Orientation:** {left}. Next: {steps.left[0].title} (`/staffroom orientation`)."


def _cohort(one: CohortCount) -> str:
    facts = [count(one.teachers, "teacher")]
    if one.invited:
        facts.append(f"{one.invited} invited")
    if unpaired := one.teachers - one.paired:
        facts.append(f"{unpaired} without a coach")
    if one.standing.position.week:
        facts += [f"wrote {one.wrote} of {one.teachers}", f"met {one.met} of {one.paired}"]
    return f"**{one.standing.cohort.name}:** {position_words(one.standing)}. {', '.join(facts)}."


def _to_do(seen: Overview) -> str:
    lines = []
    if seen.waiting:
        asks = "asks" if seen.waiting == 1 else "ask"
        people = count(seen.waiting, "person", "people")
        lines.append(f"- {people} {asks} to join: `/member list who: waiting`")
    if seen.uncertain:
        lines.append(
            f"- {count(seen.uncertain, 'message')} may or may not have arrived; "
            "I wrote to you about it"
        )
    return "**Waiting for you**\n\n" + "\n".join(lines) if lines else ""


def _buttons(seen: Overview) -> list[Button]:
    buttons = []
    writing = seen.writing
    if writing and writing.prompt:
        if writing.answer is None:
            buttons.append(Button("Write reflection", button_id("reflect write"), "primary"))
        elif writing.answer.state is ReflectionState.DRAFT:
            buttons.append(Button("Go on writing", button_id("reflect write"), "primary"))
    if seen.webinar and seen.coming is None:
        args = {"webinar": seen.webinar.id, "coming": "yes"}
        buttons.append(Button("I will be there", button_id("webinar rsvp", **args)))
    return buttons
