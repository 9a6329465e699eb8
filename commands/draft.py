"""Drafts that grow by talking: looked at, published and discarded by buttons."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from commands.cohort import chosen
from commands.dispatcher import keep_typed
from commands.form import kept
from commands.params import LongText, Picked, Text, YesNo
from commands.reflect import READERS, publish, usual_week
from commands.registry import Call, command
from core import programs, reflections
from core.chat import Button, Message
from core.errors import UserError
from core.interaction import Choice, button_id
from core.reflections import LONGEST, Writing
from core.wording import count
from storage import reflections as stored
from storage.cohorts import Cohort
from storage.reflections import Reflection
from storage.words import Audience, ReflectionState

START = "reflect start"
WRITE = "reflect write"


def _my_drafts(call: Call, typed: str) -> Sequence[Choice]:
    mine = stored.by_member(call.tx, call.me.id)
    return [Choice(row.id, row.title) for row in mine if row.state is ReflectionState.DRAFT]


def _my_draft(call: Call, typed: str) -> Reflection:
    row = call.tx.get(Reflection, typed)
    if row is None or row.member_id != call.me.id or row.state is not ReflectionState.DRAFT:
        raise UserError("That is not a draft of yours any more. `/reflect mine` shows what is.")
    return row


Draft = Annotated[Reflection, Picked("Draft", "One of yours", _my_drafts, _my_draft)]


@command("reflect preview", help="Look at a whole draft", hidden=True, reads=True)
def preview(call: Call, reflection: Draft) -> Message:
    """The draft as it would be published, for its author alone."""
    return Message(
        reflection.body,
        title=f"Your draft: {reflection.title}",
        fields=(("When published, it is for", dict(READERS)[reflection.audience].lower()),),
        buttons=(
            Button("Publish", _button("reflect publish", reflection), "primary"),
            Button("Change it", button_id("reflect edit", reflection=reflection.id)),
            Button("Discard", _button("reflect discard", reflection), "danger"),
        ),
    )


@command("reflect publish", help="Publish a draft as it is", hidden=True)
def publish_draft(call: Call, reflection: Draft) -> Message:
    """The same as sending the form without changing anything."""
    cohort = call.tx.need(Cohort, reflection.cohort_id)
    writing = Writing(call.me, reflection.title, reflection.body, reflection.audience, call.home.id)
    return publish(call, cohort, reflection.week, writing)


@command("reflect discard", help="Throw a draft away", hidden=True, replaces=True)
def discard(call: Call, reflection: Draft, sure: Annotated[bool, YesNo("Sure")] = False) -> Message:
    """Asks once more, and can be undone."""
    title, words = reflection.title, _words(reflection)
    if not sure:
        return Message(
            f"Discard your draft **{title}**, {words}?",
            buttons=(
                Button("Discard it", _button("reflect discard", reflection, sure="yes"), "danger"),
                Button("Keep it", _button("reflect preview", reflection)),
            ),
        )
    values = {
        "cohort": reflection.cohort_id,
        "week": str(reflection.week),
        "title": title,
        "body": reflection.body,
        "audience": reflection.audience.value,
    }
    undo = Button("Undo", button_id(START, id=keep_typed(call, START, values).id))
    reflections.discard(call.tx, reflection)
    return Message(f"Your draft **{title}**, {words}, is gone.", buttons=(undo,))


@command("reflect add", help="Add to my draft", hidden=True)
def add(call: Call, text: Annotated[str, LongText("Text", limit=LONGEST)]) -> Message:
    """To the draft of the prompt under way; where there is none, one is begun."""
    return _add(call, {"body": text})


@command(START, help="Start a draft with what was said", hidden=True)
def start(call: Call, id: Annotated[str, Text("What was said")]) -> Message:
    """With words that were kept: said to me directly, or of a draft that was discarded."""
    words = kept(call, id)
    if words is None or words.command != START:
        raise UserError("Those words are not kept any more. `/reflect mine` shows your drafts.")
    said = _add(call, words.values)
    call.tx.delete(words)
    return said


def offered(call: Call, text: str) -> Button | None:
    """Starts a draft with these words, which are kept for it. None where they would not begin an
    answer: in no cohort, or when the answer is published."""
    standing = programs.standing_of(call.tx, call.me, call.now)
    if standing is None:
        return None
    there = stored.answer(call.tx, call.me.id, standing.cohort.id, usual_week(call, standing))
    if there and there.state is ReflectionState.PUBLISHED:
        return None
    words = keep_typed(call, START, {"body": text})
    return Button("Start a draft with this", button_id(START, id=words.id), "primary")


def grow(call: Call, draft: Reflection, text: str) -> Message:
    """Add what somebody says to their draft."""
    where = {"cohort": draft.cohort_id, "week": str(draft.week)}
    return _add(call, {**where, "body": text})


def _add(call: Call, values: Mapping[str, str]) -> Message:
    """Add to the answer to a prompt: that of `values`, else the one under way."""
    cohort = call.tx.get(Cohort, values.get("cohort")) or chosen(call, None)
    week = int(values.get("week") or usual_week(call, programs.standing(call.tx, cohort, call.now)))
    there = stored.answer(call.tx, call.me.id, cohort.id, week)
    body = values["body"]
    if there and there.state is ReflectionState.PUBLISHED:
        longer = {"cohort": cohort.id, "week": str(week), "body": f"{there.body}\n\n{body}"}
        opens = button_id("form fix", id=keep_typed(call, WRITE, longer).id)
        return Message(
            f"You have published **{there.title}** already, so I added nothing by myself. "
            "Open it with these words at its end, and publish the new version if you like it.",
            buttons=(Button("Open it", opens, "primary"),),
        )
    audience = Audience(values.get("audience", Audience.COMMUNITY))
    writing = Writing(call.me, values.get("title", ""), body, audience, call.home.id)
    row = reflections.add_to_draft(call.tx, cohort, week, writing, call.now)
    said = (
        f"Added to your draft **{row.title}**, {_words(row)} so far."
        if there
        else f"Your draft **{row.title}** has begun, {_words(row)} so far. What you write to me "
        "directly is added to it, and nobody but you can read it."
    )
    return Message(
        said,
        buttons=(
            Button("Preview", _button("reflect preview", row)),
            Button("Publish", _button("reflect publish", row), "primary"),
            Button("Discard", _button("reflect discard", row), "danger"),
        ),
    )


def _button(path: str, row: Reflection, **more: str) -> str:
    return button_id(path, reflection=row.id, **more)


def _words(row: Reflection) -> str:
    return count(reflections.word_count(row.body), "word")
