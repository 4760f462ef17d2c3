// Firefox by WebDriver BiDi, told what to do line by line: [name, ...arguments] as JSON in, what came of it as JSON out.
// node firefox.mjs <puppeteer-core> <firefox>

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { default: puppeteer } = await import(pathToFileURL(`${process.argv[2]}/lib/puppeteer/puppeteer-core.js`));
const browser = await puppeteer.launch({
    browser: "firefox", executablePath: process.argv[3], headless: true, extraPrefsFirefox: { "ui.prefersReducedMotion": 1 },
});
const page = await browser.newPage();
const trouble = [];
page.on("console", message => trouble.push(message.text()));
page.on("pageerror", error => trouble.push(error.message));
page.on("request", request => { if (!/^(file|data):/.test(request.url())) trouble.push(request.url()); });

const commands = {
    open: async (url, width, height) => { await page.setViewport({ width, height }); await page.goto(url); },
    press: key => page.keyboard.press(key),
    click: selector => page.click(selector),
    evaluate: expression => page.evaluate(expression),
    screenshot: path => page.screenshot({ path }),
    trouble: () => trouble.splice(0),
};

for await (const line of createInterface({ input: process.stdin })) {
    const [name, ...given] = JSON.parse(line);
    const told = await Promise.resolve(commands[name](...given)).then(value => ({ value }), error => ({ error: error.message }));
    console.log(JSON.stringify(told));
}
await browser.close();
