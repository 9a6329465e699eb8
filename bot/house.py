"""The community as the adapters of real platforms find it. Implements bot.platforms.house.House."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.platforms.house import NewHome
from commands.registry import Registry
from core import answers, homes, interest, presence
from core.chat import Person, Platform
from core.clock import Clock
from core.interaction import Command, Dispatcher, Invocation, OpenForm, button_id
from storage import communities, inbox, members, outbox
from storage.communities import Home
from storage.database import CommunityStore, Tx
from storage.members import Member

NEVER = datetime(1, 1, 1, tzinfo=UTC)


class CommunityHouse:
    """`connected`: the platforms of the homes that can be sent to, which the engine shares.
    `changed` is called when something may have been put into the outbox."""

    def __init__(
        self,
        store: CommunityStore,
        dispatcher: Dispatcher,
        registry: Registry,
        clock: Clock,
        connected: dict[str, Platform],
        changed: Callable[[], None],
    ) -> None:
        self.store, self.dispatcher, self.clock = store, dispatcher, clock
        self.connected, self.changed = connected, changed
        self.catalog: Sequence[Command] = [
            registry.declared[path].command for path in sorted(registry.visible_paths())
        ]

    async def settle(self, home: NewHome) -> str:
        """The id of the community's home there; made, or opened again, if need be."""

        def settle(tx: Tx) -> str:
            found = homes.settle(
                tx,
                home.platform,
                home.external_id,
                home.name,
                self.clock.now(),
                trusted=home.trusted,
                calendar=home.calendar,
            )
            if home.secret is not None:
                found.secret = home.secret
            return found.id

        return await self.store.write(settle)

    async def kept(self, platform: str) -> Mapping[str, str]:
        """The secrets of this platform's homes that are in use, by the home's id."""

        def look(tx: Tx) -> Mapping[str, str]:
            return {
                home.id: home.secret
                for home in communities.homes(tx)
                if home.platform == platform and home.secret
            }

        return await self.store.read(look)

    def connect(self, home_id: str, platform: Platform) -> None:
        """From now on the home can be sent to."""
        self.connected[home_id] = platform
        self.changed()

    async def leave(self, home_id: str, why: str) -> None:
        """The home has ended: nothing is sent there from now on, and organizers are told."""
        self.connected.pop(home_id, None)
        now = self.clock.now()
        await self.store.write(lambda tx: homes.end(tx, tx.need(Home, home_id), why, now))
        self.changed()

    async def met(self, home_id: str, people: Sequence[Person], *, everybody: bool = False) -> None:
        """What the platform tells of these people now."""
        now = self.clock.now()

        def meet(tx: Tx) -> None:
            home = tx.need(Home, home_id)
            if everybody:
                presence.synchronize(tx, home, people, now)
            else:
                for one in people:
                    presence.changed(tx, home, one, now)

        await self.store.write(meet)
        self.changed()

    async def channels(self, home_id: str) -> Mapping[str, str]:
        """The channels that were chosen there, by purpose."""
        return await self.store.read(lambda tx: dict(tx.need(Home, home_id).channels))

    async def opened(self, home_id: str, within: timedelta) -> Sequence[timedelta]:
        """How long ago direct conversations were first written in there, of those in this time."""
        now = self.clock.now()
        known = await self.store.read(lambda tx: outbox.first_words(tx, home_id, now - within))
        return [now - moment for moment in known]

    async def events(self, home_id: str) -> Sequence[str]:
        """The platform's ids of events there whose webinars are still to come."""
        now = self.clock.now()
        return await self.store.read(lambda tx: list(interest.events(tx, home_id, now)))

    async def interested(self, home_id: str, event: str, accounts: Sequence[str]) -> None:
        """These people say on the platform that they are interested in an event of ours."""
        now = self.clock.now()
        if await self.store.read(lambda tx: interest.newly(tx, home_id, event, accounts, now)):
            await self.store.write(lambda tx: interest.take(tx, home_id, event, accounts, now))
            self.changed()

    async def home_of(self, platform: str, account: str) -> str | None:
        """Where somebody is known on a platform; of several homes, where they were last."""

        def look(tx: Tx) -> str | None:
            there = [home.id for home in communities.homes(tx) if home.platform == platform]
            own = [members.account(tx, home, account) for home in there]
            known = [one for one in own if one is not None]
            last = max(known, key=lambda one: one.last_used_at or NEVER, default=None)
            return last.home_id if last else None

        return await self.store.read(look)

    async def keep(self, asked: Invocation, form: OpenForm) -> str:
        """The id of a button that opens this form, with all its values: those that a button has
        no room for are kept as what somebody typed."""
        values = {name: value for name, value in form.values.items() if value}
        try:
            return button_id(form.path, **values)
        except ValueError:
            now = self.clock.now()
            return await self.store.write(lambda tx: _keep(tx, asked, form.path, values, now))

    async def show_later(self, asked: Invocation) -> None:
        """The answer could not be shown: it follows as a direct message, if the asker is known."""
        key, now = asked.handled_key, self.clock.now()

        def plan(tx: Tx) -> None:
            account = members.account(tx, asked.home_id, asked.account)
            member = tx.get(Member, account.member_id) if account else None
            if member is not None and inbox.handled(tx, key):
                answers.send_later(tx, key, member, now)

        await self.store.write(plan)
        self.changed()


def _keep(tx: Tx, asked: Invocation, path: str, values: Mapping[str, str], now: datetime) -> str:
    account = members.account(tx, asked.home_id, asked.account)
    row = inbox.keep(
        tx,
        path,
        values,
        now,
        home_id=asked.home_id,
        account=asked.account,
        member_id=account.member_id if account else None,
    )
    tx.flush()
    return button_id("form fix", id=row.id)
