"""Which Staffroom this is."""

from importlib.metadata import PackageNotFoundError, version


def our_version() -> str:
    """The version that is installed; "unknown" in a checkout that was not installed."""
    try:
        return version("staffroom")
    except PackageNotFoundError:
        return "unknown"
