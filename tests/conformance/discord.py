"""The world of Discord: the real adapter and discord.py over the wire, before the dispatcher."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from bot.platforms.discord import service as service_module
from bot.platforms.discord.limits import LIMITS
from bot.platforms.discord.messages import said as rendered
from bot.platforms.discord.service import Discord
from bot.settings import Settings
from commands.dispatcher import CommandDispatcher
from commands.registry import Registry, every_command
from core.chat import Message
from core.interaction import Command, Input, OpenForm, Rejected
from core.text import split_message
from tests.conformance.house import LINE, House, cut
from tests.conformance.samples import CALLED
from tests.conformance.seeing import Seen, seen
from tests.faculty import TUESDAY, Faculty
from tests.platforms.discord.fake import people as fake_people
from tests.platforms.discord.fake.answers import Answer as Answered
from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.interaction import Modal
from tests.platforms.discord.fake.message import Message as Shown
from tests.platforms.discord.fake.message import components_of
from tests.platforms.discord.fake.permissions import Permission
from tests.platforms.discord.fake.state import PATIENCE
from tests.platforms.discord.fake.users import User

REGISTRY: Registry = every_command()
NUMBER, CHANNEL, ROLE = 4, 7, 8  # types of options
CHANNEL_MENU = 8


@dataclass
class InDiscord:
    """All in the form, if it asks for all; else options, and in the form what cannot be typed."""

    fake: FakeDiscord
    service: Discord
    house: House
    people: Mapping[str, fake_people.Person]
    place: Channel

    async def ask(self, who: str, path: str, args: Mapping[str, str]) -> Seen:
        person, declared = self.people[who], REGISTRY.declared.get(path)
        answer, later = None, dict(args)
        if args and declared and _by_form(declared.command):
            answer = await self._asked(person, path, {})
        if answer is None or not _has_room(answer.modal, args):
            typed = {name: value for name, value in args.items() if _in_an_option(value)}
            later = {name: value for name, value in args.items() if name not in typed}
            answer = await self._asked(person, path, typed)
        if self._misses(later):
            answer = await self._settled(await person.press(answer.messages[-1], "Fix it"))
        if answer.modal is not None and self._shows(answer.modal) == path:
            filled = self._filled(answer.modal, later)
            answer = await self._settled(await person.submit(answer.modal, filled))
        return self._read(answer)

    async def _asked(
        self, person: fake_people.Person, path: str, typed: Mapping[str, str]
    ) -> Answered:
        options = {name: self._value(path, name, value) for name, value in typed.items()}
        return await self._settled(await person.command(path, options, channel=self.place))

    async def _settled(self, answer: Answered) -> Answered:
        assert answer.error == ""
        await self.service.intake.answers.finish()
        return answer

    def _misses(self, later: Mapping[str, str]) -> bool:
        """Whether what could not be typed is what is missing."""
        answer = self.house.answered
        return isinstance(answer, Rejected) and any(name in later for name in answer.form.problems)

    def _value(self, path: str, name: str, value: str) -> Any:
        """What the client sends for what was typed or picked."""
        topic, _, rest = path.partition(" ")
        (options,) = [one["options"] for one in self.fake.state.commands[0] if one["name"] == topic]
        if rest:
            (options,) = [one["options"] for one in options if one["name"] == rest]
        (kind,) = [one["type"] for one in options if one["name"] == name]
        if kind == CHANNEL:
            return self.fake.state.channel(int(value))
        if kind == ROLE:
            return self.fake.guild.roles[int(value)]
        return int(value) if kind == NUMBER else value

    def _filled(self, modal: Modal, values: Mapping[str, str]) -> dict[str, Any]:
        """Long texts over the inputs that continue each other, cut between paragraphs."""
        filled: dict[str, Any] = {}
        for name, value in values.items():
            rest = value
            for one in _inputs(modal, name):
                piece, rest = cut(rest, one.get("max_length", len(rest)))
                picked = one["type"] == CHANNEL_MENU
                filled[one["custom_id"]] = self.fake.state.channel(int(piece)) if picked else piece
            assert rest == "", f"the form has no room for {name}"
        return filled

    def _shows(self, modal: Modal) -> str:
        """The command whose form it is."""
        asked = self.service.intake.modals.asked({"custom_id": modal.custom_id})
        assert asked is not None
        return asked[0]

    def _read(self, answer: Answered) -> Seen:
        """What came is what was answered, and nothing else."""
        said = self.house.answered
        assert said is not None
        if isinstance(said, OpenForm):
            assert answer.modal is not None, "the form did not open"
            assert self._shows(answer.modal) == said.path
            return seen(said)
        assert answer.ephemeral
        parts = split_message(said.message, LIMITS)
        assert [_look_of(one) for one in answer.messages] == [_wanted(one) for one in parts]
        return seen(said)


def _by_form(command: Command) -> bool:
    """Asked without options, it opens its form."""
    return command.form or any(one.input is Input.LONG for one in command.params)


def _inputs(modal: Modal, name: str) -> list[dict[str, Any]]:
    return [
        one
        for one in components_of(modal.components)
        if str(one.get("custom_id", "")).partition("~")[0] == name
    ]


def _has_room(modal: Modal | None, args: Mapping[str, str]) -> bool:
    return modal is not None and all(_takes(modal, name, value) for name, value in args.items())


def _takes(modal: Modal, name: str, value: str) -> bool:
    """Whether there is an input for it, and a menu offers it."""
    inputs = _inputs(modal, name)
    menus = [one["options"] for one in inputs if "options" in one]
    return bool(inputs) and all(value in [each["value"] for each in menu] for menu in menus)


def _in_an_option(value: str) -> bool:
    """Nobody types an essay into an option."""
    return len(value) <= LINE and "\n" not in value


Look = tuple[str, list[dict[str, Any]], list[tuple[str, str]]]


def _look_of(shown: Shown) -> Look:
    """What is written there, and the buttons with what they carry."""
    embeds = [
        {name: one.get(name) for name in ("title", "description", "fields")} for one in shown.embeds
    ]
    buttons = [(one["label"], one["custom_id"]) for one in shown.walk() if one["type"] == 2]
    return shown.content, embeds, buttons


def _wanted(message: Message) -> Look:
    said = rendered(message)
    embed = said["embed"].to_dict() if said["embed"] else {}
    embeds = [{name: embed.get(name) for name in ("title", "description", "fields")}]
    return (
        said["content"] or "",
        embeds if embed else [],
        [(one.label, one.id) for one in message.buttons],
    )


@asynccontextmanager
async def in_discord(faculty: Faculty) -> AsyncIterator[InDiscord]:
    """The faculty's home is a server, as long as it is needed."""
    async with FakeDiscord() as fake:
        people = _move_in(faculty, fake)
        house = House(
            CommandDispatcher(faculty.community, REGISTRY, lambda: TUESDAY),
            faculty.home.id,
            [REGISTRY.declared[path].command for path in sorted(REGISTRY.visible_paths())],
        )
        settings = Settings(
            _env_file=None,
            DISCORD_BOT_TOKEN=fake.token,
            DISCORD_API_URL=fake.api_url,
            DISCORD_GATEWAY_URL=fake.gateway_url,
        )
        service = Discord(settings, house)
        with pytest.MonkeyPatch.context() as monkey:
            monkey.setattr(service_module, "QUIET_FOR", 0.01)
            await service.start()
            try:
                async with asyncio.timeout(PATIENCE):
                    await house.connected.wait()
                yield InDiscord(fake, service, house, people, fake.guild["general"])
            finally:
                await service.stop()
        assert house.not_shown == []
        assert fake.faults == []
        assert fake.mentions == []


def _move_in(faculty: Faculty, fake: FakeDiscord) -> dict[str, fake_people.Person]:
    """People and channels with the ids by which the faculty knows them."""
    fake.guild.add_channel("general")
    for number in ("900", *faculty.home.channels.values()):
        made = fake.guild.add_channel(f"c-{number}")
        fake.guild.channels[int(number)] = fake.guild.channels.pop(made.id)
        made.id = int(number)
    called = fake.guild.add_role("Autumn")
    fake.guild.roles[int(CALLED)] = fake.guild.roles.pop(called.id)
    called.id = int(CALLED)
    manages = fake.guild.add_role("Organizers", permissions=Permission.MANAGE_GUILD)
    people = {}
    for name, account in faculty.accounts.items():
        user = User(int(account.external_id), account.name, name)
        fake.state.users[user.id] = user
        roles = [manages] if name in ("olga", "otto") else []
        people[name] = fake.person(fake.guild.add_member(user, *roles))
    return people
