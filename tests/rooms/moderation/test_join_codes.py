import hmac

from rooms.moderation import join_codes
from rooms.moderation.join_codes import LENGTH, LETTERS, is_code, make_code


def test_codes_have_no_letters_that_are_taken_for_others_and_are_never_the_same() -> None:
    codes = {make_code() for _one in range(1_000)}
    assert len(codes) == 1_000
    assert {len(code) for code in codes} == {LENGTH}
    assert set("".join(codes)) <= set(LETTERS)
    assert not set(LETTERS) & set("0O1IL")


def test_a_code_is_known_however_it_is_typed() -> None:
    for typed in ("ABCD2345", "abcd2345", " abcd-2345 ", "ABCD 2345"):
        assert is_code(typed, "ABCD2345")
    for typed in ("", "ABCD2346", "ABCD234", "ABCD23455", "ÄBCD2345", "\ud800"):
        assert not is_code(typed, "ABCD2345")


def test_a_room_without_a_code_is_opened_by_none() -> None:
    assert not is_code("", "")


def test_codes_are_compared_in_constant_time() -> None:
    assert vars(join_codes)["compare_digest"] is hmac.compare_digest
