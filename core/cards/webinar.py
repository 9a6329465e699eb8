"""Webinars: the announcement with its answers, the reminder, changes, and the recording."""

from datetime import datetime

from core import programs, times, webinars
from core.cards.card import Compose, Skip
from core.cards.prompt import standard
from core.chat import Button, Message, Occasion
from core.interaction import button_id
from core.kinds import Kind
from core.wording import shortened
from storage import webinars as rows
from storage.database import Tx
from storage.members import Member
from storage.outbox import Delivery
from storage.webinars import Webinar
from storage.words import Act, MemberState, WebinarState

# https://discord.com/developers/docs/resources/guild-scheduled-event: characters of an event
EVENT_TITLE, EVENT_TEXT, EVENT_PLACE = 100, 1_000, 100


def announcement(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For the webinars channel; as an edit also for one that was canceled or has begun."""
    webinar = tx.get(Webinar, delivery.subject["webinar"])
    if webinar is None:
        return Skip("there is no such webinar any more")
    if delivery.subject["returns"] != str(webinar.returns):
        if delivery.act is Act.POST:
            return Skip("it was announced anew")
        return Message("It was called off, and announced anew since.", title=webinar.title)
    if webinar.state is WebinarState.CANCELED:
        if delivery.act is Act.POST:
            return Skip("the webinar is canceled")
        when = times.moment(webinar.starts_at, webinars.zone_of(tx, webinar))
        return Message(
            f"The webinar of {when} does not take place.", title=f"Canceled: {webinar.title}"
        )
    if delivery.act is Act.POST and webinar.starts_at <= now:
        return Skip("the webinar has begun")
    coming = rows.how_many_come(tx, webinar.id)
    return Message(
        webinar.abstract,
        title=webinar.title,
        fields=(
            *facts(webinar, webinars.zone_of(tx, webinar)),
            *((("So far", coming_words(coming)),) if coming else ()),
        ),
        buttons=answer_buttons(webinar) if now < webinars.ends_at(webinar) else (),
    )


def event(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For the platform's own events. The announcement has the abstract whole, and who comes."""
    webinar = tx.get(Webinar, delivery.subject["webinar"])
    if webinar is None or webinar.state is WebinarState.CANCELED:
        return Skip("the webinar is canceled")
    if delivery.subject["returns"] != str(webinar.returns):
        return Skip("it was announced anew")
    if webinar.starts_at <= now:
        return Skip("the webinar has begun")
    return Message(
        shortened(webinar.abstract, EVENT_TEXT),
        title=shortened(webinar.title, EVENT_TITLE),
        occasion=Occasion(
            webinar.starts_at,
            webinars.ends_at(webinar),
            webinar.link if 0 < len(webinar.link) <= EVENT_PLACE else "Online",
        ),
    )


def reminder(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For one who said yes, shortly before the start."""
    webinar = tx.get(Webinar, delivery.subject["webinar"])
    member = tx.get(Member, delivery.member_id)
    if member is None or member.state is not MemberState.ACTIVE:
        return Skip("they are not a member any more")
    if webinar is None or webinar.state is WebinarState.CANCELED:
        return Skip("the webinar is canceled")
    if delivery.subject["moves"] != str(webinar.moves):
        return Skip("the webinar was moved")
    if webinar.starts_at <= now:
        return Skip("the webinar has begun")
    answer = tx.foreseen(rows.rsvp, webinar.id, member.id)
    if answer is None or not answer.coming:
        return Skip("they are not coming")
    join = f"Join here: {webinar.link}" if webinar.link else "The link will be in the announcement."
    return Message(
        f"It starts {times.from_now(webinar.starts_at, now)}. {join}",
        title=f"Soon: {webinar.title}",
        fields=facts(webinar, programs.zone_of(tx, member)),
        buttons=(_answer(webinar, "I cannot come", "no"),),
    )


def changed(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For one who said yes: the webinar was moved, called off, or is on again."""
    webinar = tx.get(Webinar, delivery.subject["webinar"])
    member = tx.get(Member, delivery.member_id)
    if webinar is None or member is None:
        return Skip("there is no such webinar any more")
    told = (delivery.subject["moves"], delivery.subject["state"])
    if told != (str(webinar.moves), webinar.state.value):
        return Skip("it has changed again since")
    when = times.moment(webinar.starts_at, programs.zone_of(tx, member))
    if webinar.state is WebinarState.CANCELED:
        return Message(
            f"You were going to come on {when}; it does not take place. "
            "I am sorry if you had made room for it.",
            title=f"Canceled: {webinar.title}",
        )
    if webinar.starts_at <= now:
        return Skip("the webinar has begun")
    back = "back" in delivery.subject
    return Message(
        f"You said that you will be there. It is on {when} now. Does that still suit you?",
        title=f"{'On again' if back else 'Moved'}: {webinar.title}",
        fields=facts(webinar, programs.zone_of(tx, member)),
        buttons=(_answer(webinar, "I cannot come", "no"),),
    )


def recording(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For the webinars channel, after the webinar."""
    webinar = tx.get(Webinar, delivery.subject["webinar"])
    if webinar is None or not webinar.recording:
        return Skip("there is no recording")
    fields = [("Recording", webinar.recording)]
    if webinar.presenter:
        fields.append(("Presenter", webinar.presenter))
    if webinar.standard:
        fields.append(("Standard", standard(webinar.framework, webinar.standard)))
    return Message(
        "Missed it, or want to see a part again? Here it is.",
        title=f"Recording: {webinar.title}",
        fields=tuple(fields),
        preview=True,
    )


def facts(webinar: Webinar, zone: str) -> tuple[tuple[str, str], ...]:
    """When, how long, with whom, about what, and where; what is not known is left out."""
    found = (
        ("When", times.moment(webinar.starts_at, zone)),
        ("Length", times.span(webinar.minutes)),
        ("Presenter", webinar.presenter),
        ("Standard", standard(webinar.framework, webinar.standard) if webinar.standard else ""),
        ("Link", webinar.link),
    )
    return tuple((label, value) for label, value in found if value)


def coming_words(number: int) -> str:
    """How many said yes: "7 are coming"."""
    return f"{number} {'is' if number == 1 else 'are'} coming"


def answer_buttons(webinar: Webinar) -> tuple[Button, ...]:
    """Yes and no, for everybody who reads it."""
    return (
        _answer(webinar, "I will be there", "yes", primary=True),
        _answer(webinar, "Not this time", "no"),
    )


def _answer(webinar: Webinar, label: str, coming: str, *, primary: bool = False) -> Button:
    id = button_id("webinar rsvp", webinar=webinar.id, coming=coming)
    return Button(label, id, "primary" if primary else "plain")


CARDS: dict[Kind, Compose] = {
    Kind.EVENT: event,
    Kind.ANNOUNCEMENT: announcement,
    Kind.REMINDER: reminder,
    Kind.WEBINAR_CHANGED: changed,
    Kind.RECORDING: recording,
}
