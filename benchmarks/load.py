"""A hundred users at once against one worker on one core; tiles and cells beside nginx serving the same files on that core.

    python benchmarks/load.py [ATLAS] [--users 100] [--seconds 300] [--part users|nginx] [--json FILE]

Users are the walks of `load_traces.py`: panning, drilling, searching, each with six connections as a browser has, and what it
has seen kept. The server is bound to the first core, the users to the others. To reach: no error, 99 % of the answers within
150 ms, and anonymous memory (RssAnon) less what the caches hold: at the end at most 1.1 x what it was after the first fifth.

nginx (Debian's) serves the tiles of one pyramid and the cells of one grid as files, with its cache of open files, one worker,
no log, on the same core; wrk asks both in turn over 16 kept connections from another core. To reach: 0.3 of nginx's requests a
second. Without nginx or wrk that part is left out and said to be.

Without an atlas a made-up one is served, as in viewer.py.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from figures import Figure, add_json, report
from load_traces import Atlas, walk
from viewer import made_up_atlas

CONNECTIONS = 6
P99_LIMIT_MS, GROWTH_LIMIT, NGINX_LIMIT = 150.0, 1.1, 0.3
ROUNDS, ROUND_SECONDS = 3, 5


@dataclass
class Seen:
    """What all users saw. times: (kind of step, seconds) of each answer. memory: (seconds since the start, MB, of which in
    caches).

    errors: how many of each kind; first: an address of each.
    """

    times: list[tuple[str, float]] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)
    memory: list[tuple[float, float, float]] = field(default_factory=list)

    def failed(self, error: str, path: str) -> None:
        self.errors[error] += 1
        self.first.setdefault(error, path)


class Connection:
    """One kept connection of a user: HTTP/1.1, one request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Ask for a path: status and body of the answer. A connection that was closed meanwhile is opened anew."""
        kept = self.streams is not None
        try:
            return await self._ask(path)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            self.close()
            if not kept or getattr(error, "partial", b""):
                raise
            return await self._ask(path)

    async def _ask(self, path: str) -> tuple[int, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        if length is None:
            raise OSError("an answer without its length")
        return int(head[9:12]), await reader.readexactly(int(length[1]))

    def close(self) -> None:
        """Forget the connection."""
        if self.streams is not None:
            self.streams[1].close()
        self.streams = None


async def user(atlas: Atlas, address: tuple[str, int], seed: int, until: float, seen: Seen) -> None:
    """Walk through an atlas until the time is over."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(Connection(*address))
    kept: set[str] = set()

    async def ask(kind: str, path: str) -> None:
        connection = await free.get()
        began = time.perf_counter()
        try:
            status, _ = await connection.get(path)
            seen.times.append((kind, time.perf_counter() - began))
            if status != 200:
                seen.failed(f"{status} {kind}", path)
            elif "v=" in path:
                kept.add(path)
        except (OSError, EOFError, asyncio.IncompleteReadError) as error:
            seen.failed(f"{type(error).__name__} {kind}", path)
            connection.close()
        finally:
            free.put_nowait(connection)

    await asyncio.sleep(seed % 100 * 0.05)  # people do not come all at once
    for step in walk(atlas, seed):
        for group in step.groups:
            await asyncio.gather(*(ask(step.kind, path) for path in group if path not in kept))
        if time.monotonic() > until:
            break
        await asyncio.sleep(step.pause)
    while not free.empty():
        free.get_nowait().close()


async def watch_memory(pid: int, address: tuple[str, int], until: float, seen: Seen) -> None:
    began, connection = time.monotonic(), Connection(*address)
    while time.monotonic() < until:
        _, figures = await connection.get("/metrics")
        cached = sum(int(held) for held in re.findall(rb"ganatlas_cache_held_bytes\S* (\d+)", figures)) / 1e6
        seen.memory.append((time.monotonic() - began, anonymous_mb(pid), cached))
        await asyncio.sleep(2)
    connection.close()


