"""How long files are kept, and how they go: from the store first, and their rows after it."""
