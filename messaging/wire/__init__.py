"""What bytes mean: frames of both protocols, the message object, the documents that describe them.

Pure: no I/O, no clock, no database, no socket. Sizes and shapes are checked here, rights never.
"""
