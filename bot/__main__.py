"""`python -m bot` is the same program as `staffroom`."""

from bot.cli.main import main

main()
