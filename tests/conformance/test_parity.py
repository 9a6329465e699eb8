"""The page that compares the platforms is true."""

from tests.conformance.parity import PAGE, page


def test_the_page_is_in_step_with_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make parity writes it anew"
