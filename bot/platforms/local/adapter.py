"""The local chat as a platform: messages go into the database, and open pages are told."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.platforms.local.feed import CHANGE, Feed
from core.chat import Capabilities, DirectClosed, Found, Message, Person, Purpose, Ref, Refused
from core.errors import UserError
from core.interaction import Choice
from storage import local_chat, local_visitors, members
from storage.communities import Home
from storage.database import CommunityStore, Tx
from storage.local_chat import Entry, LocalConversation, LocalMessage, Talk
from storage.members import Member

BOT = "Staffroom"
MAX_TEXT = 100_000
MAX_CHANNEL_NAME = 40
NOT_A_NAME = (
    f"A channel name has 1 to {MAX_CHANNEL_NAME} letters and digits, such as `book-club`. "
    "Please choose another."
)


class LocalPlatform:
    """One home on the local chat. Implements core.chat.Platform.

    `now` is the community's clock: messages carry its time.
    """

    name = "local"
    capabilities = Capabilities(
        max_text=MAX_TEXT, max_field_text=MAX_TEXT, max_form_input=MAX_TEXT, in_flight=1
    )

    def __init__(self, store: CommunityStore, home: Home, now: Callable[[], datetime]) -> None:
        self.store = store
        self.home_id = home.id
        self.now = now
        self.feed = Feed()

    async def ensure_channels(self) -> Mapping[str, str]:
        """Make a channel for every purpose that has none; answers purpose -> channel id."""
        return await self.store.write(self._ensure_channels)

    async def create_channel(self, name: str) -> str:
        """A new channel for everybody; answers its id. UserError when the name will not do."""
        slug = _slug(name)
        if slug is None:
            raise UserError(NOT_A_NAME)

        def make(tx: Tx) -> str:
            if local_chat.conversation(tx, self.home_id, f"c-{slug}"):
                raise UserError(f"There is a channel called {slug} already. Choose another name.")
            return self._channel(tx, f"c-{slug}", slug)

        place = await self.store.write(make)
        self.feed.tell(CHANGE)
        return place

    async def channels(self) -> list[Choice]:
        """Every channel, for a parameter that asks for one."""

        def look(tx: Tx) -> list[Choice]:
            rows = local_chat.conversations_of(tx, self.home_id, ())
            return [Choice(row.place, row.name) for row in rows]

        return await self.store.read(look)

    async def post(
        self, place: str, message: Message, *, key: str, under: Ref | None = None
    ) -> Ref:
        """Write a message; a key that was used before answers with the message of then."""

        def write(tx: Tx) -> Ref:
            row = self._conversation(tx, place)
            root = tx.get(LocalMessage, under.message) if under else None
            posted = local_chat.post(tx, row, entry(message), self.now(), key=key, under=root)
            return Ref(place, posted.id)

        ref = await self.store.write(write)
        self.feed.tell(CHANGE)
        return ref

    async def edit(self, ref: Ref, message: Message) -> Ref:
        def write(tx: Tx) -> None:
            conversation, row = self._message(tx, ref)
            local_chat.change(tx, conversation, row, entry(message), self.now())

        await self.store.write(write)
        self.feed.tell(CHANGE)
        return ref

    async def delete(self, ref: Ref) -> None:
        """Forget the words of a message; nothing happens if it is gone already."""

        def write(tx: Tx) -> None:
            row = tx.get(LocalMessage, ref.message)
            if row is not None and row.deleted_at is None:
                local_chat.erase(tx, self._conversation(tx, ref.place), row, self.now())

        await self.store.write(write)
        self.feed.tell(CHANGE)

    async def open_direct(self, external_id: str) -> str:
        place = await self.store.write(lambda tx: self.direct(tx, external_id))
        self.feed.tell(CHANGE)
        return place

    async def open_group(self, external_ids: Sequence[str], name: str) -> str:
        accounts = sorted(set(external_ids))
        place = "g-" + "-".join(accounts)

        def write(tx: Tx) -> None:
            for account in accounts:
                self._known(tx, account)
            local_chat.open_conversation(
                tx, self.home_id, place, Talk.GROUP, name, self.now(), accounts
            )

        await self.store.write(write)
        self.feed.tell(CHANGE)
        return place

    async def open_channel(self, name: str) -> str:
        slug = _slug(name)
        if slug is None:
            raise Refused(NOT_A_NAME)
        place = await self.store.write(lambda tx: self._channel(tx, f"c-{slug}", slug))
        self.feed.tell(CHANGE)
        return place

    async def find(
        self, place: str, key: str, fingerprint: str, since: datetime, *, under: Ref | None = None
    ) -> Ref | Found:
        """Always certain, since the key is kept with the message."""

        def look(tx: Tx) -> Ref | Found:
            row = local_chat.conversation(tx, self.home_id, place)
            posted = local_chat.by_key(tx, row, key) if row else None
            return Ref(place, posted.id) if posted else Found.ABSENT

        return await self.store.read(look)

    async def people(self) -> Sequence[Person]:
        """Everybody with an account here, and the newcomers."""

        def look(tx: Tx) -> Sequence[Person]:
            emails = {member.id: member.email for member in members.everyone(tx)}
            known = [
                Person(account.external_id, account.name, emails.get(account.member_id))
                for account in members.accounts_at(tx, self.home_id)
            ]
            new = [
                Person(newcomer.account, newcomer.name, is_guest=True)
                for newcomer in local_visitors.newcomers(tx, self.home_id)
            ]
            return known + new

        return await self.store.read(look)

    def direct(self, tx: Tx, account: str) -> str:
        """The person's conversation with the bot, made if need be."""
        self._known(tx, account)
        place = f"d-{account}"
        local_chat.open_conversation(
            tx, self.home_id, place, Talk.DIRECT, BOT, self.now(), [account]
        )
        return place

    def _ensure_channels(self, tx: Tx) -> Mapping[str, str]:
        home = tx.need(Home, self.home_id)
        channels = {**{purpose.value: f"c-{purpose}" for purpose in Purpose}, **home.channels}
        for purpose, place in channels.items():
            self._channel(tx, place, purpose)
        if channels != home.channels:
            home.channels = channels
        return channels

    def _channel(self, tx: Tx, place: str, name: str) -> str:
        local_chat.open_conversation(tx, self.home_id, place, Talk.CHANNEL, name, self.now())
        return place

    def _conversation(self, tx: Tx, place: str) -> LocalConversation:
        row = local_chat.conversation(tx, self.home_id, place)
        if row is None:
            raise Refused(f"There is no conversation {place!r} in the local chat.")
        return row

    def _message(self, tx: Tx, ref: Ref) -> tuple[LocalConversation, LocalMessage]:
        row = tx.get(LocalMessage, ref.message)
        if row is None or row.deleted_at is not None:
            raise Refused("The message is not there any more.")
        return self._conversation(tx, ref.place), row

    def _known(self, tx: Tx, account: str) -> None:
        """Raise unless this person exists here."""
        row = members.account(tx, self.home_id, account)
        if row is None and local_visitors.newcomer(tx, self.home_id, account) is None:
            raise DirectClosed("Nobody in the local chat has this account.")
        if row is not None and tx.get(Member, row.member_id) is None:
            raise DirectClosed("This person is not a member any more.")


def entry(message: Message) -> Entry:
    """A message as the local chat keeps it."""
    return Entry(
        text=message.text,
        title=message.title,
        fields=message.fields,
        buttons=[
            {"label": button.label, "id": button.id, "style": button.style}
            for button in message.buttons
        ],
    )


def _slug(name: str) -> str | None:
    """A channel's name as it is kept; None for one that will not do."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.strip().lower().lstrip("#")).strip("-")
    return slug if 1 <= len(slug) <= MAX_CHANNEL_NAME else None
