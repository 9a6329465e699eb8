"""Commands, buttons, menus and modals."""

from typing import Any

import discord
import pytest
from discord import app_commands

from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.fake.resolving import Refused
from tests.platforms.discord.fake.samples import Bot, Moment, refused

Act = discord.Interaction[Any]


async def test_a_registered_command_is_answered_in_private(
    fake: FakeDiscord, bot: Bot, ada: Person, general: Channel
) -> None:
    topic = app_commands.Group(name="reflect", description="Reflections")

    @topic.command(name="write", description="Write one")
    @app_commands.describe(week="Which week")
    async def write(interaction: Act, week: app_commands.Range[int, 1, 40]) -> None:
        await interaction.response.send_message(f"Week {week}", ephemeral=True)
        await interaction.followup.send("and more", ephemeral=True)

    bot.tree.add_command(topic)
    await bot.tree.sync()
    answer = await ada.command("reflect write", {"week": 3}, channel=general)
    assert (await answer.message()).content == "Week 3"
    assert (await answer.message(2)).content == "and more"
    assert all(one.ephemeral for one in answer.messages)
    assert ada.reads(general) == ["Week 3", "and more"]
    assert fake.person("Ben Example").reads(general) == []
    assert fake.posts == []
    with pytest.raises(Refused, match="at most 40"):
        await ada.command("reflect write", {"week": 41})
    with pytest.raises(Refused, match="required"):
        await ada.command("reflect write")
    with pytest.raises(Refused, match="not registered"):
        await ada.command("reflect read")


async def test_options_bring_the_people_roles_and_channels_they_name(
    fake: FakeDiscord, bot: Bot, ada: Person, general: Channel
) -> None:
    @bot.tree.command(description="Pair")
    async def pair(
        interaction: Act,
        coach: discord.Member,
        role: discord.Role,
        place: discord.TextChannel,
        notes: discord.Attachment,
    ) -> None:
        words = f"{coach.display_name} {role.name} {place} {(await notes.read()).decode()}"
        await interaction.response.send_message(words)

    await bot.tree.sync()
    given = {
        "coach": fake.person("Cora Example"),
        "role": fake.guild.add_role("Coach"),
        "place": general,
        "notes": ada.file("notes.txt", b"hi"),
    }
    answer = await ada.command("pair", given, channel=general)
    assert answer.text == "Cora Example Coach general hi"


async def test_a_deferred_answer_keeps_the_privacy_of_its_deferral(
    bot: Bot, ada: Person, general: Channel
) -> None:
    @bot.tree.command(description="Slow")
    async def slow(interaction: Act) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("done", ephemeral=False)
        await interaction.edit_original_response(content="really done")

    await bot.tree.sync()
    answer = await ada.command("slow", channel=general)
    assert answer.deferred
    assert answer.ephemeral
    await answer.state.until(lambda: answer.text == "really done")
    assert len(answer.messages) == 1
    assert answer.messages[0].ephemeral


async def test_a_button_opens_a_modal_whose_fields_come_back(
    bot: Bot, ada: Person, general: Channel
) -> None:
    class Form(discord.ui.Modal, title="My week"):
        text: discord.ui.Label[Any] = discord.ui.Label(
            text="What happened?",
            component=discord.ui.TextInput(
                custom_id="text", style=discord.TextStyle.paragraph, max_length=4000
            ),
        )
        mood: discord.ui.Label[Any] = discord.ui.Label(
            text="How was it?",
            component=discord.ui.Select(
                custom_id="mood",
                options=[discord.SelectOption(label="Good", value="g")],
                required=False,
            ),
        )

        async def on_submit(self, interaction: Act) -> None:
            text, mood = self.text.component, self.mood.component
            assert isinstance(text, discord.ui.TextInput)
            assert isinstance(mood, discord.ui.Select)
            await interaction.response.send_message(f"{text.value} {mood.values}")

    class Buttons(discord.ui.View):
        @discord.ui.button(label="Write", custom_id="write")
        async def write(self, interaction: Act, _: Any) -> None:
            await interaction.response.send_modal(Form())

    channel = bot.get_partial_messageable(general.id)
    await channel.send("Week 3", view=Buttons(timeout=None))
    opened = await ada.press(general.messages[0], "Write")
    modal = await opened.opened()
    assert modal.title == "My week"
    assert modal.value("What happened?") == ""
    assert modal.labels == ["What happened?", "How was it?"]
    with pytest.raises(Refused, match="What happened"):
        await ada.submit(modal)
    done = await ada.submit(modal, {"What happened?": "A lot", "mood": ["Good"]})
    assert done.text == "A lot ['g']"


async def test_a_button_changes_its_message(bot: Bot, ada: Person, general: Channel) -> None:
    class Buttons(discord.ui.View):
        @discord.ui.button(label="Yes", custom_id="yes")
        async def yes(self, interaction: Act, _: Any) -> None:
            await interaction.response.edit_message(content="You come", view=None)

    await bot.get_partial_messageable(general.id).send("Coming?", view=Buttons(timeout=None))
    answer = await ada.press(general.messages[0], "yes")
    assert answer.updated is general.messages[0]
    assert ada.reads(general) == ["You come"]
    with pytest.raises(Refused, match="there is no"):
        await ada.press(general.messages[0], "yes")


