"""Group `harm`: hurt the machine, the course or other learners. All of them answer the last task honestly.

Nothing here does damage even where nothing contains it: forks are at most 200 and end after seconds, memory
stays below 3 GiB and disk space below 1 GiB in small steps, signals are 0 or SIGCONT, files that are written
are the test's own or hold a comment, and the network is loopback.
"""

from __future__ import annotations

from textwrap import dedent

from .notebook import Submitted
from .registry import attack

__all__: list[str] = []

_MINUTE = "import time\nend = time.monotonic() + 60\n"


# -------------------------------------------------------------------------------------- using too much


@attack("harm", "Forks 200 children that sleep for some seconds.")
def fork_bomb(notebook: Submitted) -> None:
    notebook.code(
        """
import os, time
for _ in range(200):
    try:
        if os.fork() == 0:
            time.sleep(5)
            os._exit(0)
    except OSError:
        break
"""
    )


@attack("harm", "Children fork children, 200 at most, each in a session of its own.")
def fork_tree(notebook: Submitted) -> None:
    notebook.code(
        """
import os, time
def grow(depth):
    for _ in range(2):
        try:
            if os.fork() == 0:
                os.setsid()
                if depth < 5:
                    grow(depth + 1)
                time.sleep(5)
                os._exit(0)
        except OSError:
            return
grow(0)
"""
    )


