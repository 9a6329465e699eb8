"""Commands, forms, buttons, threads, posts and events in a simulated Discord."""

from datetime import timedelta

import discord
import pytest
import simcord

from bot.platforms.discord.calendar import PLACE
from core.chat import Button, Message, Occasion, Refused
from core.interaction import button_id
from storage import reflections
from tests.faculty import Faculty
from tests.platforms.discord.simulated.server import said, simulated


async def test_a_command_is_answered_for_its_asker_alone(faculty: Faculty) -> None:
    async with simulated(faculty) as world:
        assert "This week's prompt" in said(await world.ask("ada", "staffroom today"))


async def test_a_typed_option_is_offered_and_taken(faculty: Faculty) -> None:
    async with simulated(faculty) as world:
        found = await world.people["ada"].autocomplete(
            world.general, "profile edit", "zone", "chica"
        )
        assert "America/Chicago" in [one["value"] for one in found]
        answer = said(await world.ask("ada", "profile edit", zone="America/Chicago"))
        assert "Saved." in answer


async def test_commands_for_organizers_are_offered_to_those_who_manage_and_checked_by_us(
    faculty: Faculty,
) -> None:
    async with simulated(faculty) as world:
        with pytest.raises(simcord.SetupError, match="default-member-permissions"):
            await world.ask("ada", "cohort list")
        manages = world.guild.create_role(
            "Organizers", permissions=discord.Permissions(manage_guild=True)
        )
        eve = world.guild.add_member(world.env.create_user("eve"), roles=[manages])
        refused = await eve.slash(world.general, "cohort list")
        assert "not a member of this community" in said(refused)


async def test_a_form_is_a_modal_and_what_is_sent_is_kept(faculty: Faculty) -> None:
    async with simulated(faculty) as world:
        opened = await world.ask("ada", "reflect write")
        assert opened.modal is not None
        sent = await world.people["ada"].submit_modal(
            opened, {"title": "Mine", "body": "A class that would not speak."}
        )
        assert "Published" in said(sent)
        member = world.faculty.members["ada"].id
        (row,) = world.faculty.community.read_now(lambda tx: reflections.by_member(tx, member))
        assert (row.title, row.body) == ("Mine", "A class that would not speak.")


async def test_a_button_works_after_a_restart(faculty: Faculty) -> None:
    async with simulated(faculty) as world:
        place = str(world.general.id)
        message = Message("Well?", buttons=(Button("My week", button_id("staffroom today")),))
        await world.platform.post(place, message, key="k:1")
        posted = world.general.last_message
        assert posted is not None
        await world.restart()
        pressed = await world.people["ada"].click(posted, label="My week")
        assert "This week's prompt" in said(pressed)


async def test_a_pair_gets_a_private_thread(faculty: Faculty) -> None:
    async with simulated(faculty) as world:
        coaching = world.guild.create_text_channel("coaching")
        world.choose("coaching", coaching)
        two = [str(world.people[name].id) for name in ("ada", "cora")]
        place = await world.platform.open_group(two, "Ada and Cora")
        thread = world.service.client.get_channel(int(place))
        assert isinstance(thread, discord.Thread)
        assert thread.type is discord.ChannelType.private_thread


async def test_a_prompt_is_a_tagged_post_of_a_forum(faculty: Faculty) -> None:
    async with simulated(faculty) as world:
        forum = world.guild.create_forum_channel("prompts")
        prompt = Message("What did you hear?", title="Week 1", tag="B Digital Pedagogy")
        ref = await world.platform.post(str(forum.id), prompt, key="k:1")
        post = world.service.client.get_channel(int(ref.place))
        assert [one.name for one in post.applied_tags] == ["B Digital Pedagogy"]  # type: ignore[union-attr]


async def test_a_webinar_is_an_event_of_the_server(faculty: Faculty) -> None:
    async with simulated(faculty) as world:
        begins = world.env.now() + timedelta(days=2)
        occasion = Occasion(begins, begins + timedelta(hours=1), "Online")
        message = Message("Bring a question.", title="Rooms that speak", occasion=occasion)
        ref = await world.platform.post(PLACE, message, key="event:1")
        guild = world.service.client.get_guild(world.guild.id)
        assert guild is not None
        events = {str(one.id): one.name for one in await guild.fetch_scheduled_events()}
        assert events == {ref.message: "Rooms that speak"}


async def test_a_channel_where_we_may_not_write_is_refused(faculty: Faculty) -> None:
    async with simulated(faculty) as world:
        with pytest.raises(Refused):
            await world.platform.post("1", Message("Words."), key="k:1")
