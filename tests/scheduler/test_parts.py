"""Long messages: parts of their own, edited and deleted together, and threads."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.platforms.recording import DISCORD_LIMITS, UNLIMITED
from bot.platforms.slack.limits import LIMITS as SLACK_LIMITS
from core.chat import Capabilities, MaybeSent, Message, Refused, TryLater
from storage import outbox
from storage.database import CommunityStore, Tx
from storage.outbox import Delivery
from storage.words import Act, DeliveryState
from tests.scheduler.world import HOUR, MINUTE, START, World, all_saying

SMALL = replace(UNLIMITED, max_text=100)


class Book:
    """A card whose text can be changed, of so many paragraphs of 60 characters."""

    def __init__(self, paragraphs: int) -> None:
        self.version, self.paragraphs = 1, paragraphs

    def compose(self, tx: Tx, delivery: Delivery, now: datetime) -> Message:
        if delivery.key.startswith("other"):
            return Message("other")
        texts = [f"v{self.version} p{number}".ljust(60, ".") for number in range(self.paragraphs)]
        return Message("\n\n".join(texts), title="Book")

    @property
    def pages(self) -> list[str]:
        return [f"v{self.version} p{number}".ljust(60, ".") for number in range(self.paragraphs)]


def opened(community: CommunityStore, book: Book, **platform: object) -> World:
    return World(community, cards=all_saying(book.compose), **{"capabilities": SMALL, **platform})  # type: ignore[arg-type]


async def change(world: World, act: Act, name: str = "edit") -> None:
    at = world.clock.now() + MINUTE
    world.plan(name, at, act=act, of="book")
    await world.advance(HOUR)


async def test_a_long_message_comes_in_parts_and_nothing_in_between(
    community: CommunityStore,
) -> None:
    book = Book(4)
    world = opened(community, book)
    world.plan("book")
    for number in range(5):
        world.plan(f"other{number}")
    await world.advance(HOUR)
    at = world.posted.index("book:1")
    assert world.posted[at : at + 4] == ["book:1", "book:2", "book:3", "book:4"]
    assert [text for text in world.texts if text != "other"] == book.pages


async def test_a_part_that_must_wait_holds_those_behind_it(community: CommunityStore) -> None:
    book = Book(3)
    world = opened(community, book)
    world.plan("book")
    world.plan("other", START + MINUTE)
    post, seen = world.platform.post, []

    async def refuses_once(place, message, *, key, under=None):  # type: ignore[no-untyped-def]
        seen.append(key)
        if key == "book:2" and seen.count(key) == 1:
            raise TryLater("busy")
        return await post(place, message, key=key, under=under)

    world.platform.post = refuses_once  # type: ignore[method-assign]
    await world.advance(HOUR)
    assert world.posted == ["book:1", "book:2", "book:3", "other:1"]


async def test_an_edit_changes_every_part(community: CommunityStore) -> None:
    book = Book(3)
    world = opened(community, book)
    world.plan("book")
    await world.advance()
    book.version = 2
    await change(world, Act.EDIT)
    assert world.texts == book.pages
    assert len(world.posted) == 3


async def test_an_edit_that_makes_it_longer_posts_the_new_parts(community: CommunityStore) -> None:
    book = Book(1)
    world = opened(community, book)
    world.plan("book")
    await world.advance()
    book.paragraphs = 3
    await change(world, Act.EDIT)
    assert world.texts == book.pages
    assert world.posted == ["book:1", "book:2", "book:3"]


async def test_an_edit_that_makes_it_shorter_deletes_the_rest(community: CommunityStore) -> None:
    book = Book(3)
    world = opened(community, book)
    world.plan("book")
    await world.advance()
    book.paragraphs = 1
    await change(world, Act.EDIT)
    assert world.texts == book.pages
    book.paragraphs = 2
    await change(world, Act.EDIT, "edit-again")
    assert world.texts == book.pages


async def test_a_delete_takes_back_every_part(community: CommunityStore) -> None:
    world = opened(community, Book(3))
    world.plan("book")
    await world.advance()
    await change(world, Act.DELETE)
    assert world.texts == []
    assert world.row("edit:1").state is DeliveryState.SENT


async def test_an_edit_of_what_was_never_sent_is_not_needed(community: CommunityStore) -> None:
    world = opened(community, Book(1))
    await change(world, Act.EDIT)
    assert world.row("edit:1").state is DeliveryState.CANCELED


async def test_an_edit_in_doubt_is_simply_done_again(community: CommunityStore) -> None:
    book = Book(2)
    world = opened(community, book, can_find=False)
    world.plan("book")
    await world.advance()
    world.platform._failures = {"*": iter([MaybeSent("broke")])}
    book.version = 2
    await change(world, Act.EDIT)
    assert world.texts == book.pages


async def test_parts_behind_one_that_failed_are_not_sent(community: CommunityStore) -> None:
    world = opened(community, Book(3), failures={"*": [Refused("no")]})
    world.plan("book")
    await world.advance(HOUR)
    assert world.posted == []
    assert world.states("book") == {
        "book:1": "failed",
        "book:2": "canceled",
        "book:3": "canceled",
    }


async def test_a_reply_stands_under_its_root_in_the_same_home_only(
    community: CommunityStore,
) -> None:
    def card(tx: Tx, delivery: Delivery, now: datetime) -> Message:
        return Message("text", under=delivery.subject.get("root"))

    world = World(community, cards=all_saying(card))
    world.plan("root")
    world.plan("reply", START + MINUTE, root="root:1")
    world.plan("alone", START + MINUTE, root="never:1")
    await world.advance(HOUR)
    under = {sent.key: sent.under for sent in world.platform.sent}
    root = next(sent.ref for sent in world.platform.sent if sent.key == "root:1")
    assert under == {"root:1": None, "reply:1": root, "alone:1": None}


async def test_where_threads_do_not_nest_a_reply_stands_alone_with_its_parts_under_it(
    community: CommunityStore,
) -> None:
    def card(tx: Tx, delivery: Delivery, now: datetime) -> Message:
        return Message("\n\n".join(["word " * 15] * 3), under=delivery.subject.get("root"))

    world = World(community, cards=all_saying(card), capabilities=replace(SMALL, nests=False))
    world.plan("root")
    world.plan("reply", START + MINUTE, root="root:1")
    await world.advance(HOUR)
    under = {sent.key: sent.under for sent in world.platform.sent}
    first = next(sent.ref for sent in world.platform.sent if sent.key == "reply:1")
    assert [under[f"reply:{part}"] for part in (1, 2, 3)] == [None, first, first]


@pytest.mark.parametrize(("nests", "root"), [(True, "root:1"), (False, "reply:1")])
async def test_a_part_in_doubt_is_looked_for_where_it_was_to_hang(
    community: CommunityStore, nests: bool, root: str
) -> None:
    def card(tx: Tx, delivery: Delivery, now: datetime) -> Message:
        if delivery.key == "root:1":
            return Message("root")
        return Message("\n\n".join(["word " * 15] * 2), under="root:1")

    world = World(community, cards=all_saying(card), capabilities=replace(SMALL, nests=nests))
    world.plan("root")
    world.plan("reply", START + MINUTE)
    await world.advance(HOUR)
    world.change(lambda tx: _in_doubt(tx, "reply:2"))
    await world.advance(HOUR)
    refs = {sent.key: sent.ref for sent in world.platform.sent}
    assert world.platform.looked == [("reply:2", refs[root])]


def _in_doubt(tx: Tx, key: str) -> None:
    """As when the process ended between sending and writing it down."""
    row = outbox.by_key(tx, key)
    assert row is not None
    row.state, row.lease_until = DeliveryState.CLAIMED, START


@pytest.mark.parametrize(("name", "limits"), [("discord", DISCORD_LIMITS), ("slack", SLACK_LIMITS)])
async def test_800_words_arrive_whole_within_the_limits_of(
    community: CommunityStore, name: str, limits: Capabilities
) -> None:
    text = "\n\n".join(" ".join(["thought"] * 80) + "." for _ in range(10))
    card = all_saying(lambda tx, delivery, now: Message(text, title="My week"))
    world = World(community, cards=card, capabilities=limits, name=name)
    world.plan("essay")
    await world.advance(HOUR)
    assert len(world.texts) > 1
    assert "\n\n".join(world.texts) == text


async def test_a_long_message_that_is_sent_again_after_all_comes_with_all_its_parts(
    community: CommunityStore,
) -> None:
    book = Book(3)
    world = opened(community, book, failures={"*": [Refused("no")]})
    world.plan("book")
    await world.advance(HOUR)
    later = world.clock.now() + HOUR
    first = world.row("book:1").id
    world.change(lambda tx: outbox.move_all(tx, [(first, later, later + HOUR)]))
    await world.advance(2 * HOUR)
    assert world.texts == book.pages


async def test_organizers_are_told_when_a_text_in_doubt_cannot_be_taken_back(
    community: CommunityStore,
) -> None:
    world = opened(community, Book(1), can_find=False, failures={"*": [MaybeSent("broke")]})
    world.plan("book")
    await world.advance(HOUR)
    assert world.row("book:1").state is DeliveryState.UNCERTAIN
    await change(world, Act.DELETE)
    removal = world.row("edit:1")
    assert removal.state is DeliveryState.FAILED
    assert "by hand" in removal.note
    assert removal.report is not None


async def test_the_parts_behind_one_in_doubt_wait_for_word_of_it(
    community: CommunityStore,
) -> None:
    world = opened(community, Book(2), can_find=False, failures={"*": [MaybeSent("broke")]})
    world.plan("book")
    await world.advance(HOUR)
    assert world.states("book") == {"book:1": "uncertain", "book:2": "planned"}