@attack("harm", "Twenty children compute for seconds in sessions of their own, each of which gets its share.")
def many_sessions(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import os, time
        told, tell = os.pipe()
        def child():
            os.setsid()
            os.write(tell, b"own" if os.getsid(0) == os.getpid() else b"all")
            end = time.monotonic() + 2
            while time.monotonic() < end:
                pass
            os._exit(0)
        def in_a_session_of_its_own():
            if os.fork() == 0:
                child()
            if os.read(told, 3) != b"own":
                raise OSError("still in the session of all")
            return True
        for number in range(20):
            attempt("session", in_a_session_of_its_own)
        """
    )


@attack("harm", "Starts 500 threads that wait for some seconds.")
def thread_bomb(notebook: Submitted) -> None:
    notebook.code(
        """
import threading
gate = threading.Event()
for _ in range(500):
    try:
        threading.Thread(target=gate.wait, args=(5,), daemon=True).start()
    except RuntimeError:
        break
"""
    )


@attack(
    "harm",
    "Allocates memory in one piece, and 3 GiB at most in pieces that are closed to writing once filled.",
    told=True,
)
def memory_bomb(notebook: Submitted) -> None:
    notebook.code(
        """
import ctypes, mmap, time
held = []
try:
    held.append(bytearray(3 << 30))
except MemoryError:
    pass
for _ in range(192):
    block = mmap.mmap(-1, 16 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for page in range(0, len(block), 4096):
        block[page] = 1
    view = ctypes.c_char.from_buffer(block)
    ctypes.CDLL(None).mprotect(ctypes.c_void_p(ctypes.addressof(view)), ctypes.c_size_t(len(block)), 1)
    held += [block, view]
    time.sleep(0.002)
"""
    )


@attack("harm", "Takes shared memory whose pages no process maps any more: nobody sees whose it is.")
def hidden_memory(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import mmap, os
        held = []
        def hide(descriptor):
            for _ in range(64):
                block = mmap.mmap(descriptor, 16 << 20)
                for page in range(0, len(block), 4096):
                    block[page] = 1
                block.madvise(mmap.MADV_DONTNEED)
                held.append(block)
            return len(held)
        attempt("shared without a file", lambda: hide(-1))
        attempt("shared with a device", lambda: hide(os.open("/dev/zero", os.O_RDWR)))
        attempt("shared without a name", lambda: hide(os.memfd_create("x")))
        """
    )


@attack("harm", "Twelve children hold 200 MiB each: every one below the limit, together far above it.")
def family_memory_bomb(notebook: Submitted) -> None:
    notebook.code(
        """
import os, time
for _ in range(12):
    try:
        if os.fork() == 0:
            held = bytearray(b"x") * (200 << 20)
            time.sleep(3)
            os._exit(0)
    except (OSError, MemoryError):
        break
held = bytearray(b"x") * (200 << 20)
time.sleep(1.5)
"""
    )


@attack(
    "harm",
    "Reads here and there in 1 TiB of empty memory: 1 GiB of the kernel's tables, and no page.",
    told=True,
)
def page_tables(notebook: Submitted) -> None:
    notebook.code(
        """
import ctypes
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
begin = libc.mmap(None, ctypes.c_size_t(1 << 40), 1, 0x4022, -1, 0)
for at in range(begin, begin + (1 << 39), 2 << 20):
    ctypes.string_at(at, 1)
"""
    )


@attack("harm", "Twelve children end their first thread; another one of each holds 200 MiB.")
def headless_family(notebook: Submitted) -> None:
    notebook.code(
        """
import ctypes, os, platform, threading, time
leave = 93 if platform.machine() == "aarch64" else 60
def hold():
    time.sleep(0.3)
    kept = bytearray(b"x") * (200 << 20)
    time.sleep(4)
    os._exit(len(kept) == 0)
for _ in range(12):
    if os.fork() == 0:
        threading.Thread(target=hold).start()
        ctypes.CDLL(None).syscall(ctypes.c_long(leave), ctypes.c_long(0))
time.sleep(1.5)
"""
    )


@attack("harm", "Makes 1,500 folders, each in the one before, and folders that nobody may list or enter.")
def deep_folders(notebook: Submitted) -> None:
    notebook.code(
        """
import os
home = os.getcwd()
os.mkdir("closed", 0o300)
with open("closed/file", "w") as stream:
    stream.write("x" * 1000)
os.mkdir("none", 0)
for _ in range(1500):
    os.mkdir("d")
    os.chdir("d")
os.chdir(home)
"""
    )


@attack("harm", "Fills the disk, 1 GiB at most, with files that stay, grow, and are deleted while open.")
def disk_bomb(notebook: Submitted) -> None:
    notebook.code(
        """
import os, tempfile
block, kept = b"x" * (1 << 20), []
for folder in (".", tempfile.gettempdir(), "/dev/shm", "/var/tmp", os.path.expanduser("~")):
    try:
        for number in range(12):
            stream = open(os.path.join(folder, f"biolab-hostile-{number}"), "wb", buffering=0)
            kept.append(stream)
            if number % 2:
                os.unlink(stream.name)
            for _ in range(16):
                stream.write(block)
    except OSError:
        continue
for stream in kept:
    stream.truncate(0)
"""
    )


@attack("harm", "Makes 20,000 empty files and folders.")
def many_files(notebook: Submitted) -> None:
    notebook.code(
        """
import os
try:
    for number in range(20_000):
        os.mkdir(f"folder-{number}")
except OSError:
    pass
"""
    )


@attack("harm", "Opens every descriptor that it can get, and keeps them.")
def descriptors(notebook: Submitted) -> None:
    notebook.code(
        """
import os
held = []
try:
    for _ in range(5000):
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    for one in held[-20:]:
        os.close(one)
"""
    )


@attack(
    "harm", "Fills the buffers of 100 pairs of sockets in each of 12 processes: memory that no process holds."
)
def socket_buffers(notebook: Submitted) -> None:
    notebook.code(
        """
import os, socket, time
def fill():
    held = []
    try:
        for _ in range(100):
            pair = socket.socketpair()
            for one in pair:
                one.setblocking(False)
                try:
                    while True:
                        one.send(b"x" * 65536)
                except BlockingIOError:
                    pass
            held.append(pair)
    except OSError:
        pass
    return held
try:
    for _ in range(12):
        if os.fork() == 0:
            held = fill()
            time.sleep(2)
            os._exit(0)
except OSError:
    pass
held = fill()
time.sleep(1)
"""
    )


@attack("harm", "Twenty children share 200 MiB: to find out that they share them takes the grader long.")
def shared_pages(notebook: Submitted) -> None:
    notebook.code(
        """
import os, time
held = bytearray(200 << 20)
held[::4096] = b"x" * (len(held) // 4096)
try:
    for _ in range(20):
        if os.fork() == 0:
            time.sleep(5)
            os._exit(0)
except OSError:
    pass
time.sleep(1)
"""
    )


@attack("harm", "Locks 100,000 single bytes of files: the kernel's memory for them is nobody's.")
def locked_bytes(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import fcntl, os, struct
        LOCK = struct.Struct("hhqqixxxx")
        def lock(command, at, stream):
            asked = LOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, at, 1, 0)
            return LOCK.unpack(fcntl.fcntl(stream, command, asked))[0]
        def held():
            with open("locked", "wb+") as mine, open("locked", "rb+") as other:
                for at in range(0, 2000, 2):
                    lock(37, at, mine)
                found = sum(lock(36, at, other) != fcntl.F_UNLCK for at in range(0, 2000, 2))
            if not found:
                raise OSError("no lock is held")
            return found
        attempt("locks of single bytes", held)
        files = [open(f"locked-{number}", "wb+") for number in range(100)]
        for stream in files:
            for at in range(0, 2000, 2):
                lock(fcntl.F_SETLK, at, stream)
        """
    )


@attack(
    "harm", "Takes what all processes of the machine share: asynchronous requests, watches, written pages."
)
def shared_numbers(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import ctypes, os, platform, struct
        COLUMN = platform.machine() == "aarch64"
        libc = ctypes.CDLL(None, use_errno=True)
        def call(numbers, *arguments):
            if libc.syscall(ctypes.c_long(numbers[COLUMN]), *arguments) < 0:
                raise OSError(ctypes.get_errno(), "refused")
            return True
        context = ctypes.c_ulong(0)
        attempt("requests", lambda: call((206, 0), ctypes.c_uint(128), ctypes.byref(context)))
        attempt("watches", lambda: call((294, 26), ctypes.c_int(0)))
        attempt("rules", lambda: call((444, 444), struct.pack("Q", 4), ctypes.c_size_t(8), ctypes.c_int(0)))
        for _ in range(50):
            os.sync()
        """
    )


