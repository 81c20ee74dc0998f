"""Schemathesis asks for everything that the OpenAPI document promises, and for much that it does not."""

import os
import subprocess
import sys
from pathlib import Path

from groma import Groma

# What a schema cannot say: what a cursor, a target, a type's schema or a position means. A request may be refused for
# that (400), or because of what is there (409).
CONFIG = """
[warnings]
enabled = false

[checks]
positive_data_acceptance.expected-statuses = [200, 201, 202, 204, 400, 401, 403, 404, 409, 422, 429]

# Too many refused credentials from one address are answered with 429, which is the point; who gets in without one is
# asked of every operation by the tests of the edge.
[checks.ignored_auth]
enabled = false

# It answers what would be refused, with a list of every fault.
[[operations]]
include-operation-id = "scan_validate"
[operations.checks]
negative_data_rejection.enabled = false
"""

# One without an end; one that is no HTTP after its first answer.
STREAMS = ["events", "events_ws"]
# Would take the judge's own token, or its folder's keys.
DANGEROUS = ["token_revoke"]
# The same requests each time; `random` for others.
SEED = os.environ.get("GROMA_ORACLE_SEED", "1")
EXAMPLES = os.environ.get("GROMA_ORACLE_EXAMPLES", "20")


def judge(groma, token, *words):
    config = groma.home / "schemathesis.toml"
    config.write_text(CONFIG)
    program = Path(sys.executable).with_name("schemathesis")
    command = [program, "--config-file", config, "run", f"{groma.base}/openapi.json", "--no-color"]
    command += ["--header", f"Authorization: Bearer {token}", "--max-examples", EXAMPLES, "--continue-on-failure"]
    command += ["--request-timeout", "10", "--suppress-health-check", "all", *words]
    if SEED != "random":
        command += ["--seed", SEED]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([str(word) for word in command], cwd=groma.home, env=environment, timeout=600)
    assert done.returncode == 0, f"schemathesis found what it must not find; the server's log:\n{groma.log()}"


def check():
    with Groma() as groma:
        groma.run("scan", "network", "127.0.0.1", "--ports", "1-20")
        token = groma.token("admin")
        skip = [word for name in STREAMS + DANGEROUS for word in ("--exclude-operation-id", name)]
        judge(groma, token, *skip)
        only = [word for name in DANGEROUS for word in ("--include-operation-id", name)]
        judge(groma, token, *only, "--phases", "coverage,fuzzing", "--exclude-checks", "positive_data_acceptance")
        # It is still there, and in order.
        assert groma.run("doctor") is not None
