"""Frameworks of teaching standards."""

from core import frameworks
from core.frameworks import Standard


def test_the_same_letter_means_different_things_in_different_versions() -> None:
    assert frameworks.title("nsq-teaching-2019", "B") == "B Digital Pedagogy"
    assert frameworks.title("nsq-teaching-current", "B") == "B Digital Citizenship"


def test_an_unknown_standard_is_none_and_shown_as_its_code() -> None:
    assert frameworks.standard("nsq-teaching-2019", "K") is None
    assert frameworks.standard("nsq-teaching-2031", "A") is None
    assert frameworks.title("nsq-teaching-2031", "A") == "A"


def test_every_framework_lists_its_standards_in_order() -> None:
    codes = {name: "".join(found.standards) for name, found in frameworks.frameworks().items()}
    assert codes == {
        "nsq-teaching-2019": "ABCDEFGH",
        "nsq-teaching-current": "ABCDE",
        "inacol-2011": "ABCDEFGHIJK",
    }


def test_the_crosswalk_is_followed_over_versions() -> None:
    legal = frameworks.standard("inacol-2011", "E")
    assert legal is not None
    assert frameworks.counterpart(legal, "nsq-teaching-current") == Standard(
        "nsq-teaching-current", "B", "Digital Citizenship"
    )


def test_a_standard_without_a_clear_counterpart_has_none() -> None:
    data = frameworks.standard("inacol-2011", "I")
    assert data is not None
    assert frameworks.counterpart(data, "nsq-teaching-2019") is None