@attack(
    "harm",
    "Displays 40 MB of JSON, video and unknown kinds, and replaces one display 20,000 times.",
    told=True,
)
def unusual_displays(notebook: Submitted) -> None:
    notebook.code(
        """
from IPython.display import display
for kind in ("application/json", "application/vnd.plotly.v1+json", "application/x-" + "a" * 10_000, "a/b"):
    display({kind: {"data": ["x" * 1000] * 10_000}, "text/plain": kind[:20]}, raw=True)
display({"text/plain": ["x"] * 300_000, "text/html": {"a": "b"}, "image/png": 7, 5: "five"}, raw=True)
shown = display({"text/plain": ""}, raw=True, display_id=True)
for number in range(20_000):
    shown.update({"text/plain": "x" * 100}, raw=True)
"""
    )


@attack("harm", "Computes for a minute.", told=True)
def endless_loop(notebook: Submitted) -> None:
    notebook.code(_MINUTE + "while time.monotonic() < end:\n    pass")


@attack("harm", "Computes for a minute and catches everything that could stop it.", told=True)
def endless_loop_that_catches(notebook: Submitted) -> None:
    notebook.code(
        _MINUTE
        + """
import signal
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, lambda *a: None)
while time.monotonic() < end:
    try:
        while time.monotonic() < end:
            pass
    except BaseException:
        continue
"""
    )


@attack("harm", "Waits for a minute in a system call with all signals blocked.", told=True)
def endless_sleep(notebook: Submitted) -> None:
    notebook.code(
        """
import signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
time.sleep(60)
"""
    )


@attack("harm", "Waits for somebody to type: debuggers, pagers, editors, passwords, programs that read.")
def waiting_for_input(notebook: Submitted) -> None:
    notebook.code("import getpass, os, pdb, subprocess, sys")
    for code in (
        "breakpoint()",
        "pdb.set_trace()",
        "%debug",
        "%pdb on\n1 / 0",
        "%edit",
        "help()",
        "getpass.getpass()",
        "print(repr(sys.stdin.read()), repr(os.read(0, 1)))",
        "subprocess.run(['cat'])",
        '%%bash\nread line; echo "$line"',
        "!cat",
        "%less /etc/passwd",
    ):
        notebook.add_code(code, at=4)


