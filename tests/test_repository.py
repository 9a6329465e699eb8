"""Facts about the repository itself that no linter holds."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from bot import settings

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "commands", "scheduler", "core", "storage")
SDKS = ("discord", "slack_bolt", "slack_sdk", "aiohttp")
LOCKS = ("requirements.txt", "requirements-dev.txt")


def tracked(*patterns: str) -> list[Path]:
    """The files of the repository, as paths from its root."""
    git = ["git", "-C", str(ROOT), "ls-files", "-z", "--", *patterns]
    listed = subprocess.run(git, check=True, capture_output=True, text=True).stdout
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def sources() -> list[Path]:
    return tracked(*(f"{package}/*.py" for package in PACKAGES))


def locked(name: str) -> dict[str, str]:
    """What a lock file pins: the rest of the requirement by the name of the package."""
    text = text_of(Path(name)).replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            package, _, rest = line.partition("==")
            found[package] = rest
    return found


def normal(name: str) -> str:
    """The name of a package as lock files write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def project() -> dict[str, object]:
    return dict(tomllib.loads(text_of(Path("pyproject.toml")))["project"])


def test_imports_run_downstairs() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_the_house_can_be_imported_without_a_platform_sdk() -> None:
    code = "\n".join(
        [
            "import importlib, pkgutil, sys",
            "import core, commands, scheduler",
            "for house in (core, commands, scheduler):",
            "    for one in pkgutil.walk_packages(house.__path__, house.__name__ + '.'):",
            "        importlib.import_module(one.name)",
            f"print(*sorted(set(sys.modules) & {set(SDKS)!r}))",
        ]
    )
    command = [sys.executable, "-c", code]
    tried = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (tried.stdout.split(), tried.stderr) == ([], "")


def test_packages_do_no_work_when_they_are_imported() -> None:
    busy = [
        str(path)
        for path in sources()
        if path.name == "__init__.py"
        and any(not _is_docstring(node) for node in ast.parse(text_of(path)).body)
    ]
    assert busy == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(path) for path in sources() if not ast.get_docstring(ast.parse(text_of(path)))]
    assert silent == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    asks = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time(_ns)?)\(")
    found = [
        f"{path}:{number}"
        for path in sources()
        if path != Path("bot/clock.py")
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if asks.search(line)
    ]
    assert found == []


def test_no_file_names_the_machine_it_was_written_on() -> None:
    places = [re.escape(str(ROOT)), r"(?<![\w.])/(home|Users)/(?!staffroom\b)\w+/", r"C:\\Users\\"]
    hosts = [r"//[\w.-]+\.(internal|intranet|corp|lan|localdomain)\b", r"//(10|192\.168)\.\d+\."]
    written = re.compile("|".join([*places, *hosts]))
    here = Path(__file__).relative_to(ROOT)
    found = [
        f"{path}:{number}"
        for path in tracked()
        if path != here
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if written.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_its_hashes(name: str) -> None:
    bare = [
        package for package, rest in locked(name).items() if not re.search(r"--hash=sha256:", rest)
    ]
    assert bare == []


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_name_no_index_and_no_path(name: str) -> None:
    asked = re.compile(r"://|file:|^\s*-[^-]|^\s*--(?!hash=)|(^|\s)[./~]*/\w", re.MULTILINE)
    assert asked.search(text_of(Path(name))) is None


def test_everything_that_the_project_asks_for_is_locked() -> None:
    declared = project()
    extras = declared["optional-dependencies"]
    assert isinstance(extras, dict)
    assert isinstance(declared["dependencies"], list)
    for lock, wanted in (
        ("requirements.txt", [*declared["dependencies"], *extras["postgres"]]),
        ("requirements-dev.txt", [*declared["dependencies"], *extras["postgres"], *extras["dev"]]),
    ):
        names = {normal(re.split(r"[\[<>=;! ]", one)[0]) for one in wanted}
        assert names <= set(locked(lock)), lock


def test_the_project_asks_for_everything_that_it_imports() -> None:
    declared = project()["dependencies"]
    assert isinstance(declared, list)
    asked = {normal(re.split(r"[<>=]", one)[0]) for one in declared}
    given = {"staffroom", "pydantic-core"}  # ourselves, and a part of pydantic
    nodes = [node for path in sources() for node in ast.walk(ast.parse(text_of(path)))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    from_whom = packages_distributions()
    imported = {normal(one) for name in names for one in from_whom.get(name.partition(".")[0], [])}
    assert imported <= asked | given


def test_both_lock_files_take_the_same_versions() -> None:
    for package, rest in locked("requirements.txt").items():
        assert locked("requirements-dev.txt")[package] == rest, package


def test_the_example_of_a_configuration_explains_every_setting() -> None:
    assert text_of(Path("config.example.env")) == settings.explained({})


def test_an_installed_package_has_all_its_files(tmp_path: Path) -> None:
    for path in tracked("pyproject.toml", "README.md", "LICENSE", *PACKAGES):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*build, "--no-index", "--quiet", "--wheel-dir", "wheels", "."],
        cwd=tmp_path,
        check=True,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    (wheel,) = (tmp_path / "wheels").glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    missing = [str(path) for path in tracked(*PACKAGES) if path.as_posix() not in packed]
    assert missing == []


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