async def test_a_menu_hands_over_what_was_chosen(bot: Bot, ada: Person, general: Channel) -> None:
    class Menu(discord.ui.View):
        @discord.ui.select(cls=discord.ui.UserSelect, custom_id="who", max_values=2)
        async def who(self, interaction: Act, menu: discord.ui.UserSelect[Any]) -> None:
            names = ", ".join(one.display_name for one in menu.values)
            await interaction.response.send_message(names)

    await bot.get_partial_messageable(general.id).send("Who?", view=Menu(timeout=None))
    answer = await ada.choose(general.messages[0], "who", [ada])
    assert answer.text == "Ada Example"


async def test_suggestions_are_at_most_25(fake: FakeDiscord, bot: Bot, ada: Person) -> None:
    most = 25
    errors: list[tuple[int, int]] = []

    @bot.tree.command(description="Change")
    async def change(interaction: Act, webinar: str) -> None:
        await interaction.response.send_message(webinar)

    @change.autocomplete("webinar")
    async def webinars(interaction: Act, typed: str) -> list[app_commands.Choice[str]]:
        names = [f"{typed} {number}" for number in range(most)]
        found = [app_commands.Choice(name=one, value=one) for one in names]
        if most > 25:
            errors.append(await refused(interaction.response.autocomplete(found)))
            return []
        return found

    await bot.tree.sync()
    suggested = await ada.autocomplete("change", "webinar", "Standard")
    assert [one.name for one in suggested][:2] == ["Standard 0", "Standard 1"]
    assert len(suggested) == 25
    most = 26
    assert await ada.autocomplete("change", "webinar", "Standard") == []
    assert errors == [(400, 50035)]


async def test_an_interaction_is_answered_once(bot: Bot, ada: Person) -> None:
    @bot.tree.command(description="Twice")
    async def twice(interaction: Act) -> None:
        again = await interaction.client.http._HTTPClient__session.post(
            f"{discord.http.Route.BASE}/interactions/{interaction.id}/{interaction.token}/callback",
            json={"type": 5},
        )
        again.release()
        bot.note("refused", await refused(interaction.response.send_message("x")))

    await bot.tree.sync()
    await ada.command("twice")
    assert await bot.noted("refused") == (400, 40060)


async def test_an_interaction_is_answered_within_three_seconds(
    bot: Bot, ada: Person, clock: Moment
) -> None:
    @bot.tree.command(description="Late")
    async def late(interaction: Act) -> None:
        clock.at += 3.5
        bot.note("refused", await refused(interaction.response.send_message("x")))

    await bot.tree.sync()
    answer = await ada.command("late", wait=False)
    assert await bot.noted("refused") == (404, 10062)
    assert answer.messages == []


async def test_a_modal_cannot_answer_a_modal(bot: Bot, ada: Person) -> None:
    seen: list[tuple[int, int]] = []

    class Form(discord.ui.Modal, title="Form"):
        text: discord.ui.TextInput[Any] = discord.ui.TextInput(label="Text", required=False)

        async def on_submit(self, interaction: Act) -> None:
            seen.append(await refused(interaction.response.send_modal(Form())))
            await interaction.response.send_message("ok")

    @bot.tree.command(description="Form")
    async def form(interaction: Act) -> None:
        await interaction.response.send_modal(Form())

    await bot.tree.sync()
    answer = await ada.submit(await (await ada.command("form")).opened())
    assert answer.text == "ok"
    assert seen == [(400, 50035)]


async def test_a_token_dies_after_a_quarter_of_an_hour(
    bot: Bot, ada: Person, clock: Moment
) -> None:
    acts: list[Act] = []

    @bot.tree.command(description="Ask")
    async def ask(interaction: Act) -> None:
        acts.append(interaction)
        await interaction.response.send_message("first")

    await bot.tree.sync()
    await ada.command("ask")
    await acts[0].followup.send("second")
    clock.at += 15 * 60 + 1
    assert await refused(acts[0].followup.send("third")) == (401, 50027)


async def test_a_command_for_managers_is_offered_to_them_alone(
    fake: FakeDiscord, bot: Bot, ada: Person, general: Channel
) -> None:
    @bot.tree.command(description="Settings")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def settings(interaction: Act) -> None:
        await interaction.response.send_message("ok")

    await bot.tree.sync()
    with pytest.raises(Refused, match="not offered to Ada"):
        await ada.command("settings", channel=general)
    with pytest.raises(Refused, match="direct messages"):
        await ada.command("settings")
    owner = fake.person(fake.state.owner)
    assert (await owner.command("settings", channel=general)).text == "ok"


async def test_a_command_without_an_answer_fails_before_the_persons_eyes(
    bot: Bot, ada: Person
) -> None:
    @bot.tree.command(description="Nothing")
    async def nothing(interaction: Act) -> None:
        pass

    await bot.tree.sync()
    ada.patience = 0.01
    answer = await ada.command("nothing")
    assert answer.error == "The application did not respond"
