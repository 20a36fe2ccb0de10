"""Packs Python packages of Debian into wheels, so that pip installs them as it would from an index.

usage: make-wheels.py OUT DEB...
"""

import base64
import hashlib
import io
import pathlib
import re
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes

PACKAGES = "./usr/lib/python3/dist-packages/"
INFO = re.compile(r"[^/]+\.(?:dist-info|egg-info)(?=/|$)")


class Package:
    """What one .deb holds of a Python distribution. Debian keeps the dependencies in its own fields only."""

    def __init__(self, deb: str) -> None:
        self.name, self.depends = dpkg_deb("--show", "--showformat=${Package}\n${Depends}", deb).decode().split("\n")
        self.files: dict[str, bytes] = {}
        self.info: dict[str, bytes] = {}
        with tarfile.open(fileobj=io.BytesIO(dpkg_deb("--fsys-tarfile", deb))) as archive:
            for member in archive:
                if not member.isfile() or not member.name.startswith(PACKAGES):
                    continue
                path = member.name.removeprefix(PACKAGES)
                kept = self.info if INFO.match(path) else self.files
                kept[path.rpartition("/")[2] if kept is self.info else path] = archive.extractfile(member).read()
        self.metadata = next((self.info[name] for name in self.info if name in ("METADATA", "PKG-INFO")), None)
        if self.metadata is None:
            self.metadata = next((text for name, text in self.info.items() if name.endswith(".egg-info")), b"")
        fields = message_from_bytes(self.metadata)
        self.distribution, self.version = fields["Name"], fields["Version"]

    def requires(self, others: "dict[str, Package]") -> list[str]:
        names = [re.split(r"[ :(|]", wanted.strip())[0] for wanted in self.depends.split(",")]
        return [others[name].distribution for name in names if name in others]


def make_wheel(package: Package, requires: list[str], out: pathlib.Path) -> None:
    stem = f"{re.sub('[-_.]+', '_', package.distribution)}-{package.version}"
    header, _, body = package.metadata.partition(b"\n\n")
    lines = [line for line in header.splitlines() if not line.startswith(b"Requires-Dist:")]
    lines += [f"Requires-Dist: {name}".encode() for name in requires]
    files = {
        **package.files,
        f"{stem}.dist-info/METADATA": b"\n".join([*lines, b"", body]),
        f"{stem}.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if "entry_points.txt" in package.info:
        files[f"{stem}.dist-info/entry_points.txt"] = package.info["entry_points.txt"]
    record = "".join(f"{path},sha256={digest(content)},{len(content)}\n" for path, content in files.items())
    files[f"{stem}.dist-info/RECORD"] = f"{record}{stem}.dist-info/RECORD,,\n".encode()
    with zipfile.ZipFile(out / f"{stem}-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)


def digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def dpkg_deb(*arguments: str) -> bytes:
    return subprocess.run(["dpkg-deb", *arguments], check=True, capture_output=True).stdout


def main(out: pathlib.Path, debs: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    packages = [package for package in map(Package, debs) if package.distribution is not None]
    by_name = {package.name: package for package in packages}
    for package in packages:
        make_wheel(package, package.requires(by_name), out)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2:])
