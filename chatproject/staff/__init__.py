"""How staff come into the admin, and how those are held off who try passwords.

Members and their tokens are not known in here: staff have accounts of their own.
"""
