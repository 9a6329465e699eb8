"""How interactions are answered: deferrals, changes, followups, errors."""

import io
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.message import text_of
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.fake.resolving import Refused
from tests.platforms.discord.fake.samples import Bot, refused

Act = discord.Interaction[Any]


class Buttons(discord.ui.View):
    """One button that works after any restart."""

    def __init__(self, pressed: Any) -> None:
        super().__init__(timeout=None)
        self.pressed = pressed

    @discord.ui.button(label="Come", custom_id="come")
    async def come(self, interaction: Act, _: Any) -> None:
        await self.pressed(interaction)


async def test_a_deferred_change_keeps_the_message_and_changes_it_later(
    bot: Bot, ada: Person, general: Channel
) -> None:
    async def pressed(interaction: Act) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="You come")
        await interaction.followup.send("Only you see this", ephemeral=True)

    await bot.get_partial_messageable(general.id).send("Coming?", view=Buttons(pressed))
    answer = await ada.press(general.messages[0], "Come")
    assert answer.deferred
    assert await answer.changed() is general.messages[0]
    assert text_of(await answer.next()) == "Only you see this"
    assert ada.reads(general) == ["You come\nCome", "Only you see this"]


async def test_a_public_deferral_is_a_post_once_it_says_something(
    fake: FakeDiscord, bot: Bot, ada: Person, general: Channel
) -> None:
    @bot.tree.command(description="Slow")
    async def slow(interaction: Act) -> None:
        await interaction.response.defer(thinking=True)
        bot.note("posts", len(fake.posts))
        bot.note("seen", ada.reads(general))
        await interaction.edit_original_response(content="done")

    await bot.tree.sync()
    answer = await ada.command("slow", channel=general)
    message = await answer.message()
    assert (await bot.noted("posts"), await bot.noted("seen")) == (0, [])
    assert fake.posts == [message]
    assert not answer.ephemeral


async def test_an_answer_can_be_read_and_deleted_by_its_token_alone(
    bot: Bot, ada: Person, general: Channel
) -> None:
    @bot.tree.command(description="Secret")
    async def secret(interaction: Act) -> None:
        await interaction.response.send_message("hush", ephemeral=True)
        original = await interaction.original_response()
        assert original.flags.ephemeral
        channel = bot.get_partial_messageable(general.id)
        bot.note("refused", await refused(channel.fetch_message(original.id)))
        await interaction.delete_original_response()
        call = interaction.edit_original_response(content="again")
        bot.note("gone", await refused(call))

    await bot.tree.sync()
    answer = await ada.command("secret", channel=general)
    assert await bot.noted("refused") == (404, 10008)
    assert await bot.noted("gone") == (404, 10008)
    assert answer.messages == []


async def test_an_answer_brings_files(bot: Bot, ada: Person) -> None:
    @bot.tree.command(description="Export")
    async def export(interaction: Act) -> None:
        file = discord.File(io.BytesIO(b"{}"), "me.json")
        await interaction.response.send_message("All about you", file=file)

    await bot.tree.sync()
    message = await (await ada.command("export")).message()
    assert [(one.filename, one.content) for one in message.attachments] == [("me.json", b"{}")]


async def test_a_refused_answer_says_where_and_leaves_the_interaction_open(
    bot: Bot, ada: Person
) -> None:
    @bot.tree.command(description="Long")
    async def long(interaction: Act) -> None:
        with pytest.raises(discord.HTTPException) as caught:
            await interaction.response.send_message("x" * 2001)
        bot.note("text", caught.value.text)
        await interaction.response.send_message("short")

    await bot.tree.sync()
    answer = await ada.command("long")
    assert "In data.content: Must be 2000 or fewer in length." in await bot.noted("text")
    assert answer.text == "short"


async def test_before_the_first_answer_there_is_no_followup(bot: Bot, ada: Person) -> None:
    @bot.tree.command(description="Eager")
    async def eager(interaction: Act) -> None:
        bot.note("refused", await refused(interaction.followup.send("x")))
        await interaction.response.send_message("now")

    await bot.tree.sync()
    await ada.command("eager")
    assert await bot.noted("refused") == (404, 10015)


async def test_others_cannot_press_what_only_one_sees(
    fake: FakeDiscord, bot: Bot, ada: Person, general: Channel
) -> None:
    async def pressed(interaction: Act) -> None:
        await interaction.response.edit_message(content="Thanks", view=None)

    @bot.tree.command(description="Ask")
    async def ask(interaction: Act) -> None:
        await interaction.response.send_message("?", view=Buttons(pressed), ephemeral=True)

    await bot.tree.sync()
    shown = await (await ada.command("ask", channel=general)).message()
    with pytest.raises(Refused, match="addressee"):
        await fake.person("Ben Example").press(shown, "Come")
    assert (await ada.press(shown, "Come")).updated is shown
    assert ada.reads(general) == ["Thanks"]


async def test_a_reply_to_an_interactions_answer_comes_without_its_content(
    fake: FakeDiscord, bot: Bot, ada: Person, general: Channel
) -> None:
    @bot.tree.command(description="Ask")
    async def ask(interaction: Act) -> None:
        await interaction.response.send_message("What went well?")

    await bot.tree.sync()
    question = await (await ada.command("ask", channel=general)).message()
    await bot.hears(1)
    await ada.say(general, "A lot", reply_to=question)
    assert (await bot.hears(2)).content == ""


async def test_a_command_of_one_server_is_not_offered_elsewhere(
    fake: FakeDiscord, bot: Bot, ada: Person, general: Channel
) -> None:
    @bot.tree.command(description="New", guild=discord.Object(fake.guild.id))
    async def new(interaction: Act) -> None:
        await interaction.response.send_message("ok")

    await bot.tree.sync(guild=discord.Object(fake.guild.id))
    assert (await ada.command("new", channel=general)).text == "ok"
    with pytest.raises(Refused, match="no command"):
        await ada.command("new")


async def test_whoever_left_uses_no_commands_in_direct_messages(bot: Bot, ada: Person) -> None:
    @bot.tree.command(description="Today")
    @app_commands.allowed_contexts(guilds=True, dms=True)
    async def today(interaction: Act) -> None:
        await interaction.response.send_message("ok")

    await bot.tree.sync()
    assert (await ada.command("today")).text == "ok"
    await ada.leave()
    with pytest.raises(Refused, match="no server"):
        await ada.command("today")
