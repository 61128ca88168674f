# Pillow gives every frame of an animated WebP the duration of the first when it is saved from a picture that moves, such as a GIF with frames of 100, 500 and 2,000 ms; saved as a GIF or an animated PNG the same picture keeps them. Who wants them kept reads them frame by frame and passes them as a list (`duration=`).
# Run: bash findings/pillow_webp_durations.sh. It needs Python 3.10 or newer.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pillow==13.0.0
cat >durations.py <<'PY'
import io

import PIL
from PIL import Image

MEANT = [100, 500, 2000]
frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
gif = io.BytesIO()
frames[0].save(gif, "GIF", save_all=True, append_images=frames[1:], duration=MEANT)


def durations(file: io.BytesIO) -> list[int]:
    picture, found = Image.open(file), []
    for number in range(picture.n_frames):
        picture.seek(number)
        picture.load()
        found.append(round(picture.info["duration"]))
    return found


def saved_as(kind: str, **words: object) -> list[int]:
    file = io.BytesIO()
    Image.open(gif).save(file, kind, save_all=True, **words)
    return durations(file)


print("Pillow", PIL.__version__, "- the GIF:", durations(gif))
seen = {kind: saved_as(kind) for kind in ("GIF", "PNG", "WEBP")}
told = saved_as("WEBP", duration=MEANT)
print(*(f"saved as {kind}: {found}" for kind, found in seen.items()), sep="\n")
print("saved as WEBP with a list of them:", told)
raise SystemExit(seen != {"GIF": MEANT, "PNG": MEANT, "WEBP": [100, 100, 100]} or told != MEANT)
PY
venv/bin/python durations.py
