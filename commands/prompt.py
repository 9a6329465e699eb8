"""`/prompt`: this week's reflection prompt; organizers change, skip and post them."""

from collections.abc import Mapping
from typing import Annotated

from commands.cohort import CohortPick, chosen
from commands.params import LongText, Whole
from commands.registry import Call, Prefill, command
from core import programs, prompts, times
from core.cards.prompt import standard, write_button
from core.chat import Button, Message
from core.errors import UserError
from core.interaction import Choice, button_id
from core.programs import Standing
from core.prompts import PromptState, WeekPrompt
from core.wording import shortened
from storage import cohorts, reflections
from storage.cohorts import Cohort
from storage.words import ReflectionState, Role

WEEKS_SHOWN = 4
CHOICES = 25  # a select holds no more

WeekNumber = Annotated[int, Whole("Week", "A teaching week of the program", 1, 104)]


def week_choices(standing: Standing, number: int) -> tuple[Choice, ...]:
    """The weeks of a program for a select: all, or those around this one."""
    weeks = standing.program.weeks
    first = max(0, min(number - CHOICES + 5, len(weeks) - CHOICES))
    return tuple(
        Choice(str(week.week), shortened(f"Week {week.week}: {week.theme}", 75))
        for week in weeks[first : first + CHOICES]
    )


def cohort_choices(call: Call, cohort: Cohort) -> tuple[Choice, ...]:
    """The running cohorts for a select, with the one that is meant."""
    found = {one.id: one for one in (cohort, *cohorts.running(call.tx))}
    return tuple(Choice(one.id, one.name) for one in found.values())


def standing_for(call: Call, values: Mapping[str, str]) -> Standing:
    """The cohort that a form is about, before its parameters are understood."""
    named = values.get("cohort", "")
    cohort = call.tx.get(Cohort, named) or cohorts.by_name(call.tx, named)
    return programs.standing(call.tx, chosen(call, cohort), call.now)


def number_for(standing: Standing, values: Mapping[str, str], default: int) -> int:
    """The week that a form is about, if it is one of the program, else the default."""
    typed = values.get("week", "").strip()
    known = typed.isdigit() and standing.program.week(int(typed)) is not None
    return int(typed) if known else default


@command("prompt show", help="This week's reflection prompt", reads=True, default=True)
def show(call: Call) -> Message:
    """The prompt under way; in between, what comes next and when."""
    own = programs.standing_of(call.tx, call.me, call.now)
    if own:
        return _now(call, own)
    standings = programs.all_standings(call.tx, call.now)
    if len(standings) == 1:
        return _now(call, standings[0])
    if not standings:
        return Message("There is no cohort yet, and so no prompt.")
    parts = []
    for standing in standings:
        said = _now(call, standing)
        title = f"**{standing.cohort.name}** · {said.title}".removesuffix(" · ")
        parts.append(f"{title}\n\n{said.text}")
    return Message("\n\n".join(parts))


@command("prompt upcoming", help="The next four weeks", least=Role.ORGANIZER, reads=True)
def upcoming(call: Call, cohort: CohortPick | None = None) -> Message:
    """When each goes out, and whether somebody changed it."""
    standing = programs.standing(call.tx, chosen(call, cohort), call.now)
    found = prompts.upcoming(call.tx, standing, WEEKS_SHOWN)
    if not found:
        return Message(f"The program of {standing.cohort.name} is over.")
    lines = [
        f"- **Week {one.week.week}: {one.week.theme}** · {_state(one, call.zone)}\n\n"
        f"  {one.text.replace(chr(10), chr(10) + '  ')}".rstrip()
        for one in found
    ]
    return Message("\n".join(lines), title=f"Prompts of {standing.cohort.name}")


def _words_now(call: Call, values: Mapping[str, str]) -> Prefill:
    """The prompt as it stands. The form is about this week of this cohort and no other: with
    another one chosen in it, the words of this one would be written there."""
    standing = standing_for(call, values)
    number = number_for(standing, values, prompts.current_number(standing))
    if values.get("week", "").strip() not in ("", str(number)):
        text = f"{standing.cohort.name} has no such week: {shortened(values['week'], 40)}."
        raise UserError(text, {"week": text})
    prompt = prompts.of_week(call.tx, standing, number)
    this = [one for one in week_choices(standing, number) if one.value == str(number)]
    return Prefill(
        values={"week": str(number), "words": prompt.text, "cohort": standing.cohort.id},
        choices={"week": this, "cohort": [Choice(standing.cohort.id, standing.cohort.name)]},
        about="" if "week" in values else "Another week? `/prompt edit week: 12` opens it.",
    )


@command(
    "prompt edit",
    help="Rewrite a week's prompt",
    least=Role.ORGANIZER,
    form=True,
    prefill=_words_now,
    submit="Change it",
)
def edit(
    call: Call,
    *,
    week: WeekNumber,
    words: Annotated[str, LongText("Prompt", "What teachers are asked", 3_000)],
    cohort: CohortPick | None = None,
) -> Message:
    """New words for one week of one cohort; a prompt that stands in channels changes there."""
    standing = programs.standing(call.tx, chosen(call, cohort), call.now)
    prompt = prompts.edit(call.tx, standing, week, words, call.now)
    effect = {
        PromptState.SENT: "I am changing it where it was posted.",
        PromptState.SKIPPED: "The week is still skipped; `/prompt unskip` brings it back.",
    }.get(prompt.state, f"It goes out on {times.moment(prompt.at, call.zone)}.")
    return Message(f"The prompt of week {week} is rewritten for {standing.cohort.name}. {effect}")


