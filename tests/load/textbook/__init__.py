"""The textbook's chat on Django Channels: what this project is compared with. Not used by it."""
