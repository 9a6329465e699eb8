"""Every kind of delivery has its card and its name."""

from core.cards.catalog import CARDS
from core.cards.notice import NOUNS
from core.kinds import MANNERS, Kind


def test_every_kind_has_a_card() -> None:
    assert set(CARDS) == set(Kind)


def test_every_kind_has_a_manner_and_a_name_for_organizers() -> None:
    assert set(MANNERS) == set(NOUNS) == set(Kind)
