"""Acts have names that people read."""

from rooms.moderation.wording import ACTS, name_of_act


def test_an_act_is_called_by_its_name_and_an_unknown_one_by_its_key() -> None:
    assert name_of_act("mute") == str(ACTS["mute"])
    assert name_of_act("something_new") == "something_new"


def test_every_act_fits_the_log() -> None:
    assert max(map(len, ACTS)) <= 32
