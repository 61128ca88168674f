"""What the main server is told, and how it gets there: rows written with what they speak of, sent afterwards.

Nothing in here knows rooms or messages: what an event says is given to the sender. No text of a member is kept.
"""
