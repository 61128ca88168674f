"""How much work a call does: Python's own instructions and the calls into C that it makes. No clock."""

import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any


class Work:
    """Counts while its function runs; what the function raises is part of what it does."""

    def __init__(self) -> None:
        self.steps = 0
        self.c_functions: set[str] = set()

    def of(self, read: Callable[[str], object], text: str) -> "Work":
        before = sys.gettrace(), sys.getprofile()
        sys.setprofile(self._profile)
        sys.settrace(self._trace)
        try:
            with suppress(Exception):
                read(text)
        finally:
            sys.settrace(before[0])
            sys.setprofile(before[1])
        return self

    def _trace(self, frame: FrameType, event: str, _argument: Any) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        self.steps += event == "opcode"
        return self._trace

    def _profile(self, _frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call":
            self.steps += 1
            self.c_functions.add(f"{getattr(function, '__module__', None) or ''}.{function.__qualname__}")
