"""The model's voice in a room: drafts for a member, answers to all. Nothing here yet is streamed."""
