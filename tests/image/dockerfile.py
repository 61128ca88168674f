"""A Dockerfile read into stages of instructions: as much of its language as ours uses, and nothing silently else.

The language: https://docs.docker.com/reference/dockerfile/
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

KNOWN = {"RUN", "COPY", "WORKDIR", "ENV", "USER", "EXPOSE", "HEALTHCHECK", "CMD"}
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


class Instruction(NamedTuple):
    """Such as ("RUN", "apt-get update")."""

    word: str
    rest: str


@dataclass
class Stage:
    """From a base image on; `name` is "" for one that nobody copies from."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def last(self, word: str) -> str:
        """What the last instruction of that word says; it stands for those before."""
        return [rest for found, rest in self.instructions if found == word][-1]

    @property
    def command(self) -> list[str]:
        command: list[str] = json.loads(self.last("CMD"))
        return command

    @property
    def health_check(self) -> list[str]:
        command: list[str] = json.loads(self.last("HEALTHCHECK").partition("CMD")[2])
        return command


def stages_of(text: str) -> list[Stage]:
    """Raises ValueError for an instruction that is not known here."""
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for word, rest in _instructions(text):
        if word == "ARG" and not stages:
            name, _, default = rest.partition("=")
            arguments[name] = default
        elif word == "FROM":
            base, _, name = filled(rest, arguments).partition(" AS ")
            stages.append(Stage(base, name))
        elif stages and word in KNOWN:
            stages[-1].instructions.append(Instruction(word, rest))
        else:
            raise ValueError(f"not known here: {word} {rest}")
    return stages


def filled(text: str, values: Mapping[str, str]) -> str:
    """With `$NAME` and `${NAME}` replaced; nothing stands for what has no value."""
    return VARIABLE.sub(lambda found: values.get(found[1] or found[2], ""), text)


def assignments_of(rest: str, environment: Mapping[str, str]) -> dict[str, str]:
    """What an ENV says, on top of the environment before it."""
    pairs = (pair.partition("=") for pair in rest.split())
    return {name: filled(value, environment) for name, _, value in pairs}


def _instructions(text: str) -> Iterator[Instruction]:
    lines = (line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        word, _, rest = line.partition(" ")
        yield Instruction(word, rest.strip())