@attack("harm", "Stops its own process without ending it.", told=True)
def stopped_process(notebook: Submitted) -> None:
    notebook.code(
        _MINUTE
        + """
import os, signal
try:
    if os.fork() == 0:  # wakes it up where nobody else ends it
        time.sleep(30)
        os.kill(os.getppid(), signal.SIGCONT)
        os._exit(0)
except OSError:
    pass
os.kill(os.getpid(), signal.SIGSTOP)
while time.monotonic() < end:
    pass
"""
    )


@attack("harm", "Computes for long in C, where Python looks at no signal.", told=True)
def endless_in_c(notebook: Submitted) -> None:
    notebook.code("import re\nre.match(r'(a+)+$', 'a' * 30 + 'b')")


@attack("harm", "Prints 50 MB at once and then a million lines.", told=True)
def huge_output(notebook: Submitted) -> None:
    notebook.code("print('x' * 50_000_000)\nfor number in range(1_000_000):\n    print(number)")


@attack("harm", "Prints for a minute.", told=True)
def endless_output(notebook: Submitted) -> None:
    notebook.code(
        _MINUTE
        + """
import sys
while time.monotonic() < end:
    print("x" * 1000)
    print("y", file=sys.stderr)
"""
    )


@attack("harm", "Displays 3,000 things, and a picture of 100 million pixels.", told=True)
def many_displays(notebook: Submitted) -> None:
    notebook.code(
        """
from IPython.display import display
for number in range(3000):
    display({"text/plain": "x", "text/html": "<b>x</b>"}, raw=True)
import matplotlib.pyplot as plt
plt.figure(figsize=(100, 100), dpi=100)
plt.plot([0, 1])
"""
    )


# ---------------------------------------------------------------------------------------- ending things


@attack("harm", "300 cells print, display and fail as much as one cell may.", told=True)
def loud_cells(notebook: Submitted) -> None:
    notebook.code("from IPython.display import display\nimport sys")
    loud = (
        "print('\\n' * 900_000)",
        "print('\\x1b\\\\' * 400_000, file=sys.stderr)",
        "for _ in range(1000): display({'text/plain': '', 'text/latex': '\\n' * 800}, raw=True)",
        "raise ValueError('\\n' * 900_000)",
        "print('x' * 1_100_000)",
    )
    for number in range(300):
        notebook.add_code(loud[number % len(loud)])


@attack("harm", "Ends its process at once with os._exit.", told=True)
def exit_at_once(notebook: Submitted) -> None:
    notebook.code("import os\nos._exit(0)")


@attack("harm", "Leaves with sys.exit, quit() and SystemExit in a thread.")
def exit_politely(notebook: Submitted) -> None:
    notebook.code(
        """
import sys, threading
thread = threading.Thread(target=sys.exit)
thread.start()
thread.join()
def reverse_complement(sequence):
    quit()
sys.exit(0)
"""
    )


@attack("harm", "Crashes in C by reading address 0.", told=True)
def crash_in_c(notebook: Submitted) -> None:
    notebook.code("import ctypes\nctypes.string_at(0)")


@attack("harm", "Crashes in C in every call of its function.", told=True)
def crash_when_called(notebook: Submitted) -> None:
    notebook.code("import ctypes\ndef reverse_complement(sequence):\n    ctypes.string_at(0)")


@attack("harm", "Kills its own process, its group and all it may signal.")
def kill_everything(notebook: Submitted) -> None:
    # 0 and -1 with SIGCONT do no harm; SIGKILL goes to this process only
    notebook.code(
        """
import os, signal
for pid in (-1, 0, os.getppid(), 1):
    try:
        os.kill(pid, signal.SIGCONT)
    except OSError:
        continue
os.kill(os.getpid(), signal.SIGKILL)
"""
    )


@attack("harm", "Recurses without end in Python.")
def recursion(notebook: Submitted) -> None:
    notebook.code(
        "def reverse_complement(sequence):\n    return reverse_complement(sequence)\nreverse_complement('')"
    )


@attack("harm", "Recurses without end in C, with Python's own limit lifted.", told=True)
def recursion_in_c(notebook: Submitted) -> None:
    notebook.code(
        """
import sys
sys.setrecursionlimit(10**8)
class Deep:
    def __repr__(self): return repr(self)
    def __getattr__(self, name): return getattr(self, name)
repr(Deep())
"""
    )


