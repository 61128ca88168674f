# Playwright's `wait_for_function` with an expression ("document.title === 'done'") passes on a page whose Content-Security-Policy has no 'unsafe-eval' where the expression is true at the first look, and fails with an EvalError where it has to wait: a test that is green on a quick machine and red on a slow one. Written as a function ("() => …") it waits.
# Run: bash findings/playwright_waiting_under_csp.sh. It needs Python 3.10 or newer and a chromium-headless-shell or chromium.
set -euo pipefail
chromium=$(command -v chromium-headless-shell || command -v chromium)
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check playwright==1.65.2
cat >waiting.py <<'PY'
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from threading import Thread

from playwright.sync_api import Error, sync_playwright

PAGES = {
    "/": ("text/html", b"<!doctype html><title>begun</title><script src=/later.js></script>"),
    "/later.js": ("text/javascript", b"setTimeout(() => { document.title = 'done' }, 500)"),
}


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, body = PAGES.get(self.path, ("text/plain", b""))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
Thread(target=server.serve_forever, daemon=True).start()
seen = {}
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"])
    print("playwright", version("playwright"), "- Chromium", browser.version)
    page = browser.new_page()
    for condition in ("document.title === 'begun'", "document.title === 'done'", "() => document.title === 'done'"):
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        try:
            page.wait_for_function(condition, timeout=10_000)
            seen[condition] = "waited for it, or had it"
        except Error as error:
            seen[condition] = "EvalError" if "EvalError" in str(error) else "another error"
        print(f"{condition}: {seen[condition]}")
    browser.close()
raise SystemExit(list(seen.values()) != ["waited for it, or had it", "EvalError", "waited for it, or had it"])
PY
venv/bin/python waiting.py "$chromium"
