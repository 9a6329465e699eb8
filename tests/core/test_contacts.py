"""Who gets to know how somebody can be reached: the other of a pair in two chats, by agreement."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core import deliveries, members
from core.cards import coach as cards
from core.cards.card import Skip
from core.chat import Address, Message
from core.kinds import Kind
from storage import outbox
from storage.communities import Home
from storage.database import CommunityStore, Tx
from storage.members import Member
from storage.outbox import Delivery
from storage.pairs import Pair
from storage.words import Role
from tests import builders

NOW = datetime(2026, 9, 1, 15, tzinfo=UTC)
ADAS, CORAS = "call 555-0100", "cora@school.example"


@dataclass
class Place:
    """Ada is coached by Cora. Ada is in one home and Cora in the other."""

    tx: Tx
    homes: tuple[Home, Home]
    ada: Member
    cora: Member
    pair: Pair

    def says(self, who: Member, contact: str) -> None:
        members.edit(self.tx, who, {"contact": contact}, NOW)
        self.tx.flush()

    def told(self) -> list[Delivery]:
        """The messages that tell a contact."""
        return list(outbox.with_prefix(self.tx, "contact:"))

    def introduction(self, side: str) -> str:
        """What one of the two reads when they are introduced."""
        reader = self.ada if side == "teacher" else self.cora
        name, subject = f"introduction:{side}", {"pair": self.pair.id, "side": side}
        plan = deliveries.plan(Kind.INTRODUCTION, name, Address("direct", reader.id), NOW, subject)
        outbox.put(self.tx, [plan])
        return whole(self.compose(cards.introduction, plan.key))

    def compose(self, card: Any, key: str) -> Message | Skip:
        delivery = outbox.by_key(self.tx, key)
        assert delivery is not None
        made: Message | Skip = card(self.tx, delivery, NOW)
        return made


def whole(said: Message | Skip) -> str:
    assert isinstance(said, Message)
    return "\n".join([said.title, said.text, *(value for _label, value in said.fields)])


@pytest.fixture
def place(community: CommunityStore) -> Iterator[Place]:
    store = community.store
    with Session(store.engine, expire_on_commit=False) as session:
        tx = Tx(session, community.id, store.new_id)
        homes = (builders.home(tx), builders.home(tx, "second"))
        tx.flush()
        cohort = builders.cohort(tx, builders.program(tx))
        ada = builders.member(tx, "Ada Example", cohort_id=cohort.id)
        cora = builders.member(tx, "Cora Example", Role.COACH)
        builders.account(tx, ada, homes[0])
        builders.account(tx, cora, homes[1])
        yield Place(tx, homes, ada, cora, builders.pair(tx, ada, cora))
        session.rollback()


def in_one_chat(place: Place) -> None:
    """Cora is where Ada is, too."""
    builders.account(place.tx, place.cora, place.homes[0], external_id="u-too")
    place.tx.flush()


def test_when_both_have_agreed_each_is_told_the_others(place: Place) -> None:
    place.says(place.ada, ADAS)
    place.says(place.cora, CORAS)
    said = {one.member_id: whole(place.compose(cards.contact, one.key)) for one in place.told()}
    assert set(said) == {place.ada.id, place.cora.id}
    assert CORAS in said[place.ada.id]
    assert ADAS not in said[place.ada.id]
    assert ADAS in said[place.cora.id]


@pytest.mark.parametrize("who", ["ada", "cora"])
def test_as_long_as_one_has_not_agreed_nobody_is_told(place: Place, who: str) -> None:
    place.says(getattr(place, who), "call 555-0199")
    assert place.told() == []


@pytest.mark.parametrize("side", ["teacher", "coach"])
@pytest.mark.parametrize("agreed", ["teacher", "coach"])
def test_an_introduction_tells_no_contact_before_both_have_agreed(
    place: Place, side: str, agreed: str
) -> None:
    place.says(place.ada if agreed == "teacher" else place.cora, "call 555-0199")
    said = place.introduction(side)
    assert "different chats" in said
    assert "555-0199" not in said


def test_an_introduction_tells_contacts_when_both_have_agreed(place: Place) -> None:
    place.says(place.ada, ADAS)
    place.says(place.cora, CORAS)
    assert CORAS in place.introduction("teacher")
    assert ADAS in place.introduction("coach")


def test_two_who_share_a_chat_are_told_no_contact(place: Place) -> None:
    in_one_chat(place)
    place.says(place.ada, ADAS)
    place.says(place.cora, CORAS)
    assert place.told() == []
    for side in ("teacher", "coach"):
        said = place.introduction(side)
        assert "different chats" not in said
        assert ADAS not in said
        assert CORAS not in said


def test_a_chat_that_one_has_left_is_not_shared(place: Place) -> None:
    builders.account(place.tx, place.cora, place.homes[0], external_id="gone", left_at=NOW)
    place.tx.flush()
    assert "different chats" in place.introduction("teacher")


def test_what_is_taken_back_before_it_is_sent_is_not_told(place: Place) -> None:
    place.says(place.ada, ADAS)
    place.says(place.cora, CORAS)
    place.says(place.cora, "")
    for one in place.told():
        assert isinstance(place.compose(cards.contact, one.key), Skip)


def test_a_new_contact_is_told_anew(place: Place) -> None:
    place.says(place.ada, ADAS)
    place.says(place.cora, CORAS)
    before = {one.key for one in place.told()}
    place.says(place.ada, "call 555-0101")
    new = [one for one in place.told() if one.key not in before]
    assert {one.member_id for one in new} == {place.ada.id, place.cora.id}


def test_a_profile_that_is_saved_unchanged_tells_nobody_again(place: Place) -> None:
    place.says(place.ada, ADAS)
    place.says(place.cora, CORAS)
    before = len(place.told())
    place.says(place.ada, ADAS)
    assert len(place.told()) == before