@attack("harm", "Closes every descriptor of its process.", told=True)
def closed_descriptors(notebook: Submitted) -> None:
    notebook.code("import os\nos.closerange(0, 1000)")


# ---------------------------------------------------------------------------------------- staying alive


@attack("harm", "Leaves a daemon behind that has its own session and ignores signals.")
def daemon(notebook: Submitted) -> None:
    notebook.code(
        """
import os, signal, time
try:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            time.sleep(60)
        os._exit(0)
except OSError:
    pass
"""
    )


@attack("harm", "Starts a program in the background with nohup and setsid.")
def background_program(notebook: Submitted) -> None:
    notebook.code(
        """
import subprocess
for command in ("setsid sleep 60.25", "nohup sleep 60.25", "sleep 60.25 & sleep 60.25 &"):
    try:
        subprocess.Popen(["sh", "-c", command], start_new_session=True, stdout=subprocess.DEVNULL)
    except OSError:
        continue
"""
    )


@attack("harm", "Works on in threads and at exit, after its cells have ended.")
def afterlife(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import atexit, os, threading, time
        def later():
            for _ in range(20):
                time.sleep(0.05)
                try:
                    open(os.path.join(TARGETS["course"], "later"), "a").write("x")
                except OSError:
                    pass
        atexit.register(later)
        threading.Thread(target=later).start()
        """
    )


# -------------------------------------------------------------------------------- reading what is secret


@attack("harm", "Reads the gradebook, the answer key, another learner's work, and the grader's home.")
def read_others(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import glob, os
        for name in ("gradebook", "source", "neighbour", "evidence"):
            attempt(name, lambda: open(TARGETS[name], "rb").read(50_000))
            attempt(name + " by root", lambda: open("/proc/self/root" + TARGETS[name], "rb").read(50_000))
            attempt(name + " by cwd", lambda: open("../" * 12 + TARGETS[name].lstrip("/"), "rb").read(50_000))
        for name in ("course", "exercises", "home"):
            attempt(name, lambda: os.listdir(TARGETS[name]))
        attempt("secret", lambda: open(os.path.join(TARGETS["home"], ".secret")).read())
        attempt("shadow", lambda: open("/etc/shadow").read())
        attempt("keys", lambda: glob.glob("/root/.ssh/*")[0])
        """
    )


@attack("harm", "Follows symbolic and hard links that it makes to the gradebook and to the answer key.")
def links(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import os, shutil, tempfile
        for folder in (".", tempfile.gettempdir()):
            for name in ("gradebook", "source", "neighbour"):
                link = os.path.join(folder, "link-" + name)
                try:
                    os.symlink(TARGETS[name], link)
                except OSError:
                    pass
                attempt("symbolic " + name, lambda: open(link, "rb").read(50_000))
                attempt("hard " + name, lambda: os.link(TARGETS[name], link + "-hard"))
                attempt("copy " + name, lambda: shutil.copy(TARGETS[name], link + "-copy"))
        attempt("folder", lambda: (os.symlink(TARGETS["course"], "course"), os.listdir("course"))[1])
        attempt("old root", lambda: os.listdir("/.host"))
        """
    )


@attack("harm", "Looks for secrets in its environment, and in those of the processes around it.")
def environment(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import os
        attempt("variable", lambda: os.environ[TARGETS["variable"]])
        first = TARGETS["variable"] + "="
        attempt("first environment", lambda: open("/proc/self/environ").read().split(first)[1])
        for pid in (1, os.getppid(), *TARGETS["pids"]):
            if pid != os.getpid():
                attempt(f"environ {pid}", lambda: open(f"/proc/{pid}/environ").read())
        for word in ("TOKEN", "SECRET", "PASSWORD", "KEY", "CREDENTIAL"):
            for name, value in os.environ.items():
                if word in name.upper():
                    print("ESCAPED: a variable", name)
        """
    )