def anonymous_mb(pid: int) -> float:
    """Anonymous memory of a process, MB."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1000 if found else 0.0


async def crowd(atlas: Atlas, address: tuple[str, int], pid: int, users: int, seconds: float) -> Seen:
    """All users at once."""
    seen, until = Seen(), time.monotonic() + seconds
    await asyncio.gather(
        watch_memory(pid, address, until, seen), *(user(atlas, address, seed, until, seen) for seed in range(users))
    )
    return seen


def figures_of(seen: Seen, users: int, seconds: float) -> list[Figure]:
    """No error, the latencies, and memory from after the first fifth to the end."""
    times = sorted(taken for _, taken in seen.times)
    for kind in sorted({kind for kind, _ in seen.times}):
        own = sorted(taken * 1000 for each, taken in seen.times if each == kind)
        print(
            f"{kind:8} {len(own):8,} answers, median {own[len(own) // 2]:7.1f} ms, "
            f"99 % within {own[int(0.99 * len(own))]:7.1f} ms"
        )
    for what, number in seen.errors.items():
        print(f"error: {what}: {number}, the first at {seen.first[what]}")
    tenths = [next((row for row in seen.memory if row[0] >= seconds * tenth / 10), (0.0, 0.0, 0.0)) for tenth in range(10)]
    print("anonymous memory by tenths of the time (in caches), MB:", *(f"{mb:.0f} ({held:.0f})" for _, mb, held in tenths))
    early = [row for row in seen.memory if seconds * 0.2 <= row[0] < seconds * 0.3] or seen.memory[:1]
    late = [row for row in seen.memory if row[0] >= seconds * 0.9] or seen.memory[-1:]
    before, after = (statistics.median(mb - held for _, mb, held in rows) for rows in (early, late))
    return [
        Figure(f"errors, {users} users for {seconds:g} s", sum(seen.errors.values()), "answers", 0),
        Figure("answers a second", len(times) / seconds, "1/s"),
        Figure("median answer", times[len(times) // 2] * 1000, "ms"),
        Figure("99 % of answers within", times[int(0.99 * len(times))] * 1000, "ms", P99_LIMIT_MS),
        Figure("anonymous memory at the end", late[-1][1], "MB"),
        Figure("of which in the caches, which have a limit", late[-1][2], "MB"),
        Figure("the rest of it, end over first fifth", after / before, "x", GROWTH_LIMIT),
    ]


@contextlib.contextmanager
def server(atlas: Path, core: int) -> Iterator[tuple[int, int]]:
    """A server of one worker on one core: its port and process."""
    port = free_port()
    command = [
        "taskset",
        "-c",
        str(core),
        sys.executable,
        "-m",
        "ganatlas.cli",
        "serve",
        str(atlas),
        "--port",
        str(port),
        "--quiet",
    ]
    process = subprocess.Popen(command)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz?ready=true")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def only_atlas(base: str) -> str:
    """The name of the atlas that is served."""
    with urllib.request.urlopen(f"{base}/api/v1/atlases") as answer:
        return str(json.load(answer)["atlases"][0]["name"])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wait_for(url: str, patience: float = 120) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


NGINX = """
{user}daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log crit;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=10000 inactive=10m;
  open_file_cache_valid 10m; types {{ image/webp webp; application/json json; }} default_type application/json;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4;
  scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; add_header cache-control "public, max-age=31536000, immutable"; }}
}}
"""
LUA = """
local paths = {{ {paths} }}
local at = 0
request = function() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
"""


@contextlib.contextmanager
def nginx(folder: Path, core: int) -> Iterator[int]:
    """nginx serving a folder's `files`, one worker on one core; its port."""
    port = free_port()
    user = "user root; " if os.geteuid() == 0 else ""  # its worker must see the folder
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, user=user))
    process = subprocess.Popen(["taskset", "-c", str(core), "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        wait_for(f"http://127.0.0.1:{port}/ready.json")
        yield port
    finally:
        process.terminate()
        process.wait(20)


def beside_nginx(atlas: Atlas, port: int, folder: Path, seconds: int) -> list[Figure]:
    """Requests a second of both for the tiles of a pyramid and for the cells of a grid, in turn."""
    layer = atlas.layers[-1]
    grid = max((grid for grid in layer["grids"] if grid["icons"]), key=lambda each: each["size"])
    pyramid = grid["icons"][0]
    top = (max(pyramid["width"], pyramid["height"]) - 1).bit_length()
    count = -(-pyramid["width"] // pyramid["tile_size"])
    asked = {
        "tiles": [atlas.tile(layer, grid, pyramid, top, *place) for place in itertools.product(range(count), range(count))][
            :200
        ],
        "cells": [f"{atlas.grid(layer, grid)}/cells?v={grid['version']}"],
    }
    (folder / "files").mkdir()
    (folder / "files" / "ready.json").write_text("{}")
    for path in itertools.chain.from_iterable(asked.values()):
        target = folder / "files" / unquote(path.partition("?")[0]).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        with urllib.request.urlopen(atlas.base + path) as answer:
            target.write_bytes(answer.read())
    figures = []
    core, *others = sorted(os.sched_getaffinity(0))
    with nginx(folder, core) as other:
        for what, paths in asked.items():
            script = folder / f"{what}.lua"
            script.write_text(LUA.format(paths=", ".join(f'"{path}"' for path in paths)))
            speeds: dict[int, list[float]] = {port: [], other: []}
            for _, each in itertools.product(range(ROUNDS), speeds):
                speeds[each].append(requests_a_second(each, script, seconds, others or [core]))
            ours, theirs = (statistics.median(speeds[each]) for each in (port, other))
            size = sum((folder / "files" / unquote(p.partition("?")[0]).lstrip("/")).stat().st_size for p in paths) / len(paths)
            figures += [
                Figure(f"{what} of {size / 1000:.1f} kB: nginx", theirs, "requests/s"),
                Figure(f"{what}: ganatlas, one worker", ours, "requests/s"),
                Figure(f"{what}: ganatlas over nginx", ours / theirs, "x", NGINX_LIMIT, at_most=False),
            ]
    return figures


def requests_a_second(port: int, script: Path, seconds: int, cores: list[int]) -> float:
    """What wrk reaches."""
    bound = ["taskset", "-c", ",".join(map(str, cores))]
    command = [*bound, "wrk", "-t1", "-c16", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{port}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(f"wrk met errors: {said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("atlas", nargs="?", type=Path, help="a bundle; a made-up one when left out")
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=300, help="of the users")
    parser.add_argument("--part", choices=("users", "nginx"), action="append", help="one part alone")
    parser.add_argument("--round", type=int, default=ROUND_SECONDS, help="seconds of a round beside nginx")
    add_json(parser)
    options = parser.parse_args()
    parts = options.part or ["users", "nginx"]
    core, *others = sorted(os.sched_getaffinity(0))
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="ganatlas-load-") as name:
        path = (options.atlas or made_up_atlas(Path(name) / "made-up.atlas")).resolve()
        with server(path, core) as (port, pid):
            base = f"http://127.0.0.1:{port}"
            atlas = Atlas(base, only_atlas(base))
            if "users" in parts:
                os.sched_setaffinity(0, others or [core])
                figures += figures_of(
                    asyncio.run(crowd(atlas, ("127.0.0.1", port), pid, options.users, options.seconds)),
                    options.users,
                    options.seconds,
                )
                os.sched_setaffinity(0, [core, *others])
            if "nginx" in parts:
                missing = [program for program in ("nginx", "wrk") if shutil.which(program) is None]
                if missing:
                    print(f"left out: {' and '.join(missing)} not installed")
                else:
                    figures += beside_nginx(atlas, port, Path(name), options.round)
    return report(figures, options.json)


if __name__ == "__main__":
    sys.exit(main())
