"""`/reflect`: write to a prompt, change it, take it back, and read what others share."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from commands.cohort import CohortPick, chosen
from commands.dispatcher import open_form
from commands.params import LongText, OneOf, Picked, Somebody, Text
from commands.prompt import WeekNumber, cohort_choices, number_for, standing_for, week_choices
from commands.registry import Call, Prefill, command
from core import comments, programs, prompts, reflections
from core.cards.comment import comment_button
from core.cards.prompt import write_button
from core.cards.reflection import byline, week_words
from core.chat import Button, Message
from core.errors import UserError
from core.interaction import Choice, OpenForm, button_id
from core.programs import Standing
from core.reflections import LONGEST, Writing
from core.wording import count, listed, shortened
from storage import cohorts, communities, pairs
from storage import comments as stored_comments
from storage import reflections as stored
from storage.cohorts import Cohort
from storage.comments import Comment
from storage.members import Member
from storage.reflections import Reflection
from storage.words import Audience, ReflectionState, Role

LISTED = 10  # reflections in a list, each with a button
OFFERED = 100  # reflections among which a name is looked for
BEGINNING = 160


class Action(StrEnum):
    """What becomes of a text that is sent."""

    PUBLISH = "publish"
    DRAFT = "draft"


READERS = ((Audience.COMMUNITY, "The community"), (Audience.COACH, "My coach alone"))
ACTIONS = ((Action.PUBLISH, "Publish it"), (Action.DRAFT, "Keep it as my draft"))
ACTIONS_AGAIN = (
    Choice(Action.PUBLISH, "Publish the new version"),
    Choice(Action.DRAFT, "Take it back, and keep it as my draft"),
)


def _label(row: Reflection) -> str:
    return shortened(f"Week {row.week}: {row.title} ({row.state.value})", 75)


def _mine(call: Call, typed: str) -> Sequence[Choice]:
    return [Choice(row.id, _label(row)) for row in stored.by_member(call.tx, call.me.id)]


def _my_own(call: Call, typed: str) -> Reflection | None:
    row = call.tx.get(Reflection, typed)
    if row and row.member_id != call.me.id:
        raise UserError("That reflection is somebody else's. `/reflect mine` shows yours.")
    return row


def _readable(call: Call, typed: str) -> Sequence[Choice]:
    found = reflections.readable(call.tx, call.me, limit=OFFERED)
    return [
        Choice(row.id, shortened(f"{row.title} · {_author(call, row)}, week {row.week}", 75))
        for row in found
    ]


def _shared_with_me(call: Call, typed: str) -> Reflection | None:
    row = call.tx.get(Reflection, typed)
    if row and not reflections.may_read(call.tx, call.me, row):
        raise UserError("That reflection is not shared with you, or not any more.")
    return row


Mine = Annotated[Reflection, Picked("Reflection", "One of yours", _mine, _my_own)]
Shared = Annotated[Reflection, Picked("Reflection", "Its title", _readable, _shared_with_me)]


def _what_is_there(call: Call, values: Mapping[str, str]) -> Prefill:
    """The draft or the published text of the week, for the form to go on from."""
    standing = standing_for(call, values)
    number = number_for(standing, values, usual_week(call, standing))
    filled = {"week": str(number), "cohort": standing.cohort.id}
    choices: dict[str, Sequence[Choice]] = {
        "week": week_choices(standing, number),
        "cohort": cohort_choices(call, standing.cohort),
    }
    row = stored.answer(call.tx, call.me.id, standing.cohort.id, number)
    if row:
        filled |= {"title": row.title, "body": row.body, "audience": row.audience.value}
        if row.state is ReflectionState.PUBLISHED:
            choices["action"] = ACTIONS_AGAIN
    changes = cohorts.changes(call.tx, standing.cohort.id)
    prompt = programs.prompt_text(standing.program, number, changes)
    plan = standing.program.week(number)
    heading = f"**Week {number}: {plan.theme}**\n\n" if plan else ""
    return Prefill(filled, choices, f"{heading}{prompt}" if prompt else "")


@command(
    "reflect write",
    help="Write to a prompt",
    form=True,
    prefill=_what_is_there,
    submit="Send",
)
def write(
    call: Call,
    *,
    title: Annotated[str, Text("Title", "Left empty: the theme of the week", 150)] = "",
    body: Annotated[str, LongText("Your reflection", "As long or as short as you like", LONGEST)],
    audience: Annotated[
        Audience, OneOf("Who may read it", "Nobody else will", Audience, READERS)
    ] = Audience.COMMUNITY,
    action: Annotated[
        Action, OneOf("When you send this", "A draft is seen by nobody but you", Action, ACTIONS)
    ] = Action.PUBLISH,
    week: WeekNumber | None = None,
    cohort: CohortPick | None = None,
) -> Message:
    """Publish an answer to a prompt, or keep it as a draft. Early and late are both fine."""
    standing = programs.standing(call.tx, chosen(call, cohort), call.now)
    number = week or usual_week(call, standing)
    writing = Writing(call.me, title, body, audience, call.home.id)
    if action is Action.PUBLISH:
        return publish(call, standing.cohort, number, writing)
    before = stored.answer(call.tx, call.me.id, standing.cohort.id, number)
    taken_back = before is not None and before.state is ReflectionState.PUBLISHED
    row = reflections.save_draft(call.tx, standing.cohort, number, writing, call.now)
    return _kept(row, taken_back=taken_back)


def publish(call: Call, cohort: Cohort, week: int, writing: Writing) -> Message:
    """Publish an answer, and say whom it reaches."""
    before = stored.answer(call.tx, call.me.id, cohort.id, week)
    was, was_for = (before.state, before.coach_id) if before else (None, None)
    (row,) = reflections.publish_all(call.tx, cohort, week, [writing], call.now)
    again = was is ReflectionState.PUBLISHED
    news = not again or row.coach_id not in (None, was_for)
    told = news and reflections.coach_hears(call.tx, row)
    return _published(call, row, again=again, told=told)


@command("reflect edit", help="Change something that you wrote", reads=True)
def edit(call: Call, reflection: Mine | None = None) -> OpenForm:
    """Opens the form with the text: of the one that is named, or of the latest."""
    row = reflection or next(iter(stored.by_member(call.tx, call.me.id)), None)
    if row is None:
        raise UserError("You have not written anything yet. `/reflect write` begins.")
    return open_form(call, "reflect write", {"cohort": row.cohort_id, "week": str(row.week)})


def _published_of_mine(call: Call, values: Mapping[str, str]) -> Prefill:
    rows = stored.by_member(call.tx, call.me.id)
    published = [row for row in rows if row.state is ReflectionState.PUBLISHED]
    return Prefill(choices={"reflection": [Choice(row.id, _label(row)) for row in published]})


@command(
    "reflect withdraw",
    help="Take back a reflection that you published",
    prefill=_published_of_mine,
)
def withdraw(call: Call, reflection: Mine) -> Message:
    """It disappears from its channel; the text stays with its author."""
    reflections.withdraw(call.tx, reflection, call.now)
    return Message(
        f"“{reflection.title}” is withdrawn: from now on nobody but you can read it here. "
        "Your text is kept, and you can publish it again at any time.",
        buttons=(write_button(reflection.cohort_id, reflection.week, "Open it again"),),
    )


@command("reflect mine", help="What you have written", reads=True, default=True)
def mine(call: Call) -> Message:
    """Drafts, published and withdrawn ones, each with its week."""
    found = stored.by_member(call.tx, call.me.id)
    if not found:
        return Message(
            "You have not written anything yet. A few honest lines are a fine beginning.",
            buttons=(Button("Write a reflection", button_id("reflect write"), "primary"),),
        )
    blocks = []
    for state, heading in (
        (ReflectionState.DRAFT, "Drafts"),
        (ReflectionState.PUBLISHED, "Published"),
        (ReflectionState.WITHDRAWN, "Withdrawn"),
    ):
        lines = [_line(call, row) for row in found if row.state is state]
        if lines:
            blocks.append(f"**{heading}**\n\n" + "\n".join(lines))
    buttons = [
        Button(
            shortened(f"Edit week {row.week}: {row.title}", 60),
            button_id("reflect edit", reflection=row.id),
        )
        for row in found[:LISTED]
    ]
    return Message("\n\n".join(blocks), title="Your reflections", buttons=tuple(buttons))


@command("reflect read", help="Read what others share", least=Role.GUEST, reads=True)
def read(
    call: Call,
    member: Annotated[Member | None, Somebody("Member", "Whose reflections")] = None,
    week: WeekNumber | None = None,
    reflection: Shared | None = None,
) -> Message:
    """One reflection, or the latest of everybody, of a member, of a week."""
    if reflection:
        return _whole(call, reflection)
    found = reflections.readable(call.tx, call.me, author=member, week=week, limit=LISTED)
    if len(found) == 1:
        return _whole(call, found[0])
    about = (f" by {member.name}" if member else "") + (f" about week {week}" if week else "")
    if not found:
        return Message(f"There are no reflections{about} that are shared with you.")
    return Message(
        "\n".join(
            f"- **{row.title}** · {_author(call, row)}, week {row.week}: "
            f"{shortened(' '.join(row.body.split()), BEGINNING)}"
            for row in found
        ),
        title=f"The latest reflections{about}",
        buttons=tuple(
            Button(
                shortened(f"Read “{row.title}”", 60), button_id("reflect read", reflection=row.id)
            )
            for row in found
        ),
    )


def _to_comment(call: Call, values: Mapping[str, str]) -> Prefill:
    """The latest that others share, and the one whose button was pressed."""
    found = [*reflections.readable(call.tx, call.me)]
    pressed = call.tx.get(Reflection, values.get("reflection", ""))
    if pressed and reflections.may_read(call.tx, call.me, pressed) and pressed not in found:
        found.insert(0, pressed)
    offered = [Choice(row.id, f"{_author(call, row)}: {row.title}") for row in found]
    return Prefill(choices={"reflection": offered[:25]})


@command(
    "reflect comment",
    help="Say something to a reflection",
    least=Role.GUEST,
    prefill=_to_comment,
)
def comment(
    call: Call,
    reflection: Shared,
    body: Annotated[str, LongText("Comment", "It is posted with your name", comments.LONGEST)],
) -> Message:
    """In its discussion, for all who can read it; the author hears of it."""
    shown = reflections.post_of(reflection)
    made = comments.add(call.tx, reflection, shown, call.me, body, call.now)
    where = (
        f"in the discussion of **{reflection.title}**"
        if reflection.audience is Audience.COMMUNITY
        else f"for {_author(call, reflection)} alone"
    )
    return Message(
        f"Said: it is {where}. Thank you for reading.",
        buttons=(Button("Take it back", button_id("reflect uncomment", comment=made.id)),),
    )


@command("reflect uncomment", help="Take a comment back", least=Role.GUEST, hidden=True)
def uncomment(call: Call, comment: Annotated[str, Text("Comment", "Its id", 32)]) -> Message:
    """It disappears from where it stands."""
    made = call.tx.get(Comment, comment)
    if made is not None:
        comments.take_back(call.tx, made, call.me, call.now)
    return Message("Your comment is taken back.")


def usual_week(call: Call, standing: Standing) -> int:
    """The week that somebody most likely wants to write about: the latest that has a prompt."""
    here, following = standing.position.week, standing.position.following
    if here is None and following and following.number > 1:
        latest = following.number - 1  # a break
    else:
        latest = prompts.current_number(standing)
    changes = cohorts.changes(call.tx, standing.cohort.id)
    asked = (
        number
        for number in range(latest, 0, -1)
        if programs.prompt_text(standing.program, number, changes)
    )
    return next(asked, latest)


def _published(call: Call, row: Reflection, *, again: bool, told: bool) -> Message:
    coach = _coach(call, row)
    if row.audience is Audience.COMMUNITY:
        where = f"It stands in the reflections channel{_of(call, row)}, for the whole community."
        news = f" {coach} hears of it from me, too." if coach and told else ""
    elif coach:
        where = f"Nobody but {coach} can read it."
        news = " I let your coach know." if told else ""
    else:
        where, news = (
            "You have no coach yet, so nobody but you can read it. "
            "Publish it again when you have one, and your coach can.",
            "",
        )
    opening = "The new version is published" if again else "Published"
    words = count(reflections.word_count(row.body), "word")
    return Message(
        f"{opening}: **{row.title}**, {words}. {where}{news} Thank you for writing.",
        buttons=(
            Button("Edit", button_id("reflect edit", reflection=row.id)),
            Button("Withdraw", button_id("reflect withdraw", reflection=row.id)),
        ),
    )


def _of(call: Call, row: Reflection) -> str:
    """Which one, where there are several."""
    shown = reflections.shown_in(call.tx, row)
    if len(communities.homes(call.tx)) == 1:
        return ""
    return f" of {listed([home.name for home in shown])}" if shown else ""


def _kept(row: Reflection, *, taken_back: bool) -> Message:
    words = count(reflections.word_count(row.body), "word")
    back = " It was taken back from its readers." if taken_back else ""
    return Message(
        f"Kept as your draft: **{row.title}**, {words}.{back} Nobody but you can read it.",
        buttons=(write_button(row.cohort_id, row.week, "Go on writing"),),
    )


def _whole(call: Call, row: Reflection) -> Message:
    said = [
        f"**{call.tx.need(Member, one.member_id).name}** comments:\n\n{one.body}"
        for one in stored_comments.of_reflection(call.tx, row.id)
    ]
    own = row.member_id == call.me.id or row.state is not ReflectionState.PUBLISHED
    return Message(
        "\n\n".join([byline(call.tx, row), row.body, *said]),
        title=row.title,
        buttons=() if own else (comment_button(row),),
    )


def _line(call: Call, row: Reflection) -> str:
    words = count(reflections.word_count(row.body), "word")
    reader = call.tx.get(Member, row.coach_id)
    alone = f", for {reader.name} alone" if reader else ""
    if row.audience is Audience.COACH and row.state is ReflectionState.PUBLISHED and not reader:
        alone = ", which nobody but you can read"
    return f"- **{row.title}** · {week_words(call.tx, row)} · {words}{alone}"


def _author(call: Call, row: Reflection) -> str:
    author = call.tx.get(Member, row.member_id)
    return author.name if author else "a former member"


def _coach(call: Call, row: Reflection) -> str:
    pair = pairs.of_teacher(call.tx, row.member_id)
    return call.tx.need(Member, pair.coach_id).name if pair else ""
