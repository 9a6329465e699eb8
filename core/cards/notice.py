"""What organizers hear of the outbox: what was not sent, and what nobody knows about."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from core import programs, times
from core.cards.card import Compose, Skip
from core.chat import Address, Button, Message
from core.interaction import button_id
from core.kinds import Kind
from core.wording import count, listed, shortened
from storage import outbox, pairs
from storage.communities import Home
from storage.database import Tx
from storage.members import Account, Member
from storage.outbox import Delivery
from storage.pairs import Pair
from storage.words import DeliveryState

NOUNS: dict[Kind, tuple[str, str]] = {
    Kind.PROMPT: ("weekly prompt", "weekly prompts"),
    Kind.NUDGE: ("nudge", "nudges"),
    Kind.REFLECTION: ("reflection post", "reflection posts"),
    Kind.REFLECTION_SHARED: ("word to a coach", "words to coaches"),
    Kind.ANNOUNCEMENT: ("webinar announcement", "webinar announcements"),
    Kind.WEBINAR_CHANGED: ("word on a changed webinar", "words on changed webinars"),
    Kind.COMMENT: ("comment", "comments"),
    Kind.COMMENTED: ("message about a comment", "messages about comments"),
    Kind.CONTACT: ("way to reach somebody", "ways to reach somebody"),
    Kind.CLOSED: ("word about direct messages", "words about direct messages"),
    Kind.GREETING: ("greeting", "greetings"),
    Kind.EVENT: ("event", "events"),
    Kind.RECORDING: ("recording", "recordings"),
    Kind.REMINDER: ("webinar reminder", "webinar reminders"),
    Kind.AGENDA: ("one-on-one agenda", "one-on-one agendas"),
    Kind.SUMMARY: ("coach's summary", "coaches' summaries"),
    Kind.INTRODUCTION: ("introduction", "introductions"),
    Kind.FAREWELL: ("farewell", "farewells"),
    Kind.ORIENTATION: ("orientation step", "orientation steps"),
    Kind.JOIN_REQUEST: ("request to join", "requests to join"),
    Kind.WELCOME: ("welcome", "welcomes"),
    Kind.CHANNEL: ("first word in a channel", "first words in channels"),
    Kind.NOTICE: ("notice", "notices"),
    Kind.ANSWER: ("answer", "answers"),
}
NAMED = 5  # so many people or channels are named; the others are counted
REASON = 200  # characters of what a platform said


def notice(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """What one notice tells: see core.notices."""
    if "left" in delivery.subject:
        return _left(tx, delivery.subject["left"])
    if "new_home" in delivery.subject:
        return _new_home(tx, delivery.subject["new_home"])
    if "ended" in delivery.subject:
        return _ended(tx, delivery.subject["ended"], delivery.subject["why"])
    if "closed" in delivery.subject:
        return _closed(tx, delivery)
    report = delivery.subject["report"]
    told = outbox.reported(tx, report)
    if not told:
        return Skip("there is nothing to report")
    if not report.startswith("doubt-"):
        return _trouble(tx, told)
    if all(one.state is not DeliveryState.UNCERTAIN for one in told):
        return Skip("it has been settled")
    return doubt(tx, told, delivery.member_id)


def _left(tx: Tx, account_id: str) -> Message | Skip:
    account = tx.get(Account, account_id)
    member = tx.get(Member, account.member_id) if account else None
    if account is None or member is None or account.left_at is None:
        return Skip("they are back")
    text = (
        f"{member.name} is not in {_home_name(tx, account)} any more, and nowhere else with us. "
        "I expect nothing of them and write to them no more; when they are back, all goes on by "
        "itself."
    )
    own = pairs.of_teacher(tx, member.id)
    for pair in [*([own] if own else []), *pairs.of_coach(tx, member.id)]:
        text += (
            f"\n\n{_both(tx, pair)} are a pair still. If {member.name} stays away, "
            f"`/coach end teacher: {_name(tx, pair.teacher_id)}` ends it."
        )
    return Message(text, title=f"{member.name} has left")


def _new_home(tx: Tx, home_id: str) -> Message | Skip:
    home = tx.get(Home, home_id)
    if home is None or home.trusted or home.retired_at is not None:
        return Skip("there is nothing to decide any more")
    return Message(
        f"Somebody has installed Staffroom in {home.name} on {home.platform.capitalize()}. If it "
        "belongs to you, trust it: then people are recognized there by their e-mail address. "
        "Until then everybody there is a stranger, who needs a code or asks to join.",
        title=f"{home.name} is new",
        buttons=(Button("Trust it", button_id("settings trust", home=home.id), "primary"),),
    )


def _ended(tx: Tx, home_id: str, why: str) -> Message | Skip:
    home = tx.get(Home, home_id)
    if home is None or home.retired_at is None:
        return Skip("the community lives there again")
    return Message(
        f"We do not live in {home.name} on {home.platform.capitalize()} any more: {why}. Nothing "
        "is sent there from now on; what is stored stays. When the app is installed there again, "
        "all goes on, with the channels that were chosen.",
        title=f"{home.name} has ended",
    )


def _closed(tx: Tx, notice: Delivery) -> Message | Skip:
    account = tx.get(Account, notice.subject["closed"])
    member = tx.get(Member, account.member_id) if account else None
    if account is None or member is None or account.direct_closed_at is None:
        return Skip("they can be written to again")
    lost = [NOUNS[Kind(one.kind)][0] for one in outbox.reported(tx, notice.subject["report"])]
    return Message(
        f"{member.name} takes no direct messages from me in {_home_name(tx, account)}, and did "
        f"not get this {listed(lost)}. Please ask them to allow messages from me there, and then "
        "to type `/staffroom today`: from then on I write to them again. Until then I leave out "
        "what I would send them, and tell you only of what matters.",
        title=f"I cannot write to {member.name}",
    )


def _trouble(tx: Tx, told: Sequence[Delivery]) -> Message:
    expired = [one for one in told if one.state is DeliveryState.EXPIRED]
    failed = [one for one in told if one.state is DeliveryState.FAILED]
    paragraphs = []
    if expired:
        paragraphs.append(
            "These were due while I was not running, and their time is over, so I did not send "
            "them late:\n\n" + "\n".join(_lines(tx, expired))
        )
    if failed:
        paragraphs.append(
            "These could not be sent:\n\n" + "\n".join(_lines(tx, failed, reasons=True))
        )
    if not paragraphs:
        paragraphs.append("Some messages were late; by now all is in order.")
    paragraphs.append("I will not send any of them by myself. Everything later goes on as planned.")
    return Message("\n\n".join(paragraphs), title="Some messages were not sent")


def _lines(tx: Tx, told: Iterable[Delivery], *, reasons: bool = False) -> list[str]:
    """One line for each kind, and for each reason where it matters."""

    def same(one: Delivery) -> tuple[str, str]:
        return one.kind, one.note if reasons else ""

    lines = []
    for (kind, note), group in groupby(sorted(told, key=same), same):
        some = list(group)
        reason = f": {shortened(note, REASON)}" if note else ""
        lines.append(f"- {count(len(some), *NOUNS[Kind(kind)])} ({_whom(tx, some)}){reason}")
    return lines


def _whom(tx: Tx, told: Sequence[Delivery]) -> str:
    names = list(dict.fromkeys(whom(tx, one) for one in told))
    more = len(names) - NAMED
    return listed([*names[:NAMED], f"{more} more"] if more > 0 else names)


def doubt(tx: Tx, told: Sequence[Delivery], reader_id: str | None) -> Message:
    """Deliveries of which nobody knows whether they arrived, with what can be done about each."""
    zone = programs.zone_of(tx, tx.get(Member, reader_id))
    lines, buttons = [], []
    for number, one in enumerate(told, start=1):
        noun = NOUNS[Kind(one.kind)][0]
        at = times.moment(one.claimed_at or one.due_at, zone)
        lines.append(f"{number}. {noun} for {whom(tx, one)}, {at}: {_standing(one)}")
        if one.state is DeliveryState.UNCERTAIN:
            which = f" ({number})" if len(told) > 1 else ""
            buttons.append(
                Button(f"Send again{which}", button_id("delivery again", delivery=one.id))
            )
            buttons.append(
                Button(f"It arrived{which}", button_id("delivery arrived", delivery=one.id))
            )
    opening = (
        "The connection broke while I was sending, and I cannot find out whether this arrived. "
        "Please look, and tell me; until then I do nothing about it."
        if buttons
        else "Thank you: all of this is settled."
    )
    return Message(
        opening + "\n\n" + "\n".join(lines), title="Did this arrive?", buttons=tuple(buttons)
    )


def _standing(delivery: Delivery) -> str:
    match delivery.state:
        case DeliveryState.UNCERTAIN:
            return "**not known**"
        case DeliveryState.PLANNED | DeliveryState.CLAIMED:
            return "is sent again"
        case DeliveryState.SENT:
            return "has arrived"
        case _:
            return "was not sent"


def whom(tx: Tx, delivery: Delivery) -> str:
    """Whom a delivery is for, in words for organizers."""
    address = Address.parse(delivery.conversation)
    if address.kind == "channel":
        home = tx.get(Home, address.id)
        return f"the {address.purpose} channel" + (f" in {home.name}" if home else "")
    if address.kind == "direct":
        return _name(tx, address.id)
    pair = tx.get(Pair, address.id)
    return _both(tx, pair) if pair else "a former pair"


def _both(tx: Tx, pair: Pair) -> str:
    return f"{_name(tx, pair.teacher_id)} and {_name(tx, pair.coach_id)}"


def _home_name(tx: Tx, account: Account) -> str:
    return tx.need(Home, account.home_id).name


def _name(tx: Tx, member_id: str) -> str:
    member = tx.get(Member, member_id)
    return member.name if member else "a former member"


CARDS: dict[Kind, Compose] = {Kind.NOTICE: notice}
