"""Webinars: announced by the program or by hand, moved, canceled, and who says they will come.

Announcements and reminders stand in the outbox as soon as their moment is known; whatever moves
or cancels a webinar moves or cancels them in the same transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core import posts, times
from core.chat import CALENDAR, Address, Purpose
from core.deliveries import plan
from core.errors import UserError
from core.kinds import Kind
from core.posts import Post
from core.program import Week
from core.programs import Standing
from storage import communities, members, outbox, webinars
from storage.cohorts import Cohort
from storage.database import Tx
from storage.members import Member
from storage.outbox import Plan
from storage.webinars import Rsvp, Webinar
from storage.words import DeliveryState, MemberState, WebinarState

EDITS_APART = timedelta(minutes=1)  # answers come in bursts; an announcement is edited once for all
REMINDER_MINUTES = 60
FIELDS = ("title", "abstract", "starts_at", "minutes", "link", "presenter", "framework", "standard")


@dataclass(frozen=True)
class Draft:
    """A webinar as an organizer describes it. `cohort_id` and `week`: the program's webinar."""

    title: str
    starts_at: datetime
    minutes: int = 60
    abstract: str = ""
    link: str = ""
    presenter: str = ""
    framework: str = ""
    standard: str = ""
    cohort_id: str | None = None
    week: int | None = None


def zone_of(tx: Tx, webinar: Webinar) -> str:
    """The IANA zone in which a webinar is announced."""
    cohort = tx.get(Cohort, webinar.cohort_id)
    return (cohort.zone if cohort else None) or communities.current(tx).zone


def ends_at(webinar: Webinar) -> datetime:
    return webinar.starts_at + timedelta(minutes=webinar.minutes)


def ensure_from_program(
    tx: Tx,
    standing: Standing,
    week: Week,
    starts_at: datetime,
    announce_at: datetime,
    now: datetime,
) -> None:
    """Make the webinar of a week as the program has it now, with its announcement.

    One that the program had dropped comes back. One that has begun, that an organizer canceled or
    took in hand is left alone.
    """
    webinar = webinars.of_week(tx, standing.cohort.id, week.week)
    if webinar is None:
        if starts_at > now:
            webinar = Webinar(
                cohort_id=standing.cohort.id, week=week.week, title="", starts_at=starts_at
            )
            _assign(webinar, _from_program(standing, week, starts_at))
            _announce(tx, tx.add(webinar), announce_at)
    elif webinar.dropped:
        if starts_at > now:
            _bring_back(tx, webinar, _from_program(standing, week, starts_at), now, announce_at)
    elif _follows_program(webinar, now):
        if starts_at <= now:
            _drop(tx, webinar, now)
        else:
            _update(tx, webinar, _from_program(standing, week, starts_at), now, announce_at)


def keep_only(tx: Tx, cohort_id: str, weeks: Collection[int], now: datetime) -> set[int]:
    """Cancel what came from a week of the program that has no webinar any more.

    Answers the weeks that have theirs. Webinars that an organizer took in hand are left alone.
    """
    kept = set()
    for webinar in webinars.following_program(tx, cohort_id, now):
        if webinar.week is not None and webinar.week in weeks:
            kept.add(webinar.week)
        else:
            _drop(tx, webinar, now)
    return kept


def from_program(standing: Standing, week: Week, starts_at: datetime) -> Draft:
    """What the program says of a week's webinar, for an organizer to announce by hand."""
    values = _from_program(standing, week, starts_at)
    del values["reminder_minutes"]
    return Draft(**values, cohort_id=standing.cohort.id, week=week.week)


def announce(tx: Tx, draft: Draft, now: datetime) -> Webinar:
    """Announce a webinar now.

    Raises UserError when it lies in the past or was announced already.
    """
    _check_start(tx, draft.starts_at, now)
    planned = _planned_by_program(tx, draft, now)
    for other in webinars.starting_at(tx, draft.starts_at):
        if other is not planned and other.title.casefold() == draft.title.casefold():
            raise _twice(tx, other)
    values = {name: getattr(draft, name) for name in FIELDS}
    if planned is None:
        _let_go(tx, draft)
        free = draft.cohort_id and not webinars.of_week(tx, draft.cohort_id, draft.week or 0)
        webinar = tx.add(
            Webinar(
                **values,
                reminder_minutes=REMINDER_MINUTES,
                cohort_id=draft.cohort_id if free else None,
                week=draft.week if free else None,
                by_hand=True,
            )
        )
        _announce(tx, webinar, now)
        return webinar
    if posts.gone_out(posts.deliveries_of(tx, announcement_of(planned))):
        raise _twice(tx, planned)
    planned.by_hand = True
    _update(tx, planned, values, now, now)
    return planned


