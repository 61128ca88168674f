"""One connection: its handshake, its frames in and out, its end.

Frames are translated here and nothing is decided: what a member may do is in `messaging.server` and below.
"""
