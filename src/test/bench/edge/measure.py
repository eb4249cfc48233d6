"""Load on one URL, and what it cost the server's processes."""
import asyncio
import glob
import os
import re
import statistics
import subprocess
import time

HOST = "www.example.org"  # a name, as browsers send; an address is checked by other rules
TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid):
    """A process and all below it."""
    found = [pid]
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            with open(path) as children:
                for child in children.read().split():
                    found += tree(int(child))
        except OSError:
            pass
    return found


def cpu_seconds(pid):
    total = 0
    for each in tree(pid):
        try:
            with open(f"/proc/{each}/stat") as stat:
                fields = stat.read().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        except OSError:
            pass
    return total / TICKS


def resident_kib(pid):
    """What a server holds; a JVM only gives back what it does not need when it is asked to."""
    if os.readlink(f"/proc/{pid}/exe").endswith("/java"):
        for _ in range(3):  # it shrinks step by step
            subprocess.run(["jcmd", str(pid), "GC.run"], capture_output=True, check=True)
            time.sleep(0.5)
    total = 0
    for each in tree(pid):
        with open(f"/proc/{each}/smaps_rollup") as rollup:
            total += int(re.search(r"Pss:\s+(\d+)", rollup.read())[1])
    return total


def millis(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


def load(url, pid, seconds, connections=64):
    """One run of wrk: requests a second, latencies in ms, CPU-ms of the server for 1000 requests."""
    before = cpu_seconds(pid)
    out = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-H", f"Host: {HOST}", url],
        capture_output=True, text=True, check=True).stdout
    spent = cpu_seconds(pid) - before
    count = int(re.search(r"(\d+) requests in", out)[1])
    errors = re.search(r"Non-2xx[^\n]*|Socket errors[^\n]*", out)
    return {
        "rps": float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]),
        "p50": millis(re.search(r"\n\s+50%\s+(\S+)", out)[1]),
        "p99": millis(re.search(r"\n\s+99%\s+(\S+)", out)[1]),
        "cpu": spent * 1_000_000 / max(1, count),
        "errors": errors[0] if errors else "",
    }


def interleaved(targets, runs, seconds, warm_seconds):
    """Medians by name; the targets take turns, so that a change of the machine hits them all."""
    for name, url, pid in targets:
        load(url, pid, warm_seconds[name])
    results = {name: [] for name, _, _ in targets}
    for _ in range(runs):
        for name, url, pid in targets:
            results[name].append(load(url, pid, seconds))
    return {name: median(all_of) for name, all_of in results.items()}


def median(results):
    found = {key: statistics.median(r[key] for r in results) for key in ("rps", "p50", "p99", "cpu")}
    found["errors"] = "; ".join(sorted({r["errors"] for r in results} - {""}))
    return found


async def _one(port, path, took, refused, keep):
    begun = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: bench.example\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: *(\d+)", head)[1])
        await reader.readexactly(length)
        if head[9:12] != b"200":
            refused.append(head[:60].decode("latin1"))
        took.append((time.monotonic() - begun) * 1000)
        if keep is None:
            writer.close()
        else:
            keep.append(writer)
    except (OSError, asyncio.IncompleteReadError, TypeError) as e:
        refused.append(repr(e))


async def _burst(port, path, count):
    took, refused = [], []
    await asyncio.gather(*(_one(port, path, took, refused, None) for _ in range(count)))
    took.sort()
    return took, refused


def burst(port, path, count):
    """Many requests at once, each on a connection of its own: sorted ms, and what was refused."""
    return asyncio.run(_burst(port, path, count))


def with_idle(port, path, count, then):
    """What {@code then} returns while many connections are kept after one request each."""
    async def hold():
        kept, refused = [], []
        for start in range(0, count, 500):
            await asyncio.gather(*(
                _one(port, path, [], refused, kept) for _ in range(min(500, count - start))))
        if refused:
            raise SystemExit(f"{len(refused)} of {count} connections failed: {refused[0]}")
        return await asyncio.get_running_loop().run_in_executor(None, then)

    return asyncio.run(hold())