def change(tx: Tx, webinar: Webinar, values: Mapping[str, Any], now: datetime) -> list[str]:
    """Change some of FIELDS; answers which of them are different now.

    The announcement is brought up to date; when the start moves, so do the reminders, and those
    who said yes are told. Raises UserError for one that is canceled or has begun.
    """
    _check_open(tx, webinar, now, "changed")
    if "starts_at" in values:
        _check_start(tx, values["starts_at"], now)
    changed = _update(tx, webinar, values, now)
    webinar.by_hand = webinar.by_hand or bool(changed)
    return changed


def cancel(tx: Tx, webinar: Webinar, now: datetime) -> int:
    """Call a webinar off. Those who said yes are told; answers how many they are.

    Raises UserError for one that is canceled or has begun.
    """
    _check_open(tx, webinar, now, "canceled")
    webinar.state = WebinarState.CANCELED
    _cancel_reminders(tx, webinar, "the webinar is canceled")
    slots = posts.deliveries_of(tx, announcement_of(webinar))
    planned = [slot.id for slot in slots.values() if slot.state == DeliveryState.PLANNED]
    outbox.cancel_all(tx, planned, "the webinar is canceled")
    posts.revise(tx, announcement_of(webinar), now)
    posts.take_back(tx, event_of(webinar), now, "the webinar is canceled")
    again = f":{webinar.returns + 1}" if webinar.returns else ""
    return _tell_guests(tx, webinar, f"webinar-canceled:{webinar.id}{again}", now)


def record(tx: Tx, webinar: Webinar, link: str, now: datetime) -> None:
    """Keep where the recording is, and post it; a corrected link corrects the post.

    Raises UserError for a webinar that did not take place yet.
    """
    if webinar.state is WebinarState.CANCELED:
        raise UserError(f"“{webinar.title}” was canceled, so there is nothing to watch.")
    if now < webinar.starts_at:
        raise UserError(
            f"“{webinar.title}” starts {times.from_now(webinar.starts_at, now)}. "
            "Add the recording when it is over."
        )
    if webinar.recording and webinar.recording != link:
        posts.revise(tx, recording_of(webinar), now)
    webinar.recording = link
    posts.put(tx, [recording_of(webinar)], now)


def answer(tx: Tx, webinar: Webinar, member: Member, coming: bool, now: datetime) -> None:
    """A member's yes or no. Raises UserError when the webinar is canceled or over."""
    if webinar.state is WebinarState.CANCELED:
        raise UserError(
            f"“{webinar.title}” was canceled. `/webinar next` shows what comes instead."
        )
    if now >= ends_at(webinar):
        raise UserError(f"“{webinar.title}” is over. `/webinar past` shows the recordings.")
    answer_all(tx, webinar, [member], coming, now)


def answer_all(
    tx: Tx, webinar: Webinar, guests: Sequence[Member], coming: bool, now: datetime
) -> None:
    """The same answer of many members, in a few statements; repeating it changes nothing."""
    known = webinars.answers(tx, webinar.id, [guest.id for guest in guests])
    changed = []
    for guest in guests:
        rsvp = known.get(guest.id)
        if rsvp is None:
            tx.add(Rsvp(webinar_id=webinar.id, member_id=guest.id, coming=coming, at=now))
        elif rsvp.coming != coming:
            rsvp.coming, rsvp.at = coming, now
        else:
            continue
        if coming or rsvp:
            changed.append(guest.id)
    if not changed:
        return
    if coming:
        posts.wish(tx, _reminders(webinar, changed, now))
    else:
        _cancel_reminders(tx, webinar, "they are not coming", changed)
    posts.revise(tx, announcement_of(webinar), now, EDITS_APART)


