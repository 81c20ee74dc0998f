#!/usr/bin/env python3
"""Makes `form-0006`: a data folder as the version before schema 7 left it, and what that version said of it.

    git worktree add --detach /tmp/before 2d52268 && cd /tmp/before && cargo build -p groma
    python3 make_form_0006.py /tmp/before/target/debug/groma form-0006
"""

import json, os, shutil, socket, subprocess, sys, threading

groma, target = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
shutil.rmtree(target, ignore_errors=True)
os.makedirs(target)
data = os.path.join(target, "data")
everywhere = ["--data-dir", data, "--key-file", os.path.join(target, "key")]


def run(*arguments):
    done = subprocess.run([groma, *arguments, *everywhere], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{arguments}: {done.stderr}{done.stdout}")
    return done.stdout


def told(*arguments):
    out = run(*arguments, "-o", "ndjson")
    return [json.loads(line) for line in out.splitlines() if line]


class Listener:
    """A port that answers until it is closed."""

    def __init__(self, address, port):
        self.socket = socket.create_server((address, port))
        threading.Thread(target=self.answer, daemon=True).start()

    def answer(self):
        try:
            while True:
                self.socket.accept()[0].close()
        except OSError:
            pass

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def scan(*targets):
    run("scan", "network", *targets, "--ports", "26001-26005", "--no-ping", "--force")
    return told("scans", "list")[0]["id"]


web, shell = Listener("127.0.6.1", 26001), Listener("127.0.6.1", 26002)
other = Listener("127.0.6.2", 26001)
first = scan("127.0.6.1", "127.0.6.2", "localhost")
shell.close()
late = Listener("127.0.6.1", 26003)
scan("127.0.6.1", "127.0.6.2")
# Never seen but by a scan that is discarded.
unseen, nowhere = Listener("127.0.6.3", 26004), Listener("127.0.6.4", 26001)
run("scans", "discard", scan("127.0.6.3", "127.0.6.4"), "--reason", "a mistake")
# A service of a host that stays, and a change of one.
again, more = Listener("127.0.6.1", 26002), Listener("127.0.6.1", 26005)
run("scans", "discard", scan("127.0.6.1"), "--reason", "another")
run("keys", "rotate")
# Discarded, and there again.
scan("127.0.6.3")
run("exec", "--shell", "echo said by a command; echo and more >&2; true")
run("token", "create", "--name", "a program", "--scope", "read")
run("consumers", "put", "reader")
run("webhooks", "create", "https://hooks.example/groma")

before = {
    "hosts": told("hosts", "list"),
    "scans": told("scans", "list"),
    "executions": told("executions", "list"),
    "tokens": told("token", "list"),
    "consumers": told("consumers", "list"),
    "webhooks": told("webhooks", "list"),
    "events": told("events", "tail", "--after", "oldest"),
}
with open(os.path.join(target, "before.json"), "w") as out:
    json.dump(before, out, separators=(",", ":"))
for name in os.listdir(data):
    if name.endswith((".sock", ".lock", "-shm", "-wal")):
        os.remove(os.path.join(data, name))
print(subprocess.run(["du", "-ab", target], capture_output=True, text=True).stdout)
