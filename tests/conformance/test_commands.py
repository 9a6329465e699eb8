"""Every visible command does the same in every world, and gives an equivalent answer there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest

from bot.platforms.recording import DISCORD_LIMITS
from bot.platforms.slack.limits import LIMITS as SLACK_LIMITS
from bot.platforms.spread import ROOM, spread
from commands.registry import Registry, every_command
from core.chat import Capabilities
from core.interaction import OpenForm, Param
from storage import communities, schema
from storage.communities import Community, Home
from storage.database import Store, Tx
from storage.members import Account
from storage.webinars import Webinar
from tests import faculty as faculties
from tests.conformance.samples import SAMPLES, Sample
from tests.conformance.seeing import Seen
from tests.conformance.worlds import Direct, effect, numbered, opened
from tests.conftest import FOUNDED
from tests.faculty import STRANGER_NAME, TUESDAY, Faculty

WORLDS = ("discord", "slack", "local")
REGISTRY: Registry = every_command()
VISIBLE = [REGISTRY.declared[path].command for path in sorted(REGISTRY.visible_paths())]


@dataclass
class Place:
    """A community of its own, the same each time."""

    store: Store
    faculty: Faculty
    baseline: int = 0

    async def prepare(self, sample: Sample) -> dict[str, str]:
        """Do what comes before; answers the sample's arguments."""
        way = Direct(self.faculty)
        for who, path, args in sample.before:
            said = await way.ask(who, path, args)
            assert said.kind == "reply", said
        self.baseline = int(self.store.new_id()[1:])
        return self.faculty.community.read_now(
            lambda tx: {
                name: value if isinstance(value, str) else value(tx, self.faculty)
                for name, value in sample.args.items()
            }
        )

    async def ask(self, world: str, path: str, sample: Sample) -> tuple[Seen, list[str]]:
        """What the person sees, and what is stored then."""
        args = await self.prepare(sample)
        async with opened(world, self.faculty) as way:
            said = await way.ask(sample.who, path, args)
        return said, effect(self.store, self.faculty, self.baseline)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Faculty, int]:
    """The database that every place is a copy of, and how many ids were given in it."""
    path = tmp_path_factory.mktemp("conformance") / "template.db"
    store = Store(f"sqlite:///{path}", new_id=numbered(), inline=True, durable=False)
    schema.metadata.create_all(store.engine)
    founded = Community(
        id="lakeside", name="Lakeside Virtual", zone="America/Detroit", created_at=FOUNDED
    )
    store.write_now("", lambda tx: communities.found(tx, founded))
    faculty = faculties.build(store.community("lakeside"))
    gone = Webinar(title="Gone", starts_at=TUESDAY - timedelta(days=1))
    faculty.write(lambda tx: tx.add(gone))
    faculty.accounts["nora"] = Account(
        member_id="", home_id=faculty.home.id, external_id="199", name=STRANGER_NAME
    )
    faculty.write(lambda tx: _number(tx, faculty))
    faculty.home = faculty.now_is(faculty.home)
    given = int(store.new_id()[1:])
    store.close()
    return path, faculty, given


def _number(tx: Tx, faculty: Faculty) -> None:
    """Everywhere the same ids, which must be numbers on Discord."""
    for number, name in enumerate(faculty.members, 101):
        row = tx.need(Account, faculty.accounts[name].id)
        row.external_id = faculty.accounts[name].external_id = str(number)
    home = tx.need(Home, faculty.home.id)
    home.channels = {name: str(at) for at, name in enumerate(home.channels, 901)}


@pytest.fixture
def place(template: tuple[Path, Faculty, int], tmp_path: Path) -> Iterator[Callable[[], Place]]:
    """Makes equal places."""
    path, faculty, given = template
    made: list[Place] = []

    def make() -> Place:
        copy = tmp_path / f"place-{len(made)}.db"
        copyfile(path, copy)
        ids = numbered(given + 1)
        store = Store(f"sqlite:///{copy}", new_id=ids, inline=True, durable=False)
        own = replace(faculty, community=store.community("lakeside"), askers={})
        made.append(Place(store, own))
        return made[-1]

    yield make
    for one in made:
        one.store.close()


@pytest.mark.parametrize("path", [command.path for command in VISIBLE])
async def test_a_command_does_the_same_in_every_world(
    place: Callable[[], Place], path: str
) -> None:
    assert path in SAMPLES, f"add a sample of /{path} to tests/conformance/samples.py"
    answer, effects = await place().ask("direct", path, SAMPLES[path])
    assert answer.kind in ("reply", "form"), answer
    for world in WORLDS:
        assert await place().ask(world, path, SAMPLES[path]) == (answer, effects), world


def test_every_sample_is_of_a_command() -> None:
    assert set(SAMPLES) <= {command.path for command in VISIBLE}


@pytest.mark.parametrize("typed", ["webinar announce", "coach propose"])
async def test_what_is_not_allowed_is_answered_alike(
    place: Callable[[], Place], typed: str
) -> None:
    expected = await place().ask("direct", typed, Sample(who="ada"))
    for world in WORLDS:
        assert await place().ask(world, typed, Sample(who="ada")) == expected, world


@pytest.mark.parametrize("typed", ["reflct write", "cohrt"])
async def test_what_is_mistyped_where_one_can_mistype_is_answered_alike(
    place: Callable[[], Place], typed: str
) -> None:
    expected = await place().ask("direct", typed, Sample(who="ada"))
    for world in ("slack", "local"):
        assert await place().ask(world, typed, Sample(who="ada")) == expected, world


@pytest.mark.parametrize("world", WORLDS)
async def test_what_is_refused_changes_nothing_anywhere(
    place: Callable[[], Place], world: str
) -> None:
    here = place()
    args = await here.prepare(Sample({"zone": "Atlantis"}))
    async with opened(world, here.faculty) as way:
        before = effect(here.store, here.faculty, here.baseline)
        said = await way.ask("olga", "settings zone", args)
    assert said.kind == "rejected"
    assert "Atlantis" in said.text
    after = effect(here.store, here.faculty, here.baseline)
    assert _but_accounts(after) == _but_accounts(before)


def _but_accounts(rows: list[str]) -> list[str]:
    """When somebody was here last is kept, too, when they open a form that is then refused."""
    return [row for row in rows if not row.startswith("account")]


@pytest.mark.parametrize("topic", sorted({command.topic for command in VISIBLE}))
def test_a_topic_fits_discord(topic: str) -> None:
    """https://discord.com/developers/docs/interactions/application-commands: 8,000 in all."""
    size = 0
    for command in VISIBLE:
        if command.topic == topic:
            size += len(command.path) + len(command.help)
            size += sum(_size(param) for param in command.params)
    assert size <= 8_000


def _size(param: Param) -> int:
    assert len(param.help or param.label) <= 100
    assert all(len(choice.value) <= 100 for choice in param.choices)
    named = len(param.name) + len(param.help or param.label)
    return named + sum(len(choice.label) + len(choice.value) for choice in param.choices)


@pytest.mark.parametrize("limits", [DISCORD_LIMITS, SLACK_LIMITS], ids=["discord", "slack"])
def test_every_form_has_room_for_all_that_may_be_typed(limits: Capabilities) -> None:
    for command in VISIBLE:
        pages = spread(OpenForm(command.path, command.help, command.params), limits)
        for param in command.params:
            room = sum(one.max_length for page in pages for one in page if one.param is param)
            assert room >= min(param.max_length, ROOM), (command.path, param.name)
