"""The one form of a request's body: JSON, as strict as frames. What it must hold is `api.parse_body`'s to say."""

from collections.abc import Mapping
from typing import IO, Any

import msgspec
from rest_framework.parsers import BaseParser

from chatproject.errors import InvalidInput
from chatproject.strict_json import refuse_deep_nesting, refuse_repeated_keys


class JSONBodyParser(BaseParser):
    """JSON as frames have it, to msgspec: no NaN, no half characters, no deep nesting; and no key twice."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            text = stream.read().decode()
            refuse_deep_nesting(text)
            data = msgspec.json.decode(text)
            refuse_repeated_keys(text)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise InvalidInput from error
        return data
