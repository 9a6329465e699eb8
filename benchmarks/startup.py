"""Starting up: our whole composition against a bare interpreter that imports the same libraries.

Which libraries these are is found by starting once and looking at what was loaded. Everything, ours
and theirs, is loaded from bytecode, as where Staffroom is installed.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.report import BenchRow

ROUNDS = 7
AIM = 1.5
OURS = ("bot", "commands", "scheduler", "core", "storage")
COMPOSITION = """
import bot.app, bot.cli.main
from commands.registry import every_command
from core.cards.catalog import CARDS
every_command()
"""
LOADED = """
import sys
packages = {packages!r}
print(*(name for name in sys.modules if name.split(".")[0] not in packages))
"""
MEASURE = """
import resource, time
seconds = time.perf_counter()
{work}
seconds = time.perf_counter() - seconds
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def run() -> list[BenchRow]:
    """Milliseconds and megabytes from an empty interpreter to one that could serve."""
    with tempfile.TemporaryDirectory(prefix="bench-startup-") as bytecode:
        return _compare(bytecode)


def _compare(bytecode: str) -> list[BenchRow]:
    names = libraries(bytecode)
    bare = f"import importlib\nfor name in {names!r}: importlib.import_module(name)"
    ours, theirs = [], []
    for _ in range(ROUNDS):  # they take turns, so that a busy moment hits both
        ours.append(measure(COMPOSITION, bytecode))
        theirs.append(measure(bare, bytecode))
    seconds, megabytes = (min(column) for column in zip(*ours, strict=True))
    bare_seconds, bare_megabytes = (min(column) for column in zip(*theirs, strict=True))
    version = min(_command_seconds("--version", bytecode) for _ in range(ROUNDS))
    return [
        BenchRow("start-up: time", seconds * 1000, bare_seconds * 1000, seconds / bare_seconds,
                 AIM, "ms", "composition, commands and cards loaded"),
        BenchRow("start-up: memory", megabytes, bare_megabytes, megabytes / bare_megabytes,
                 AIM, "MB", "as above"),
        BenchRow("start-up: staffroom --version", version * 1000, unit="ms",
                 note="with the interpreter's own start"),
    ]  # fmt: skip


def libraries(bytecode: str) -> list[str]:
    """The modules of others that our composition loads and that can be imported by name."""
    found = _python(COMPOSITION + LOADED.format(packages=(*OURS, "__main__")), bytecode).split()
    check = (
        "import importlib, sys\n"
        f"for name in {sorted(found)!r}:\n"
        "    try:\n"
        "        importlib.import_module(name)\n"
        "        print(name)\n"
        "    except Exception:\n"
        "        pass\n"
    )
    return _python(check, bytecode).split()


def measure(work: str, bytecode: str) -> tuple[float, float]:
    """Seconds and megabytes of an interpreter that does this work."""
    seconds, megabytes = _python(MEASURE.format(work=work), bytecode).split()[-2:]
    return float(seconds), float(megabytes)


def _python(program: str, bytecode: str) -> str:
    """What a program prints. It keeps its bytecode in this folder."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode},
    )
    return done.stdout


def _command_seconds(option: str, bytecode: str) -> float:
    work = f"import subprocess; subprocess.run({[sys.executable, '-m', 'bot', option]!r}, "
    return measure(work + "check=True, capture_output=True)", bytecode)[0]
