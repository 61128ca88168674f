"""The browser that the tests and tools of this folder use: Debian's Chromium as a program without a screen.

It is the engine of `chromium`, built without windows; the tests take half the processor time with it.
"""

from playwright.async_api import Browser, Playwright

from tests.servers import program

PROGRAM = "chromium-headless-shell"  # the package is called like it


async def launch_chromium(playwright: Playwright) -> Browser:
    arguments = ["--no-sandbox"]  # a sandbox cannot be had as root, nor in most containers
    return await playwright.chromium.launch(executable_path=program(PROGRAM, package=PROGRAM), args=arguments)
