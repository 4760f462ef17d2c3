"""Windows, as far as it can be had elsewhere: what it lacks is taken away, what it forbids is forbidden, and all is done there.

(Its consoles are in tests/text/test_keyboard.py.)
"""

import os
import shutil
from pathlib import Path

import pytest

from micrograd_es import load, nn, save
from micrograd_es.cli import main
from micrograd_es.system import files
from tests.support import ROOT

LACKING = "O_DIRECTORY", "fork", "getuid", "geteuid", "chown", "mkfifo", "sysconf", "killpg", "sched_getaffinity"
SLIDE = "(x*w - y)**2", "x=1", "w=1", "y=2"
CRLF = "from micrograd_es import Value\r\nx, größe = Value(2), Value(3)\r\nloss = x * größe\r\n"


def is_open(path):
    "Has this process the file open?"
    handles = [Path("/proc/self/fd", fd) for fd in os.listdir("/proc/self/fd")]
    return any(handle.exists() and handle.samefile(path) for handle in handles)


@pytest.fixture(autouse=True)
def windows(tmp_path, monkeypatch):
    "Without locks, folders that can be opened and the rest; with a folder whose name is no ASCII and has spaces in it."
    for name in LACKING:
        monkeypatch.delattr(os, name, raising=False)
    monkeypatch.setattr(files, "fcntl", None)
    replace, opened = os.replace, os.open

    def replaced(source, target):
        if any(Path(path).exists() and is_open(path) for path in (source, target)):
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        replace(source, target)

    def no_folder(path, *rest, **options):
        if os.path.isdir(path):
            raise PermissionError(13, "Permission denied")
        return opened(path, *rest, **options)

    if os.path.exists("/proc/self/fd"):
        monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(os, "open", no_folder)
    folder = tmp_path / "Übung 1, Größen – ∂ 日本"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_every_file_is_written(windows, capsys):
    "By every command, over the one that is there too; and nothing is left beside them."
    shutil.copy(ROOT / "README.md", "a.svg")
    written = [
        "--svg",
        "a.svg",
        "--play",
        "a b.html",
        "--beamer",
        "ä.tex",
        "--animate",
        "b.svg",
        "--steps",
        "Schritte 1",
    ]
    assert main([*SLIDE, *written]) == 0 and main([*SLIDE, *written]) == 0
    assert main(["worksheet", "chain", "--sheets", "2", "--out", "Blatt 1"]) == 0
    assert main(["quiz", "chain", "--variants", "1", "--out", "Frage 1.xml"]) == 0
    assert sorted(os.listdir()) == sorted(
        [
            "a.svg",
            "a b.html",
            "ä.tex",
            "b.svg",
            "Schritte 1",
            "Frage 1.xml",
            *(f"Blatt 1{end}" for end in (".html", "-key.html", "-answers.csv")),
        ]
    )
    net = nn.MLP(2, [3, 1])
    save(net, "Gewichte 1.json")
    Path("Gewichte 1.json").write_bytes(Path("Gewichte 1.json").read_bytes().replace(b"\n", b"\r\n"))
    load(net, "Gewichte 1.json")


def test_a_file_that_somebody_has_open(windows, capsys):
    "Cannot be replaced there: it stays, nothing is left beside it, and the one line names it."
    if not os.path.exists("/proc/self/fd"):
        pytest.skip("no /proc, which says what is open")
    Path("a.svg").write_text("old")
    with open("a.svg"), pytest.raises(SystemExit):
        main([*SLIDE, "--svg", "a.svg"])
    assert "a.svg: cannot write it: The process cannot access the file" in capsys.readouterr().err
    assert Path("a.svg").read_text() == "old" and os.listdir() == ["a.svg"]


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a byte order mark"])
def test_lines_end_as_its_editors_end_them(windows, mark, capsys):
    "In a student's program, and in tables of answers, which its shell names by *.csv and leaves to us."
    Path("mein modell.py").write_bytes((mark + CRLF).encode())
    assert main(["mein modell.py", "--wrt", "größe"]) == 0
    assert "∂loss/∂größe = x = 2" in capsys.readouterr().out
    for student in ("Ann", "Jörg"):
        table = f"{mark}student,sheet,question,answer\r\n{student},chain-1-1,1,1\r\n"
        Path(f"{student} 1.csv").write_bytes(table.encode())
    assert main(["grade", "*.csv"]) == 0
    out = capsys.readouterr().out
    assert "Ann" in out and "Jörg" in out
