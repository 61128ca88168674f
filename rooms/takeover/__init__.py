"""Taking over the replaced server's database: its tables, what is wrong in them, how that is mended, and how an
interrupted `migrate` goes on.

Plain SQL and the database's own catalogue, because models describe what is there afterwards. Nothing here runs
while the server serves.
"""
