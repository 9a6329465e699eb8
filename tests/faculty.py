"""A small faculty for tests: two teachers, two coaches, two organizers, in one cohort."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from storage.cohorts import Cohort
from storage.communities import Home
from storage.database import CommunityStore, Row, Tx
from storage.members import Account, Member
from storage.outbox import Delivery
from storage.programs import StoredProgram
from storage.words import Role
from tests import builders
from tests.commands.asking import Asker

TUESDAY = datetime(2026, 9, 1, 15, tzinfo=UTC)  # of week 1
BEFORE = datetime(2026, 8, 20, 15, tzinfo=UTC)  # the orientation has not begun
BREAK = datetime(2026, 9, 15, 15, tzinfo=UTC)  # the fall break after week 2

STRANGER, STRANGER_NAME = "new-1", "Nora"  # somebody who is not a member

R = TypeVar("R")
RowT = TypeVar("RowT", bound=Row)


@dataclass
class Faculty:
    """Who is there, and how to speak as each of them."""

    community: CommunityStore
    home: Home
    program: StoredProgram
    cohort: Cohort
    members: dict[str, Member]
    accounts: dict[str, Account]
    askers: dict[str, Asker] = field(default_factory=dict)

    def asker(self, name: str, now: datetime = TUESDAY) -> Asker:
        """A member by first name; always the same one, so that no event's key comes twice."""
        if name not in self.askers:
            self.askers[name] = Asker(self.community, self.home, self.accounts[name], now)
        self.askers[name].now = now
        return self.askers[name]

    def stranger(
        self, account: str = STRANGER, name: str = STRANGER_NAME, email: str = ""
    ) -> Asker:
        """Somebody who is not a member."""
        return Asker(self.community, self.home, account, TUESDAY, name=name, email=email)

    def write(self, work: Callable[[Tx], R]) -> R:
        return self.community.write_now(work)

    def now_is(self, row: RowT) -> RowT:
        """A row as it is stored now."""
        return self.community.read_now(lambda tx: tx.need(type(row), row.id))

    def deliveries(self, kind: str) -> list[Delivery]:
        """What the outbox holds of a kind."""
        return self.community.read_now(
            lambda tx: list(tx.all(tx.select(Delivery).where(Delivery.kind == kind)))
        )


def build(community: CommunityStore) -> Faculty:
    """Ada and Ben teach, Cora and Dan coach, Olga and Otto organize; Cora coaches Ada."""

    def make(tx: Tx) -> Faculty:
        home = builders.home(tx)
        program = builders.program(tx)
        cohort = builders.cohort(tx, program)
        ada = builders.member(tx, "Ada Example", cohort_id=cohort.id, subjects=["art"])
        cora = builders.member(tx, "Cora Example", Role.COACH, capacity=8)
        people = {
            "ada": ada,
            "ben": builders.member(tx, "Ben Example", cohort_id=cohort.id),
            "cora": cora,
            "dan": builders.member(tx, "Dan Example", Role.COACH, capacity=2),
            "olga": builders.member(tx, "Olga Example", Role.ORGANIZER),
            "otto": builders.member(tx, "Otto Example", Role.ORGANIZER),
        }
        builders.pair(tx, ada, cora)
        accounts = {name: builders.account(tx, who, home) for name, who in people.items()}
        return Faculty(community, home, program, cohort, people, accounts)

    return community.write_now(make)
