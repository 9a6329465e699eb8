"""The way from what a person asked to what they are answered."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import pytest
import structlog

from commands.dispatcher import CommandDispatcher, understand_text
from commands.form import fix
from commands.params import LongText, Somebody, Text, Whole
from commands.registry import Call, Prefill, Registry, command
from core.chat import Message
from core.errors import UserError
from core.interaction import (
    Answer,
    Choice,
    Command,
    Input,
    Invocation,
    OpenForm,
    Origin,
    Param,
    Rejected,
    Reply,
    button_id,
    parse_button_id,
)
from storage import communities
from storage.database import CommunityStore, Store, StoreBusy, StoreFull, Tx
from storage.inbox import Handled, Submission
from storage.members import Account, Member
from storage.words import MemberState, Role
from tests import builders
from tests.commands.asking import text_of
from tests.faculty import TUESDAY, Faculty

TITLE = Text("Title", limit=40)


class Garden:
    """Some commands with effects that can be counted, and a dispatcher for them."""

    def __init__(self, faculty: Faculty, store: CommunityStore | None = None) -> None:
        self.faculty = faculty
        self.registry = Registry()
        self.planted: list[str] = []
        self.woken = 0
        self.keys = 0
        self.prefill: Callable[[Call, Mapping[str, str]], Prefill] = lambda call, values: Prefill()
        command("form fix", help="Mend", least=None, hidden=True, into=self.registry)(fix)
        self.declare("plant one", self.plant, form=True, prefill=lambda c, v: self.prefill(c, v))
        self.declare("plant all", self.plant_all, least=Role.ORGANIZER)
        self.declare("plant seen", self.seen, reads=True, default=True)
        self.declare("plant again", self.plant, hidden=True, replaces=True)
        self.declare("burn", self.burn, least=None, private=False)
        self.dispatcher = CommandDispatcher(
            store or faculty.community, self.registry, lambda: TUESDAY, self.wake
        )

    def declare(self, path: str, handler: Any, **how: Any) -> None:
        command(path, help="A command", into=self.registry, **how)(handler)

    def wake(self) -> None:
        self.woken += 1

    def plant(
        self,
        call: Call,
        title: Annotated[str, TITLE],
        count: Annotated[int, Whole("Count", least=1, most=9)] = 1,
        body: Annotated[str, LongText("Body")] = "",
    ) -> Message:
        communities.current(call.tx).name = title
        self.planted.append(title)
        if title == "weed":
            raise UserError("No weeds, please. Choose another plant.")
        return Message(f"Planted {count} {title}.")

    def plant_all(self, call: Call) -> Message:
        return Message("All planted.")

    def seen(self, call: Call, of: Annotated[Member, Somebody("Of")] | None = None) -> Message:
        return Message("Seen.")

    def burn(self, call: Call) -> Message:
        communities.current(call.tx).name = "ashes"
        raise RuntimeError("a secret in a traceback")

    async def ask(
        self, path: str, text: str = "", who: str = "ada", key: str = "", **args: str
    ) -> Answer:
        account = self.faculty.accounts[who].external_id if who in self.faculty.accounts else who
        self.keys += 1
        return await self.dispatcher.dispatch(
            Invocation(key or f"k{self.keys}", self.faculty.home.id, account, path, args, text)
        )

    async def send(self, path: str, who: str = "ada", **args: str) -> Answer:
        """Send a form."""
        self.keys += 1
        account = self.faculty.accounts[who].external_id
        asked = Invocation(f"f{self.keys}", self.faculty.home.id, account, path, args)
        return await self.dispatcher.dispatch(replace(asked, origin=Origin.FORM))

    async def press(self, id: str, who: str = "ada") -> Answer:
        path, args = parse_button_id(id)
        self.keys += 1
        account = self.faculty.accounts[who].external_id
        asked = Invocation(f"b{self.keys}", self.faculty.home.id, account, path, args)
        return await self.dispatcher.dispatch(replace(asked, origin=Origin.BUTTON))

    def name(self) -> str:
        return self.faculty.community.read_now(lambda tx: communities.current(tx).name)


@pytest.fixture
def garden(faculty: Faculty) -> Garden:
    return Garden(faculty)


async def test_a_command_has_its_effect_and_wakes_the_courier(garden: Garden) -> None:
    answer = await garden.ask("plant", "one title: roses count: 3")
    assert answer == Reply(Message("Planted 3 roses."))
    assert (garden.name(), garden.woken) == ("roses", 1)


async def test_a_repeated_event_gets_the_first_answer_and_has_no_second_effect(
    garden: Garden,
) -> None:
    first = await garden.ask("plant one", key="same", title="roses")
    assert await garden.ask("plant one", key="same", title="lilies") == first
    assert garden.planted == ["roses"]


async def test_the_same_key_of_another_home_is_another_event(
    garden: Garden, faculty: Faculty
) -> None:
    def second(tx: Tx) -> tuple[str, str]:
        home = builders.home(tx, "slack")
        account = builders.account(tx, faculty.members["ada"], home, external_id="U1")
        return home.id, account.external_id

    home, account = faculty.write(second)
    await garden.ask("plant one", key="same", title="roses")
    asked = Invocation("same", home, account, "plant one", {"title": "lilies"})
    await garden.dispatcher.dispatch(asked)
    assert garden.planted == ["roses", "lilies"]


@pytest.mark.parametrize("kind", ["form", "rejected"])
async def test_a_repeated_event_gets_every_kind_of_answer_again(garden: Garden, kind: str) -> None:
    title = "" if kind == "form" else "weed"
    first = await garden.ask("plant one", key="same", title=title)
    assert first.type == kind
    second = await garden.ask("plant one", key="same", title=title)
    assert second == first


async def test_a_repeated_refusal_is_kept_once(garden: Garden) -> None:
    await garden.ask("plant one", key="same", title="weed")
    await garden.ask("plant one", key="same", title="weed")
    kept = garden.faculty.community.read_now(lambda tx: tx.all(tx.select(Submission)))
    assert len(kept) == 1


async def test_two_processes_with_one_event_have_one_effect(
    faculty: Faculty, store: Store, tmp_path: Path
) -> None:
    url = store.url.render_as_string(hide_password=False)
    stores = [Store(url) for _ in range(2)]
    gardens = [Garden(faculty, one.community(faculty.community.id)) for one in stores]
    answers = await asyncio.gather(
        *(one.ask("plant one", key="same", title="roses") for one in gardens)
    )
    for one in stores:
        one.close()
    assert answers[0] == answers[1]
    assert sum(len(one.planted) for one in gardens) == 1


@pytest.mark.parametrize(
    ("who", "said"),
    [("ada", "is for organizers"), ("nobody", "`/enroll` is the way in"), ("olga", "All planted.")],
)
async def test_the_role_decides(garden: Garden, who: str, said: str) -> None:
    assert said in text_of(await garden.ask("plant all", who=who))


async def test_the_role_counts_only_for_active_members(garden: Garden, faculty: Faculty) -> None:
    def leave(tx: Tx) -> None:
        tx.need(Member, faculty.members["olga"].id).state = MemberState.LEFT

    faculty.write(leave)
    assert "is the way in" in text_of(await garden.ask("plant all", who="olga"))


async def test_a_missing_parameter_opens_the_form_with_what_is_known(garden: Garden) -> None:
    answer = await garden.ask("plant one", count="3")
    assert isinstance(answer, OpenForm)
    assert [param.name for param in answer.params] == ["title", "count", "body"]
    assert answer.values == {"count": "3"}
    assert garden.planted == []


async def test_a_form_is_filled_with_what_is_known_but_never_over_what_was_typed(
    garden: Garden,
) -> None:
    garden.prefill = lambda call, values: Prefill({"title": "roses", "count": "7"})
    answer = await garden.ask("plant one", count="3")
    assert isinstance(answer, OpenForm)
    assert answer.values == {"title": "roses", "count": "3"}


async def test_a_list_that_depends_on_data_becomes_a_choice_of_at_most_25(garden: Garden) -> None:
    many = [Choice(str(number), str(number)) for number in range(40)]
    garden.prefill = lambda call, values: Prefill(choices={"title": many})
    answer = await garden.ask("plant one")
    assert isinstance(answer, OpenForm)
    assert answer.params[0].input is Input.CHOICE
    assert len(answer.params[0].choices) == 25


async def test_a_form_that_cannot_be_opened_says_why(garden: Garden) -> None:
    def refuse(call: Call, values: Mapping[str, str]) -> Prefill:
        raise UserError("The garden is closed today.")

    garden.prefill = refuse
    assert text_of(await garden.ask("plant one")).strip() == "The garden is closed today."
    opened = await garden.dispatcher.fill(
        OpenForm("plant one", "Plant", ()),
        Invocation("k", garden.faculty.home.id, "u", "plant one"),
    )
    assert opened is None


async def test_every_problem_is_told_at_once(garden: Garden) -> None:
    answer = await garden.send("plant one", title="x" * 41, count="12")
    assert isinstance(answer, Rejected)
    assert set(answer.form.problems) == {"title", "count"}
    assert "at most 40" in text_of(answer)
    assert "between 1 and 9" in text_of(answer)


async def test_a_refused_form_has_no_effect_and_fix_it_opens_it_filled(garden: Garden) -> None:
    answer = await garden.send("plant one", title="weed", count="2", body="Long words.")
    assert isinstance(answer, Rejected)
    assert garden.name() == "Lakeside Virtual"
    form = await garden.press(answer.message.buttons[0].id)
    assert isinstance(form, OpenForm)
    assert form.values == {"title": "weed", "count": "2", "body": "Long words."}
    assert (await garden.send("plant one", **{**form.values, "title": "rose"})).type == "reply"


async def test_fix_it_is_for_the_person_who_typed_it(garden: Garden) -> None:
    answer = await garden.send("plant one", title="weed")
    assert isinstance(answer, Rejected)
    other = await garden.press(answer.message.buttons[0].id, who="ben")
    assert "not there any more" in text_of(other)


async def test_a_hundred_thousand_characters_are_refused_and_kept(garden: Garden) -> None:
    body = "word " * 20_000
    answer = await garden.send("plant one", title="rose", body=body)
    assert isinstance(answer, Rejected)
    assert "99,999 characters; at most 20,000 fit" in text_of(answer)
    form = await garden.press(answer.message.buttons[0].id)
    assert isinstance(form, OpenForm)
    assert form.values["body"] == body


async def test_a_stale_button_gets_a_sentence_and_no_form(garden: Garden) -> None:
    answer = await garden.press(button_id("plant one", title="weed"))
    assert answer == Reply(Message("No weeds, please. Choose another plant."))


async def test_a_button_without_its_arguments_is_refused(garden: Garden) -> None:
    assert "Title is missing." in text_of(await garden.press("plant again"))


async def test_a_pressed_button_may_replace_its_message(garden: Garden) -> None:
    pressed = await garden.press(button_id("plant again", title="roses"))
    assert isinstance(pressed, Reply)
    assert pressed.replace
    typed = await garden.ask("plant again", title="roses")
    assert isinstance(typed, Reply)
    assert not typed.replace


async def test_a_wrong_command_is_answered_with_the_nearest(garden: Garden) -> None:
    text = text_of(await garden.ask("plnt", "one"))
    assert "I do not know `/plnt one`. Did you mean `/plant one`" in text
    assert "`/staffroom help` shows all that you can do." in text


async def test_a_very_long_wrong_command_gets_a_short_answer(garden: Garden) -> None:
    assert len(text_of(await garden.ask("plant", "x`" * 50_000))) < 300


async def test_an_unknown_parameter_is_named(garden: Garden) -> None:
    answer = await garden.ask("plant one", title="roses", color="red")
    assert "`/plant one` has no “color”." in text_of(answer)


async def test_words_after_a_command_that_takes_none_are_not_ignored(garden: Garden) -> None:
    answer = await garden.ask("plant all", "of them", who="olga")
    assert "`/plant all` takes nothing after its name." in text_of(answer)


async def test_an_error_of_ours_gives_a_reference_and_no_traceback(garden: Garden) -> None:
    with structlog.testing.capture_logs() as logs:
        text = text_of(await garden.ask("burn"))
    assert "tell your organizer this reference: error " in text
    assert "secret" not in text
    reference = text.rsplit("reference: ", 1)[1].rstrip(".\n")
    assert [log["reference"] for log in logs if log["event"] == "command failed"] == [reference]
    assert garden.name() == "Lakeside Virtual"


async def test_the_log_has_ids_and_the_duration_but_never_peoples_words(garden: Garden) -> None:
    with structlog.testing.capture_logs() as logs:
        await garden.send("plant one", title="a secret", body="a secret")
    (line,) = logs
    assert (line["command"], line["origin"], line["outcome"]) == ("plant one", "form", "done")
    assert line["ms"] >= 0
    assert "secret" not in str(line)


class Broken(CommunityStore):
    """A store whose database cannot write."""

    error: Exception = StoreBusy("the database is in use by another program")

    async def write(self, work: Any) -> Any:
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StoreBusy("the database is in use by another program"), "in use by another program"),
        (StoreFull("the disk is full; free some space"), "the disk is full"),
    ],
)
async def test_a_database_that_cannot_take_it_is_explained(
    faculty: Faculty, error: Exception, said: str
) -> None:
    broken = Broken(faculty.community.store, faculty.community.id)
    broken.error = error
    text = text_of(await Garden(faculty, broken).ask("plant one", title="roses"))
    assert said in text
    assert "try again in a minute" in text


async def test_a_locked_database_is_answered_and_nothing_is_changed(
    faculty: Faculty, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not store.on_sqlite:
        pytest.skip("only SQLite has one writer")
    monkeypatch.setattr("storage.database.BUSY_TIMEOUT_MS", 20)
    impatient = Store(store.url.render_as_string(hide_password=False), inline=True)
    garden = Garden(faculty, impatient.community(faculty.community.id))
    with store.engine.connect() as other, other.begin():
        text = text_of(await garden.ask("plant one", title="roses"))
    impatient.close()
    assert "the database is in use by another program; nothing was changed" in text
    assert garden.name() == "Lakeside Virtual"


async def test_zero_characters_and_half_characters_are_stored_without_harm(garden: Garden) -> None:
    answer = await garden.send("plant one", title="ro\x00se\ud83d")
    assert answer == Reply(Message("Planted 1 rose?."))


async def test_a_command_that_reads_leaves_no_trace(garden: Garden) -> None:
    await garden.ask("plant")
    rows = garden.faculty.community.read_now(lambda tx: tx.all(tx.select(Handled)))
    assert (rows, garden.woken) == ([], 0)


async def test_the_last_use_of_an_account_is_kept_to_the_hour(
    garden: Garden, faculty: Faculty
) -> None:
    await garden.ask("plant one", title="roses")
    account = faculty.accounts["ada"]
    assert faculty.now_is(account).last_used_at == TUESDAY
    garden.dispatcher.now = lambda: TUESDAY + timedelta(minutes=30)
    await garden.ask("plant one", title="roses")
    assert faculty.now_is(account).last_used_at == TUESDAY
    garden.dispatcher.now = lambda: TUESDAY + timedelta(hours=2)
    await garden.ask("plant one", title="roses")
    assert faculty.now_is(account).last_used_at == TUESDAY + timedelta(hours=2)


async def test_who_speaks_with_us_may_be_written_to_again(garden: Garden, faculty: Faculty) -> None:
    account = faculty.accounts["ada"]

    def close(tx: Tx) -> None:
        tx.need(Account, account.id).direct_closed_at = TUESDAY

    faculty.community.write_now(close)
    await garden.ask("plant one", title="roses")
    assert faculty.now_is(account).direct_closed_at is None


async def test_suggestions_are_for_those_who_may_ask(garden: Garden, faculty: Faculty) -> None:
    asked = Invocation("", faculty.home.id, faculty.accounts["ada"].external_id, "plant seen")
    found = await garden.dispatcher.complete(asked, "of", "cor")
    assert [choice.label for choice in found] == ["Cora Example · coach"]
    assert await garden.dispatcher.complete(asked, "missing", "cor") == ()
    stranger = replace(asked, account="nobody")
    assert await garden.dispatcher.complete(stranger, "of", "cor") == ()


async def test_each_person_is_offered_what_they_may_use(garden: Garden, faculty: Faculty) -> None:
    home = faculty.home.id
    offered = {
        who: [
            one.path
            for one in await garden.dispatcher.commands(home, faculty.accounts[who].external_id)
        ]
        for who in ("ada", "olga")
    }
    assert offered["ada"] == ["burn", "plant one", "plant seen"]
    assert offered["olga"] == ["burn", "plant all", "plant one", "plant seen"]
    assert [one.path for one in await garden.dispatcher.commands(home, "nobody")] == ["burn"]


async def test_a_hundred_people_at_once_are_all_answered(faculty: Faculty, store: Store) -> None:
    pooled = Store(store.url.render_as_string(hide_password=False))
    garden = Garden(faculty, pooled.community(faculty.community.id))
    answers = await asyncio.gather(
        *(garden.ask("plant one", key=f"k{n}", title=f"rose {n}") for n in range(50)),
        *(garden.ask("plant", key=f"r{n}") for n in range(50)),
    )
    pooled.close()
    assert {answer.type for answer in answers} == {"reply"}
    assert len(garden.planted) == 50


PLANT = Command("plant", "Plant", (Param("title", "T"), Param("when", "W"), Param("body", "B")))


@pytest.mark.parametrize(
    ("text", "args"),
    [
        ("", {}),
        ("Roses", {"title": "Roses"}),
        ("title: Roses", {"title": "Roses"}),
        ("when: Monday title: Red roses", {"when": "Monday", "title": "Red roses"}),
        ("Red roses when: Monday", {"title": "Red roses", "when": "Monday"}),
        ("TITLE: Roses", {"title": "Roses"}),
        ("title:Roses when:Monday", {"title": "Roses", "when": "Monday"}),
        ('title: "A when: B" when: Monday', {"title": "A when: B", "when": "Monday"}),
        ("title: “Roses” when: Monday", {"title": "Roses", "when": "Monday"}),
        ('title: "Roses" are red', {"title": '"Roses" are red'}),
        ('title: "Roses', {"title": '"Roses'}),
        ("https://example.org/when:now", {"title": "https://example.org/when:now"}),
        ("body: one\n\ntwo", {"body": "one\n\ntwo"}),
        ("title: when: Monday", {"when": "Monday"}),
        ("color: red", {"title": "color: red"}),
    ],
)  # fmt: skip
def test_text_is_understood_as_names_with_values(text: str, args: Mapping[str, str]) -> None:
    assert understand_text(PLANT, text) == args


def test_very_long_text_is_understood_in_no_time() -> None:
    text = 'title: "title: ' * 10_000
    assert set(understand_text(PLANT, text)) == {"title"}


def test_a_button_carries_its_arguments_through_any_characters() -> None:
    id = button_id("plant again", title="a|b=c&d é", of="x")
    assert parse_button_id(id) == ("plant again", {"title": "a|b=c&d é", "of": "x"})


def test_a_button_that_some_platform_could_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="button id of"):
        button_id("plant again", title="x" * 100)
