"""Other browsers than Chromium, alike: open(url, size), press(key), click(selector), evaluate(expression), trouble().

Firefox is told what to do by WebDriver BiDi, which puppeteer speaks, WebKit by WebDriver, which selenium speaks.
"""

import contextlib
import glob
import json
import os
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest


class Firefox:
    "What was logged, thrown or fetched is trouble; so is an answer that never comes."

    def __init__(self, process):
        self.process = process

    @classmethod
    @contextlib.contextmanager
    def started(cls, from_npm):
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        if not program or not shutil.which("node"):
            pytest.skip("no Firefox on the PATH, or no node: apt install firefox-esr nodejs")
        command = ["node", Path(__file__).with_name("firefox.mjs"), from_npm("puppeteer-core@25"), program]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield cls(process)
            finally:
                process.stdin.close()

    def tell(self, *command):
        print(json.dumps(command), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        assert "error" not in answer, (command, answer)
        return answer.get("value")

    def open(self, url, size):
        self.tell("open", url, *size)

    def press(self, key):
        self.tell("press", key)

    def click(self, selector):
        self.tell("click", selector)

    def evaluate(self, expression):
        return self.tell("evaluate", expression)

    def screenshot(self, path):
        self.tell("screenshot", str(path))

    def trouble(self):
        return self.tell("trouble")


class WebKit:
    "The WebKit of GTK, on a screen that nobody sees. It cannot be asked what was logged: what was thrown or fetched is trouble."

    def __init__(self, driver):
        self.driver = driver

    @classmethod
    @contextlib.contextmanager
    def started(cls, from_npm):
        webdriver = pytest.importorskip(
            "selenium.webdriver", reason="selenium is not installed: the group `browser` has it"
        )
        driver, viewer = shutil.which("WebKitWebDriver"), glob.glob("/usr/lib/*/webkit2gtk-*/MiniBrowser")
        if not driver or not viewer:
            pytest.skip("no WebKitWebDriver on the PATH: apt install webkit2gtk-driver")
        with screen() as display:
            options = webdriver.WebKitGTKOptions()
            options.binary_location = viewer[-1]
            options.add_argument("--automation")
            service = webdriver.webkitgtk.service.Service(driver, env={**os.environ, "DISPLAY": display})
            with warnings.catch_warnings(action="ignore"):  # it has not caught up with itself
                browser = webdriver.WebKitGTK(options=options, service=service)
            try:
                yield cls(browser)
            finally:
                browser.quit()

    def open(self, url, size):
        self.driver.set_window_size(*size)
        self.driver.get(url)
        self.evaluate("void addEventListener('error', event => { (window.thrown ??= []).push(event.message); })")

    def press(self, key):
        from selenium.webdriver import ActionChains, Keys

        names = {"ArrowRight": Keys.ARROW_RIGHT, "ArrowLeft": Keys.ARROW_LEFT, "ArrowDown": Keys.ARROW_DOWN, "Enter": Keys.ENTER, "Home": Keys.HOME,
                 "End": Keys.END, "Tab": Keys.TAB, "Backspace": Keys.BACKSPACE, "Escape": Keys.ESCAPE}  # fmt: skip
        ActionChains(self.driver).send_keys(names.get(key, key)).perform()

    def click(self, selector):
        self.driver.find_element("css selector", selector).click()

    def evaluate(self, expression):
        return self.driver.execute_script(f"return {expression}")

    def screenshot(self, path):
        self.driver.save_screenshot(str(path))

    def trouble(self):
        return self.evaluate("[...(window.thrown ?? []), ...performance.getEntriesByType('resource').map(e => e.name)]")


@contextlib.contextmanager
def screen():
    "The name of a display: the one there is, or one of our own."
    if os.environ.get("DISPLAY"):
        yield os.environ["DISPLAY"]
        return
    if not shutil.which("Xvfb"):
        pytest.skip("no display, and no Xvfb on the PATH: apt install xvfb")
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "2000x1200x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield f":{process.stdout.readline().strip()}"
        finally:
            process.terminate()
