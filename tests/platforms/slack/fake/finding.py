"""Finding what a person means on the screen."""

from tests.platforms.slack.fake.blocks import elements_of
from tests.platforms.slack.fake.errors import Json
from tests.platforms.slack.fake.reading import unescape
from tests.platforms.slack.fake.workspace import Message, View


def element(shown: Message | View, meant: str) -> tuple[Json, Json]:
    """The block and the element with this action id, label of a button, or label of an input."""
    everything = [(block, one) for block in shown.blocks for one in elements_of(block)]
    for block, one in everything:
        if meant in (one.get("action_id"), block.get("block_id")) and one["type"] != "button":
            return block, one
    for block, one in everything:
        names = (one.get("action_id"), _label(one.get("text")), _label(block.get("label")))
        if meant in names:
            return block, one
    known = [
        _label(block.get("label") or one.get("text")) or one.get("action_id")
        for block, one in everything
    ]
    raise AssertionError(f"{meant!r} is not on the screen: {known}")


def _label(text: Json | None) -> str | None:
    return unescape(str(text["text"])) if text else None
