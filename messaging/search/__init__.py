"""Finding messages by what they say. Knows texts, signatures and ids; who may see what is decided above.

Every message is found whose text holds the words anywhere, and no other: signatures of chunks say where it is
worth looking, and what stands there is compared letter by letter.
"""