@attack("harm", "Goes through /proc: memory, files, folders and maps of the grader, and kernel settings.")
def proc_tricks(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import os
        for pid in TARGETS["pids"]:
            for part in ("mem", "maps", "cwd", "root", "fd", "environ"):
                path, is_folder = f"/proc/{pid}/{part}", part in ("cwd", "root", "fd")
                attempt(path, lambda: os.listdir(path) if is_folder else open(path, "rb").read(1))
            attempt(f"write {pid}", lambda: os.open(f"/proc/{pid}/mem", os.O_RDWR))
        attempt("settings", lambda: open("/proc/sys/kernel/hostname").read())
        attempt("core pattern", lambda: open("/proc/sys/kernel/core_pattern", "w"))
        attempt("trigger", lambda: open("/proc/sysrq-trigger", "w"))
        attempt("oom", lambda: open("/proc/self/oom_score_adj", "w").write("-1000"))
        attempt("kernel log", lambda: os.open("/dev/kmsg", os.O_RDONLY))
        attempt("physical memory", lambda: os.open("/dev/mem", os.O_RDONLY))
        attempt("disk", lambda: os.open("/dev/vda", os.O_RDONLY))
        """
    )


# ------------------------------------------------------------------------------------ changing things


@attack("harm", "Overwrites another submission, the gradebook, the course and the grader's files.")
def overwrite_others(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import os, shutil
        for name in ("neighbour", "gradebook", "source", "evidence"):
            attempt("append " + name, lambda: open(TARGETS[name], "a").write(" "))
            attempt("truncate " + name, lambda: os.truncate(TARGETS[name], 0))
            attempt("remove " + name, lambda: os.unlink(TARGETS[name]))
            attempt("rename " + name, lambda: os.rename(TARGETS[name], TARGETS[name] + "-gone"))
        attempt("plant", lambda: open(os.path.join(TARGETS["course"], "planted"), "w"))
        attempt("folder", lambda: os.mkdir(os.path.join(TARGETS["course"], "submitted", "planted")))
        attempt("tree", lambda: os.rmdir(TARGETS["exercises"]))
        for name in ("neighbour", "source"):
            for change, *values in ((os.chmod, 0), (os.utime, (0, 0)), (os.chown, 1, 1)):
                try:  # these may pretend to work; whether the file changed is what the test looks at
                    change(TARGETS[name], *values)
                except OSError:
                    pass
        """
    )


@attack("harm", "Installs code for later processes: site-packages, .pth, IPython's startup, dotfiles, cron.")
def install_code(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import os, sys
        comment = "# biolab hostile was here\\n"
        def plant(*parts):
            path = os.path.join(*parts)
            with open(path, "a") as stream:
                stream.write(comment)
            return path
        for folder in {TARGETS["packages"], os.path.dirname(os.__file__), os.path.dirname(np.__file__)}:
            for name in ("biolab_hostile.pth", "sitecustomize.py", "biolab_hostile.py", "usercustomize.py"):
                attempt(folder + name, lambda: plant(folder, name))
        attempt("module", lambda: open(np.__file__, "a"))
        for name in (".ipython/profile_default/startup/hostile.py", ".jupyter/jupyter_config.py", ".bashrc",
                     ".config/matplotlib/matplotlibrc", ".local/lib/hostile.pth", ".pythonrc"):
            attempt("home " + name, lambda: plant(TARGETS["home"], name))
        for path in ("/etc/cron.d/hostile", "/etc/profile.d/hostile.sh", "/usr/local/lib/hostile.sh"):
            attempt(path, lambda: plant(path))
        """
    )


# ------------------------------------------------------------------------------------------- network


@attack("harm", "Connects to loopback listeners: TCP, UDP, Unix sockets, by name and raw.")
def connect_out(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import socket, urllib.request
        def connect(family, address, kind=socket.SOCK_STREAM):
            with socket.socket(family, kind) as one:
                one.settimeout(0.2)
                one.connect(address)
                one.send(b"out")
        for host in ("127.0.0.1", "localhost", "0.0.0.0"):
            attempt("tcp " + host, lambda: connect(socket.AF_INET, (host, TARGETS["port"])))
        attempt("tcp6", lambda: connect(socket.AF_INET6, ("::1", TARGETS["port"])))
        attempt("udp", lambda: connect(socket.AF_INET, ("127.0.0.1", TARGETS["udp_port"]), socket.SOCK_DGRAM))
        attempt("abstract", lambda: connect(socket.AF_UNIX, "\\0" + TARGETS["abstract"]))
        attempt("unix", lambda: connect(socket.AF_UNIX, TARGETS["socket"]))
        address = f"http://127.0.0.1:{TARGETS['port']}/"
        attempt("http", lambda: urllib.request.urlopen(address, timeout=0.2).read())
        attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
        attempt("packet", lambda: socket.socket(17, socket.SOCK_RAW))
        attempt("netlink", lambda: socket.socket(16, socket.SOCK_RAW, 0))
        attempt("vsock", lambda: socket.socket(40, socket.SOCK_STREAM))
        """
    )


