"""The claim: which deliveries are sent now, where, and what they say. One transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from core import deliveries, notices
from core.cards.ahead import look_ahead
from core.cards.card import Compose, Skip
from core.chat import Address, Capabilities, Message, Ref
from core.kinds import MANNERS, Kind
from core.text import fingerprint, split_message
from scheduler import parts
from scheduler.addresses import Apart, Destination, Directory, Nowhere, address_of
from scheduler.jobs import About, Change, Find, Job, Open, Post
from scheduler.quiet import first_waking
from storage import outbox, sending
from storage.database import Tx
from storage.outbox import Delivery
from storage.sending import Claim, Outcome
from storage.words import Act, DeliveryState

log = structlog.get_logger("scheduler")
PATIENCE = timedelta(seconds=60)  # how much longer than its sends a lease lasts
NOT_CONNECTED = timedelta(minutes=1)  # how soon a home is tried again that has no connection
IN_DOUBT = timedelta(hours=1)  # how soon a part looks again after the one before it
LOOK_AHEAD = 200  # more candidates are looked at when some home is busy


@dataclass(frozen=True)
class Desk:
    """What the courier brings to a claim."""

    owner: str
    capabilities: Mapping[str, Capabilities]  # of the homes that are connected
    cards: Mapping[Kind, Compose]
    holds: Mapping[str, datetime]  # homes that asked us to wait, and until when


@dataclass
class Claimed:
    """What a claim came to: rows of jobs to do now; `settled` counts deliveries that need none."""

    rows: list[list[Job]] = field(default_factory=list)  # each is done one after the other
    settled: int = 0


def give_up_late(tx: Tx, now: datetime) -> int:
    """Let go of all ready deliveries whose time is over, and tell organizers once."""
    late = sending.too_late(tx, now)
    _let_go(tx, [(name, kind, attempts) for name, kind, attempts in late], now)
    return len(late)


def claim(
    tx: Tx, desk: Desk, now: datetime, room: Mapping[str, int], busy: frozenset[str]
) -> Claimed:
    """Take deliveries for sending: at most as many as there is room for in each home.

    `busy` are those that are being sent already.
    """
    turn = _Turn(tx, desk, now, dict(room))
    for delivery in sending.lapsed(tx, now, sum(room.values()) + len(busy)):
        if delivery.id not in busy:
            turn.look_for(delivery)
    free = sum(turn.room.values())
    if free > 0 or not turn.room:
        crowded = len(turn.room) != 1 or any(left <= 0 for left in turn.room.values())
        batch = sending.claimable(tx, now, free + (LOOK_AHEAD if crowded else 0))
        rows = [[head, *turn.behind(head)] for head in batch]
        if batch:
            everything = [delivery for row in rows for delivery in row]
            turn.directory = Directory.for_batch(tx, everything)
            look_ahead(tx, everything)
        for row in rows:
            turn.take_row(row)
    return turn.finish()


class _Turn:
    """One claim under way."""

    def __init__(self, tx: Tx, desk: Desk, now: datetime, room: dict[str, int]) -> None:
        self.tx, self.desk, self.now, self.room = tx, desk, now, room
        self.directory: Directory
        self.rows: list[list[Job]] = []
        self.jobs: list[Job] = []  # the row that is being made
        self.clear = False  # the one behind may come right after this one
        self.roots: dict[str | None, Delivery | None] = {}  # of threads, by key
        self.claims: list[Claim] = []
        self.outcomes: list[Outcome] = []
        self.late: list[tuple[str, str, int]] = []
        self.trouble: list[str] = []

    def look_for(self, delivery: Delivery) -> None:
        """Nobody knows whether this was sent: ask, if asking can make a difference."""
        home_id = delivery.home_id or ""
        if delivery.act is not Act.POST or delivery.place is None:
            self._put_back(delivery, self.now, "its process ended; nothing was sent")
        elif home_id not in self.room and delivery.expires_at < self.now:
            note = "its process ended, and its home did not come back to ask"
            self._settle(delivery, DeliveryState.UNCERTAIN, note)
            self.trouble.append(delivery.id)
        elif home_id not in self.room:
            self.outcomes.append(
                Outcome(
                    delivery.id,
                    DeliveryState.CLAIMED,
                    attempts=delivery.attempts,
                    home_id=home_id,
                    place=delivery.place,
                    owner=self.desk.owner,
                    lease_until=self.now + NOT_CONNECTED,
                    note="waits to ask whether it was sent",
                )
            )
        elif self.room[home_id] > 0:
            self.room[home_id] -= 1
            self.outcomes.append(
                Outcome(
                    delivery.id,
                    DeliveryState.CLAIMED,
                    attempts=delivery.attempts,
                    home_id=home_id,
                    place=delivery.place,
                    owner=self.desk.owner,
                    lease_until=self._lease(),
                    note=delivery.note,
                )
            )
            find = Find(
                _about(delivery, home_id, delivery.place, delivery.attempts),
                fingerprint=delivery.fingerprint or "",
                since=delivery.claimed_at or delivery.due_at,
                under=self._message_of(delivery.under, home_id),
            )
            self.rows.append([find])

    def behind(self, head: Delivery) -> list[Delivery]:
        """What may be sent in one go with the first of a channel."""
        address = address_of(head)
        able = self.desk.capabilities.get(address.id) if address.kind == "channel" else None
        most = min(able.in_a_row, self.room.get(address.id, 0)) - 1 if able else 0
        return sending.behind(self.tx, head, self.now, most) if most > 0 else []

    def take_row(self, row: list[Delivery]) -> None:
        """Take the first of a conversation, and those behind it while nothing comes between."""
        self.jobs = []
        for delivery in row:
            self.clear = False
            self.take(delivery)
            if not self.clear:
                break
        if self.jobs:
            self.rows.append(self.jobs)

    def take(self, delivery: Delivery) -> None:
        """Decide what becomes of a delivery whose turn it is."""
        if delivery.expires_at < self.now:
            self.late.append((delivery.id, delivery.kind, delivery.attempts))
            return
        address = address_of(delivery)
        found = self._original_home(delivery) or self.directory.locate(
            address, delivery.kind, self.desk.capabilities
        )
        if isinstance(found, Destination) and self._must_wait(delivery, found):
            return
        if delivery.act is Act.POST and not isinstance(found, Nowhere):
            wakes = self._wakes(delivery, address)
            if wakes is None:
                people = tuple(self.directory.listeners(address))
                found = Apart(people, "the two are never awake together, so each got it alone")
            elif wakes > self.now:
                self._shift(delivery, wakes)
                return
        match found:
            case Nowhere():
                self._give_up(delivery, found)
            case Apart():
                self._send_apart(delivery, found)
            case Destination():
                self._prepare(delivery, found)

    def finish(self) -> Claimed:
        """Write it all down."""
        sending.claim(self.tx, self.claims, self.desk.owner, self.now, self._lease())
        sending.record(self.tx, self.outcomes)
        _let_go(self.tx, self.late, self.now)
        notices.of_trouble(self.tx, self.trouble, self.now)
        settled = len(self.outcomes) + len(self.late)
        return Claimed(self.rows, settled)

    def _original_home(self, delivery: Delivery) -> Destination | None:
        """An edit goes where its original went."""
        if delivery.act is Act.POST:
            return None
        for original in parts.of(self.tx, delivery.subject.get("of", "")):
            if original.state is DeliveryState.SENT and original.home_id:
                return Destination(original.home_id, original.place)
        return None

    def _must_wait(self, delivery: Delivery, to: Destination) -> bool:
        """The home is not connected, asked us to wait, or has no room now."""
        if to.home_id not in self.room:
            self._put_back(delivery, self.now + NOT_CONNECTED, "its home is not connected")
        elif (until := self.desk.holds.get(to.home_id, self.now)) > self.now:
            self._put_back(delivery, until, "the platform asked us to wait")
        elif self.room[to.home_id] > 0:
            return False
        return True

    def _wakes(self, delivery: Delivery, address: Address) -> datetime | None:
        """When the people there may be disturbed; None if never at the same time."""
        if not MANNERS[Kind(delivery.kind)].polite:
            return self.now
        listeners = self.directory.listeners(address)
        return first_waking(tuple(map(self.directory.quiet_hours, listeners)), self.now)

    def _shift(self, delivery: Delivery, until: datetime) -> None:
        if until > delivery.expires_at:
            note = "quiet hours lasted until it was too late"
            self._settle(delivery, DeliveryState.EXPIRED, note)
            return
        self.outcomes.append(
            Outcome(
                delivery.id,
                DeliveryState.PLANNED,
                ready_at=until,
                attempts=delivery.attempts,
                shifts=1,
                note="waits for the end of quiet hours",
            )
        )

    def _give_up(self, delivery: Delivery, nowhere: Nowhere) -> None:
        matters = nowhere.closed and MANNERS[Kind(delivery.kind)].matters
        trouble = nowhere.trouble or matters
        state = DeliveryState.FAILED if trouble else DeliveryState.CANCELED
        self._settle(delivery, state, nowhere.reason)
        if trouble:
            self.trouble.append(delivery.id)

    def _send_apart(self, delivery: Delivery, apart: Apart) -> None:
        name = parts.name_of(delivery.key)
        plans = [
            deliveries.plan(
                Kind(delivery.kind),
                f"{name}:{member.id}",
                Address("direct", member.id),
                delivery.due_at,
                delivery.subject,
                expires_at=delivery.expires_at,
            )
            for member in apart.people
        ]
        outbox.put(self.tx, plans)
        self._settle(delivery, DeliveryState.CANCELED, apart.reason)

    def _prepare(self, delivery: Delivery, to: Destination) -> None:
        if delivery.act is Act.DELETE:
            self._change(delivery, to, [])
            return
        if to.place is None or (to.channel and delivery.kind == Kind.CHANNEL):
            self._open(delivery, to)
            return
        said = self._compose(delivery)
        if isinstance(said, Skip):
            self._settle(delivery, DeliveryState.CANCELED, said.reason)
        elif said is not None:
            pieces = split_message(said, self.desk.capabilities[to.home_id])
            if delivery.act is Act.EDIT:
                self._change(delivery, to, pieces)
            else:
                self._post(delivery, to, pieces)

    def _open(self, delivery: Delivery, to: Destination) -> None:
        address = address_of(delivery)
        people = self.directory.listeners(address)
        self._claim(delivery, replace(to, place=None))
        self.jobs.append(
            Open(
                _about(delivery, to.home_id, None, delivery.attempts + 1, to),
                people=to.people,
                pair_id=to.pair_id,
                name=to.channel or " and ".join(one.name for one in people),
                purpose=address.purpose,
            )
        )

    def _compose(self, delivery: Delivery) -> Message | Skip | None:
        """What it says now. A fault in one card must not hold up everybody else."""
        try:
            return self.desk.cards[Kind(delivery.kind)](self.tx, delivery, self.now)
        except Exception as error:
            log.exception("card failed", delivery=delivery.id, kind=delivery.kind)
            note = f"it could not be put into words ({type(error).__name__})"
            self._settle(delivery, DeliveryState.FAILED, note)
            if delivery.kind != Kind.NOTICE:
                self.trouble.append(delivery.id)
            return None

    def _post(self, delivery: Delivery, to: Destination, pieces: list[Message]) -> None:
        if delivery.part > 1 and (reason := parts.not_wanted(self.tx, delivery, len(pieces))):
            self._settle(delivery, DeliveryState.CANCELED, reason)
            return
        if parts.must_wait(self.tx, delivery):
            self._put_back(delivery, self.now + IN_DOUBT, "the part before it is in doubt")
            return
        if delivery.part == 1 and len(pieces) > 1:
            parts.plan_rest(self.tx, delivery, len(pieces))
        message = pieces[delivery.part - 1]
        readers = self.desk.capabilities[to.home_id].pair_readers
        if readers and to.pair_id and not outbox.has_spoken(self.tx, delivery.conversation):
            note = f"*Besides the two of you, {readers} can read what is said here.*"
            message = replace(message, text=f"{message.text}\n\n{note}")
        if to.calls and delivery.part == 1:
            message = replace(message, person=to.calls)
        root = self._root_of(message, delivery, to.home_id)
        self.clear = delivery.part == len(pieces)
        self._claim(delivery, to, fingerprint(message), root)
        self.jobs.append(
            Post(
                _about(delivery, to.home_id, to.place, delivery.attempts + 1, to),
                message=message,
                under=self._message_of(root, to.home_id),
            )
        )

    def _change(self, delivery: Delivery, to: Destination, pieces: list[Message]) -> None:
        """Edit or delete the messages of an earlier delivery."""
        edits, deletes = parts.match(self.tx, delivery, pieces)
        if not edits and not deletes and parts.in_doubt(self.tx, delivery.subject.get("of", "")):
            note = "nobody knows which message it is; please look, and change it by hand"
            self._settle(delivery, DeliveryState.FAILED, note)
            self.trouble.append(delivery.id)
            return
        if not edits and not deletes:
            self._settle(delivery, DeliveryState.CANCELED, "there is nothing to change")
            return
        self._claim(delivery, to)
        self.jobs.append(
            Change(
                _about(delivery, to.home_id, to.place, delivery.attempts + 1),
                edits=tuple(edits),
                deletes=tuple(deletes),
            )
        )

    def _root_of(self, message: Message, delivery: Delivery, home_id: str) -> str | None:
        """The key of the delivery in whose thread this one belongs.

        Where threads do not nest, or that one is not there, the post that would hang there stands
        in the channel itself, so that it can be answered; its later parts hang under its first.
        """
        if message.under is None:
            return None
        nests = message.reply or self.desk.capabilities[home_id].nests
        if nests and (delivery.part == 1 or self._message_of(message.under, home_id)):
            return message.under
        return deliveries.key(parts.name_of(delivery.key)) if delivery.part > 1 else None

    def _message_of(self, key: str | None, home_id: str) -> Ref | None:
        """The message of a delivery, if it was sent in this home."""
        if key and key not in self.roots:
            self.roots[key] = outbox.by_key(self.tx, key)
        root = self.roots.get(key)
        if root is None or root.state is not DeliveryState.SENT or root.home_id != home_id:
            return None
        return Ref(root.place, root.message) if root.place and root.message else None

    def _claim(
        self,
        delivery: Delivery,
        to: Destination,
        print: str | None = None,
        under: str | None = None,
    ) -> None:
        self.room[to.home_id] -= 1
        self.claims.append(Claim(delivery.id, to.home_id, to.place, print, under))

    def _put_back(self, delivery: Delivery, at: datetime, note: str) -> None:
        self.outcomes.append(
            Outcome(
                delivery.id,
                DeliveryState.PLANNED,
                ready_at=at,
                attempts=delivery.attempts,
                note=note,
            )
        )

    def _settle(self, delivery: Delivery, state: DeliveryState, note: str) -> None:
        self.clear = True
        self.outcomes.append(Outcome(delivery.id, state, attempts=delivery.attempts, note=note))

    def _lease(self) -> datetime:
        longest = max(
            (able.send_timeout * able.in_a_row for able in self.desk.capabilities.values()),
            default=timedelta(0),
        )
        return self.now + longest + PATIENCE


def _about(
    delivery: Delivery, home_id: str, place: str | None, attempt: int, to: Destination | None = None
) -> About:
    return About(
        id=delivery.id,
        key=delivery.key,
        kind=delivery.kind,
        home_id=home_id,
        place=place,
        attempt=attempt,
        expires_at=delivery.expires_at,
        direct_account=to.account_id if to else None,
        pair=to.pair_id if to else None,
    )


def _let_go(tx: Tx, late: list[tuple[str, str, int]], now: datetime) -> None:
    """The time of these is over: those that were tried have failed, the others expired."""
    sending.record(
        tx,
        [
            Outcome(
                name,
                DeliveryState.FAILED if attempts else DeliveryState.EXPIRED,
                attempts=attempts,
                note="it could not be sent in time",
            )
            for name, _kind, attempts in late
        ],
    )
    notices.of_trouble(tx, [name for name, kind, _ in late if kind != Kind.NOTICE], now)
