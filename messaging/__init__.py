"""What is said, and how it reaches everyone.

How a message travels, stop by stop; the folders are named for them:

1. `sockets.intake` takes a text frame off one socket and hands it to `sockets.consumers`,
2. `wire.decoding` makes it a frame of `wire.client_frames`, or says why not,
3. `server` applies the limits and names the sender,
4. `store.writer` gathers what is said and done while the last batch commits,
5. `store.services.store_batch` gives the batch its order in one transaction,
6. `sockets.consumers` acknowledges, `hearing` has `delivery.hub` deliver in this process and `delivery.relay` ring
   at the others, and a message that calls the assistant is given to it by `calls`,
7. `delivery.streams` puts what arrives there in order; what Redis lost `delivery.repair` reads from the database,
8. `delivery.hub` hands the bytes to every session, `sockets.transport` writes them to its socket or closes one
   that does not read.
"""
