"""Starting served targets, and the CPU seconds and memory of their process trees (psutil)."""
from __future__ import annotations

import http.client
import os
import shlex
import signal
import subprocess
import time

try:
    import psutil
except ImportError:                                    # request rates still work without it
    psutil = None


class Tree:
    """A process and its descendants."""

    def __init__(self, pid):
        self.pid, self.peak = pid, 0

    def procs(self):
        if psutil is None:
            return []
        try:
            p = psutil.Process(self.pid)
            return [p, *p.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def cpu(self):
        """User+system seconds of the tree, the reaped children of every member included."""
        total = 0.0
        for p in self.procs():
            try:
                t = p.cpu_times()
                total += t.user + t.system + t.children_user + t.children_system
            except psutil.Error:
                pass
        return total

    def rss(self):
        total = 0
        for p in self.procs():
            try:
                total += p.memory_info().rss
            except psutil.Error:
                pass
        self.peak = max(self.peak, total)
        return total

    def pss(self):
        """Proportional set size: pages shared by forked workers count once."""
        total = 0
        for p in self.procs():
            try:
                with open(f"/proc/{p.pid}/smaps_rollup") as f:
                    total += next(int(x.split()[1]) * 1024 for x in f if x.startswith("Pss:"))
            except (OSError, StopIteration):
                pass
        return total

    def count(self):
        return len(self.procs())


def machine_busy():
    """CPU seconds the whole machine has spent, time stolen by the hypervisor included."""
    with open("/proc/stat") as f:
        v = [int(x) for x in f.readline().split()[1:9]]
    user, nice, system, _idle, _iowait, irq, softirq, steal = v
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


class Served:
    """One target started by the bench itself; only its own process group is ever signalled."""

    def __init__(self, name, cmd, port, data, log):
        self.name, self.cmd, self.port, self.data, self.log = name, cmd, port, data, log
        self.p = None

    def argv(self, cmd, **extra):
        vals = {"{PORT}": str(self.port), "{DATA}": self.data, **{"{%s}" % k: v for k, v in extra.items()}}
        out = []
        for a in shlex.split(cmd):
            for k, v in vals.items():
                a = a.replace(k, v)
            out.append(a)
        return out

    def start(self, wait=60.0):
        """Start and return the seconds until /api/health answered 200."""
        if healthy("127.0.0.1", self.port):  # it would be measured in place of ours, and written to
            raise SystemExit(f"{self.name}: somebody serves on port {self.port} already, see --port-base")
        t0 = time.perf_counter()
        with open(self.log, "ab") as f:
            self.p = subprocess.Popen(self.argv(self.cmd), stdin=subprocess.DEVNULL, stdout=f,
                                      stderr=subprocess.STDOUT, start_new_session=True)
        while time.perf_counter() - t0 < wait:
            if self.p.poll() is not None:
                raise SystemExit(f"{self.name}: exited with {self.p.returncode}, see {self.log}")
            if healthy("127.0.0.1", self.port):
                return time.perf_counter() - t0
            time.sleep(0.002)
        raise SystemExit(f"{self.name}: no healthy answer in {wait:.0f} s, see {self.log}")

    def stop(self):
        if self.p is None:
            return
        for sig, wait in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.p.pid, sig)
            except ProcessLookupError:
                break
            try:
                self.p.wait(wait)
                break
            except subprocess.TimeoutExpired:
                continue
        self.p = None

    @property
    def tree(self):
        return Tree(self.p.pid)


def healthy(host, port):
    c = http.client.HTTPConnection(host, port, timeout=5)
    try:
        c.request("GET", "/api/health")
        return c.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        c.close()
