"""Which card composes which kind of delivery."""

from importlib import import_module
from importlib.util import find_spec

from core.cards.card import Compose
from core.kinds import Kind

MODULES = (
    "answer", "coach", "enrollment", "notice", "orientation", "prompt", "reflection", "webinar",
)  # fmt: skip

CARDS: dict[Kind, Compose] = {
    kind: compose
    for name in MODULES
    if find_spec(f"core.cards.{name}")
    for kind, compose in import_module(f"core.cards.{name}").CARDS.items()
}
