"""Modals, menus, the Home tab and shortcuts, with a real Bolt app in both ways."""

from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import text_of
from tests.platforms.slack.fake.samples import (
    Body,
    Heard,
    actions,
    button,
    field,
    modal,
    plain,
    refused,
)
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.fake.submitting import TROUBLE
from tests.platforms.slack.fake.workspace import Channel, View


async def opened(
    slack: FakeSlack, client: AsyncWebClient, person: Person, view: Body | None = None
) -> View:
    """A modal on the person's screen, from a trigger that needs no app."""
    trigger = slack.state.trigger(slack.workspace, person.id)
    await client.views_open(trigger_id=trigger.id, view=view or modal())
    assert person.modal is not None
    return person.modal


async def test_a_trigger_opens_one_modal_within_three_seconds(
    slack: FakeSlack, client: AsyncWebClient, ada: Person
) -> None:
    moment = 100.0
    slack.state.clock = lambda: moment
    trigger = slack.state.trigger(slack.workspace, ada.id)
    await client.views_open(trigger_id=trigger.id, view=modal())
    again = client.views_open(trigger_id=trigger.id, view=modal())
    assert await refused(again) == "exchanged_trigger_id"
    late = slack.state.trigger(slack.workspace, ada.id)
    moment += 3.1
    assert (
        await refused(client.views_open(trigger_id=late.id, view=modal())) == "expired_trigger_id"
    )


async def test_an_update_needs_the_newest_hash(
    slack: FakeSlack, client: AsyncWebClient, ada: Person
) -> None:
    view = await opened(slack, client, ada)
    old = view.hash
    await client.views_update(view_id=view.id, view=modal(title="Second"), hash=old)
    assert view.title == "Second"
    call = client.views_update(view_id=view.id, view=modal(title="Third"), hash=old)
    assert await refused(call) == "hash_conflict"
    assert await refused(client.views_update(view_id="V0", view=modal())) == "not_found"


async def test_what_was_typed_survives_an_update_of_the_same_block(
    slack: FakeSlack, client: AsyncWebClient, ada: Person
) -> None:
    view = await opened(slack, client, ada, modal(field("Title", "a"), field("Notes", "b")))
    ada.fill(view, {"Title": "typed", "Notes": "typed"})
    new = modal(field("Title", "a", initial_value="x"), field("Notes", "c", initial_value="y"))
    await client.views_update(view_id=view.id, view=new)
    values = view.values()
    assert (values["a"]["value"]["value"], values["c"]["value"]["value"]) == ("typed", "y")


async def test_three_views_fit_on_a_stack(
    slack: FakeSlack, client: AsyncWebClient, ada: Person
) -> None:
    view = await opened(slack, client, ada)
    for _ in range(2):
        trigger = slack.state.trigger(slack.workspace, ada.id, view)
        await client.views_push(trigger_id=trigger.id, view=modal())
    trigger = slack.state.trigger(slack.workspace, ada.id, view)
    call = client.views_push(trigger_id=trigger.id, view=modal())
    assert await refused(call) == "push_limit_reached"
    top = ada.modal
    assert top is not None
    assert (top.root, top.previous is not None) == (view.id, True)
    await ada.close(top)
    assert len(slack.workspace.stack(ada.id)) == 2


async def test_a_submission_may_lead_to_another_view(
    slack: FakeSlack, running: AsyncApp, client: AsyncWebClient, ada: Person
) -> None:
    @running.view("reflect")
    async def next_one(ack: Any, view: Body) -> None:
        answers: dict[str, Body] = {
            "Reflection": {"response_action": "update", "view": modal(title="Updated")},
            "Updated": {"response_action": "push", "view": modal(title="Pushed")},
            "Pushed": {"response_action": "clear"},
        }
        await ack(**answers[view["title"]["text"]])

    view = await opened(slack, client, ada)
    first = await ada.submit(view, {"Title": "x"})
    assert first.view is view
    assert view.title == "Updated"
    second = await ada.submit(view, {"Title": "x"})
    assert second.view is not None
    assert second.view.title == "Pushed"
    last = await ada.submit(second.view, {"Title": "x"})
    assert last.closed
    assert slack.faults == []


async def test_a_view_that_slack_refuses_leaves_the_person_in_trouble(
    slack: FakeSlack, running: AsyncApp, client: AsyncWebClient, ada: Person
) -> None:
    @running.view("reflect")
    async def wrong(ack: Any) -> None:
        await ack(response_action="errors", errors={"nowhere": "No."})

    view = await opened(slack, client, ada)
    done = await ada.submit(view, {"Title": "x"})
    assert done.trouble == TROUBLE
    assert view.is_open
    assert len(slack.faults) == 1


