"""A Messages API on 127.0.0.1 that answers from a scenario instead of a model.

The real client is pointed at it with ANTHROPIC_BASE_URL, so a whole session runs with
no network, no account and no model.  Every request is kept in `entries` and, if a path
is given, written to a JSON-lines log; authentication headers never are.

By hand: `python3 mock_messages_api.py SCENARIO.json [LOG]` prints the URL and serves.
"""
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from scripted_model import ScriptedModel

USAGE = {"input_tokens": 100, "output_tokens": 20,
         "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
RUNAWAY = 400       # requests after which a client is cut off


def failure(text):
    """An error body in the API's shape."""
    return {"type": "error", "error": {"type": "not_found_error", "message": text}}


class Handler(BaseHTTPRequestHandler):
    """One connection of the client."""

    protocol_version = "HTTP/1.1"
    server_version = "mock-messages/1"

    def log_message(self, *_args):
        """Keeps the server's access log off stderr."""

    def do_HEAD(self):
        """Answers the client's reachability probe."""
        self.server.keep({"kind": "probe", "path": self.path})
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_GET(self):
        """Answers a model list, and 404 to all else."""
        self.server.keep({"kind": "probe", "path": self.path})
        if self.path.split("?")[0].endswith("/v1/models"):
            self._reply(200, {"data": [], "has_more": False, "first_id": None, "last_id": None})
        else:
            self._reply(404, failure("the mock does not serve " + self.path))

    def do_POST(self):
        """Plays the step that the request asks for."""
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            body = {}
        path = self.path.split("?")[0]
        if path.endswith("/v1/messages/count_tokens"):
            self.server.keep({"kind": "count_tokens", "path": path, "body": body})
            return self._reply(200, {"input_tokens": max(1, len(raw) // 4)})
        if not path.endswith("/v1/messages"):
            self.server.keep({"kind": "other", "path": path, "body": body})
            return self._reply(404, failure("the mock does not serve " + path))
        answer = self.server.model.answer(body)
        self.server.keep(dict(answer, kind="messages", path=path, model=body.get("model"), body=body))
        message = {
            "id": "msg_mock_%d" % time.time_ns(), "type": "message", "role": "assistant",
            "model": body.get("model") or "mock", "content": answer["blocks"],
            "stop_reason": answer["stop_reason"], "stop_sequence": None,
            "usage": dict(USAGE, **(answer.get("usage") or {}))}
        return self._stream(message) if body.get("stream") else self._reply(200, message)

    def _reply(self, status, payload):
        data = json.dumps(payload).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _event(self, kind, **data):
        text = json.dumps(dict({"type": kind}, **data))
        self.wfile.write(("event: %s\ndata: %s\n\n" % (kind, text)).encode())
        self.wfile.flush()

    def _stream(self, message):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        self._event("message_start", message=dict(message, content=[], stop_reason=None))
        for index, block in enumerate(message["content"]):
            if block["type"] == "text":
                empty = {"type": "text", "text": ""}
                delta = {"type": "text_delta", "text": block["text"]}
            else:
                empty = dict(block, input={})
                delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
            self._event("content_block_start", index=index, content_block=empty)
            self._event("content_block_delta", index=index, delta=delta)
            self._event("content_block_stop", index=index)
        self._event("message_delta", usage=message["usage"],
                    delta={"stop_reason": message["stop_reason"], "stop_sequence": None})
        self._event("message_stop")


class MockServer(ThreadingHTTPServer):
    """The mock; use it in a `with` block, which starts and stops it."""

    daemon_threads = True

    def __init__(self, log_path=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.model = ScriptedModel({})
        self.entries = []
        self.log_path = log_path
        self._started = time.monotonic()
        self._lock = threading.Lock()

    @property
    def url(self):
        """Where the client finds the mock."""
        return "http://127.0.0.1:%d" % self.server_address[1]

    def play(self, scenario):
        """Takes the scenario to answer from."""
        self.model = ScriptedModel(scenario)

    def main_requests(self):
        """The requests of the main conversation, in order of arrival."""
        with self._lock:
            return [entry for entry in self.entries if entry.get("conversation") == "main"]

    def turns_ended(self):
        """How many answers so far asked for no tool."""
        return sum(entry["stop_reason"] == "end_turn" for entry in self.main_requests())

    def keep(self, entry):
        """Adds a request to `entries` and to the log."""
        with self._lock:
            entry = dict(entry, n=len(self.entries), t=round(time.monotonic() - self._started, 3))
            self.entries.append(entry)
            if self.log_path:
                with open(self.log_path, "a", encoding="utf-8") as log:
                    log.write(json.dumps(entry) + "\n")
            if len(self.entries) >= RUNAWAY:
                threading.Thread(target=self.shutdown, daemon=True).start()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05},
                         daemon=True).start()
        return self

    def __exit__(self, *_failure):
        self.shutdown()
        self.server_close()


def main(arguments):
    """Serves one scenario until interrupted."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 64
    with MockServer(*arguments[1:2]) as server:
        server.play(json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
        print(server.url, flush=True)
        try:
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
