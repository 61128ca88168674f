"""A process whose traces are off."""

from chatproject.errors import NotInRoom
from chatproject.tracing.tracer import NOT_TRACED, error_type


async def test_nothing_is_sampled_and_nothing_is_in_the_way() -> None:
    assert NOT_TRACED.begin("frame chat") is None
    assert NOT_TRACED.read("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01") is None
    with NOT_TRACED.around("answer") as span:
        assert span is None
        assert NOT_TRACED.current() is None
    await NOT_TRACED.stop()


def test_an_error_is_named_by_its_code_or_class() -> None:
    assert error_type(NotInRoom()) == NotInRoom.code
    assert error_type(KeyError("a secret")) == "KeyError"
