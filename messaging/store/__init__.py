"""What is committed: the writer and its batches, the one transaction that gives order, reads, and the threads that
own the database's connections.

Nobody is told anything in here; whoever calls tells, after the commit.
"""