def announcement_of(webinar: Webinar) -> Post:
    """The announcement in the webinars channels."""
    return Post(
        Kind.ANNOUNCEMENT,
        f"announcement:{webinar.id}" + (f":{webinar.returns + 1}" if webinar.returns else ""),
        Purpose.WEBINARS,
        {"webinar": webinar.id, "returns": str(webinar.returns)},
    )


def event_of(webinar: Webinar) -> Post:
    """The webinar among the events of platforms that have their own."""
    again = f":{webinar.returns + 1}" if webinar.returns else ""
    subject = {"webinar": webinar.id, "returns": str(webinar.returns)}
    return Post(Kind.EVENT, f"event:{webinar.id}{again}", CALENDAR, subject)


def recording_of(webinar: Webinar) -> Post:
    """The recording in the webinars channels."""
    return Post(
        Kind.RECORDING, f"recording:{webinar.id}", Purpose.WEBINARS, {"webinar": webinar.id}
    )


def _from_program(standing: Standing, week: Week, starts_at: datetime) -> dict[str, Any]:
    assert week.webinar is not None
    return {
        "title": week.webinar.title,
        "abstract": week.webinar.abstract,
        "starts_at": starts_at,
        "minutes": standing.program.rhythm.webinar_minutes,
        "reminder_minutes": standing.program.rhythm.reminder_minutes,
        "framework": standing.program.framework,
        "standard": week.standard,
    }


def _follows_program(webinar: Webinar, now: datetime) -> bool:
    scheduled = webinar.state is WebinarState.SCHEDULED and webinar.starts_at > now
    return scheduled and not webinar.by_hand


def _planned_by_program(tx: Tx, draft: Draft, now: datetime) -> Webinar | None:
    """The program's own row for what is announced, as long as it can still be used for it."""
    if draft.cohort_id is None or draft.week is None:
        return None
    row = webinars.of_week(tx, draft.cohort_id, draft.week)
    usable = row and row.state is WebinarState.SCHEDULED and row.starts_at > now
    return row if usable else None


def _let_go(tx: Tx, draft: Draft) -> None:
    """An organizer announces a dropped webinar of the program by hand: it must not return, too."""
    row = webinars.of_week(tx, draft.cohort_id or "", draft.week or 0)
    if row:
        row.dropped = False


def _drop(tx: Tx, webinar: Webinar, now: datetime) -> None:
    """The program has it no longer."""
    cancel(tx, webinar, now)
    webinar.dropped = True


def _bring_back(
    tx: Tx, webinar: Webinar, values: Mapping[str, Any], now: datetime, announce_at: datetime
) -> None:
    """The program has it again: it is announced anew, and those who said yes hear of it."""
    posts.revise(tx, announcement_of(webinar), now)
    _assign(webinar, values)
    webinar.state, webinar.dropped = WebinarState.SCHEDULED, False
    webinar.returns += 1
    webinar.moves += 1  # the reminders are others, too
    _announce(tx, webinar, max(announce_at, now))
    guests = [rsvp.member_id for rsvp in webinars.coming(tx, webinar.id)]
    posts.wish(tx, _reminders(webinar, guests, now))
    _tell_guests(tx, webinar, f"webinar-back:{webinar.id}:{webinar.returns}", now, back=True)


def _announce(tx: Tx, webinar: Webinar, at: datetime) -> None:
    posts.put(tx, [announcement_of(webinar), event_of(webinar)], at, webinar.starts_at)


def _assign(webinar: Webinar, values: Mapping[str, Any]) -> list[str]:
    changed = [name for name, value in values.items() if getattr(webinar, name) != value]
    for name in changed:
        setattr(webinar, name, values[name])
    return changed


