"""httpx-sse reads the stream of events, is cut off, resumes, and sees everything once."""

import signal

import httpx
import httpx_sse

from groma import Groma

CUTS = [1, 3, 40, 7, 100]


def read(client, last, wanted):
    """Reads up to so many events behind a position; returns their ids. Silence, or the server's end, ends it early."""
    ids = []
    headers = {"Last-Event-ID": last} if last else {}
    try:
        with httpx_sse.connect_sse(client, "GET", "/v1/events?after=oldest", headers=headers) as source:
            source.response.raise_for_status()
            for event in source.iter_sse():
                if event.data == "":
                    # It hands out what the standard says to pass over: the time to wait, and comments.
                    continue
                body = event.json()
                assert event.event == "message", event
                if "sequence" not in body:
                    # A control frame keeps the position of the event before it.
                    continue
                assert event.id == body["sequence"], event
                ids.append(event.id)
                if len(ids) == wanted:
                    break
    except httpx.TransportError:
        pass
    return ids


def check():
    with Groma() as groma:
        client = groma.client("read")
        client.timeout = httpx.Timeout(30, read=2)
        groma.run("scan", "network", "127.0.0.1-250", "--ports", "9")
        total = len(groma.journal())
        assert total > sum(CUTS), total
        seen = []
        for count in CUTS:
            seen += read(client, seen[-1] if seen else None, count)
        # Somebody scans, the server is killed while we read, and comes back at the same address.
        groma.run("scan", "network", "127.0.0.1-250", "--ports", "10", "--max-rate", "100", "--detach")
        seen += read(client, seen[-1], total - len(seen) + 20)
        groma.stop(signal.SIGKILL)
        groma.start()
        while not any(event["type"] == "groma.network.scan_completed" for event in groma.journal()[total:]):
            seen += read(client, seen[-1], 10)
        truth = [event["sequence"] for event in groma.journal()]
        seen += read(client, seen[-1], len(truth) - len(seen)) if len(seen) < len(truth) else []
        assert seen == truth[: len(seen)] and len(seen) >= len(truth), (len(seen), len(truth))
        print(f"httpx-sse: {len(seen)} events, each once and in order, over {len(CUTS)} cuts and a killed server")
