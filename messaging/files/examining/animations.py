"""A picture that moves: all of it is decoded once to know that it can be, then written as an animated WebP."""

from pathlib import Path

from PIL import ImageFile

from messaging.files.examining.verdict import Refused

FRAMES_MAX = 1_000
PIXELS_MAX = 9_000_000  # of one frame: its canvas is in memory six times
ALL_PIXELS_MAX = 100_000_000  # of all frames: some ten seconds of one core
QUALITY = 75
EFFORT = 0  # of 6; more takes thrice as long for a hundredth of the bytes
SHORTEST_MS = 20  # browsers show what is said to be shorter for 100 ms
SHORT_MS = 100


def durations_of(picture: ImageFile.ImageFile) -> list[int]:
    """Milliseconds of each frame, all decoded; none where it stands still.

    Raises Refused, of too many frames before they are all decoded, or before any is where the file says how many.
    """
    frames = (
        getattr(picture, "n_frames", 1) if picture.format == "WEBP" else None
    )  # a GIF's are only found one by one
    if frames == 1:
        return []
    width, height = picture.size
    frames_max = max(1, min(FRAMES_MAX, ALL_PIXELS_MAX // (width * height)))
    if frames is not None and frames > frames_max:
        raise Refused("frames")
    try:
        durations = _decoded(picture, frames or frames_max + 1)
    except MemoryError:
        raise
    except Exception as error:  # decoders raise anything
        raise Refused("damaged") from error
    if len(durations) == 1:
        return []
    if len(durations) > frames_max:
        raise Refused("frames")
    if width * height > PIXELS_MAX:
        raise Refused("pixels")
    return durations


def _decoded(picture: ImageFile.ImageFile, frames: int) -> list[int]:
    durations: list[int] = []
    for frame in range(frames):
        try:
            picture.seek(frame)
        except EOFError:  # the end of a GIF
            break
        picture.load()
        durations.append(int(picture.info.get("duration", 0)))
    return durations


def write_animation(picture: ImageFile.ImageFile, durations: list[int], *, path: Path) -> None:
    plays = picture.info.get("loop", 1 if picture.format == "WEBP" else None)
    picture.seek(0)
    picture.save(
        path,
        "WEBP",
        save_all=True,
        duration=[ms if ms >= SHORTEST_MS else SHORT_MS for ms in durations],
        loop=1 if plays is None else plays,
        quality=QUALITY,
        method=EFFORT,
        icc_profile=b"",
        exif=b"",
        xmp=b"",
    )
