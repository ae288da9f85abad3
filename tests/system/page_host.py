"""The page's files under the server's own content security policy, with documents given by the test: for states of the
wave that a test could not bring about through responses."""
import http.server
import json
import os
import threading

TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".svg": "image/svg+xml"}
POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
FOLDER = os.path.join(os.path.dirname(__file__), "../../src/server/page")
WORDS = os.path.join(os.path.dirname(__file__), "../../src/report/words.json")


class PageHost:
    """documents: {"wave": ..., "snapshot": ..., "history": ..., "guidance": ...}; what is absent is a 404."""

    def __init__(self, documents):
        self.documents = dict(documents)
        self.closing = threading.Event()
        host = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                host.answer(self)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.http = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, call):
        path = call.path
        if path == "/v1/stream":
            self.stream(call)
        elif path.startswith("/v1/"):
            document = self.documents.get(path[len("/v1/"):])
            if document is None:
                self.send(call, 404, "application/problem+json", b"{}")
            else:
                self.send(call, 200, "application/json", json.dumps(document).encode())
        else:
            self.file(call, "index.html" if path == "/" else path.removeprefix("/page/"))

    def file(self, call, name):
        if name == "words.js":  # as the build makes it
            with open(WORDS, "rb") as file:
                return self.send(call, 200, TYPES[".js"], b"export default " + file.read())
        path = os.path.join(FOLDER, name)
        if "/" in name or not os.path.isfile(path):
            return self.send(call, 404, "text/plain", b"")
        with open(path, "rb") as file:
            return self.send(call, 200, TYPES[os.path.splitext(name)[1]], file.read())

    def send(self, call, status, media_type, body):
        call.send_response(status)
        call.send_header("Content-Type", media_type)
        call.send_header("Content-Length", str(len(body)))
        call.send_header("Content-Security-Policy", POLICY)
        call.end_headers()
        call.wfile.write(body)

    def stream(self, call):
        call.send_response(200)
        call.send_header("Content-Type", "text/event-stream")
        call.end_headers()
        try:
            call.wfile.write(f"event: snapshot\ndata: {json.dumps(self.documents['snapshot'])}\n\n".encode())
            call.wfile.flush()
            self.closing.wait()
        except OSError:
            pass  # the page has gone

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
