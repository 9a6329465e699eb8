"""What the result of an attempt means for the outbox: recorded in one transaction for many."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from core import deliveries, notices
from core.chat import Capabilities
from core.kinds import MANNERS, Kind
from scheduler.jobs import End, Find, Job, Open, Result
from storage import communities, outbox, pairs, sending
from storage.communities import Home
from storage.database import Tx
from storage.members import Account
from storage.pairs import Pair
from storage.sending import Outcome
from storage.words import DeliveryState

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
UNCERTAIN = "it may or may not have arrived"


def pause_before(attempt: int, rng: Random) -> timedelta:
    """How long to wait after this attempt: doubling, and different each time."""
    doublings = max(0, min(attempt - 1, 12))
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE) * rng.uniform(0.5, 1.5)


def settle(
    tx: Tx,
    results: Sequence[Result],
    capabilities: Mapping[str, Capabilities],
    owner: str,
    now: datetime,
    rng: Random,
) -> None:
    """Write down how attempts ended, with what they taught about people and conversations.

    Organizers get a notice of failures and of deliveries of which nobody knows.
    """
    outcomes = [_outcome(result, capabilities, owner, now, rng) for result in results]
    sending.record(tx, outcomes)
    for result in results:
        _learn(tx, result, now)
    untold = {
        result.job.about.id
        for result in results
        if result.job.about.kind == Kind.NOTICE or result.end is End.CLOSED
    }
    refused = {result.job.about.id for result in results if result.end in (End.REFUSED, End.GONE)}
    for outcome in outcomes:  # the same trouble again is no news
        news = outcome.id in refused - untold
        if news and (report := outbox.known_trouble(tx, outcome.id, outcome.note)):
            outbox.mark_reported(tx, [outcome.id], report)
            untold.add(outcome.id)
    tell = [outcome for outcome in outcomes if outcome.id not in untold]
    failed = [one.id for one in tell if one.state is DeliveryState.FAILED]
    doubtful = [one.id for one in tell if one.state is DeliveryState.UNCERTAIN]
    notices.of_trouble(tx, failed, now)
    notices.of_doubt(tx, doubtful, now)


def _outcome(
    result: Result,
    capabilities: Mapping[str, Capabilities],
    owner: str,
    now: datetime,
    rng: Random,
) -> Outcome:
    job = result.job
    match result.end:
        case End.SENT:
            place = result.ref.place if result.ref else job.about.place
            message = result.ref.message if result.ref else None
            return _ended(job, DeliveryState.SENT, now=now, place=place, message=message)
        case End.OPENED | End.HELD:
            return _again(job, now, attempts=job.about.attempt - 1)
        case End.ABSENT:
            return _again(job, now, note=result.note)
        case End.UNKNOWN:
            return _ended(job, DeliveryState.UNCERTAIN, note=UNCERTAIN)
        case End.GONE if job.about.pair and not isinstance(job, Find):
            return _again(job, now, note=result.note)  # in a new one
        case End.REFUSED | End.GONE | End.CLOSED if isinstance(job, Find):
            return _ended(job, DeliveryState.UNCERTAIN, note=result.note or UNCERTAIN)
        case End.REFUSED | End.GONE | End.CLOSED:
            return _ended(job, DeliveryState.FAILED, note=result.note)
        case End.DOUBTFUL:
            limits = capabilities.get(job.about.home_id)
            patience = limits.send_timeout if limits else timedelta(seconds=30)
            return _in_doubt(job, owner, now + patience, result.note)
        case End.LATER:
            pause = max(pause_before(job.about.attempt, rng), result.after or timedelta(0))
            if isinstance(job, Find):
                if now + pause > job.about.expires_at:
                    return _ended(job, DeliveryState.UNCERTAIN, note=result.note)
                return _in_doubt(job, owner, now + pause, result.note)
            if now + pause > job.about.expires_at:
                note = f"tried {job.about.attempt} times, then it was too late: {result.note}"
                return _ended(job, DeliveryState.FAILED, note=note)
            return _again(job, now + pause, note=result.note)


def _ended(
    job: Job,
    state: DeliveryState,
    *,
    now: datetime | None = None,
    place: str | None = None,
    message: str | None = None,
    note: str = "",
) -> Outcome:
    return Outcome(
        job.about.id,
        state,
        sent_at=now,
        attempts=job.about.attempt,
        home_id=job.about.home_id,
        place=place or job.about.place,
        message=message,
        note=note,
    )


def _again(job: Job, at: datetime, *, attempts: int | None = None, note: str = "") -> Outcome:
    tried = job.about.attempt if attempts is None else attempts
    return Outcome(job.about.id, DeliveryState.PLANNED, ready_at=at, attempts=tried, note=note)


def _in_doubt(job: Job, owner: str, until: datetime, note: str) -> Outcome:
    return Outcome(
        job.about.id,
        DeliveryState.CLAIMED,
        attempts=job.about.attempt,
        home_id=job.about.home_id,
        place=job.about.place,
        note=note,
        owner=owner,
        lease_until=until,
    )


def _learn(tx: Tx, result: Result, now: datetime) -> None:
    """Remember conversations that were opened or are closed, and messages that changed."""
    job = result.job
    if result.end is End.CLOSED and (account := tx.get(Account, job.about.direct_account)):
        if account.direct_closed_at is None:
            notices.of_closed(tx, account, job.about.id, now)
        account.direct_closed_at = now
        _say_beside(tx, job, account, now)
    if result.end is End.GONE and (pair := tx.get(Pair, job.about.pair)):
        homes = {
            home: place for home, place in pair.conversations.items() if place != job.about.place
        }
        pair.conversations = homes
    if isinstance(job, Open) and job.purpose:
        _learn_channel(tx, job, result)
    elif result.end is End.OPENED and isinstance(job, Open):
        if pair := tx.get(Pair, job.pair_id):
            pair.conversations = {**pair.conversations, job.about.home_id: result.place or ""}
        elif account := tx.get(Account, job.about.direct_account):
            account.direct_conversation, account.direct_closed_at = result.place, None
    for delivery, ref in result.edited:
        outbox.now_stands_at(tx, delivery, ref.place, ref.message)
    for delivery in result.deleted:
        outbox.is_deleted(tx, delivery)


def _say_beside(tx: Tx, job: Job, account: Account, now: datetime) -> None:
    """A teacher takes no direct messages: the two of a pair are told once how to change that, and
    what may be said in their conversation is said there."""
    pair = pairs.of_teacher(tx, account.member_id)
    if pair is None or account.home_id not in pair.conversations:
        return
    before = outbox.slots_under(tx, f"closed:{account.id}:")
    if not any(one.state == DeliveryState.PLANNED for one in before):
        name = f"closed:{account.id}:{len(before) + 1}"
        deliveries.to_pair(tx, Kind.CLOSED, name, pair, now, {"account": account.id})
    if MANNERS[Kind(job.about.kind)].beside:
        outbox.move_all(tx, [(job.about.id, now, job.about.expires_at)])


def _learn_channel(tx: Tx, job: Open, result: Result) -> None:
    """A channel that was wished for is there, or will never be."""
    home = tx.need(Home, job.about.home_id)
    if home.wanted.get(job.purpose) != job.name:
        return  # an organizer wants another one by now
    if result.end is End.OPENED:
        home.has_channel(job.purpose, result.place or "")
    elif result.end is End.REFUSED:
        home.wants_none(job.purpose)
        communities.replan(tx)