def _update(
    tx: Tx,
    webinar: Webinar,
    values: Mapping[str, Any],
    now: datetime,
    announce_at: datetime | None = None,
) -> list[str]:
    """Take on new values, and let everything that was planned or said follow.

    `announce_at`: when it should be announced; None: when it was to be, if that is early enough.
    """
    changed = _assign(webinar, values)
    for post in (announcement_of(webinar), event_of(webinar)):
        for home_id, slot in posts.deliveries_of(tx, post).items():
            due = announce_at or slot.due_at
            due = due if due < webinar.starts_at else now
            posts.move(tx, {home_id: slot}, due, webinar.starts_at)
    if announce_at:
        _announce(tx, webinar, announce_at)  # in homes that have joined since
    if changed:
        posts.revise(tx, announcement_of(webinar), now)
        posts.revise(tx, event_of(webinar), now)
    if "starts_at" in changed:
        _cancel_reminders(tx, webinar, "the webinar was moved")
        webinar.moves += 1
        guests = [rsvp.member_id for rsvp in webinars.coming(tx, webinar.id)]
        posts.wish(tx, _reminders(webinar, guests, now))
        _tell_guests(tx, webinar, f"webinar-moved:{webinar.id}:{webinar.moves}", now)
    elif "reminder_minutes" in changed:
        guests = [rsvp.member_id for rsvp in webinars.coming(tx, webinar.id)]
        _cancel_reminders(tx, webinar, "reminders go out at another time")
        posts.wish(tx, _reminders(webinar, guests, now))
    return changed


def _reminders(webinar: Webinar, guest_ids: Sequence[str], now: datetime) -> list[Plan]:
    """A direct message to each before the start; at once, if its moment has passed."""
    if now >= webinar.starts_at:
        return []
    due = max(now, webinar.starts_at - timedelta(minutes=webinar.reminder_minutes))
    return [
        plan(
            Kind.REMINDER,
            f"{_reminder_name(webinar)}:{guest_id}",
            Address("direct", guest_id),
            due,
            {"webinar": webinar.id, "moves": str(webinar.moves)},
            expires_at=webinar.starts_at,
        )
        for guest_id in guest_ids
    ]


def _cancel_reminders(
    tx: Tx, webinar: Webinar, why: str, guest_ids: Sequence[str] | None = None
) -> None:
    """Take back the reminders of these guests, or of all, that are still planned."""
    name = _reminder_name(webinar)
    slots = (
        outbox.slots_under(tx, f"{name}:")
        if guest_ids is None
        else outbox.slots(tx, [f"{name}:{guest_id}:1" for guest_id in guest_ids]).values()
    )
    outbox.cancel_all(tx, [one.id for one in slots if one.state == DeliveryState.PLANNED], why)


def _reminder_name(webinar: Webinar) -> str:
    """Each start has its own reminders: one that was sent for the old start cannot move."""
    return f"reminder:{webinar.id}" + (f":{webinar.moves + 1}" if webinar.moves else "")


def _tell_guests(tx: Tx, webinar: Webinar, name: str, now: datetime, *, back: bool = False) -> int:
    """Tell those who said yes what has changed."""
    said_yes = [rsvp.member_id for rsvp in webinars.coming(tx, webinar.id)]
    guests = [
        guest.id for guest in members.with_ids(tx, said_yes) if guest.state is MemberState.ACTIVE
    ]
    subject = {
        "webinar": webinar.id,
        "moves": str(webinar.moves),
        "state": webinar.state.value,
        **({"back": "yes"} if back else {}),
    }
    outbox.put(
        tx,
        [
            plan(Kind.WEBINAR_CHANGED, f"{name}:{guest}", Address("direct", guest), now, subject)
            for guest in sorted(guests)
        ],
    )
    return len(guests)


def _check_start(tx: Tx, starts_at: datetime, now: datetime) -> None:
    if starts_at <= now:
        when = times.plain(starts_at, communities.current(tx).zone)
        text = f"{when} has passed. Give a start that lies ahead."
        raise UserError(text, {"when": text})


def _check_open(tx: Tx, webinar: Webinar, now: datetime, verb: str) -> None:
    if webinar.state is WebinarState.CANCELED:
        raise UserError(f"“{webinar.title}” is canceled. `/webinar announce` starts a new one.")
    if webinar.starts_at <= now:
        when = times.plain(webinar.starts_at, zone_of(tx, webinar))
        raise UserError(f"“{webinar.title}” began on {when}, so it cannot be {verb} any more.")


def _twice(tx: Tx, webinar: Webinar) -> UserError:
    when = times.plain(webinar.starts_at, zone_of(tx, webinar))
    return UserError(
        f"“{webinar.title}” on {when} is announced already. `/webinar change` changes it."
    )
