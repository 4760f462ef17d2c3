"""What is published: built, looked into, and installed where nothing else is, far from this folder; there it does its jobs.

The wheel is installed with what it says that it needs, and no more.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import micrograd_es
from micrograd_es.classroom.quizzes.formats import FORMATS
from micrograd_es.lab.parts import PINNED, verified
from micrograd_es.system.files import cache_folder
from tests.support import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PROGRAM = Path(__file__).with_name("users_program.py")
SLIDE = ["(x*w - y)**2", "x=1", "w=1", "y=2"]


def ours():
    "The package as it stands here, but for what Python leaves in it."
    files = [path for path in (ROOT / "micrograd_es").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(ROOT).as_posix() for path in files}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    "(the source distribution, the wheel), as whoever publishes them would build them."
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", folder]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (source,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return source, wheel


def test_what_is_published(built):
    "Every page, style sheet and example of the package, and its licence; no test, no notebook, no picture."
    source, wheel = built
    assert [file.name for file in built] == [
        f"micrograd_es-{PROJECT['version']}.tar.gz",
        f"micrograd_es-{PROJECT['version']}-py3-none-any.whl",
    ]
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert any(name.endswith("/licenses/LICENSE") for name in archive.namelist())
    assert names == ours() and {Path(name).suffix for name in names} >= {".html", ".css", ".js", ".json", ".typed"}
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    documents = {"README.md", "CHANGELOG.md", "LICENSE", "CITATION.cff", "pyproject.toml", "PKG-INFO", ".gitignore"}
    assert names == ours() | documents


def test_one_version():
    "In the package, on the index, in a citation; and the changelog begins with what is new in it."
    citation, changes = ((ROOT / name).read_text("utf-8") for name in ("CITATION.cff", "CHANGELOG.md"))
    assert micrograd_es.__version__ == PROJECT["version"] == re.search(r"^version: (.*)$", citation, re.M)[1]
    assert re.search(r"^## (\d+\.\d+\.\d+)", changes, re.M)[1] == PROJECT["version"]


# ---- Installed, where nothing else is --------------------------------------------------------------------------------


def needed(requirement, extra=""):
    "What must be installed for this requirement, by name: what it asks for is asked in its turn."
    if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
        yield requirement.name
        for inner in map(Requirement, distribution(requirement.name).requires or ()):
            for wanted in requirement.extras or [""]:
                yield from needed(inner, wanted)


@pytest.fixture(scope="module")
def bare(built, tmp_path_factory):
    "The Python of an environment that has the wheel, and copies of what it needs: no network is asked."
    if not find_spec("pip"):
        pytest.skip("no pip here to install it with")
    folder = tmp_path_factory.mktemp("far away")
    venv.create(folder / "env")
    python = folder / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps", built[1]]
    subprocess.run(pip, check=True, timeout=60)
    (packages,) = {path.parent for path in (folder / "env").rglob("micrograd_es")}
    for name in {name for text in PROJECT["dependencies"] for name in needed(Requirement(text))}:
        for file in distribution(name).files:
            if ".." not in file.parts and file.suffix != ".pyc":
                (packages / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file.locate(), packages / file)
    return python


@pytest.fixture
def run(bare, tmp_path):
    "A command of this environment, on a machine that has no other: its exit status, and what it said."

    def run(command, *words):
        environment = {key: text for key, text in os.environ.items() if not key.startswith("PYTHON")}
        environment |= {"PATH": str(bare.parent), "PYTHONIOENCODING": "utf-8"}
        line = [shutil.which(command, path=bare.parent), *map(str, words)]
        done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=120)
        return done.returncode, done.stdout, done.stderr

    return run


JOBS = {  # what is typed: the files that come out, and what is said
    "a worked solution, and its pictures": (
        [*SLIDE, "--why", "--paths", "--check", "--svg", "a.svg", "--play", "a.html", "--beamer", "a.tex", "--steps", "s"],
        {"a.svg", "a.html", "a.tex", "s"},
        "∂loss/∂w = ∂loss/∂ŷ · ∂ŷ/∂w = -2 · x = -2 · 1 = -2",
    ),
    "sheets": (
        ["worksheet", "chain", "--sheets", "2"],
        {"chain-1.html", "chain-1-key.html", "chain-1-answers.csv"},
        "2 sheets to print or fill in",
    ),
    "grading": (["grade", "chain-1-1", "1=1"], set(), "chain-1-1"),
    **{
        f"a quiz as {name}": (
            ["quiz", "chain", "--variants", "2", "--format", name, "--out", f"q{suffix}"],
            {f"q{suffix}"},
            "wrote q",
        )
        for name, (_, suffix) in FORMATS.items()
    },
    "a lab": (["lab", "lab.html"], {"lab.html"}, "wrote lab.html"),
    "a training, which needs more": (["train", "glyphs"], set(), "replay needs numpy: pip install"),
}  # fmt: skip


@pytest.mark.parametrize("job", JOBS)
def test_main_jobs(job, run, tmp_path):
    if job == "a lab" and not all(verified(pinned, cache_folder("lab")) for pinned in PINNED):
        pytest.skip("the parts of the lab are not here")
    words, files, said = JOBS[job]
    status, out, err = run("micrograd-es", *words)
    assert (status, set(os.listdir(tmp_path))) == (2 if "needs" in said else 0, files), err
    assert said in out + err and "Traceback" not in err


def test_a_users_program(run, tmp_path):
    "It runs there, and says what is right; so nothing of this folder is imported."
    status, out, err = run("python", PROGRAM)
    assert (status, err) == (0, "") and out.endswith("with -2 · 1 · 1 = -2\nTrue\n")
    assert set(os.listdir(tmp_path)) == {"graph.svg", "page.html", "net.json"}
    assert run("python", "-c", "import micrograd_es as m; print(m.__version__)") == (0, PROJECT["version"] + "\n", "")


@pytest.mark.parametrize("checker", ["mypy --strict --python-executable", "pyright --pythonpath"])
def test_its_types_are_known(checker, bare, tmp_path):
    "py.typed is in the wheel, and the types of what a user calls are what they get."
    tool, *options = checker.split()
    if not find_spec(tool):
        pytest.skip(f"{tool} is not installed: pip install --group style")
    if subprocess.run([sys.executable, "-m", tool, "--version"], capture_output=True, timeout=120).returncode:
        pytest.skip(f"{tool} does not start here: pyright fetches itself from npm")
    shutil.copy(PROGRAM, tmp_path)
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')
    command = [sys.executable, "-m", tool, *options, bare, PROGRAM.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


# ---- On a public forge -----------------------------------------------------------------------------------------------

WORKFLOWS = ROOT / ".github" / "workflows"


def test_the_forge_runs_what_the_readme_says():
    "Those very commands, from the oldest Python that is promised on."
    text, readme = (WORKFLOWS / "tests.yml").read_text("utf-8"), (ROOT / "README.md").read_text("utf-8")
    commands = re.findall(r"- run: (python3.*)", text)
    assert commands == [line.partition("  ")[0] for line in re.findall(r"^python3 run.py.*", readme, re.M)]
    oldest = re.search(r'python: \["([\d.]+)"', text)[1]
    assert PROJECT["requires-python"] == f">={oldest}"


def test_nobody_can_change_what_the_forge_runs():
    "zizmor reads the workflows: what is foreign is pinned by its hash, and each job may do no more than it must."
    zizmor = shutil.which("zizmor", path=Path(sys.executable).parent)
    if not zizmor:
        pytest.skip("zizmor is not installed: pip install --group style")
    command = [zizmor, "--offline", "--persona=pedantic", WORKFLOWS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
