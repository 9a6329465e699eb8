"""What the command line prints: answers on the output, everything else on the error output."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from core.faults import Fault, FaultyFile, decode


def say(*lines: str) -> None:
    """Print an answer, as it stands: long lines are not broken, brackets are brackets."""
    for line in lines:
        Console(highlight=False).print(line, markup=False, soft_wrap=True)


def complain(text: str) -> None:
    """Print what went wrong."""
    Console(stderr=True, highlight=False).print(text, markup=False, soft_wrap=True, style="red")


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on the error output, where a person can see it; is told what is done, and all."""
    console = Console(stderr=True)
    columns = (TextColumn(label), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def read(path: Path, what: str) -> str:
    """The text of a file that a person wrote. FaultyFile when it is no text in UTF-8."""
    text = decode(path.read_bytes())
    if isinstance(text, Fault):
        raise FaultyFile(what, [text])
    return text
