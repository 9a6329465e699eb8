"""The local chat: the embedded platform, a page on loopback."""
