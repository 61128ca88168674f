"""An answer in the room: the call, the claim, the run with its lease, what is shown meanwhile, its receipt.

At most one run of a message, on whatever process; nothing in here touches a socket.
"""
