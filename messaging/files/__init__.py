"""Files that members send: their upload, where they lie, what is found in them, how they are got, and their end.

Nothing here trusts a name, a type or a length that a client gave. What was uploaded lies apart (`coming/…`) until
it was checked in a process of its own; what members get is what came out of that. No file is in the event loop's
memory whole, and none is worked on by a thread of the chat's database.
"""
