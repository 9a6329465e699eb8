"""What was typed and kept: forms that were refused, opened again."""

from typing import Annotated

from commands.dispatcher import open_form
from commands.params import Text
from commands.registry import Call, command
from core.errors import UserError
from core.interaction import OpenForm
from storage.inbox import Submission


@command("form fix", help="Mend a form that was refused", least=None, hidden=True)
def fix(call: Call, id: Annotated[str, Text("Form")]) -> OpenForm:
    """Open a refused form again; only for the person who filled it in."""
    submission = kept(call, id)
    if submission is None:
        raise UserError("That form is not there any more. Please start again.")
    return open_form(call, submission.command, submission.values)


def kept(call: Call, id: str) -> Submission | None:
    """What the asker typed and we kept; nobody else finds it."""
    submission = call.tx.get(Submission, id)
    asker = f"{call.invocation.home_id}:{call.invocation.account}"
    return submission if submission and submission.account == asker else None
