"""What is sent to Discord, over the wire."""

from datetime import timedelta

import pytest

from core.chat import Button, DirectClosed, Found, Message, Ref, Refused
from core.text import fingerprint
from tests.faculty import TUESDAY
from tests.platforms.discord.fake.message import text_of
from tests.platforms.discord.world import World


async def test_a_message_is_posted_with_its_title_text_and_buttons(world: World) -> None:
    place = world.channel("announcements")
    message = Message("Some **words**.", title="News", buttons=(Button("Go", "staffroom today"),))
    ref = await world.platform.post(str(place.id), message, key="k:1")
    (post,) = world.fake.posts
    assert ref == Ref(str(place.id), str(post.id))
    assert "News" in text_of(post)
    assert "Some **words**." in text_of(post)


async def test_the_same_key_within_minutes_is_the_same_message(world: World) -> None:
    place = world.channel("announcements")
    refs = {await world.platform.post(str(place.id), Message("Once."), key="k:1") for _ in range(2)}
    assert len(refs) == 1
    assert len(world.fake.posts) == 1


async def test_an_answer_stands_in_the_thread_of_its_message(world: World) -> None:
    place = world.channel("reflections")
    root = await world.platform.post(str(place.id), Message("What?", title="Week 1"), key="k:1")
    first = await world.platform.post(str(place.id), Message("This."), key="k:2", under=root)
    second = await world.platform.post(str(place.id), Message("That."), key="k:3", under=root)
    assert first.place == second.place == root.message


async def test_in_a_forum_a_message_is_a_post_and_answers_stand_in_it(world: World) -> None:
    place = world.channel("reflections", "forum")
    root = await world.platform.post(str(place.id), Message("What?", title="Week 1"), key="k:1")
    answer = await world.platform.post(str(place.id), Message("This."), key="k:2", under=root)
    assert root.place == root.message == answer.place


async def test_a_message_is_changed_and_removed(world: World) -> None:
    place = world.channel("announcements")
    ref = await world.platform.post(str(place.id), Message("Old.", title="News"), key="k:1")
    await world.platform.edit(ref, Message("New."))
    assert "New." in text_of(world.fake.posts[0])
    await world.platform.delete(ref)
    await world.platform.delete(ref)  # it is gone already
    assert world.fake.posts[0].deleted


async def test_a_pair_gets_a_private_thread_in_the_channel_for_coaching(world: World) -> None:
    world.channel("coaching")
    two = [str(world.people[name].id) for name in ("ada", "cora")]
    place = await world.platform.open_group(two, "Ada and Cora")
    await world.platform.post(place, Message("Hello, you two."), key="k:1")
    thread = world.fake.state.channel(int(place))
    assert thread.thread is not None
    assert {world.people["ada"].id, world.people["cora"].id} <= set(thread.thread.members)
    assert not thread.thread.invitable
    assert "Hello, you two." in text_of(thread.messages[-1])


async def test_without_a_channel_for_coaching_organizers_are_told_what_to_do(world: World) -> None:
    with pytest.raises(Refused, match="settings channels"):
        await world.platform.open_group([str(world.people["ada"].id)], "Ada")


async def test_a_channel_is_made_once(world: World) -> None:
    made = await world.platform.open_channel("webinars")
    await world.fake.until(lambda: world.service.client.get_channel(int(made)))
    assert await world.platform.open_channel("webinars") == made


async def test_a_direct_message_reaches_its_person(world: World) -> None:
    ada = world.people["ada"]
    place = await world.platform.open_direct(str(ada.id))
    await world.platform.post(place, Message("Good morning."), key="k:1")
    assert ada.reads() == ["Good morning."]


async def test_after_a_crash_a_message_is_found_by_its_words(world: World) -> None:
    place = world.channel("announcements")
    message = Message("Until [Sunday](time:1790000000), __please__.", title="Week 1")
    ref = await world.platform.post(str(place.id), message, key="k:1")
    since = TUESDAY - timedelta(days=9_000)
    print_ = fingerprint(message)
    assert await world.platform.find(str(place.id), "k:1", print_, since) == ref
    other = fingerprint(Message("Something else"))
    assert await world.platform.find(str(place.id), "k:2", other, since) is Found.ABSENT


async def test_a_channel_that_is_gone_is_refused_with_what_to_do(world: World) -> None:
    with pytest.raises(Refused, match="settings channels"):
        await world.platform.post("999", Message("Lost."), key="k:1")


async def test_who_accepts_no_direct_messages_is_told_apart(world: World) -> None:
    ada = world.people["ada"]
    place = await world.platform.open_direct(str(ada.id))
    world.fake.fail_next("POST", "/channels/{channel}/messages", code=50007)
    with pytest.raises(DirectClosed):
        await world.platform.post(place, Message("Hello?"), key="k:1")


async def test_what_is_said_to_an_answer_stands_beside_it_as_a_reply(world: World) -> None:
    place = world.channel("reflections")
    root = await world.platform.post(str(place.id), Message("What?", title="Week 1"), key="k:1")
    answer = await world.platform.post(str(place.id), Message("This."), key="k:2", under=root)
    said = Message("**Ben** comments:\n\nMe, too.", reply=True)
    comment = await world.platform.post(str(place.id), said, key="k:3", under=answer)
    assert comment.place == answer.place
    posted = world.fake.posts[-1]
    assert posted.reference is not None
    assert str(posted.reference.id) == answer.message
    found = await world.platform.find(
        str(place.id), "k:3", fingerprint(said), TUESDAY - timedelta(days=9_000), under=answer
    )
    assert found == comment


async def test_a_comment_in_a_forum_stands_in_the_weeks_post(world: World) -> None:
    place = world.channel("reflections", "forum")
    root = await world.platform.post(str(place.id), Message("What?", title="Week 1"), key="k:1")
    answer = await world.platform.post(str(place.id), Message("This."), key="k:2", under=root)
    said = Message("Me, too.", reply=True)
    comment = await world.platform.post(str(place.id), said, key="k:3", under=answer)
    assert comment.place == root.place
