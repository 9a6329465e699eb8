"""What goes wrong because of what a person asked, said in words for that person."""

from collections.abc import Mapping


class UserError(Exception):
    """Something cannot be done as asked. The text says what is wrong and what to do next.

    `problems` says the same for single parameters, by name, so that a form can mark them.
    """

    def __init__(self, text: str, problems: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.problems = dict(problems or {})