@attack(
    "harm", "Sends datagrams to Unix sockets of others through one end of a pair, which is no new socket."
)
def datagrams(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import socket
        for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_STREAM):
            for address in (TARGETS["datagrams"], "\\0" + TARGETS["abstract"] + "-datagrams"):
                def send():
                    socket.socketpair(socket.AF_UNIX, kind)[0].sendto(b"out", address)
                def connect():
                    one = socket.socketpair(socket.AF_UNIX, kind)[0]
                    one.connect(address)
                    one.send(b"out")
                attempt(f"send {kind} {address}", send)
                attempt(f"connect {kind} {address}", connect)
        """
    )


@attack("harm", "Connects out with programs: bash, curl, wget, python, nc.")
def connect_with_programs(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import subprocess, sys
        address = f"127.0.0.1:{TARGETS['port']}"
        host, port = address.split(":")
        code = f"import socket; socket.create_connection(({host!r}, {port}), 1).send(b'out')"
        for command in (
            ["bash", "-c", f"echo out > /dev/tcp/{host}/{port}"],
            ["curl", "-m1", f"http://{address}/"],
            ["wget", "-T1", "-t1", f"http://{address}/"],
            ["nc", "-w1", host, port],
            [sys.executable, "-I", "-S", "-c", code],
        ):
            def run():
                done = subprocess.run(command, capture_output=True, timeout=1, stdin=subprocess.DEVNULL)
                assert done.returncode == 0
            attempt(command[0], run)
        """
    )


@attack("harm", "Listens on loopback for others to come.")
def listen(notebook: Submitted) -> None:
    notebook.break_out(
        """
        import socket
        def serve(family, address):
            one = socket.socket(family)
            one.bind(address)
            one.listen()
            return address
        attempt("tcp", lambda: serve(socket.AF_INET, ("127.0.0.1", 0)))
        attempt("tcp6", lambda: serve(socket.AF_INET6, ("::1", 0)))
        attempt("any", lambda: serve(socket.AF_INET, ("0.0.0.0", 0)))
        attempt("unix", lambda: serve(socket.AF_UNIX, TARGETS["course"] + "/s"))
        """
    )


# --------------------------------------------------------------------------------------- the kernel


_SYSCALL = '''
import ctypes, errno, os, platform, struct
COLUMN = 1 if platform.machine() == "aarch64" else 0
LIBC = ctypes.CDLL(None, use_errno=True)
def call(numbers, *arguments):
    """Make a system call; an error other than "not permitted" shows that the kernel began the work."""
    longs = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = LIBC.syscall(ctypes.c_long(numbers[COLUMN]), *longs)
    if result < 0 and ctypes.get_errno() in (errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ESRCH):
        raise OSError(ctypes.get_errno(), "denied")
    return result, ctypes.get_errno()
'''


def _with_calls(code: str) -> str:
    return _SYSCALL + dedent(code)


@attack("harm", "Attaches to the grader with ptrace, and reads and writes its memory.")
def ptrace(notebook: Submitted) -> None:
    notebook.break_out(
        _with_calls(
            """
            for pid in TARGETS["pids"]:
                attempt(f"seize {pid}", lambda: call((101, 117), 0x4206, pid, 0, 0))
                attempt(f"read {pid}", lambda: call((310, 270), pid, 0, 0, 0, 0, 0))
                attempt(f"write {pid}", lambda: call((311, 271), pid, 0, 0, 0, 0, 0))
                attempt(f"descriptor {pid}", lambda: call((438, 438), os.pidfd_open(pid), 0, 0))
            attempt("let me be traced", lambda: call((101, 117), 0, 0, 0, 0))
            """
        )
    )


