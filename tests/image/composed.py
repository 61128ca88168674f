"""The compose file as an engine reads it: its variables filled in from an environment."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

VARIABLE = re.compile(r"\$\{(\w+)(:[?-])?([^}]*)\}|\$\$")


def services_of(text: str, given: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The services by name. Raises KeyError for a variable that has to be given and is not."""
    services: dict[str, dict[str, Any]] = _fill(yaml.safe_load(text)["services"], given)
    return services


def variables_of(path: Path, service: str) -> list[str]:
    """What one may give the service that the file hands on under the same name."""
    environment: dict[str, str] = yaml.safe_load(path.read_text())["services"][service]["environment"]
    found = ((name, VARIABLE.fullmatch(value)) for name, value in environment.items())
    return [name for name, variable in found if variable and variable[1] == name]


def _fill(told: Any, given: Mapping[str, str]) -> Any:
    def value_of(found: re.Match[str]) -> str:
        name, operator, words = found.groups()
        if name is None:
            return "$"
        if not (value := given.get(name, "")) and operator == ":?":
            raise KeyError(words)
        return value or (words if operator == ":-" else "")

    match told:
        case str():
            return VARIABLE.sub(value_of, told)
        case list():
            return [_fill(one, given) for one in told]
        case dict():
            return {name: _fill(one, given) for name, one in told.items()}
    return told
