"""The methods of the Web API, called with the real client."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.fake import bolt
from tests.platforms.slack.fake.documented import Manifest
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import buttons_of, text_of
from tests.platforms.slack.fake.samples import actions, button, refused
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.fake.workspace import Channel, Workspace


@pytest.fixture
def team(slack: FakeSlack) -> Workspace:
    return slack.workspace


async def test_an_edit_keeps_what_it_does_not_name(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    data = {"event_type": "delivery", "event_payload": {"key": "k"}}
    row = [actions(button("Go"))]
    said = await client.chat_postMessage(channel=general.id, text="old", blocks=row, metadata=data)
    await client.chat_update(channel=general.id, ts=said["ts"], text="new")
    message = slack.posts[0]
    assert (message.text, len(message.blocks), message.metadata) == ("new", 1, data)
    assert message.edited is not None
    await client.chat_update(channel=general.id, ts=said["ts"], text="bare", blocks=[])
    assert message.blocks == []


async def test_only_its_own_messages_can_the_app_change(
    client: AsyncWebClient, ada: Person, general: Channel, team: Workspace
) -> None:
    general.members.remove(team.bot_user_id)
    hers = await ada.say(general, "mine")
    place: Any = {"channel": general.id, "ts": hers.ts}
    assert await refused(client.chat_update(**place, text="x")) == "cant_update_message"
    assert await refused(client.chat_delete(**place)) == "cant_delete_message"
    gone: Any = {"channel": general.id, "ts": "1600000000.000100"}
    assert await refused(client.chat_update(**gone, text="x")) == "message_not_found"


async def test_a_long_edit_is_refused_and_a_long_post_is_cut(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    said = await client.chat_postMessage(channel=general.id, text="x" * 40_001)
    assert len(said["message"]["text"]) == 40_000
    assert slack.faults == ["chat.postMessage: a text of 40001 characters was cut"]
    call = client.chat_update(channel=general.id, ts=said["ts"], text="x" * 4_001)
    assert await refused(call) == "msg_too_long"


async def test_a_deleted_message_with_answers_leaves_a_tombstone(
    client: AsyncWebClient, general: Channel
) -> None:
    root = await client.chat_postMessage(channel=general.id, text="root")
    await client.chat_postMessage(channel=general.id, text="a", thread_ts=root["ts"])
    alone = await client.chat_postMessage(channel=general.id, text="alone")
    for one in (root, alone):
        await client.chat_delete(channel=general.id, ts=one["ts"])
    page = await client.conversations_history(channel=general.id)
    assert [one["subtype"] for one in page["messages"]] == ["tombstone"]


async def test_an_ephemeral_message_is_seen_by_one_person(
    slack: FakeSlack, client: AsyncWebClient, ada: Person, general: Channel
) -> None:
    ben = slack.person(slack.workspace.add_user("Ben Example"))
    await client.chat_postEphemeral(channel=general.id, user=ada.id, text="psst")
    assert ada.reads(general) == ["psst"]
    assert ben.reads(general) == []
    assert (await client.conversations_history(channel=general.id))["messages"] == []
    call = client.chat_postEphemeral(channel=general.id, user=ben.id, text="psst")
    assert await refused(call) == "user_not_in_channel"


async def test_a_direct_message_is_opened_once(
    client: AsyncWebClient, ada: Person, team: Workspace
) -> None:
    first = await client.conversations_open(users=ada.id)
    again = await client.conversations_open(users=[ada.id], return_im=True)
    assert first["channel"]["id"] == again["channel"]["id"] == ada.direct.id
    assert again["already_open"]
    assert again["channel"]["user"] == ada.id


async def test_a_group_message_is_the_same_for_the_same_people(
    client: AsyncWebClient, ada: Person, team: Workspace
) -> None:
    others = [team.add_user(f"Teacher {number}").id for number in range(8)]
    first = await client.conversations_open(users=[ada.id, others[0]])
    again = await client.conversations_open(users=[others[0], ada.id])
    assert first["channel"]["id"] == again["channel"]["id"]
    told = await client.conversations_info(channel=first["channel"]["id"])
    assert told["channel"]["is_mpim"]
    call = client.conversations_open(users=[ada.id, *others])
    assert await refused(call) == "too_many_users"


async def test_nobody_who_left_and_no_bot_can_be_written_to(
    slack: FakeSlack, client: AsyncWebClient, ada: Person, team: Workspace
) -> None:
    left = team.add_user("Cora Example", deleted=True)
    bot = team.add_user("Helper", is_bot=True)
    errors = [
        await refused(client.conversations_open(users=one)) for one in (left.id, bot.id, "U0NOBODY")
    ]
    assert errors == ["user_disabled", "cannot_dm_bot", "user_not_found"]
    slack.state.manifest.messages_tab = False
    call = client.chat_postMessage(channel=ada.direct.id, text="x")
    assert await refused(call) == "messages_tab_disabled"


async def test_channels_come_in_pages_by_their_types(
    client: AsyncWebClient, general: Channel, ada: Person, team: Workspace
) -> None:
    team.add_channel("old", is_archived=True)
    team.add_channel("secret", private=True)
    team.add_channel("unseen", private=True, bot=False)
    team.direct(ada.id)
    pages = []
    async for page in await client.conversations_list(
        types="public_channel,private_channel", limit=2, exclude_archived=True
    ):
        pages.append([one["name"] for one in page["channels"]])
    assert pages == [["general"], ["secret"]]
    direct = await client.conversations_list(types=["im"])
    assert [one["user"] for one in direct["channels"]] == [ada.id]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("general", "name_taken"),
        ("x" * 81, "invalid_name_maxlength"),
        ("Loud", "invalid_name_specials"),
        ("two words", "invalid_name_specials"),
        ("--.", "invalid_name_punctuation"),
    ],
)
async def test_a_channel_name_has_rules(
    client: AsyncWebClient, general: Channel, name: str, error: str
) -> None:
    assert await refused(client.conversations_create(name=name)) == error


async def test_the_bot_makes_a_channel_joins_one_and_invites(
    client: AsyncWebClient, ada: Person, team: Workspace
) -> None:
    made = (await client.conversations_create(name="prompts"))["channel"]
    assert made["is_member"]
    await client.conversations_invite(channel=made["id"], users=[ada.id])
    told = await client.conversations_members(channel=made["id"])
    assert told["members"] == [team.bot_user_id, ada.id]
    call = client.conversations_invite(channel=made["id"], users=ada.id)
    assert await refused(call) == "already_in_channel"
    open_one = team.add_channel("open", bot=False)
    await client.conversations_join(channel=open_one.id)
    assert team.bot_user_id in open_one.members
    assert (await client.users_conversations())["channels"][0]["name"] == "prompts"


async def test_people_come_in_pages_with_e_mails_where_allowed(
    slack: FakeSlack, client: AsyncWebClient, ada: Person
) -> None:
    names = []
    async for page in await client.users_list(limit=2):
        names.append([one["profile"]["real_name"] for one in page["members"]])
    assert names == [["Staffroom", "Slackbot"], ["Ada Example"]]
    told = await client.users_info(user=ada.id)
    assert told["user"]["profile"]["email"] == "ada.example@example.org"
    assert told["user"]["tz"] == "America/Chicago"
    found = await client.users_lookupByEmail(email="Ada.Example@example.org")
    assert found["user"]["id"] == ada.id
    assert await refused(client.users_lookupByEmail(email="x@example.org")) == "users_not_found"
    slack.workspace.scopes = ("users:read",)
    hidden = await client.users_info(user=ada.id)
    assert "email" not in hidden["user"]["profile"]


async def test_a_message_is_pinned_once(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    said = await client.chat_postMessage(channel=general.id, text="x")
    await client.pins_add(channel=general.id, timestamp=said["ts"])
    assert general.pins == [said["ts"]]
    call = client.pins_add(channel=general.id, timestamp=said["ts"])
    assert await refused(call) == "already_pinned"


async def test_reading_needs_the_scope_of_the_channels_type(
    slack: FakeSlack, client: AsyncWebClient, ada: Person
) -> None:
    slack.workspace.scopes = ("channels:history",)
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_history(channel=ada.direct.id)
    assert caught.value.response["needed"] == "im:history"


async def test_whom_a_message_rings_is_known(
    slack: FakeSlack, client: AsyncWebClient, general: Channel, ada: Person
) -> None:
    inert = "&lt;!channel&gt; @everyone"
    crowd = {"type": "broadcast", "range": "here"}
    section = {"type": "rich_text_section", "elements": [crowd]}
    await client.chat_postMessage(channel=general.id, text=inert)
    await client.chat_postMessage(channel=general.id, text=f"<@{ada.id}> <!subteam^S01|x>")
    await client.chat_postMessage(
        channel=general.id, text="x", blocks=[{"type": "rich_text", "elements": [section]}]
    )
    assert [one.who for one in slack.mentions] == [ada.id, "S01", "here"]


async def test_a_revoked_token_stays_refused(slack: FakeSlack, client: AsyncWebClient) -> None:
    await client.auth_revoke()
    assert await refused(client.auth_test()) == "token_revoked"


async def test_a_distributed_app_reads_history_slowly() -> None:
    async with (
        FakeSlack(manifest=Manifest(distributed=True)) as slack,
        bolt.client(slack) as slow,
    ):
        place = slack.workspace.add_channel("general")
        for number in range(16):
            await slow.chat_postMessage(channel=place.id, text=str(number))
        slack.limits.on, slack.limits.clock = True, lambda: 0.0
        page = await slow.conversations_history(channel=place.id, limit=100)
        assert len(page["messages"]) == 15
        assert await refused(slow.conversations_history(channel=place.id)) == "ratelimited"


async def test_marked_up_text_is_read_as_it_is_shown(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    await client.chat_postMessage(
        channel=general.id, text="a &lt; b, <https://example.org|here>, <#C0X|general>"
    )
    assert text_of(slack.posts[0]) == "a < b, here, #general"


async def test_an_answer_to_what_is_gone_stands_in_the_channel(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    root = await client.chat_postMessage(channel=general.id, text="root")
    await client.chat_delete(channel=general.id, ts=root["ts"])
    said = await client.chat_postMessage(channel=general.id, text="a", thread_ts=root["ts"])
    assert "thread_ts" not in said["message"]
    slack.state.unthreads = False
    call = client.chat_postMessage(channel=general.id, text="a", thread_ts=root["ts"])
    assert await refused(call) == "thread_not_found"


async def test_plain_text_of_messages_comes_back_escaped_and_is_shown_as_meant(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    row = actions(button("Q & A", "q"), button("a &lt; b", "a"))
    said = await client.chat_postMessage(channel=general.id, text="x", blocks=[row])
    labels = [one["text"]["text"] for one in said["message"]["blocks"][0]["elements"]]
    assert labels == ["Q &amp; A", "a &lt; b"]
    assert buttons_of(slack.posts[0]) == ["Q & A", "a < b"]


def test_settings_are_read_from_the_manifest_of_the_app() -> None:
    manifest = Manifest.of(
        {
            "features": {
                "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
                "slash_commands": [{"command": "/reflect", "should_escape": False}],
            },
            "settings": {"event_subscriptions": {"bot_events": ["message.im"]}},
            "oauth_config": {"scopes": {"bot": ["chat:write"]}},
        }
    )
    assert manifest == Manifest(
        should_escape=False,
        commands=frozenset({"/reflect"}),
        events=frozenset({"message.im"}),
        shortcuts=frozenset(),
        scopes=("chat:write",),
    )
