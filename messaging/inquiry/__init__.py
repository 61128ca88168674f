"""Why a member did, or did not, get a message: asked by operators, of the database and of every process.

Nothing is kept for it but what is kept anyway and the diary of each process; no text of anybody's is read, shown
or sent here. What members may see is never decided by it.
"""
