"""standardwebhooks checks signatures, the CloudEvents SDK reads what was delivered."""

import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook, WebhookVerificationError

from groma import Groma

PLENTY = 60


class Receiver:
    """Takes deliveries; answers with what it is told to."""

    def __init__(self):
        self.came = queue.Queue()
        self.answers = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                status = receiver.answers.pop(0) if receiver.answers else 204
                receiver.came.put((dict(self.headers.items()), body, status))
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self):
        return self.came.get(timeout=PLENTY)


def verify(secrets, headers, body, wrong=()):
    """Every one of the secrets must fit, none of the wrong ones may, and nothing may be changed."""
    for secret in secrets:
        Webhook(secret).verify(body, headers, json_parse=False)
    for secret, text in [*((secret, body) for secret in wrong), (secrets[0], body + b" ")]:
        try:
            Webhook(secret).verify(text, headers, json_parse=False)
        except WebhookVerificationError:
            continue
        raise AssertionError("a signature fits that must not")


def event(headers, body):
    return from_http_event(HTTPMessage(headers, body), JSONFormat())


def make(client, url, **more):
    request = {"url": url, "types": ["groma.network.*"], "allow_private": True, **more}
    made = client.post("/v1/webhooks", json=request)
    assert made.status_code == 201, made.text
    return made.json()["data"]["webhook"]["id"], made.json()["data"]["secret"]


def check():
    with Groma() as groma:
        client = groma.client("admin")
        structured, binary = Receiver(), Receiver()
        id, secret = make(client, structured.url)
        _, other = make(client, binary.url, format="binary")
        # The first delivery is refused twice: it comes again under the same id.
        structured.answers = [500, 503]
        groma.run("scan", "network", "127.0.0.1-3", "--ports", "9")
        truth = {item["id"]: item for item in groma.journal() if item["type"].startswith("groma.network.")}
        ordered = [item["id"] for item in truth.values()]
        tries, told, seen = [], {}, {}
        while len(told) < len(truth):
            headers, body, status = structured.next()
            verify([secret], headers, body, [other])
            read = event(headers, body)
            assert headers["webhook-id"] == read.get_id(), headers
            assert json.loads(body) == truth[read.get_id()], body
            tries.append(headers["webhook-id"])
            if status < 300:
                told[read.get_id()] = read
        while len(seen) < len(truth):
            headers, body, _ = binary.next()
            verify([other], headers, body, [secret])
            read = event(headers, body)
            item = truth[read.get_id()]
            assert headers["webhook-id"] == read.get_id() and json.loads(body) == item["data"], headers
            assert read.get_type() == item["type"] and read.get_source() == item["source"], headers
            assert read.get_subject() == item.get("subject") and read.get_extension("sequence") == item["sequence"], headers
            seen[read.get_id()] = read
        for subject in {item.get("subject") for item in truth.values()}:
            expected = [id for id in ordered if truth[id].get("subject") == subject]
            for got in (told, seen):
                assert [id for id in got if truth[id].get("subject") == subject] == expected, "out of order"
        assert len(tries) == len(set(tries)) + 2, tries

        # Both secrets sign while they overlap.
        rotated = client.post(f"/v1/webhooks/{id}/rotate", json={"overlap_seconds": 3600})
        assert rotated.is_success, rotated.text
        newer = rotated.json()["data"]["secret"]
        client.post(f"/v1/webhooks/{id}/test", timeout=PLENTY).raise_for_status()
        headers, body, _ = structured.next()
        verify([newer, secret], headers, body, [other])

        # 410 ends it, and says so.
        structured.answers = [410] * 3
        groma.run("scan", "network", "127.0.0.1", "--ports", "10")
        until = time.monotonic() + PLENTY
        while client.get(f"/v1/webhooks/{id}").json()["data"]["state"] != "disabled":
            assert time.monotonic() < until, "a receiver that is gone is not left alone"
            structured.next()
        print(f"standardwebhooks: {len(tries)} + {len(seen)} deliveries, a rotation, a test, a farewell")