def _week_of(call: Call, values: Mapping[str, str]) -> Prefill:
    standing = standing_for(call, values)
    number = number_for(standing, values, prompts.current_number(standing))
    return Prefill(
        values={"week": str(number), "cohort": standing.cohort.id},
        choices={
            "week": week_choices(standing, number),
            "cohort": cohort_choices(call, standing.cohort),
        },
    )


@command(
    "prompt skip", help="Leave a week without its prompt", least=Role.ORGANIZER, prefill=_week_of
)
def skip(call: Call, week: WeekNumber, cohort: CohortPick | None = None) -> Message:
    """Nobody is asked, and nobody is nudged, that week."""
    standing = programs.standing(call.tx, chosen(call, cohort), call.now)
    prompts.skip(call.tx, standing, week)
    again = button_id("prompt unskip", week=str(week), cohort=standing.cohort.id)
    return Message(
        f"Week {week} of {standing.cohort.name} goes without a prompt, and without a nudge.",
        buttons=(Button("Take it back", again),),
    )


@command(
    "prompt unskip", help="Bring a skipped prompt back", least=Role.ORGANIZER, prefill=_week_of
)
def unskip(call: Call, week: WeekNumber, cohort: CohortPick | None = None) -> Message:
    """It goes out at its moment, or now if that has passed."""
    standing = programs.standing(call.tx, chosen(call, cohort), call.now)
    prompt = prompts.unskip(call.tx, standing, week, call.now)
    when = "now" if prompt.at <= call.now else f"on {times.moment(prompt.at, call.zone)}"
    return Message(f"The prompt of week {week} of {standing.cohort.name} goes out {when}.")


@command("prompt post", help="Post a prompt now", least=Role.ORGANIZER)
def post(call: Call, week: WeekNumber | None = None, cohort: CohortPick | None = None) -> Message:
    """Without a week it is this week's, or in a break the next one's."""
    standing = programs.standing(call.tx, chosen(call, cohort), call.now)
    number = week or prompts.current_number(standing)
    prompt = prompts.post_now(call.tx, standing, number, call.now, call.home)
    return Message(
        f"The prompt of week {number}, *{prompt.week.theme}*, goes to {standing.cohort.name} now."
    )


def _now(call: Call, standing: Standing) -> Message:
    """What a cohort is asked at this moment."""
    here = standing.position.week
    if here:
        prompt = prompts.of_week(call.tx, standing, here.number)
        if prompt.text and prompt.state is not PromptState.SKIPPED:
            return _card(call, standing, prompt)
        opening = f"Week {here.number}, *{prompt.week.theme}*, has no prompt."
    elif standing.position.over:
        last = len(standing.program.weeks)
        return Message(
            f"The program of {standing.cohort.name} is over. It is never too late to answer one of "
            "its prompts.",
            buttons=(write_button(standing.cohort.id, last),),
        )
    elif standing.position.before_start:
        opening = f"{standing.cohort.name} has not begun yet."
    else:
        opening = f"It is {standing.position.in_break or 'a break'}: time to rest."
    return _coming(call, standing, opening)


def _coming(call: Call, standing: Standing, opening: str) -> Message:
    """The next prompt, for a moment that has none of its own."""
    first = standing.position.following
    numbers = range(first.number, len(standing.program.weeks) + 1) if first else range(0)
    for number in numbers:
        prompt = prompts.of_week(call.tx, standing, number)
        if prompt.state is PromptState.SENT:
            return _card(call, standing, prompt)
        if prompt.state is PromptState.PLANNED:
            return Message(
                f"{opening} The next prompt, for week {number} (*{prompt.week.theme}*), comes on "
                f"{times.moment(prompt.at, call.zone)}.",
            )
    return Message(f"{opening} There are no more prompts in this program.")


def _card(call: Call, standing: Standing, prompt: WeekPrompt) -> Message:
    number = prompt.week.week
    fields = [
        ("Standard", standard(standing.program.framework, prompt.week.standard)),
        ("Due", times.moment(standing.due_at(number), call.zone)),
    ]
    mine = reflections.answer(call.tx, call.me.id, standing.cohort.id, number)
    label = "Write a reflection"
    if mine:
        label = "Go on writing" if mine.state is ReflectionState.DRAFT else "Change what you wrote"
        fields.append(("You", f"“{mine.title}”: {mine.state.value}"))
    return Message(
        prompt.text,
        title=f"Week {number}: {prompt.week.theme}",
        fields=tuple(fields),
        buttons=(write_button(standing.cohort.id, number, label),),
    )


def _state(prompt: WeekPrompt, zone: str) -> str:
    words = [prompt.state.value]
    if prompt.state in (PromptState.SENT, PromptState.PLANNED):
        words.append(times.moment(prompt.at, zone))
    if prompt.changed:
        words.append("rewritten")
    return ", ".join(words)
