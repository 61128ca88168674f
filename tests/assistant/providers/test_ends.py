"""What the name of an end says, in whichever words and spelling."""

import pytest

from assistant.providers.ends import End, end_named


def test_an_end_without_a_name_is_none() -> None:
    names = "", " ", "null", "NULL", "None", "undefined", "FINISH_REASON_UNSPECIFIED", "FinishReason.UNSPECIFIED"
    assert {name: end_named(name) for name in (*names, "not_finished")} == dict.fromkeys((*names, "not_finished"))


GOOD = "stop STOP eos_token stop_sequence end_turn COMPLETE tool_calls FinishReason.STOP </s> 정지 a_new_word"
CUT = (
    "length max_tokens MAX_OUTPUT_TOKENS max-tokens maxTokens FINISH_REASON_MAX_TOKENS model_length"
    " context_length_exceeded maxPredictedTokensReached REASON_MAX_LEN model_context_window_exceeded"
    " ERROR_LIMIT time_limit"
)
BLOCKED = (
    "SAFETY content_filter content-filter ContentFilter FinishReason.SAFETY RECITATION BLOCKLIST"
    " PROHIBITED_CONTENT SPII IMAGE_SAFETY MODEL_ARMOR guardrail_intervened refusal sensitive"
    " ERROR_TOXIC content_policy_violation"
)
FAILED = (
    "error OTHER LANGUAGE abort cancelled user_cancel network_error timeout MALFORMED_FUNCTION_CALL"
    " TOO_MANY_TOOL_CALLS MISSING_THOUGHT_SIGNATURE UNEXPECTED_TOOL_CALL insufficient_system_resource"
    " malformed_model_output"
)


@pytest.mark.parametrize(
    ("names", "end"),
    [(GOOD, End.GOOD), (CUT, End.CUT_SHORT), (BLOCKED, End.BLOCKED), (FAILED, End.FAILED)],
)
def test_only_what_is_known_to_be_bad_is_bad(names: str, end: End) -> None:
    assert {name: end_named(name) for name in names.split()} == dict.fromkeys(names.split(), end)