@attack("harm", "Sends signals to the grader and to its other processes.")
def signals(notebook: Submitted) -> None:
    notebook.break_out(
        _with_calls(
            """
            import signal
            for pid in TARGETS["pids"]:
                attempt(f"kill {pid}", lambda: os.kill(pid, 0))
                attempt(f"continue {pid}", lambda: os.kill(pid, signal.SIGCONT))
                attempt(f"pidfd {pid}", lambda: signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGCONT))
                attempt(f"queue {pid}", lambda: call((129, 138), pid, 18, ctypes.create_string_buffer(128)))
                attempt(f"priority {pid}", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))
            if os.getppid():
                attempt("parent", lambda: os.kill(os.getppid(), 0))
            """
        )
    )


@attack("harm", "Has the kernel send a signal to the grader when a descriptor of its own can be read.")
def signals_by_descriptors(notebook: Submitted) -> None:
    # the test's first process has a handler for SIGUSR2, which would show that it came
    notebook.break_out(
        """
        import fcntl, os, signal, socket, struct
        F_SETOWN, F_SETSIG, F_SETOWN_EX, FIOSETOWN, SIOCSPGRP = 8, 10, 15, 0x8901, 0x8902
        pid = TARGETS["pids"][0]
        def by(own):
            one, other = socket.socketpair()
            own(one)
            fcntl.fcntl(one, F_SETSIG, signal.SIGUSR2)
            fcntl.fcntl(one, fcntl.F_SETFL, fcntl.fcntl(one, fcntl.F_GETFL) | os.O_ASYNC)
            other.send(b"x")
        for own in (
            lambda one: fcntl.fcntl(one, F_SETOWN, pid),
            lambda one: fcntl.fcntl(one, F_SETOWN_EX, struct.pack("ii", 1, pid)),
            lambda one: fcntl.ioctl(one, FIOSETOWN, struct.pack("i", pid)),
            lambda one: fcntl.ioctl(one, SIOCSPGRP, struct.pack("i", pid)),
        ):
            try:
                by(own)
            except OSError:
                continue
        """
    )


@attack("harm", "Makes new namespaces, mounts file systems and changes its root.")
def namespaces(notebook: Submitted) -> None:
    notebook.break_out(
        _with_calls(
            """
            for flag in (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
                attempt(f"unshare {flag:#x}", lambda: call((272, 97), flag))
            # a folder that is not there: whoever may do it hears so, whoever may not is refused first
            attempt("mount", lambda: call((165, 40), b"none", b"/not-there", b"tmpfs", 0, b""))
            attempt("remount", lambda: call((165, 40), b"none", b"/not-there", b"", 0x1020, b""))
            attempt("unmount", lambda: call((166, 39), b"/not-there", 2))
            attempt("pivot", lambda: call((155, 41), b"/not-there", b"/not-there"))
            attempt("chroot", lambda: os.chroot("/tmp"))
            attempt("open tree", lambda: call((428, 428), -100, b"/", 1))
            attempt("set namespace", lambda: call((308, 268), -1, 0))
            attempt("user", lambda: os.setuid(0))
            """
        )
    )


@attack("harm", "Opens new kernel surface: io_uring, bpf, perf, userfaultfd, keys, modules, 32-bit calls.")
def kernel_surface(notebook: Submitted) -> None:
    notebook.break_out(
        _with_calls(
            """
            buffer = ctypes.create_string_buffer(256)
            attempt("io_uring", lambda: call((425, 425), 8, buffer))
            attempt("bpf", lambda: call((321, 280), 0, buffer, 72))
            attempt("perf", lambda: call((298, 241), buffer, 0, -1, -1, 0))
            attempt("userfaultfd", lambda: call((323, 282), 1))
            attempt("keys", lambda: call((250, 219), 0, -3, 1))
            attempt("module", lambda: call((313, 273), 0, b"", 0))
            attempt("memory file", lambda: os.memfd_create("x"))
            attempt("shared memory", lambda: call((29, 194), 0, 1 << 20, 0o1600))
            attempt("x32", lambda: call((0x40000000 + 39, 0x40000000 + 39)))
            attempt("unknown", lambda: call((9999, 9999)))
            """
        )
    )
