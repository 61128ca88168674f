"""The workers of one `manage.py serve`: which is which, and what all of them count, by whichever is asked.

Each keeps its own numbers; nothing is shared while people talk. What reaches members goes through Redis, never by
here.
"""
