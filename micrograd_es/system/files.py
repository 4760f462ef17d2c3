"""Files, so that nothing is ever half written; and the folder for what can be had again."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from secrets import token_hex


def cache_folder(name: str) -> Path:
    "Where we keep what can be had again: downloads, machine code."
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "micrograd_es" / name


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Make this the content of the file: of a new one beside it, which then takes its name.

    After an error nothing is left of the new one, and OSError names the file. (Killed outright, it may leave a hidden
    .micrograd_es-….part behind, but never half a file under the name itself.)
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    part = target.with_name(f".micrograd_es-{token_hex(8)}.part")
    try:
        old = target.stat() if target.exists() else None
        if old:
            if not stat.S_ISREG(old.st_mode):
                raise OSError(errno.EINVAL, "a folder or a device, not to be overwritten")
            open(target, "ab").close()  # PermissionError if it is protected: replacing it would not ask
        try:
            with open(part, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if old:
                os.chmod(part, stat.S_IMODE(old.st_mode))
            os.replace(part, target)
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), os.fspath(path)) from error
    with suppress(OSError, AttributeError):  # the new name is safe once the folder is; Windows cannot open a folder
        folder = os.open(target.parent, os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
