"""Files, so that nothing is ever half written; and the folder for what can be had again."""

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

HOUR = 3600  # seconds: where files cannot be locked, nobody writes at one for so long


def cache_folder(name: str) -> Path:
    "Where we keep what can be had again: downloads, machine code."
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "micrograd_es" / name


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Make this the content of the file: of a new one beside it, which then takes its name.

    After an error nothing is left of the new one, and OSError names the file. (Killed outright, it may leave a hidden
    .micrograd_es-….part behind, which the next writer here removes, but never half a file under the name itself.)
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    try:
        old = target.stat() if target.exists() else None
        if old:
            if not stat.S_ISREG(old.st_mode):
                raise OSError(errno.EINVAL, "a folder or a device, not to be overwritten")
            open(target, "ab").close()  # PermissionError if it is protected: replacing it would not ask
        for part in _left_behind(target.parent):
            with suppress(OSError):
                part.unlink()
        file = _new_part(target.parent)
        try:
            with file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                if old:
                    os.chmod(file.name, stat.S_IMODE(old.st_mode))
                if fcntl:  # while it is locked: nobody takes it for left behind
                    os.replace(file.name, target)
            if not fcntl:  # Windows moves no file that is open
                os.replace(file.name, target)
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), os.fspath(path)) from error
    with suppress(OSError, AttributeError):  # the new name is safe once the folder is; Windows cannot open a folder
        folder = os.open(target.parent, os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


# ---- The part files --------------------------------------------------------------------------------------------------


def _new_part(folder: Path) -> BinaryIO:
    "A new file in the folder, locked for as long as it is open, by which another writer sees that ours is alive."
    while True:
        file = open(folder / f".micrograd_es-{token_hex(8)}.part", "xb")
        try:
            if not fcntl:
                return file
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.exists(file.name):
                return file
        except BlockingIOError:
            pass
        except OSError:  # this file system has no locks
            return file
        file.close()  # somebody saw it before it was locked, and removes it


def _left_behind(folder: Path) -> Iterator[Path]:
    "The part files whose writers are dead: nobody holds their lock. Without locks, those that are an hour old."
    for part in folder.glob(".micrograd_es-*.part"):
        with suppress(OSError):
            if part.is_symlink() or not part.is_file():
                continue
            if not fcntl:
                if time.time() - part.stat().st_mtime > HOUR:
                    yield part
                continue
            with open(part, "r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield part  # removed while it is locked
