"""`python -m storage.migrations "what changed"` writes the next migration from the models."""

import sys
import tempfile
from pathlib import Path

from storage import migrate

if len(sys.argv) != 2:
    raise SystemExit(__doc__)
with tempfile.TemporaryDirectory() as folder:
    scratch = f"sqlite:///{Path(folder, 'scratch.db')}"
    if any(migrate.scripts()):
        migrate.upgrade(scratch, lambda _: None)
    print(migrate.write_next(scratch, sys.argv[1]))
