"""The Discord adapter, tested over the wire against a fake Discord."""
