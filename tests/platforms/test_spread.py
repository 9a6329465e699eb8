"""Long values over several inputs of a form, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.recording import DISCORD_LIMITS
from bot.platforms.slack.limits import LIMITS as SLACK_LIMITS
from bot.platforms.spread import rejoin, spread
from core.chat import Capabilities
from core.interaction import Input, OpenForm, Param

BODY = Param("body", "Your reflection", input=Input.LONG, max_length=20_000)
SMALL = Capabilities(max_text=100, max_form_input=12, max_form_inputs=3)


def form(value: str = "", body: Param = BODY) -> OpenForm:
    return OpenForm("reflect write", "Write", (Param("title", "Title"), body), {"body": value})


def back(value: str, limits: Capabilities, body: Param = BODY) -> str:
    pages = spread(form(value, body), limits)
    return rejoin({one.name: one.value for page in pages for one in page})["body"]


@pytest.mark.parametrize("limits", [DISCORD_LIMITS, SLACK_LIMITS], ids=["discord", "slack"])
def test_there_is_room_for_a_long_reflection(limits: Capabilities) -> None:
    inputs = [one for page in spread(form(), limits) for one in page if one.param is BODY]
    assert 8_000 <= sum(one.max_length for one in inputs) <= 12_000
    assert all(one.max_length <= limits.max_form_input for one in inputs)
    assert [one.required for one in inputs] == [True] + [False] * (len(inputs) - 1)


@pytest.mark.parametrize("limits", [DISCORD_LIMITS, SLACK_LIMITS], ids=["discord", "slack"])
def test_a_text_that_is_opened_again_has_room_to_grow(limits: Capabilities) -> None:
    text = "word " * 2_400
    inputs = [one for page in spread(form(text), limits) for one in page if one.param is BODY]
    room = sum(one.max_length for one in inputs)
    assert len(text) + limits.max_form_input <= room + 1
    assert inputs[-1].value == ""


def test_a_page_holds_no_more_inputs_than_the_platform_takes() -> None:
    pages = spread(form("word " * 2_400), DISCORD_LIMITS)
    assert [len(page) for page in pages] == [5]
    assert [one.label for one in pages[0]][:3] == [
        "Title", "Your reflection", "Your reflection, continued (2)",
    ]  # fmt: skip


def test_what_is_typed_into_several_inputs_becomes_paragraphs() -> None:
    names = [one.name for page in spread(form(), SLACK_LIMITS) for one in page]
    filled = dict.fromkeys(names, "") | {names[1]: "One.", names[3]: "Three."}
    assert rejoin(filled)["body"] == "One.\n\nThree."


def test_text_is_cut_between_paragraphs_where_there_is_a_choice() -> None:
    text = "\n\n".join(["word " * 300 + "end."] * 4)
    pages = spread(form(text), DISCORD_LIMITS)
    assert all(one.value.endswith("end.") for page in pages for one in page[1:] if one.value)
    assert back(text, DISCORD_LIMITS) == text


def test_an_emptied_value_stays_empty() -> None:
    assert back("", DISCORD_LIMITS) == ""


@pytest.mark.parametrize(
    "text",
    [
        "x" * 20_000,
        "word " * 3_999 + "end",
        "\n" * 50 + "a" + "\n" * 5_000 + "b",
        "👩‍🏫 " * 4_000,
        "    code\n" * 1_500,
    ],
)
@pytest.mark.parametrize("limits", [DISCORD_LIMITS, SLACK_LIMITS], ids=["discord", "slack"])
def test_a_long_value_comes_back_whole(text: str, limits: Capabilities) -> None:
    assert back(text, limits) == text


@given(st.text(alphabet="ab \n~%é👍", max_size=200))
def test_any_value_comes_back_whole(text: str) -> None:
    body = Param("body", "Body", input=Input.LONG, max_length=40)
    assert back(text, SMALL, body) == text
    inputs = [one for page in spread(form(text, body), SMALL) for one in page]
    assert len({one.name for one in inputs}) == len(inputs)
    assert all(len(one.value) <= one.max_length and len(one.name) <= 100 for one in inputs)
