"""What processes call each other: by this operators find one again. Not pure: the machine is asked."""

import os
import secrets
import socket

HOST_MAX_CHARACTERS = 40  # of 100 that the name of a channel may have


def new_process_name(role: str = "") -> str:
    """ "host.pid.number": never the same twice, in letters that channel layers take. `role` stands in the number
    of a process that serves nobody, see `is_visitor`."""
    host = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in socket.gethostname())
    number = secrets.token_hex(4)
    return f"{host[:HOST_MAX_CHARACTERS]}.{os.getpid()}.{f'{role}-' if role else ''}{number}"


def is_visitor(name: str) -> bool:
    """Whether that process only came to ask something."""
    return "-" in name.rpartition(".")[2]
