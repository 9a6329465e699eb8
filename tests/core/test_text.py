"""Long texts: nothing is lost, nothing too long, and the markup stays whole where it can."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.chat import Button, Capabilities, Message
from core.text import fingerprint, split_message, split_text

SMALL = Capabilities(max_text=200, max_title=40, max_fields=3, max_field_text=50)

prose = st.text(
    st.sampled_from("ab é中😀\u0301\u200d*_`[]()#>-.1!?\n\n  \t~"), min_size=0, max_size=900
)
blocks = st.lists(
    st.sampled_from(
        (
            "A paragraph. It has two sentences!",
            "# Heading",
            "- one\n- two\n- three",
            "```python\nprint('x')\n\n\nprint('y')\n```",
            "~~~\n" + "line\n" * 40 + "~~~",
            "**bold words that go on** and *more of them here* " * 6,
            "x" * 350,
            "> a quotation\n> of two lines",
            "see [the page](https://example.org/a-long-address) " * 5,
            "```\nnever closed",
        )
    ),
    max_size=12,
).map("\n\n".join)


def without_fences(text: str) -> str:
    """The text without white space and without lines that are only fences."""
    lines = [line for line in text.split("\n") if not re.match(r"\s*(`{3,}|~{3,})", line)]
    return re.sub(r"\s+", "", "".join(lines))


@given(prose | blocks, st.integers(40, 300))
@example("word " * 200, 40)
@example("`" * 300, 40)
@example("```" + "x" * 200 + "\n" + "y" * 200, 40)
def test_nothing_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(len(part) <= limit for part in parts)
    assert "".join(map(without_fences, parts)) == without_fences(text) or _fence_words(
        parts
    ) == _fence_words([text])


def _fence_words(parts: list[str]) -> str:
    """All letters, in order, that are not part of a repeated opening line."""
    return re.sub(r"[\s`~]+", "", "".join(parts))


@given(blocks, st.integers(80, 300))
@example("\n".join(["~~~", *["line"] * 40, "~~~", "", "A paragraph."]), 107)
def test_every_part_closes_the_fences_that_it_opens(text: str, limit: int) -> None:
    if "never closed" in text:
        return
    for part in split_text(text, limit):
        assert len(re.findall(r"^(?:```|~~~)", part, re.MULTILINE)) % 2 == 0


def test_short_text_is_left_as_it_is() -> None:
    assert split_text("One.\n\nTwo.", 40) == ["One.\n\nTwo."]


def test_paragraphs_stay_whole() -> None:
    text = "\n\n".join(f"Paragraph {number} has some words in it." for number in range(9))
    parts = split_text(text, 120)
    assert "\n\n".join(parts) == text
    assert all(part.startswith("Paragraph") and part.endswith("it.") for part in parts)


def test_a_heading_stays_with_its_text() -> None:
    text = "Words before it, " * 5 + "\n\n# Heading\n\n" + "Words after it. " * 5
    parts = split_text(text.strip(), 110)
    assert parts[1].startswith("# Heading\n\nWords after")


def test_a_list_is_cut_between_its_items() -> None:
    text = "\n".join(f"- item {number} with words" for number in range(20))
    parts = split_text(text, 100)
    assert "\n".join(parts) == text
    assert all(part.startswith("- item") for part in parts)


def test_a_long_paragraph_is_cut_between_sentences_outside_emphasis() -> None:
    text = "This is a **bold. Sentence.** And a plain one. " * 6
    for part in split_text(text.strip(), 100):
        assert part.count("**") % 2 == 0
        assert part.endswith((".", "**"))


def test_a_long_fence_is_closed_and_opened_again() -> None:
    text = "```python\n" + "\n".join(f"x = {number}" for number in range(60)) + "\n```"
    parts = split_text(text, 120)
    assert all(part.startswith("```python\n") and part.endswith("\n```") for part in parts)
    assert sum(part.count("x = ") for part in parts) == 60


def test_blank_lines_and_indentation_in_a_fence_are_kept() -> None:
    code = "    if x:\n\n\n        y()"
    assert split_text(f"Look:\n\n```\n{code}\n```", 60) == [f"Look:\n\n```\n{code}\n```"]


def test_an_emoji_of_several_characters_is_not_torn() -> None:
    family = "👩\u200d👩\u200d👧"
    for part in split_text(family * 40, 41):
        assert not part.startswith("\u200d")
        assert not part.endswith("\u200d")


def test_title_goes_first_and_fields_and_buttons_last() -> None:
    button = Button("Go", "go")
    message = Message(
        "Word by word. " * 40, title="Title", fields=(("When", "now"),), buttons=(button,)
    )
    parts = split_message(message, SMALL)
    assert len(parts) > 2
    assert [part.title for part in parts] == ["Title", *[""] * (len(parts) - 1)]
    assert [part.buttons for part in parts][-2:] == [(), (button,)]
    assert [part.fields for part in parts][-2:] == [(), (("When", "now"),)]


def test_every_part_belongs_under_the_same_message() -> None:
    parts = split_message(Message("Word. " * 90, under="prompt:1"), SMALL)
    assert {part.under for part in parts} == {"prompt:1"}


@pytest.mark.parametrize(
    "message",
    [
        Message("Text", title="T" * 60),
        Message("Text", fields=(("Label", "v" * 60),)),
        Message("Text", fields=tuple((f"Label {number}", "value") for number in range(4))),
    ],
)
def test_what_does_not_fit_beside_the_text_becomes_text(message: Message) -> None:
    (part,) = split_message(message, SMALL)
    assert (part.title, part.fields) == ("", ())
    said = "".join([message.title, *(label + value for label, value in message.fields)])
    assert sorted(re.sub(r"[^\w]", "", said + "Text")) == sorted(re.sub(r"[^\w]", "", part.text))


def test_a_fingerprint_is_of_the_words_not_of_the_markup() -> None:
    message = Message("**Hello**, _Ada_!\n\nBye.", title="Hi")
    assert fingerprint(message) == fingerprint(Message("Hi Hello, Ada! Bye."))
    assert fingerprint(message) != fingerprint(replace(message, text="Hello, Ben! Bye."))


def test_a_fingerprint_is_the_same_in_every_process() -> None:
    assert fingerprint(Message("Hello")) == "185f8db32271fe25f561a6fc"


def test_the_label_of_a_channel_does_not_count_for_the_fingerprint() -> None:
    said = Message("Come to [reflections](channel:C1).")
    assert fingerprint(said) == fingerprint(Message("Come to [](channel:C1)."))
    assert fingerprint(said) != fingerprint(Message("Come to [](channel:C2)."))
