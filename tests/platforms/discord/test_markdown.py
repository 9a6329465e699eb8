"""CommonMark to Discord's Markdown, and back."""

import pytest

from bot.platforms.discord.markdown import from_discord, readable, to_discord
from core.chat import Message
from core.text import fingerprint


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("**bold** and *italic*", "**bold** and *italic*"),
        ("__bold__", "**bold**"),
        ("snake__case__name", "snake__case__name"),
        ("#### Deep", "**Deep**"),
        ("## Near", "## Near"),
        ("![a cat](https://example.org/c.png)", "[a cat](https://example.org/c.png)"),
        ("a || b", "a \\|\\| b"),
        ("---", "———"),
        ("-# small", "-\\# small"),
    ],
)
def test_what_discord_reads_otherwise_is_put_in_its_words(said: str, shown: str) -> None:
    assert to_discord(said) == shown


def test_code_is_left_as_it_is() -> None:
    assert to_discord("`__x__ || y`") == "`__x__ || y`"
    assert to_discord("```\n__x__\n```") == "```\n__x__\n```"
    assert to_discord("~~~\n__x__\n~~~") == "```\n__x__\n```"


def test_a_moment_is_shown_in_each_readers_own_zone() -> None:
    assert to_discord("Until [Sunday, 8 PM](time:1790000000).") == "Until <t:1790000000:F>."


def test_a_message_with_a_moment_is_known_again_by_its_words() -> None:
    said = "Until [Sunday, 8 PM](time:1790000000): __go__ on."
    back = readable(to_discord(said))
    assert fingerprint(Message(back)) == fingerprint(Message(said))


def test_mentions_that_people_write_become_names() -> None:
    text = from_discord("Ask <@12345> in <#99> <:wave:7>", lambda _id: "Ada", lambda _id: "general")
    assert text == "Ask @Ada in #general :wave:"
