"""Whether a signature is right: shared secrets, the main server's key sets and how they are fetched.

What a token's claims mean is decided in `chatproject.tokens`, never here.
"""
