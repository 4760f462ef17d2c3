"""In CI the random cases are the same at every run, so that a failure belongs to the change that it meets.

And the browser that the pages are tested in: Debian's Chromium, driven by playwright, with the network off.
"""

import os
import random
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import sample

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


def pytest_addoption(parser):
    parser.addoption("--whole", action="store_true", help="whatever the tests take only a part of on most days")
    parser.addoption("--sample", metavar="DAY", default=sample.day, help="the part of that day (today's)")


def pytest_configure(config):
    sample.whole, sample.day = config.option.whole, config.option.sample


def pytest_report_header(config):
    return (
        "all of what is quantified over"
        if sample.whole
        else f"of what is quantified over, a part: --sample {sample.day}"
    )


ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def nothing_is_written_into_the_root():
    "The tests write into folders of their own; what tools keep, as .pytest_cache, begins with a dot or is ignored."
    before = visible(ROOT)
    yield
    assert not visible(ROOT) - before, "the tests wrote these into the root of the project"


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard():
    "By the tests of it, and what they start, though what runs in the background is born deaf to it."
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def seeded():
    "Python's random begins at the same place, and goes on afterwards as if nothing had been."
    state = random.getstate()
    random.seed(11)
    yield
    random.setstate(state)


def visible(folder):
    return {name for name in os.listdir(folder) if not name.startswith((".", "__pycache__"))}


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM:
        pytest.skip("no Chromium on the PATH: apt install chromium")
    from playwright import sync_api

    with sync_api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        except sync_api.Error as error:
            pytest.skip(f"{CHROMIUM} does not start here: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def window(browser):
    "Without a network."
    context = browser.new_context(offline=True)
    yield context
    context.close()


@pytest.fixture(scope="session")
def from_npm(request):
    "The folder of a package that only npm has."
    folder = request.config.cache.mkdir("npm")

    def fetched(package):
        home = folder / "node_modules" / package.rpartition("@")[0]
        if not home.exists():
            if not shutil.which("npm"):
                pytest.skip(f"{package} comes from npm, which is not on the PATH")
            quick = ["--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0"]  # with no network: skip, soon
            command = ["npm", "install", "--prefix", folder, *quick, package]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120)
            if done.returncode or not home.exists():
                pytest.skip(f"npm could not fetch {package}: {done.stderr[-200:]}")
        return home

    return fetched


@pytest.fixture(scope="session")
def axe(from_npm):
    "The source of axe-core."
    return (from_npm("axe-core@4") / "axe.min.js").read_text("utf-8")
