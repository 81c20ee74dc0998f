"""A Groma of its own for each judge."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import httpx

BINARY = os.environ.get("GROMA_BIN", "target/debug/groma")


class Groma:
    """A home with nothing in it, a data folder, and a server when it is started."""

    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="groma-oracle-"))
        self.address = "127.0.0.1:0"
        self.process = None
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "GROMA_DATA_DIR": str(self.home / "data"),
            # A judge asks faster than any client should.
            "GROMA_SERVER_REQUESTS_PER_SECOND": "1000000",
            "GROMA_SERVER_REQUESTS_BURST": "1000000",
        }

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def start(self):
        words = [BINARY, "serve", "--listen", self.address]
        log = open(self.home / "log", "ab")
        self.process = subprocess.Popen(words, env=self.environment, stdout=subprocess.PIPE, stderr=log, text=True)
        for line in self.process.stdout:
            found = re.match(r"listening on http://(\S+?)/?$", line)
            if found:
                self.address = found.group(1)
                return
        raise SystemExit(f"the server did not start:\n{self.log()}")

    @property
    def base(self):
        return f"http://{self.address}"

    def log(self):
        return (self.home / "log").read_text(errors="replace")[-4000:]

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return
        self.process.send_signal(how)
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        self.process = None
        assert code == 0 or how == signal.SIGKILL, f"the server ended with {code}:\n{self.log()}"

    def run(self, *words):
        """Runs a command to its end and returns what it printed."""
        done = subprocess.run([BINARY, *words], env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"groma {' '.join(words)} ended with {done.returncode}:\n{done.stderr}"
        return done.stdout.strip()

    def token(self, scope):
        return self.run("token", "create", "--name", "oracle", "--scope", scope)

    def journal(self):
        """Returns every event as the command line has it."""
        lines = self.run("events", "tail", "--after", "oldest", "--output", "ndjson").splitlines()
        return [json.loads(line) for line in lines]

    def client(self, scope="admin"):
        """Returns an HTTP client that is signed in."""
        headers = {"Authorization": f"Bearer {self.token(scope)}"}
        return httpx.Client(base_url=self.base, headers=headers, timeout=30, trust_env=False)
