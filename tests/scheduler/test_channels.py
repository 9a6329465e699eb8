"""Channels that organizers wish for: made by the courier, and told what they are for."""

from core import settings
from core.cards.catalog import CARDS
from core.chat import Purpose, Refused
from storage.communities import Home
from storage.database import CommunityStore, Tx
from storage.words import Role
from tests.scheduler.world import DAY, HOUR, World


def wish(world: World, name: str, *, instead: bool = False) -> None:
    """An organizer wants a new channel for webinars; `instead` of the one that there is."""

    def do(tx: Tx) -> None:
        home = tx.need(Home, world.home_id)
        if not instead:
            home.channels = {"reflections": "c-reflections"}
        settings.wish_for_channel(tx, home, Purpose.WEBINARS, name, world.clock.now())

    world.change(do)


def home(world: World) -> Home:
    return world.store.read_now(lambda tx: tx.need(Home, world.home_id))


async def test_a_channel_is_made_and_told_what_it_is_for(community: CommunityStore) -> None:
    world = World(community, cards=CARDS)
    wish(world, "live")
    await world.advance()
    assert (home(world).channels["webinars"], home(world).wanted) == ("c-live", {})
    (word,) = world.platform.standing("c-live")
    assert "webinars are announced here" in word.message.text


async def test_until_it_is_made_what_belongs_there_waits(community: CommunityStore) -> None:
    world = World(community, cards=CARDS)
    wish(world, "live")
    assert home(world).serves(Purpose.WEBINARS)
    assert not home(world).serves(Purpose.COACHING)


async def test_a_new_channel_takes_the_place_of_another(community: CommunityStore) -> None:
    world = World(community, cards=CARDS)
    wish(world, "live", instead=True)
    await world.advance()
    assert home(world).channels["webinars"] == "c-live"
    assert world.platform.standing("c-webinars") == []


async def test_organizers_hear_why_a_channel_cannot_be_made(community: CommunityStore) -> None:
    refusals = {"c-live": [Refused("there is an archived channel called live")]}
    world = World(community, cards=CARDS, failures=refusals)
    olga = world.person("Olga Example", role=Role.ORGANIZER)
    wish(world, "live", instead=True)
    await world.advance()
    await world.advance(HOUR)
    assert (home(world).channels["webinars"], home(world).wanted) == ("c-webinars", {})
    (told,) = world.platform.standing(f"direct-u-{olga}")
    assert "there is an archived channel called live" in told.message.text


async def test_a_channel_that_was_made_before_a_crash_is_found_by_its_name(
    community: CommunityStore,
) -> None:
    world = World(community, cards=CARDS, failures={"c-live": [OSError("gone")]})
    wish(world, "live")
    await world.advance()
    await world.advance(DAY)
    assert [one.message.text[:13] for one in world.platform.standing("c-live")] == ["From now on, "]
