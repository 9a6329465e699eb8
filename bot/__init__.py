"""The process: settings, command line, composition, chat-platform adapters."""
