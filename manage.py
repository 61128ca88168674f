#!/usr/bin/env python
"""Django's command line for this project."""

import gc
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

gc.set_threshold(100_000)  # what a start makes, stays: looking for garbage in it took an eighth of each start

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        if sys.argv[1:2] == ["doctor"]:  # whose exit code says how bad it is
            print(f"BROKEN  settings: {error}")
            sys.exit(2)
        sys.exit(str(error))  # one sentence that says what to set; a traceback would hide it
