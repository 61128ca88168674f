"""The model's voice in a room: answers to all (`room`), drafts and summaries for one member (`private`).

`prompting` says what is said to a model, `providers` ask it, `accounts` bound what it costs.
"""
