"""Members as this server knows them: rows mirrored from tokens or owned by the main server.

What a member may do in a room is decided in `rooms.moderation`, never here.
"""
