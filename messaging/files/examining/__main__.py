"""The process that examines one file: bounds, a look, one line of JSON on its output."""

import dataclasses
import json
import sys
from pathlib import Path

from messaging.files.examining.bounds import bound_this_process
from messaging.files.examining.verdict import Refused, Verdict


def main(announced: str, name: str, folder_name: str, longest: str = "") -> None:
    """`announced` is a media type. With `longest`, pixels, the file is a picture of which a preview is made."""
    path, folder = Path(name), Path(folder_name)
    bound_this_process(reads_bytes=path.stat().st_size)
    try:
        verdict = _examine(path, announced, folder, int(longest or 0))
    except Refused as refused:
        verdict = Verdict(reason=refused.reason)
    print(json.dumps(dataclasses.asdict(verdict)))


def _examine(path: Path, announced: str, folder: Path, longest_px: int) -> Verdict:
    from messaging.files.examining.kinds import kind_found

    kind = kind_found(path, announced=announced)
    if not kind.startswith("image/"):
        return Verdict(media_type=kind)
    from messaging.files.examining.pictures import make_preview, remake_picture

    if longest_px:
        return make_preview(path, kind=kind, longest_px=longest_px, folder=folder)
    return remake_picture(path, kind=kind, folder=folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
