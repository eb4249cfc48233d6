"""Drives nginx, haproxy, php-fpm and the product side by side; see scripts/bench."""
import argparse
import base64
import datetime
import os
import pathlib
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import measure

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[3]
NGINX, HAPROXY, OWN, OWN_UNIX, OWN_TCP, OWN_SLOW = 27310, 27320, 27401, 27411, 27421, 27431
PEER, OURS = "nginx", "appliance"
POOL = """user=root
group=root
listen.mode=0666
listen.backlog=1024
pm=static
pm.max_children=8
pm.max_requests=0"""


class Bench:
    def __init__(self, quick):
        self.run = pathlib.Path(tempfile.mkdtemp(prefix="appliance-bench-"))
        self.www = self.run / "www"
        self.started = []
        self.runs, self.seconds = (3, 2) if quick else (5, 5)
        # A JVM compiles for a minute what it runs often, and longer if the load takes its processors.
        self.warm = 20 if quick else 60
        self.idle = 2000 if quick else 10000
        self.lines = []

    # Processes

    def prepare(self):
        self.run.chmod(0o755)  # nginx's workers are nobody
        self.www.mkdir()
        for name, size in (("1k", 1024), ("20k", 20480), ("1m", 1048576)):
            (self.www / f"{name}.bin").write_bytes(os.urandom(size))
        (self.www / "hello.php").write_text('<?php echo "hello ", $_SERVER["REQUEST_URI"], "\\n";')
        for folder in ("unix", "tcp"):
            (self.www / folder).mkdir()
            shutil.copy(self.www / "hello.php", self.www / folder)
        body = base64.b64encode(os.urandom(1536)).decode()
        for template in HERE.glob("*.in"):
            text = template.read_text()
            for key, value in (("RUN", self.run), ("WWW", self.www), ("BODY", body), ("POOL", POOL)):
                text = text.replace(f"@{key}@", str(value))
            (self.run / template.stem).write_text(text)
        fastcgi = pathlib.Path("/etc/nginx/fastcgi_params")
        (self.run / "fastcgi_params").write_text(fastcgi.read_text())

    def start(self, *command, log="log"):
        out = open(self.run / log, "ab")
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=self.run)
        self.started.append(process)
        return process.pid

    def peers(self):
        fpm = next(p for p in sorted(pathlib.Path("/usr/sbin").glob("php-fpm*")))
        daemon_off = ["-g", "daemon off;"]
        self.start("nginx", "-c", str(self.run / "upstream.conf"), *daemon_off)
        self.start(sys.executable, str(HERE / "slow.py"), "27302")
        self.start(str(fpm), "-F", "-R", "-y", str(self.run / "fpm.conf"))
        self.nginx = self.start("nginx", "-c", str(self.run / "nginx.conf"), *daemon_off)
        self.haproxy = self.start(
            "haproxy", "-f", str(self.run / "haproxy.cfg"), log="haproxy.access")
        await_url(f"http://127.0.0.1:{NGINX}/u")
        await_url(f"http://127.0.0.1:{HAPROXY}/u")

    def node(self, port, app, ready):
        cluster = 27500 + (port - OWN)
        command = [
            "env", f"APPLIANCE_JAR={ROOT / 'target/appliance.jar'}", str(ROOT / "dist/appliance"),
            "--join", f"bench{port}",
            "--name", "bench", "--data", str(self.run / f"data{port}"), "--bind", "127.0.0.1",
            "--port", str(cluster), "--peers", f"127.0.0.1:{cluster}",
            "--http", f"127.0.0.1:{port}", "--admin", f"127.0.0.1:{port + 1}",
            "--site", str(self.www), "--app", app, "--php-connections", "8"]
        if access_log_known():
            command += ["--access-log", str(self.run / f"appliance{port}.access")]
        pid = self.start(*command, log=f"appliance{port}.log")
        await_url(f"http://127.0.0.1:{port}{ready}")
        return pid

    def stop(self):
        for process in reversed(self.started):
            process.send_signal(signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.run, ignore_errors=True)

    # What is measured

    def say(self, line=""):
        print(line, flush=True)

    def table(self, title, targets, base):
        warm = {name: self.warm if name == OURS else self.seconds for name, _, _ in targets}
        found = measure.interleaved(targets, self.runs, self.seconds, warm)
        first = found[base]
        for name, _, _ in targets:
            r = found[name]
            self.say(
                f"| {title} | {name} | {r['rps']:.0f} | {r['rps'] / first['rps']:.2f} "
                f"| {r['p50']:.2f} | {r['p99']:.2f} | {r['cpu']:.1f} | {r['cpu'] / first['cpu']:.2f} "
                f"| {r['errors']} |")

    def compare(self, title, ours, peers):
        targets = [(OURS, *ours)] + peers
        self.table(title, [targets[1], targets[0], *targets[2:]], peers[0][0])

    def static(self, size):
        path = f"/{size}.bin"
        self.compare(
            f"static {size}", (url(OWN, path), self.own), [(PEER, url(NGINX, path), self.nginx)])

    def proxy(self):
        self.compare("proxy 2k", (url(OWN, "/u"), self.own), [
            (PEER, url(NGINX, "/u"), self.nginx), ("haproxy", url(HAPROXY, "/u"), self.haproxy)])

    def php(self):
        unix = self.node(OWN_UNIX, f"fastcgi+unix:{self.run}/own.sock", "/unix/hello.php")
        tcp = self.node(OWN_TCP, "fastcgi://127.0.0.1:27304", "/tcp/hello.php")
        self.compare("php-fpm unix", (url(OWN_UNIX, "/unix/hello.php"), unix),
                     [(PEER, url(NGINX, "/unix/hello.php"), self.nginx)])
        self.compare("php-fpm tcp", (url(OWN_TCP, "/tcp/hello.php"), tcp),
                     [(PEER, url(NGINX, "/tcp/hello.php"), self.nginx)])

    def idle_connections(self):
        for name, port, pid in ((PEER, NGINX, self.nginx), (OURS, OWN, self.own)):
            target = url(port, "/1k.bin")
            measure.load(url(port, "/u"), pid, self.warm if name == OURS else self.seconds)
            alone = measure.load(target, pid, self.seconds)
            before = measure.resident_kib(pid)
            during = measure.with_idle(port, "/u", self.idle, lambda: (
                time.sleep(2), measure.resident_kib(pid), measure.load(target, pid, self.seconds)))
            each = (during[1] - before) / self.idle
            self.say(f"| {self.idle} idle connections | {name} | {each:.1f} KiB each "
                     f"| p99 of others {alone['p99']:.2f} -> {during[2]['p99']:.2f} ms |")

    def slow(self):
        slow = self.node(OWN_SLOW, "http://127.0.0.1:27302", "/")
        measure.load(url(OWN_SLOW, "/"), slow, self.warm)
        for count in (100, 1000):
            for name, port in ((PEER, NGINX), ("haproxy", HAPROXY), (OURS, OWN_SLOW)):
                took, refused = measure.burst(port, "/slow", count)
                p50, p99 = (took[int(len(took) * q)] if took else 0 for q in (0.5, 0.99))
                self.say(f"| {count} at once, 600 ms each | {name} | {len(refused)} refused "
                         f"| p50 {p50:.0f} ms, p99 {p99:.0f} ms |")

    def go(self, works):
        self.prepare()
        self.peers()
        self.own = self.node(OWN, "http://127.0.0.1:27301", "/u")
        self.say(f"{datetime.date.today()}, {os.cpu_count()} cores, {memory()}, {java()}, "
                 f"{version('nginx', '-v')}, {version('haproxy', '-v')}; {self.runs} turns of "
                 f"{self.seconds} s with wrk -c64 after {self.warm} s of the same load, medians; access log to a file: "
                 f"{'both sides' if access_log_known() else 'peers only'}")
        loads = [w for w in works if w not in ("idle", "slow")]
        if loads:
            self.say("\n| work | server | req/s | ratio | p50 ms | p99 ms | CPU-ms/1000 | ratio | errors |")
            self.say("|---|---|---|---|---|---|---|---|---|")
        for work in loads:
            getattr(self, work)() if work in ("proxy", "php") else self.static(work)
        if "idle" in works or "slow" in works:
            self.say("\n| work | server | | |\n|---|---|---|---|")
        if "idle" in works:
            self.idle_connections()
        if "slow" in works:
            self.slow()


def url(port, path):
    return f"http://127.0.0.1:{port}{path}"


def await_url(address):
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"no answer from {address} within 30 s")


def access_log_known():
    return "\n# access-log:" in (ROOT / "conf/appliance.yaml").read_text()


def memory():
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') >> 30} GiB"


def java():
    out = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr
    return "Java " + out.split('"')[1]


def version(*command):
    result = subprocess.run(command, capture_output=True, text=True)
    words = (result.stdout + result.stderr).split()
    return command[0] + " " + next(w for w in words if any(c.isdigit() for c in w)).split("/")[-1]


WORKS = ("1k", "20k", "1m", "proxy", "php", "idle", "slow")


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench edge")
    parser.add_argument("--quick", action="store_true", help="one short turn of each")
    parser.add_argument("works", nargs="*", metavar="WORK", help=", ".join(WORKS))
    arguments = parser.parse_args()
    unknown = set(arguments.works) - set(WORKS)
    if unknown:
        parser.error(f"no such work: {', '.join(sorted(unknown))}")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    bench = Bench(arguments.quick)
    try:
        bench.go(arguments.works or WORKS)
    finally:
        bench.stop()


main()
