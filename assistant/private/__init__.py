"""Help for one member, which nobody else sees: drafts and summaries.

Nothing in here is ever said in a room.
"""
