"""The world of Slack: the real adapter over the wire, in front of the dispatcher alone."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bot.platforms.slack import modals
from bot.platforms.slack.again import ONE_MOMENT
from bot.platforms.slack.blocks import said
from bot.platforms.slack.limits import LIMITS, RESPONSES
from bot.platforms.slack.service import Slack
from bot.settings import Settings
from commands.dispatcher import CommandDispatcher
from commands.registry import Registry, every_command
from core.chat import Message
from core.interaction import Input, OpenForm, Param, Rejected
from core.text import split_message
from tests.conformance.house import LINE, House, cut
from tests.conformance.samples import LIVE
from tests.conformance.seeing import Seen, seen
from tests.faculty import TUESDAY, Faculty
from tests.platforms.slack.fake import people as fake_people
from tests.platforms.slack.fake import workspace
from tests.platforms.slack.fake.blocks import elements_of
from tests.platforms.slack.fake.reading import text_of
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.world import registered

REGISTRY: Registry = every_command()


@dataclass
class InSlack:
    """Everything in one line, as far as it can be typed, and the rest in the form that opens."""

    slack: FakeSlack
    service: Slack
    house: House
    people: Mapping[str, fake_people.Person]

    async def ask(self, who: str, path: str, args: Mapping[str, str]) -> Seen:
        person, declared = self.people[who], REGISTRY.declared.get(path)
        params = declared.command.params if declared else ()
        later = {name: args[name] for name in args if not _in_a_line(name, args[name], params)}
        typed = [f"{name}: {value}" for name, value in args.items() if name not in later]
        topic, _, rest = path.partition(" ")
        said = await person.command(f"/{topic}", " ".join([rest, *typed]).strip())
        assert said.error == ""
        await self.service.intake.answers.finish()
        if said.modal is None and self._asks_for(later):
            said = await person.press(said.messages[-1], "Fix it")
            await self.service.intake.answers.finish()
        modal = said.modal
        if modal is None:
            return self._read(person, said)
        if modal.callback_id == modals.FORM and modals.asked(modal.document())[0] == path:
            await self._fill(person, modal, later)
            done = await person.submit(modal)
            assert done.trouble == ""
            await self.service.intake.answers.finish()
        assert person.modal is not None
        return self._look(person.modal)

    def _asks_for(self, later: Mapping[str, str]) -> bool:
        """Whether what could not be typed is what is missing."""
        answer = self.house.answered
        return isinstance(answer, Rejected) and any(name in later for name in answer.form.problems)

    async def _fill(
        self, person: fake_people.Person, modal: workspace.View, values: Mapping[str, str]
    ) -> None:
        """Long texts over the inputs that continue each other, cut between paragraphs."""
        for name, value in values.items():
            blocks = [
                (str(block["block_id"]), block["element"])
                for block in modal.blocks
                if block["type"] == "input" and block["block_id"].partition("~")[0] == name
            ]
            rest = value
            for block, element in blocks:
                if element["type"] == "external_select":
                    await person.suggest(modal, block, value[:75])
                piece, rest = cut(rest, element.get("max_length", len(rest)))
                person.fill(modal, {block: piece})
            assert rest == "", f"the form has no room for {name}"

    def _read(self, person: fake_people.Person, said: fake_people.Answer) -> Seen:
        """The messages that came are what was answered, and nothing else."""
        answer = self.house.answered
        assert answer is not None
        assert not isinstance(answer, OpenForm), "the form did not open"
        parts = split_message(answer.message, LIMITS)
        came = said.messages if len(parts) < RESPONSES else person.sees(person.direct)
        came = [one for one in came if ONE_MOMENT not in one.text]  # this machine was slow
        assert [_look_of(one) for one in came] == [_look_of(_rendered(one)) for one in parts]
        return seen(answer)

    def _look(self, view: workspace.View) -> Seen:
        """The modal shows what was answered, and nothing else."""
        answer = self.house.answered
        assert answer is not None
        if isinstance(answer, OpenForm):
            path, _ = modals.asked(view.document())
            filled = modals.filled(view.document())
            given = {one.name: answer.values.get(one.name, "") for one in answer.params}
            assert (path, filled) == (answer.path, given)
        elif isinstance(answer, Rejected):
            assert view.errors == modals.errors(answer.form, view.document())
        else:
            parts = [_rendered(one) for one in split_message(answer.message, LIMITS)]
            text = "\n".join(_look_of(one)[0] for one in parts)
            buttons = [button for one in parts for button in _look_of(one)[1]]
            assert _look_of(_as_message(view.blocks)) == (text, buttons)
        return seen(answer)


def _in_a_line(name: str, value: str, params: Sequence[Param]) -> bool:
    """Channels are picked, and nobody types an essay into a line."""
    picked = any(one.name == name and one.input is Input.CHANNEL for one in params)
    return not picked and len(value) <= LINE and "\n" not in value


def _as_message(blocks: list[dict[str, object]], text: str = "") -> workspace.Message:
    return workspace.Message(channel="", ts="", text=text, user="", team="", blocks=blocks)


def _rendered(message: Message) -> workspace.Message:
    shown = said(message)
    return _as_message(shown["blocks"], shown["text"])


def _look_of(shown: workspace.Message) -> tuple[str, list[tuple[str, str]]]:
    """What is written there, and the buttons with what they carry."""
    buttons = [
        (str(one["text"]["text"]), str(one["value"]))
        for block in shown.blocks
        for one in elements_of(block)
        if one["type"] == "button"
    ]
    return text_of(shown), buttons


@asynccontextmanager
async def in_slack(faculty: Faculty) -> AsyncIterator[InSlack]:
    """The faculty's home is a workspace, as long as it is needed."""
    app = replace(registered(REGISTRY, ""), commands=None)  # people mistype commands, too
    async with FakeSlack(manifest=app) as slack:
        persons = {
            name: slack.person(
                slack.workspace.add_user(account.name, id=account.external_id, email=None)
            )
            for name, account in faculty.accounts.items()
        }
        _channels(slack, [*faculty.home.channels.values(), LIVE])
        house = House(
            CommandDispatcher(faculty.community, REGISTRY, lambda: TUESDAY),
            faculty.home.id,
            [REGISTRY.declared[path].command for path in sorted(REGISTRY.visible_paths())],
        )
        settings = Settings(
            _env_file=None,
            SLACK_BOT_TOKEN=slack.bot_token,
            SLACK_APP_TOKEN=slack.app_token,
            SLACK_API_URL=slack.url,
        )
        service = Slack(settings, house)
        await service.start()
        try:
            await slack.connected()
            yield InSlack(slack, service, house, persons)
        finally:
            await service.stop()
        assert house.not_shown == []
        assert slack.faults == []
        assert slack.mentions == []


def _channels(slack: FakeSlack, ids: Sequence[str]) -> None:
    """Channels with these ids, as the faculty knows them."""
    for one in ids:
        made = slack.workspace.add_channel(f"c-{one}")
        del slack.workspace.channels[made.id]
        made.id = one
        slack.workspace.channels[one] = made
