"""How the main server calls this one: its keys, how often, and that a call repeated is done once.

What it may call is in `messaging.server_views`. A member's token opens nothing here, and a key nothing else.
"""
