"""How much a member may do in a time: over all processes, where there is a Redis. No limit is set here.

Nothing in here may make anybody wait for a Redis that is slow, or refuse because it is away.
"""
