"""Zones as people write them."""

import pytest

from core import zones
from core.errors import UserError


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("America/Detroit", "America/Detroit"),
        (" america/new york ", "America/New_York"),
        ("Detroit", "America/Detroit"),
        ("Eastern", "America/New_York"),
        ("ET", "America/New_York"),
        ("E.S.T.", "America/New_York"),
        ("Eastern Time (US & Canada)", "America/New_York"),
        ("central standard time", "America/Chicago"),
        ("PDT", "America/Los_Angeles"),
        ("US/Eastern", "America/New_York"),
        ("Arizona", "America/Phoenix"),
        ("UTC", "Etc/UTC"),
        ("Indianapolis", "America/Indiana/Indianapolis"),
    ],
)
def test_common_words_and_names_are_understood(typed: str, zone: str) -> None:
    assert zones.need(typed) == zone


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("America/Detriot", "America/Detroit"), ("Mountian", "America/Denver")],
)
def test_a_wrong_zone_brings_the_nearest(typed: str, meant: str) -> None:
    with pytest.raises(UserError, match=f"Did you mean {meant}"):
        zones.need(typed)


@pytest.mark.parametrize("typed", ["", "Mars/Olympus", "+05:00", "🦆" * 500])
def test_nonsense_gets_an_example(typed: str) -> None:
    with pytest.raises(UserError, match="America/New_York") as caught:
        zones.need(typed)
    assert len(caught.value.text) < 250


def test_completion_begins_with_what_people_write_first() -> None:
    assert zones.matching("new y") == ["America/New_York"]
    assert zones.matching("")[:2] == ["America/New_York", "America/Chicago"]
    assert zones.matching("ET")[0] == "America/New_York"
