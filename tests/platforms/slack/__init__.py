"""The Slack adapter, tested over the wire against a fake Slack."""
