"""Where what the settings name is, as far as its name says."""


def is_here(host: str | None) -> bool:
    """Whether it is this machine: none is named, or a socket's path, or a name that always means this one."""
    return not host or host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")