async def test_closing_is_heard_only_where_asked_for(
    slack: FakeSlack, running: AsyncApp, client: AsyncWebClient, ada: Person
) -> None:
    heard = Heard()

    @running.view_closed("reflect")
    async def closed(ack: Any, body: Body) -> None:
        await ack()
        heard.append(body)

    assert await ada.close(await opened(slack, client, ada)) == []
    view = await opened(slack, client, ada, modal(notify_on_close=True))
    assert len(await ada.close(view, everything=True)) == 1
    assert (await heard.next())["is_cleared"] is True


async def test_options_are_suggested_and_chosen(
    slack: FakeSlack, running: AsyncApp, client: AsyncWebClient, ada: Person
) -> None:
    heard = Heard()

    @running.options("who")
    async def who(ack: Any, payload: Body) -> None:
        await ack(options=[{"text": plain(payload["value"] + "!"), "value": "u1"}])

    @running.view("reflect")
    async def saved(ack: Any, body: Body) -> None:
        await ack()
        heard.append(body)

    external = {"type": "external_select", "action_id": "who", "min_query_length": 1}
    block = {"type": "input", "block_id": "b", "label": plain("Who"), "element": external}
    view = await opened(slack, client, ada, modal(block))
    assert await ada.suggest(view, "Who", "A") == ["A!"]
    await ada.submit(view, {"Who": "A!"})
    chosen = (await heard.next())["view"]["state"]["values"]["b"]["who"]
    assert chosen["selected_option"]["value"] == "u1"


async def test_a_menu_in_a_message_tells_what_was_chosen(
    slack: FakeSlack, running: AsyncApp, client: AsyncWebClient, ada: Person, general: Channel
) -> None:
    heard = Heard()

    @running.action("pick")
    async def pick(ack: Any, body: Body) -> None:
        await ack()
        heard.append(body)

    options = [{"text": plain("Red"), "value": "r"}, {"text": plain("Blue"), "value": "b"}]
    menu = {"type": "static_select", "action_id": "pick", "options": options}
    await client.chat_postMessage(channel=general.id, text="?", blocks=[actions(menu)])
    await ada.press(slack.posts[0], "pick", "Blue")
    body = await heard.next()
    assert body["actions"][0]["selected_option"]["value"] == "b"
    assert body["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "b"


async def test_a_press_in_a_modal_opens_another_on_top(
    slack: FakeSlack, running: AsyncApp, client: AsyncWebClient, ada: Person
) -> None:
    @running.action("go")
    async def go(ack: Any, body: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=modal(title="On top"))

    view = await opened(slack, client, ada, modal(actions(button("Go"))))
    answer = await ada.press(view, "Go")
    assert (await answer.opened()).title == "On top"


async def test_shortcuts_carry_what_they_were_used_on(
    slack: FakeSlack, running: AsyncApp, ada: Person, general: Channel
) -> None:
    heard = Heard()

    @running.shortcut("new")
    async def new(ack: Any, body: Body) -> None:
        await ack()
        heard.append(body)

    @running.message_shortcut("keep")
    async def keep(ack: Any, body: Body, respond: Any) -> None:
        await ack()
        heard.append(body)
        await respond("Kept.")

    @running.event("message")
    async def message() -> None:
        """Bolt acknowledges no event that nobody listens to."""

    await ada.shortcut("new")
    assert "channel" not in await heard.next()
    said = await ada.say(general, "worth keeping")
    answer = await ada.message_shortcut("keep", said)
    assert (await heard.next())["message"]["text"] == "worth keeping"
    assert text_of(await answer.message()) == "Kept."


async def test_what_is_not_on_the_screen_cannot_be_used(
    slack: FakeSlack, client: AsyncWebClient, ada: Person
) -> None:
    view = await opened(slack, client, ada, modal(actions(button("Go"))))
    with pytest.raises(AssertionError, match="'Stop' is not on the screen"):
        await ada.press(view, "Stop")


async def test_a_field_takes_no_more_than_it_says(
    slack: FakeSlack, client: AsyncWebClient, ada: Person
) -> None:
    view = await opened(slack, client, ada)
    with pytest.raises(AssertionError, match="100 characters"):
        ada.fill(view, {"Title": "x" * 101})


async def test_the_home_tab_is_replaced_with_its_hash(client: AsyncWebClient, ada: Person) -> None:
    home = {"type": "home", "blocks": [actions(button("Go"))]}
    first = await client.views_publish(user_id=ada.id, view=home)
    await client.views_publish(user_id=ada.id, view=home, hash=first["view"]["hash"])
    call = client.views_publish(user_id=ada.id, view=home, hash=first["view"]["hash"])
    assert await refused(call) == "hash_conflict"
