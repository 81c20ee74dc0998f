"""The CloudEvents SDK reads every event of the journal."""

import json

from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat

from groma import Groma


def structured(event):
    """Returns the SDK's view of an event; it raises what is not as the specification says."""
    message = HTTPMessage({"content-type": "application/cloudevents+json"}, json.dumps(event).encode())
    read = from_structured_event(message, JSONFormat())
    assert read.get_id() == event["id"] and read.get_type() == event["type"], event
    assert read.get_source() == event["source"] and read.get_subject() == event.get("subject"), event
    assert read.get_dataschema() == event["dataschema"] and read.get_specversion() == "1.0", event
    assert read.get_time().utcoffset().total_seconds() == 0, event
    assert read.get_extension("sequence") == event["sequence"], event
    assert read.get_data() == event["data"], event
    return read


def check():
    with Groma() as groma:
        groma.run("scan", "network", "127.0.0.1-20", "--ports", "9,10")
        client = groma.client("admin")
        types, count, after = set(), 0, "oldest"
        while True:
            page = client.get("/v1/events/history", params={"after": after, "limit": 100}).raise_for_status().json()["data"]
            for event in page["events"]:
                types.add(structured(event).get_type())
                after = event["sequence"]
                count += 1
            if not page["more"]:
                break
        assert count == len(groma.journal()) and "groma.network.scan_completed" in types, (count, types)
        print(f"CloudEvents SDK: {count} events of {len(types)} types")
