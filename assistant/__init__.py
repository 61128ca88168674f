"""The model's voice in a room: answers to all, drafts and summaries for one member, and what bounds them."""
