"""What clients send. Each frame, valid and invalid, is tested by its file in `test_decoding`."""

from typing import get_args

from messaging.wire.client_frames import AnyClientFrame, ClientFrame


def test_every_frame_can_be_decoded() -> None:
    assert set(get_args(AnyClientFrame)) == set(ClientFrame.__subclasses__())
