"""What the stand-in accepts: requests of Gemini's REST API, and the refusals that Google sends for the others.

Unknown fields are refused as Google refuses them, so that a misspelt field fails here and not first in production.
"""

import re
from typing import Any, Literal

import msgspec

# what is below these keys is the caller's own data: its keys are not field names
_FREE_FORM = frozenset({"args", "response", "properties", "responseSchema", "responseJsonSchema", "parameters"})
_SNAKE = re.compile(r"_([a-z0-9])")
_UNKNOWN_FIELD = re.compile(r"unknown field `(?P<name>[^`]*)`")

STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def google_error(code: int, message: str, *details: dict[str, Any]) -> dict[str, Any]:
    """Google's error body. `details` are google.rpc messages without the prefix of their `@type`."""
    body: dict[str, Any] = {"code": code, "message": message, "status": STATUS_NAMES[code]}
    if details:
        prefix = "type.googleapis.com/google.rpc."
        body["details"] = [{**detail, "@type": prefix + detail["@type"]} for detail in details]
    return {"error": body}


class Refused(Exception):
    """A request that Gemini would refuse, with the body it would send."""

    def __init__(self, code: int, message: str, *details: dict[str, Any]) -> None:
        self.code, self.body = code, google_error(code, message, *details)
        super().__init__(message)


class _Strict(msgspec.Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    pass


class Part(_Strict):
    text: str | None = None
    thought: bool | None = None
    thought_signature: str | None = None
    inline_data: dict[str, Any] | None = None
    file_data: dict[str, Any] | None = None
    function_call: dict[str, Any] | None = None
    function_response: dict[str, Any] | None = None
    executable_code: dict[str, Any] | None = None
    code_execution_result: dict[str, Any] | None = None
    video_metadata: dict[str, Any] | None = None


class Content(_Strict):
    role: str | None = None
    parts: list[Part] = []

    @property
    def text(self) -> str:
        return "".join(part.text or "" for part in self.parts)


class GenerationConfig(_Strict):
    max_output_tokens: int | None = None
    candidate_count: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: float | None = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    stop_sequences: list[str] | None = None
    response_mime_type: str | None = None
    response_schema: dict[str, Any] | None = None
    response_json_schema: Any = None
    response_modalities: list[str] | None = None
    response_logprobs: bool | None = None
    logprobs: int | None = None
    speech_config: dict[str, Any] | None = None
    thinking_config: dict[str, Any] | None = None
    media_resolution: str | None = None


class GenerateRequest(_Strict):
    model: str | None = None
    contents: list[Content] = []
    system_instruction: Content | None = None
    generation_config: GenerationConfig | None = None
    safety_settings: list[dict[str, Any]] | None = None
    tools: list[dict[str, Any]] | None = None
    tool_config: dict[str, Any] | None = None
    cached_content: str | None = None


class CountRequest(_Strict):
    model: str | None = None
    contents: list[Content] = []
    generate_content_request: GenerateRequest | None = None


def read_request(body: bytes, method: Literal["generateContent", "countTokens"]) -> GenerateRequest:
    """The request in `body`. Raises Refused."""
    try:
        data = _with_camel_keys(msgspec.json.decode(body))
        if method == "generateContent":
            request = msgspec.convert(data, GenerateRequest)
        else:
            counted = msgspec.convert(data, CountRequest)
            request = counted.generate_content_request or GenerateRequest(contents=counted.contents)
    except msgspec.ValidationError as error:
        raise _refused_payload(str(error)) from error
    except msgspec.DecodeError as error:
        raise Refused(400, "Invalid JSON payload received. Unexpected token.") from error
    _check_contents(request.contents)
    return request


def _with_camel_keys(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_camel_keys(item) for item in value]
    if not isinstance(value, dict):
        return value
    camel = {_SNAKE.sub(lambda found: found[1].upper(), key): item for key, item in value.items()}
    return {key: item if key in _FREE_FORM else _with_camel_keys(item) for key, item in camel.items()}


def _refused_payload(problem: str) -> Refused:
    unknown = _UNKNOWN_FIELD.search(problem)
    description = (
        f'Invalid JSON payload received. Unknown name "{unknown["name"]}": Cannot find field.'
        if unknown
        else f"Invalid value: {problem}"
    )
    return Refused(400, description, {"@type": "BadRequest", "fieldViolations": [{"description": description}]})


def _check_contents(contents: list[Content]) -> None:
    if not contents:
        raise Refused(400, "* GenerateContentRequest.contents: contents is not specified\n")
    for number, content in enumerate(contents):
        if content.role not in (None, "user", "model"):
            raise Refused(400, "Please use a valid role: user, model.")
        if not content.parts:
            raise Refused(
                400, f"* GenerateContentRequest.contents[{number}].parts: contents.parts must not be empty.\n"
            )
    if contents[-1].role == "model":
        raise Refused(400, "Please ensure that multiturn requests end with a user role.")
