"""How a room is kept: who may do what there, what was done to whom and until when, and the log of it.

Decided under the lock of the room's row. What is done to messages is in `messaging`; nobody is told here.
"""
