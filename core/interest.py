"""Who is interested in a platform's own event of a webinar is coming to the webinar."""

from collections.abc import Sequence
from datetime import datetime

from core import webinars
from core.deliveries import key
from storage import members, outbox
from storage import webinars as rows
from storage.database import Tx
from storage.members import Member
from storage.webinars import Webinar
from storage.words import DeliveryState, MemberState


def events(tx: Tx, home_id: str, now: datetime) -> dict[str, Webinar]:
    """The webinars to come that stand among a platform's own events, by its id of the event."""
    found = {}
    for webinar in rows.upcoming(tx, now):
        delivery = outbox.by_key(tx, key(webinars.event_of(webinar).name, home_id))
        if delivery and delivery.state is DeliveryState.SENT and delivery.message:
            found[delivery.message] = webinar
    return found


def newly(tx: Tx, home_id: str, event: str, accounts: Sequence[str], now: datetime) -> list[Member]:
    """Members among these people who have not answered to the webinar of this event yet.

    To be interested is a yes; a yes or no that somebody gave by a button counts for more, and so
    does a no to a yes that was taken back on the platform.
    """
    webinar = events(tx, home_id, now).get(event)
    if webinar is None:
        return []
    known = [account for name in accounts if (account := members.account(tx, home_id, name))]
    people = members.with_ids(tx, {account.member_id for account in known})
    answered = rows.answers(tx, webinar.id, [one.id for one in people])
    return [one for one in people if one.state is MemberState.ACTIVE and one.id not in answered]


def take(tx: Tx, home_id: str, event: str, accounts: Sequence[str], now: datetime) -> None:
    """Whoever is interested in an event, and has not answered, says yes to its webinar."""
    guests = newly(tx, home_id, event, accounts, now)
    if guests:
        webinars.answer_all(tx, events(tx, home_id, now)[event], guests, True, now)
