"""Names of commands: Slack has no name spaces, so a workspace may put a prefix before them."""

import re
from dataclasses import replace

from core.chat import Message
from core.interaction import Answer, OpenForm, Rejected

# What the house calls "/reflect write" in its texts stands in a code span.
MENTIONED = re.compile(r"(?<=`)/(?=[a-z])")


def with_prefix(message: Message, prefix: str) -> Message:
    """The message, with the names of commands as people must type them there."""
    if not prefix:
        return message
    return replace(
        message,
        text=_prefixed(message.text, prefix),
        fields=tuple((label, _prefixed(value, prefix)) for label, value in message.fields),
    )


def answer_with_prefix(answer: Answer, prefix: str) -> Answer:
    """The same for any answer."""
    if not prefix:
        return answer
    if isinstance(answer, OpenForm):
        return _form_with_prefix(answer, prefix)
    answer = replace(answer, message=with_prefix(answer.message, prefix))
    if isinstance(answer, Rejected):
        return replace(answer, form=_form_with_prefix(answer.form, prefix))
    return answer


def topic_of(command: str, prefix: str) -> str:
    """The topic that a slash command stands for: "/sr-reflect" is "reflect"."""
    return command.removeprefix("/").removeprefix(prefix)


def _form_with_prefix(form: OpenForm, prefix: str) -> OpenForm:
    problems = {name: _prefixed(text, prefix) for name, text in form.problems.items()}
    return replace(form, about=_prefixed(form.about, prefix), problems=problems)


def _prefixed(text: str, prefix: str) -> str:
    return MENTIONED.sub(f"/{prefix}", text)
