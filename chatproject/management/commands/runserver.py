"""`manage.py runserver`: Daphne's, which speaks WebSocket.

It stands here so that Daphne need not be among the applications: there it has every process import Twisted, which
is a seventh of the time that a start takes.
"""

from daphne.management.commands.runserver import Command

__all__ = ["Command"]
