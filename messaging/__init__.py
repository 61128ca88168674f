"""What is said, and how it reaches everyone.

How a message travels, stop by stop:

1. `consumers` takes a text frame off one socket,
2. `protocol` decodes it or says why not,
3. `server` applies the limits and names the sender,
4. `writer` gathers drafts while the last batch commits,
5. `services.store_messages` gives the batch its order in one transaction,
6. `server` acknowledges, `hub` delivers in this process, `relay` rings at the others,
   and a message that calls the assistant is given to it by `calls`,
7. `streams` puts what arrives there in order; what Redis lost is read from the database,
8. `hub` hands the bytes to every session, `transport` writes them to its socket or closes one that does not read.
"""
