from pathlib import Path

import pytest
from PIL import Image, WebPImagePlugin

from messaging.files.examining.pictures import remake_picture
from messaging.files.examining.verdict import Refused
from tests.messaging.files.examining.drawing import moving_webp

COLOURS = ("red", "green", "blue", "white")


def moving(path: Path, decoder: str, *, frames: int = 4, side_px: int = 20, **words: object) -> Path:
    pictures = [Image.new("RGB", (side_px, side_px), COLOURS[number % 4]) for number in range(frames)]
    pictures[0].save(path, decoder, save_all=True, append_images=pictures[1:], **words)
    return path


@pytest.mark.parametrize(("kind", "decoder"), [("image/gif", "GIF"), ("image/webp", "WEBP")])
def test_it_moves_as_it_did(tmp_path: Path, kind: str, decoder: str) -> None:
    moving(tmp_path / "came", decoder, duration=[50, 100, 150, 200], loop=0)

    verdict = remake_picture(tmp_path / "came", kind=kind, folder=tmp_path)

    assert verdict.media_type == "image/webp"
    with Image.open(tmp_path / "file") as whole:
        assert isinstance(whole, WebPImagePlugin.WebPImageFile)
        assert (whole.n_frames, whole.info["loop"]) == (4, 0)
        durations = []
        for number in range(4):
            whole.seek(number)
            whole.load()
            durations.append(whole.info["duration"])
    assert durations == [50, 100, 150, 200]


def test_a_gif_that_plays_once_plays_once(tmp_path: Path) -> None:
    moving(tmp_path / "came", "GIF", duration=50)

    remake_picture(tmp_path / "came", kind="image/gif", folder=tmp_path)

    with Image.open(tmp_path / "file") as whole:
        assert whole.info["loop"] == 1


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [("FRAMES_MAX", 3, "frames"), ("ALL_PIXELS_MAX", 1500, "frames"), ("PIXELS_MAX", 399, "pixels")],
)
@pytest.mark.parametrize(("kind", "decoder"), [("image/gif", "GIF"), ("image/webp", "WEBP")])
def test_it_neither_moves_too_long_nor_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, decoder: str, limit: str, value: int, reason: str
) -> None:
    monkeypatch.setattr(f"messaging.files.examining.animations.{limit}", value)
    moving(tmp_path / "came", decoder)

    with pytest.raises(Refused, match=reason):
        remake_picture(tmp_path / "came", kind=kind, folder=tmp_path)


def test_a_frame_that_is_damaged_is_found_before_anything_is_written(tmp_path: Path) -> None:
    raw = bytearray(moving_webp(3))
    raw[-8:] = b"\xff" * 8
    (tmp_path / "came").write_bytes(raw)

    with pytest.raises(Refused, match="damaged"):
        remake_picture(tmp_path / "came", kind="image/webp", folder=tmp_path)
    assert not (tmp_path / "file").exists()
