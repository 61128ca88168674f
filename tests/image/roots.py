"""File systems of Debian that programs are run in, as an engine would: by debootstrap, mounts and chroot.

Needs root and Linux. What is mounted is mounted for the program alone, and gone with it.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# what Debian's slim images are without
LEFT_OUT = ("doc", "man", "info", "locale", "groff", "lintian")
# how this machine reaches its registries, while something is installed: from here, to there
WAYS = {"/etc/resolv.conf": "/etc/resolv.conf", "/etc/pip.conf": "/etc/pip.conf"}
AUTHORITIES = "/etc/pip-authorities.pem"

# $1: the root; $2: "ro" or "rw"; $3: the user's number, "" for root; $4: the folder; then what is mounted, as
# FROM=TO, "--", and the program
ENTER = """
root=$1 mode=$2 user=$3 folder=$4; shift 4
mount --bind "$root" "$root"
while [ "$1" != -- ]; do
  from=${1%%=*} to=$root${1#*=}; shift
  if [ -d "$from" ]; then mkdir -p "$to"; elif [ ! -e "$to" ]; then : >"$to"; fi
  mount --bind "$from" "$to"
done; shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
[ "$mode" = rw ] || mount -o remount,ro,bind "$root"
if [ -n "$user" ]; then
  set -- setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs --bounding-set=-all "$@"
fi
exec chroot "$root" sh -c 'cd "$1" && shift && exec "$@"' sh "$folder" "$@"
"""


def debian(folder: Path, *, suite: str = "trixie") -> Path:
    """A slim Debian in that folder; made where it is not there yet, from the mirrors of this machine's apt."""
    if folder.exists():
        return folder
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    mirror, security = _mirrors()
    # in a mount namespace: what it mounts is gone with it, also where it is broken off
    alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    subprocess.run([*alone, "debootstrap", "--variant=minbase", suite, str(unfinished), mirror], check=True)
    _write_sources(unfinished, suite, mirror, security)
    excluded = "".join(f"path-exclude /usr/share/{name}/*\n" for name in LEFT_OUT)
    (unfinished / "etc/dpkg/dpkg.cfg.d/slim").write_text(excluded)
    for name in (*(f"usr/share/{name}" for name in LEFT_OUT), "var/cache/apt", "var/lib/apt/lists"):
        shutil.rmtree(unfinished / name, ignore_errors=True)
        (unfinished / name).mkdir(parents=True)
    return unfinished.rename(folder)


def _mirrors() -> tuple[str, str | None]:
    """Of Debian and of its security updates, None where this machine has none."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)"], check=True, capture_output=True, text=True
    ).stdout
    sites = {site.rstrip("/") for site in listed.split()}
    security = sorted(site for site in sites if site.endswith("debian-security"))
    return sorted(site for site in sites if site.endswith("/debian"))[0], security[0] if security else None


def _write_sources(root: Path, suite: str, mirror: str, security: str | None) -> None:
    lines = [f"deb {mirror} {suite} main"]
    if suite != "sid":
        lines.append(f"deb {mirror} {suite}-updates main")
        lines += [f"deb {security} {suite}-security main"] if security else []
    (root / "etc/apt/sources.list").write_text("\n".join([*lines, ""]))


def copy_of(root: Path, folder: Path) -> Path:
    """The same once more, in place of what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "--archive", "--reflink=auto", str(root), str(folder)], check=True)
    return folder


def command_in(
    root: Path,
    command: Sequence[str],
    *,
    user: int | None = None,
    writable: bool = False,
    folder: str = "/",
    mounted: Mapping[str, str] | None = None,
) -> list[str]:
    """What runs the command in the root: with a /tmp of its own, and `mounted` (from here, to there) in it.

    With a `user` it has no capabilities and gets none. The command's processes end with it.
    """
    volumes = [f"{here}={there}" for here, there in (mounted or {}).items()]
    entering = [
        "sh",
        "-euc",
        ENTER,
        "enter",
        str(root),
        "rw" if writable else "ro",
        "" if user is None else str(user),
    ]
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", *entering, folder, *volumes, "--", *command]


def install(root: Path, *packages: str) -> None:
    """Debian's packages into the root; also from a mirror that is some weeks behind."""
    apt = "apt-get -qq -o Acquire::Check-Valid-Until=false"
    script = f"{apt} update && {apt} install -y --no-install-recommends {' '.join(packages)} >/dev/null"
    build(root, script, environment={"DEBIAN_FRONTEND": "noninteractive"})


def build(root: Path, script: str, *, environment: Mapping[str, str], folder: str = "/") -> None:
    """Run the script as root in the root, with this machine's way to the registries. Raises CalledProcessError."""
    pips = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    ways = dict(WAYS)
    if authorities := pips.get("PIP_CERT"):
        ways[authorities] = pips["PIP_CERT"] = AUTHORITIES
    brought = {here: there for here, there in ways.items() if Path(here).exists()}
    left = [there for name in brought.values() if not (there := root / name.lstrip("/")).exists()]
    entered = command_in(root, ["sh", "-c", script], writable=True, folder=folder, mounted=brought)
    try:
        subprocess.run(entered, env={"PATH": PATH, "HOME": "/root", **pips, **environment}, check=True)
    finally:
        for path in left:  # what they were mounted on
            path.unlink(missing_ok=True)


def size_of(root: Path) -> int:
    """Bytes of all its files."""
    found = subprocess.run(
        ["du", "--summarize", "--bytes", "--one-file-system", str(root)],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(found.stdout.split()[0])
