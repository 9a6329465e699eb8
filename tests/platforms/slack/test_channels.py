"""Channels that are named in a command."""

from tests.platforms.slack.world import World


async def test_a_channel_that_is_picked_while_typing_is_chosen(world: World) -> None:
    live = world.slack.workspace.add_channel("live")
    line = f"channels purpose: webinars Channel: <#{live.id}>"
    said = await world.people["olga"].command("/settings", line)
    assert "goes to that channel" in said.text
    assert world.home.channels["webinars"] == live.id


async def test_a_channel_that_is_picked_in_a_mention_is_chosen(world: World) -> None:
    olga, team = world.people["olga"], world.slack.workspace
    place, live = team.add_channel("general", olga.id), team.add_channel("live")
    line = f"<@{team.bot_user_id}> settings channels purpose: webinars channel: <#{live.id}>"
    await olga.say(place, line)
    await world.slack.until(lambda: len(olga.sees(place)) > 1)
    assert world.home.channels["webinars"] == live.id


async def test_a_channel_in_other_words_is_called_by_its_name(world: World) -> None:
    place = world.slack.workspace.add_channel("live")
    said = await world.people["olga"].command(
        "/webinar", f"announce title: Meet in <#{place.id}> when: 2026-09-03 16:00"
    )
    assert "Meet in #live" in said.text


async def test_the_mere_name_of_a_channel_leads_to_picking_it(world: World) -> None:
    olga = world.people["olga"]
    live = world.slack.workspace.add_channel("live", olga.id)
    said = await olga.command("/settings", "channels purpose: webinars channel: #live")
    assert "Pick a channel" in said.text
    assert world.home.channels["webinars"] == "c-webinars"
    modal = await (await olga.press(said.messages[0], "Fix it")).opened()
    await olga.submit(modal, {"Channel": live.id})
    await world.service.intake.answers.finish()
    assert world.home.channels["webinars"] == live.id


async def test_what_looks_like_a_channel_in_somebodys_words_stays(world: World) -> None:
    said = await world.people["olga"].command(
        "/webinar", "announce title: Our channel: news when: 2026-09-03 16:00"
    )
    assert "Our channel: news" in said.text
