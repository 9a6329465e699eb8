"""How the gateway packs what it sends.

https://discord.com/developers/docs/events/gateway#transport-compression
"""

import zlib
from collections.abc import Callable
from importlib import import_module
from typing import Any

Pack = Callable[[bytes], bytes]


def packer(kind: str) -> Pack | None:
    """One stream for a whole connection; None if it cannot be had here.

    discord.py asks for zstd where Python 3.14 or the package zstandard brings it, else for zlib.
    """
    return {"zlib-stream": _zlib, "zstd-stream": _zstd}.get(kind, lambda: None)()


def _zlib() -> Pack:
    stream = zlib.compressobj()
    return lambda data: stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)


def _zstd() -> Pack | None:
    stream: Any
    for name in ("zstandard", "compression.zstd"):
        try:
            module = import_module(name)
        except ImportError:
            continue
        if name == "zstandard":
            stream = module.ZstdCompressor().compressobj()
            block = module.COMPRESSOBJ_FLUSH_BLOCK
            return lambda data: bytes(stream.compress(data) + stream.flush(block))
        stream = module.ZstdCompressor()
        return lambda data: bytes(stream.compress(data, stream.FLUSH_BLOCK))
    return None
