"""Who reads a reflection, what becomes of its posts, and what it costs to publish for many."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from core import pairs, posts, prompts, reflections
from core.cards import reflection as cards
from core.cards.card import Skip
from core.chat import Message
from core.errors import UserError
from core.reflections import Writing
from storage import outbox
from storage import reflections as stored
from storage.cohorts import Cohort
from storage.communities import Home
from storage.database import CommunityStore, Tx
from storage.members import Member
from storage.outbox import Delivery
from storage.reflections import Reflection
from storage.words import Act, Audience, DeliveryState, MemberState, ReflectionState, Role
from tests import builders

NOW = datetime(2026, 9, 1, 15, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@dataclass
class Place:
    """Ada is coached by Cora; Dan coaches nobody. The community has two homes."""

    tx: Tx
    homes: tuple[Home, Home]
    cohort: Cohort
    ada: Member
    cora: Member
    dan: Member
    olga: Member

    def publish(
        self, body: str = "Words", audience: Audience = Audience.COMMUNITY, at: datetime = NOW
    ) -> Reflection:
        return reflections.publish(self.tx, self.ada, self.cohort, 1, "", body, audience, at)

    def deliveries(self, prefix: str) -> list[Delivery]:
        self.tx.session.expire_all()
        return list(outbox.with_prefix(self.tx, prefix))

    def send(self, prefix: str = "", state: DeliveryState = DeliveryState.SENT) -> None:
        """What the courier does to all that is planned."""
        for delivery in self.deliveries(prefix):
            if delivery.state is DeliveryState.PLANNED:
                delivery.state = state
        self.tx.flush()


@pytest.fixture
def place(community: CommunityStore) -> Iterator[Place]:
    store = community.store
    with Session(store.engine, expire_on_commit=False) as session:
        tx = Tx(session, community.id, store.new_id)
        homes = (builders.home(tx), builders.home(tx, "second"))
        cohort = builders.cohort(tx, builders.program(tx))
        ada = builders.member(tx, "Ada Example", cohort_id=cohort.id)
        cora = builders.member(tx, "Cora Example", Role.COACH)
        dan = builders.member(tx, "Dan Example", Role.COACH)
        olga = builders.member(tx, "Olga Example", Role.ORGANIZER)
        builders.pair(tx, ada, cora)
        yield Place(tx, homes, cohort, ada, cora, dan, olga)
        session.rollback()


def posts_name(delivery: Delivery) -> str:
    return delivery.key.rpartition(":")[0]


@pytest.mark.parametrize(
    ("audience", "readers"),
    [(Audience.COMMUNITY, "ada cora dan olga"), (Audience.COACH, "ada cora")],
)
def test_the_audience_decides_who_may_read(place: Place, audience: Audience, readers: str) -> None:
    row = place.publish(audience=audience)
    for name in ("ada", "cora", "dan", "olga"):
        member = getattr(place, name)
        expected = name in readers.split()
        assert reflections.may_read(place.tx, member, row) is expected, name
        assert (row in reflections.readable(place.tx, member)) is expected, name


@pytest.mark.parametrize("state", [ReflectionState.DRAFT, ReflectionState.WITHDRAWN])
def test_what_is_not_published_is_read_by_its_author_alone(
    place: Place, state: ReflectionState
) -> None:
    row = place.publish()
    if state is ReflectionState.WITHDRAWN:
        reflections.withdraw(place.tx, row, LATER)
    else:
        writing = Writing(place.ada, "", "Words", Audience.COMMUNITY)
        reflections.save_draft(place.tx, place.cohort, 1, writing, LATER)
    assert row.state is state
    assert reflections.may_read(place.tx, place.ada, row)
    for member in (place.cora, place.dan, place.olga):
        assert not reflections.may_read(place.tx, member, row)
        assert row not in reflections.readable(place.tx, member)


def test_a_coach_who_is_not_the_coach_any_more_reads_nothing_private(place: Place) -> None:
    row = place.publish(audience=Audience.COACH)
    (told,) = place.deliveries("reflection-shared:")
    pairs.end(place.tx, place.ada, "A new school year.", LATER)
    assert not reflections.may_read(place.tx, place.cora, row)
    assert row not in reflections.readable(place.tx, place.cora)
    assert isinstance(cards.shared(place.tx, told, LATER), Skip)


def test_a_later_coach_reads_nothing_that_was_for_an_earlier_one(place: Place) -> None:
    row = place.publish(audience=Audience.COACH)
    pairs.end(place.tx, place.ada, "A new school year.", LATER)
    builders.pair(place.tx, place.ada, place.dan)
    assert not reflections.may_read(place.tx, place.dan, row)
    assert row not in reflections.readable(place.tx, place.dan)
    assert reflections.may_read(place.tx, place.ada, row)
    place.publish(audience=Audience.COACH, at=LATER)  # now with Dan in mind
    assert reflections.may_read(place.tx, place.dan, row)
    assert row in reflections.readable(place.tx, place.dan)
    told = place.deliveries(f"reflection-shared:{row.id}:{place.dan.id}")
    assert [isinstance(cards.shared(place.tx, one, LATER), Message) for one in told] == [True]
    assert not reflections.may_read(place.tx, place.cora, row)


def test_without_a_coach_what_is_for_the_coach_is_for_nobody_yet(place: Place) -> None:
    pairs.end(place.tx, place.ada, "A new school year.", NOW)
    row = place.publish(audience=Audience.COACH)
    builders.pair(place.tx, place.ada, place.dan)
    assert not reflections.may_read(place.tx, place.dan, row)
    assert row not in reflections.readable(place.tx, place.dan)


def test_who_has_left_reads_nothing(place: Place) -> None:
    row = place.publish()
    place.dan.state = MemberState.LEFT
    assert not reflections.may_read(place.tx, place.dan, row)


def test_it_is_posted_in_every_home_under_the_prompt_of_that_home(place: Place) -> None:
    row = place.publish()
    found = place.deliveries(f"reflection:{row.id}:")
    prompt = prompts.post_of(place.cohort.id, 1).name
    unders = set()
    for delivery in found:
        message = cards.post(place.tx, delivery, NOW)
        assert isinstance(message, Message)
        unders.add(message.under)
    assert unders == {f"{prompt}:{home.id}:1" for home in place.homes}


def test_nothing_is_posted_for_the_coach_alone(place: Place) -> None:
    place.publish(audience=Audience.COACH)
    assert not place.deliveries("reflection:")
    assert len(place.deliveries("reflection-shared:")) == 1


def test_a_title_that_is_left_out_is_the_theme(place: Place) -> None:
    assert place.publish().title == "First days"


def test_an_unsent_post_needs_no_edit(place: Place) -> None:
    place.publish("Old")
    place.publish("New", at=LATER)
    assert not place.deliveries("edit:")


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.CLAIMED])
def test_a_post_on_its_way_is_edited_after_it_and_once_for_many_changes(
    place: Place, state: DeliveryState
) -> None:
    row = place.publish("Old")
    place.send("reflection:", state)
    place.publish("New", at=NOW)
    place.publish("Newer", at=NOW)
    edits = place.deliveries("edit:")
    assert [one.act for one in edits] == [Act.EDIT, Act.EDIT]  # one in each home
    for edit, home in zip(
        sorted(edits, key=lambda one: one.conversation),
        sorted(place.homes, key=lambda one: one.id),
        strict=True,
    ):
        assert edit.subject == {"reflection": row.id, "of": f"reflection:{row.id}:1:{home.id}"}
        assert (edit.due_at, edit.seq) > (NOW, 0)


def test_a_second_edit_after_the_first_was_sent_is_an_act_of_its_own(place: Place) -> None:
    place.publish("Old")
    place.send("reflection:")
    place.publish("New")
    place.send("edit:")
    place.publish("Newer")
    assert sorted(one.key[-4:] for one in place.deliveries("edit:")) == [":1:1"] * 2 + [":2:1"] * 2


def test_the_same_words_again_change_nothing(place: Place) -> None:
    row = place.publish("Same")
    place.send()
    place.publish("Same", at=LATER)
    assert row.revision == 1
    assert not place.deliveries("edit:")


def test_withdrawing_deletes_what_was_sent_and_cancels_what_was_not(place: Place) -> None:
    row = place.publish()
    first, second = place.deliveries("reflection:")
    first.state = DeliveryState.SENT
    place.tx.flush()
    reflections.withdraw(place.tx, row, LATER)
    (delete,) = place.deliveries("delete:")
    assert delete.subject["of"] == posts_name(first)
    assert place.deliveries(second.key)[0].state is DeliveryState.CANCELED


def test_withdrawing_takes_a_planned_edit_back(place: Place) -> None:
    row = place.publish("Old")
    place.send("reflection:")
    place.publish("New")
    reflections.withdraw(place.tx, row, LATER)
    assert {one.state for one in place.deliveries("edit:")} == {DeliveryState.CANCELED}
    assert len(place.deliveries("delete:")) == 2


@pytest.mark.parametrize("to_draft", [True, False])
def test_what_quotes_it_to_the_coach_is_taken_back_too_and_not_said_again(
    place: Place, to_draft: bool
) -> None:
    def take_back() -> None:
        if to_draft:
            writing = Writing(place.ada, "", "Words")
            reflections.save_draft(place.tx, place.cohort, 1, writing, LATER)
        else:
            reflections.withdraw(place.tx, row, LATER)

    row = place.publish()
    assert reflections.coach_hears(place.tx, row)
    take_back()
    (told,) = place.deliveries("reflection-shared:")
    assert told.state is DeliveryState.CANCELED  # never sent
    place.publish(at=LATER)
    assert reflections.coach_hears(place.tx, row)
    place.send("reflection-shared:")
    take_back()
    (delete,) = place.deliveries("delete:reflection-shared:")
    assert (delete.act, delete.conversation) == (Act.DELETE, f"direct:{place.cora.id}")
    assert delete.subject["of"] == posts_name(told)
    outbox.is_deleted(place.tx, told.id)
    place.publish(at=LATER)
    assert not reflections.coach_hears(place.tx, row)
    assert place.deliveries("reflection-shared:")[0].state is DeliveryState.CANCELED


def test_publishing_again_uses_new_keys(place: Place) -> None:
    row = place.publish("Same")
    place.send()
    reflections.withdraw(place.tx, row, LATER)
    place.publish("Same", at=LATER)
    assert row.posted == 2
    assert len(place.deliveries(f"reflection:{row.id}:2:")) == 2
    assert [one.number for one in stored.revisions(place.tx, row.id)] == [1, 2]


def test_a_draft_can_not_be_withdrawn(place: Place) -> None:
    writing = Writing(place.ada, "Later", "Words")
    row = reflections.save_draft(place.tx, place.cohort, 1, writing, NOW)
    with pytest.raises(UserError, match="is a draft"):
        reflections.withdraw(place.tx, row, LATER)


def test_a_thousand_publish_in_a_few_statements(place: Place) -> None:
    people = [
        builders.member(place.tx, f"No{number} Example", cohort_id=place.cohort.id)
        for number in range(1000)
    ]
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    place.tx.flush()
    event.listen(place.tx.session.get_bind(), "before_cursor_execute", count)
    writings = [Writing(one, "", "Words") for one in people]
    rows = reflections.publish_all(place.tx, place.cohort, 1, writings, NOW)
    assert statements < 40
    assert len(rows) == 1000
    assert len(place.deliveries("reflection:")) == 2000


def test_publishing_for_many_is_the_same_as_for_each(place: Place) -> None:
    ben = builders.member(place.tx, "Ben Example", cohort_id=place.cohort.id)
    writings = [Writing(place.ada, "A", "a"), Writing(ben, "B", "b", Audience.COACH)]
    reflections.publish_all(place.tx, place.cohort, 1, writings, NOW)
    again = [replace(one, body=f"{one.body}!") for one in writings]
    rows = reflections.publish_all(place.tx, place.cohort, 1, again, LATER)
    assert [(row.title, row.body, row.revision) for row in rows] == [("A", "a!", 2), ("B", "b!", 2)]
    assert len(place.deliveries("reflection-shared:")) == 1


def test_edits_of_one_post_keep_their_distance(place: Place) -> None:
    row = place.publish()
    place.send()
    post, gap = reflections.post_of(row), timedelta(minutes=1)
    for seconds in (0, 10, 20):
        posts.revise(place.tx, post, NOW + timedelta(seconds=seconds), gap)
        place.send("edit:")
    moments = sorted({one.due_at - NOW for one in place.deliveries("edit:")})
    assert moments == [timedelta(0), gap, 2 * gap]
