"""A small school that lives: real commands, real engine, a recording platform, a settable clock."""

from datetime import timedelta

from bot.platforms.recording import Sent
from core.cards.catalog import CARDS
from core.chat import Message
from core.interaction import Answer, OpenForm
from storage import communities, webinars
from storage.cohorts import Cohort
from storage.communities import Home
from storage.database import CommunityStore, Tx
from storage.members import Member
from storage.webinars import Webinar
from storage.words import Role
from tests import builders
from tests.commands.asking import Asker
from tests.scheduler.world import World


class School(World):
    """Cohort 1 is in its first week: Ada and Ben teach, Cora coaches Ada, Olga organizes.

    It is Tuesday noon. Gus is a guest, Dan a coach without teachers.
    """

    def __init__(self, store: CommunityStore) -> None:
        super().__init__(store, cards=CARDS)
        self.cohort_id = ""
        self.members: dict[str, Member] = {}
        self.askers: dict[str, Asker] = {}
        store.write_now(self._people)

    def _people(self, tx: Tx) -> None:
        home = tx.need(Home, self.home_id)
        cohort = builders.cohort(tx, builders.program(tx))
        self.cohort_id = cohort.id
        roles = {
            "Ada": Role.TEACHER,
            "Ben": Role.TEACHER,
            "Cora": Role.COACH,
            "Dan": Role.COACH,
            "Olga": Role.ORGANIZER,
            "Gus": Role.GUEST,
        }
        for name, role in roles.items():
            values = {"cohort_id": cohort.id} if role is Role.TEACHER else {}
            member = builders.member(tx, f"{name} Example", role, **values)
            account = builders.account(tx, member, home)
            self.members[name.lower()] = member
            self.askers[name.lower()] = Asker(self.store, home, account, self.clock.now())
        builders.pair(tx, self.members["ada"], self.members["cora"])

    async def ask(self, who: str, typed: str, **args: str) -> Answer:
        """Somebody types a command."""
        return await self._asker(who).ask(typed, **args)

    async def press(self, who: str, under: Answer | Message, label: str) -> Answer:
        """Somebody presses a button."""
        return await self._asker(who).press(under, label)

    async def submit(self, who: str, form: Answer, **values: str) -> Answer:
        """Somebody sends a form."""
        return await self._asker(who).submit(form, **values)

    async def form(self, who: str, typed: str) -> OpenForm:
        """The form that a command opens."""
        opened = await self.ask(who, typed)
        assert isinstance(opened, OpenForm), opened
        return opened

    async def write(self, who: str, **values: str) -> Answer:
        """Somebody writes a reflection in the form."""
        return await self.submit(who, await self.form(who, "/reflect write"), **values)

    async def pass_days(self, days: int) -> None:
        await self.advance(timedelta(days=days))

    def channel(self, purpose: str) -> list[Sent]:
        """What can be seen in a channel."""
        return self.platform.standing(f"c-{purpose}")

    def told(self, who: str) -> list[Sent]:
        """The direct messages that somebody has."""
        return self.platform.standing(f"direct-u-{self.members[who].id}")

    def webinar(self, week: int = 1) -> Webinar:
        """The program's webinar of a week."""
        row = self.store.read_now(lambda tx: webinars.of_week(tx, self.cohort_id, week))
        assert row is not None
        return row

    def cohort(self, tx: Tx) -> Cohort:
        return tx.need(Cohort, self.cohort_id)

    def replan(self) -> None:
        self.store.write_now(communities.replan)

    def _asker(self, who: str) -> Asker:
        asker = self.askers[who]
        asker.now = self.clock.now()
        return asker
