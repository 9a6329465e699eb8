"""The fake Slack itself, with the real SDK: what other tests rely on."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.fake import bolt, conftest
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import buttons_of, text_of
from tests.platforms.slack.fake.samples import (
    Body,
    Heard,
    actions,
    button,
    error_of,
    field,
    modal,
    refused,
)
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.fake.workspace import Channel, View

slack, client, ada = conftest.slack, conftest.client, conftest.ada
general, app, running = conftest.general, conftest.app, conftest.running


async def test_the_bot_learns_who_it_is(slack: FakeSlack, client: AsyncWebClient) -> None:
    told = await client.auth_test()
    assert told["user_id"] == slack.workspace.bot_user_id
    assert told["team_id"] == slack.workspace.id
    assert "chat:write" in told.headers["x-oauth-scopes"]


async def test_a_post_is_read_back_newest_first(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    first = await client.chat_postMessage(channel=general.id, text="one")
    await client.chat_postMessage(channel=general.id, text="two")
    page = await client.conversations_history(channel=general.id)
    assert [one["text"] for one in page["messages"]] == ["two", "one"]
    only = await client.conversations_history(channel=general.id, oldest=first["ts"])
    assert [one["text"] for one in only["messages"]] == ["two"]
    assert slack.calls["chat.postMessage"] == 2
    assert slack.faults == []


async def test_metadata_comes_back_when_asked_for(client: AsyncWebClient, general: Channel) -> None:
    data = {"event_type": "delivery", "event_payload": {"key": "k"}}
    await client.chat_postMessage(channel=general.id, text="one", metadata=data)
    bare = await client.conversations_history(channel=general.id)
    assert "metadata" not in bare["messages"][0]
    full = await client.conversations_history(channel=general.id, include_all_metadata=True)
    assert full["messages"][0]["metadata"] == data


async def test_history_comes_in_pages(client: AsyncWebClient, general: Channel) -> None:
    for number in range(5):
        await client.chat_postMessage(channel=general.id, text=str(number))
    seen = []
    async for page in await client.conversations_history(channel=general.id, limit=2):
        seen.append([one["text"] for one in page["messages"]])
    assert seen == [["4", "3"], ["2", "1"], ["0"]]


async def test_answers_stand_in_the_thread_and_not_in_the_channel(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    root = await client.chat_postMessage(channel=general.id, text="root")
    await client.chat_postMessage(channel=general.id, text="answer", thread_ts=root["ts"])
    top = (await client.conversations_history(channel=general.id))["messages"]
    assert [(one["text"], one["reply_count"]) for one in top] == [("root", 1)]
    thread = await client.conversations_replies(channel=general.id, ts=root["ts"])
    assert [one["text"] for one in thread["messages"]] == ["root", "answer"]
    assert slack.posts[1].thread_ts == root["ts"]


async def test_an_undocumented_argument_is_a_fault(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    await client.chat_postMessage(channel=general.id, text="one", client_msg_id="x")
    assert slack.faults == ["chat.postMessage: undocumented argument client_msg_id"]


async def test_a_lacking_scope_is_named(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.workspace.scopes = ("chat:write",)
    with pytest.raises(SlackApiError) as caught:
        await client.users_list()
    assert error_of(caught) == "missing_scope"
    assert caught.value.response["needed"] == "users:read"
    assert caught.value.response["provided"] == "chat:write"


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-unknown", "invalid_auth"), ("xapp-1", "not_allowed_token_type")],
)
async def test_a_wrong_token_is_refused(slack: FakeSlack, token: str, error: str) -> None:
    async with bolt.client(slack, token) as stranger:
        assert await refused(stranger.auth_test()) == error


async def test_only_what_the_bot_may_see_can_be_written_in(
    slack: FakeSlack, client: AsyncWebClient, ada: Person
) -> None:
    team = slack.workspace
    team.scopes = tuple(one for one in team.scopes if one != "chat:write.public")
    outside = team.add_channel("outside", bot=False)
    secret = team.add_channel("secret", ada.id, private=True, bot=False)
    old = team.add_channel("old", is_archived=True)
    errors = [
        await refused(client.chat_postMessage(channel=place, text="x"))
        for place in (outside.id, secret.id, old.id, "C0NOWHERE")
    ]
    assert errors == ["not_in_channel", "channel_not_found", "is_archived", "channel_not_found"]


async def test_wrong_blocks_are_refused_in_words(client: AsyncWebClient, general: Channel) -> None:
    blocks = [actions(button("x" * 76)), {"type": "sektion"}, {"type": "divider", "extra": 1}]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=general.id, text="x", blocks=blocks)
    assert error_of(caught) == "invalid_blocks"
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
        "[ERROR] unsupported type: sektion [json-pointer:/blocks/1/type]",
        "[ERROR] invalid additional property: extra [json-pointer:/blocks/2]",
    ]


async def test_a_command_is_answered(
    slack: FakeSlack, running: AsyncApp, ada: Person, general: Channel
) -> None:
    heard = Heard()

    @running.command("/reflect")
    async def reflect(ack: Any, body: Body, respond: Any) -> None:
        await ack("One moment.")
        heard.append(body)
        await respond("Done &amp; saved.")

    answer = await ada.command("/reflect", f"write & tell <@{ada.id}>", general)
    await answer.message(2)
    assert sorted(ada.reads(general)) == ["Done & saved.", "One moment."]
    assert sorted(answer.text.splitlines()) == ["Done & saved.", "One moment."]
    assert heard[0]["text"] == f"write &amp; tell <@{ada.id}|ada.example>"
    assert heard[0]["channel_name"] == "general"
    assert slack.posts == []
    assert slack.faults == []


async def test_a_command_opens_a_modal_and_its_submission_is_heard(
    slack: FakeSlack, running: AsyncApp, ada: Person
) -> None:
    heard = Heard()

    @running.command("/reflect")
    async def reflect(ack: Any, body: Body, client: AsyncWebClient) -> None:
        await ack()
        blocks = [field("Title", "title"), field("Notes", "notes") | {"optional": True}]
        await client.views_open(trigger_id=body["trigger_id"], view=modal(*blocks))

    @running.view("reflect")
    async def saved(ack: Any, body: Body) -> None:
        heard.append(body)
        if heard[1:]:
            await ack()
        else:
            await ack(response_action="errors", errors={"title": "Say more."})

    answer = await ada.command("/reflect")
    view = await answer.opened()
    empty = await ada.submit(view)
    assert empty.errors == {"Title": "Please complete this required field."}
    assert heard == []
    wrong = await ada.submit(view, {"Title": "W"})
    assert wrong.errors == {"Title": "Say more."}
    done = await ada.submit(view, {"Title": "My week"})
    assert done.closed
    assert heard[1]["view"]["state"]["values"] == {
        "title": {"value": {"type": "plain_text_input", "value": "My week"}},
        "notes": {"value": {"type": "plain_text_input", "value": None}},
    }
    assert slack.faults == []


async def test_a_press_under_a_message_is_heard_and_may_change_it(
    slack: FakeSlack, running: AsyncApp, client: AsyncWebClient, ada: Person, general: Channel
) -> None:
    heard = Heard()

    @running.action("go")
    async def go(ack: Any, body: Body, respond: Any) -> None:
        await ack()
        heard.append(body)
        await respond("Gone.", replace_original=True)

    await client.chat_postMessage(channel=general.id, text="Go?", blocks=[actions(button("Go"))])
    message = slack.posts[0]
    assert buttons_of(message) == ["Go"]
    await ada.press(message, "Go")
    await slack.until(lambda: text_of(message) == "Gone.")
    assert heard[0]["actions"][0]["value"] == "1"
    assert heard[0]["message"]["ts"] == heard[0]["container"]["message_ts"] == message.ts
    assert heard[0]["channel"] == {"id": general.id, "name": "general"}
    assert slack.faults == []


async def test_what_people_say_reaches_the_app(
    slack: FakeSlack, running: AsyncApp, ada: Person, general: Channel
) -> None:
    heard = Heard()

    @running.event("message")
    async def message(event: Body) -> None:
        heard.append(event)

    @running.event("app_mention")
    async def mention(event: Body) -> None:
        heard.append(event)

    await ada.dm_bot("a < b")
    await ada.say(general, f"<@{slack.workspace.bot_user_id}> hello")
    events = [await heard.next() for _ in range(3)]
    kinds = sorted((one["type"], one.get("channel_type", "")) for one in events)
    assert kinds == [("app_mention", ""), ("message", "channel"), ("message", "im")]
    direct = next(one for one in events if one.get("channel_type") == "im")
    assert direct["text"] == "a &lt; b"
    assert direct["blocks"][0]["elements"][0]["elements"] == [{"type": "text", "text": "a < b"}]


async def test_the_home_tab_is_published_and_pressed(
    slack: FakeSlack, running: AsyncApp, ada: Person
) -> None:
    heard = Heard()

    @running.event("app_home_opened")
    async def opened(event: Body, client: AsyncWebClient) -> None:
        await client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [actions(button("Go"))]}
        )

    @running.action("go")
    async def go(ack: Any, body: Body) -> None:
        await ack()
        heard.append(body)

    await ada.open_home()
    home: View = await slack.until(lambda: ada.home)
    await ada.press(home, "Go")
    pressed = await heard.next()
    assert pressed["view"]["type"] == "home"
    assert "response_url" not in pressed
    assert "channel" not in pressed


async def test_an_unacknowledged_command_shows_an_error_and_is_not_repeated(
    slack: FakeSlack, running: AsyncApp, ada: Person
) -> None:
    heard = Heard()

    @running.command("/reflect")
    async def reflect(ack: Any, body: Body) -> None:
        heard.append(body)

    slack.ack_within = 0.3
    answer = await ada.command("/reflect")
    await heard.next()
    assert answer.error in ("operation_timeout", "dispatch_failed")
    assert len(heard) == 1
