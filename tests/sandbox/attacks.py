"""Roles that attack from inside a box; each sends one JSON line, mostly a list of what it got through with.

Everything is bounded by the limits of the box, set before its first line runs, and reaches loopback only.
"""

# All roles have one signature, and attackers call the system directly.
# ruff: noqa: ARG001, ARG005, NPY002, SIM115, PTH101, PTH102, PTH104, PTH108, PTH109, PTH111, PTH118
# ruff: noqa: PTH120, PTH123, PTH202, PTH208, PTH211
import contextlib
import ctypes
import errno
import fcntl
import json
import os
import platform
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
COLUMN = 1 if platform.machine() == "aarch64" else 0


def answer(channel, value):
    channel.sendall(json.dumps(value).encode() + b"\n")


def tried(attempts, strict=False):
    """Run each attempt; name those that got through, with what they returned.

    Where `strict`, an error other than "not permitted" or "no such call" shows that the kernel began to work.
    """
    got = []
    for name, attempt in attempts.items():
        try:
            got.append(f"{name}: {attempt()!r}"[:300])
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            if strict and getattr(error, "errno", None) not in (errno.EPERM, errno.EACCES, errno.ENOSYS):
                got.append(f"{name}: {error!r}")
    return got


def system_call(numbers, *arguments):
    """Make a raw call; raise where the kernel refuses."""
    number = numbers[COLUMN]
    if number is None:
        raise OSError(errno.ENOSYS, "no such call here")
    longs = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result = LIBC.syscall(ctypes.c_long(number), *longs)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def read_others(channel, config):
    gradebook, folder = config["gradebook"], config["folder"]
    pids = config["pids"]
    attempts = {
        "gradebook": lambda: open(gradebook).read(),
        "folder": lambda: os.listdir(folder),
        "shadow": lambda: open("/etc/shadow").read(),
        "hostname": lambda: open("/etc/hostname").read(),
        "run": lambda: os.listdir("/run"),
        "old root": lambda: os.listdir("/.host"),
        "kernel settings": lambda: open("/proc/sys/kernel/hostname").read(),
        "kernel messages": lambda: os.open("/dev/kmsg", os.O_RDONLY),
        "block device": lambda: os.open("/dev/vda", os.O_RDONLY),
        "make a device": lambda: os.mknod("disk", 0o600 | 0o060000, os.makedev(254, 0)),
        "handle": lambda: system_call((304, 265), -100, b"\0" * 64, 0),
        "self root": lambda: open("/proc/self/root" + gradebook).read(),
        "hard link": lambda: os.link(gradebook, "copy"),
        "link": lambda: (os.symlink(gradebook, "link"), open("link").read()),
    }
    for pid in pids:
        for part in ("root" + gradebook, "cwd", "fd", "environ", "maps", "mem"):
            path = f"/proc/{pid}/{part}"
            attempts[path] = lambda path=path: (
                os.listdir(path) if path.endswith(("cwd", "fd")) else open(path).read(1)
            )
    for up in range(1, 12):
        attempts[f"up {up}"] = lambda up=up: open("../" * up + gradebook.lstrip("/")).read()
    answer(channel, tried(attempts))


def write_outside(channel, config):
    gradebook, folder = config["gradebook"], config["folder"]
    attempts = {
        "append": lambda: open(gradebook, "a").write("x"),
        "truncate": lambda: os.truncate(gradebook, 0),
        "open and truncate": lambda: os.open(gradebook, os.O_RDONLY | os.O_TRUNC),
        "unlink": lambda: os.unlink(gradebook),
        "rename": lambda: os.rename(gradebook, gradebook + ".old"),
        "create": lambda: open(os.path.join(folder, "new"), "w"),
        "mkdir": lambda: os.mkdir(os.path.join(folder, "folder")),
        "link": lambda: os.symlink("/", os.path.join(folder, "link")),
        "packages": lambda: open(os.path.join(os.path.dirname(os.__file__), "evil.py"), "w"),
        "module": lambda: open(json.__file__, "a"),
        "prefix": lambda: open(os.path.join(sys.prefix, "evil"), "w"),
        "usr": lambda: open("/usr/evil", "w"),
        "etc": lambda: open("/etc/passwd", "a"),
        "root": lambda: open("/evil", "w"),
        "null device": lambda: os.unlink("/dev/null"),
        "oom": lambda: open("/proc/self/oom_score_adj", "w").write("-1000"),
        "remount": lambda: system_call((165, 40), b"none", b"/", b"", 0x20 | 0x1000, b""),
    }
    got = tried(attempts)
    # these may pretend to work; whether the file changed is what the test looks at
    tried(
        {
            "chmod": lambda: os.chmod(gradebook, 0o777),
            "chmod packages": lambda: os.chmod(json.__file__, 0),
            "utime": lambda: os.utime(gradebook, (0, 0)),
            "chown": lambda: os.chown(gradebook, 1, 1),
            "attribute": lambda: os.setxattr(gradebook, "user.evil", b"x"),
        }
    )
    answer(channel, got)


def network(channel, config):
    def connect(family, kind, address, protocol=0):
        with socket.socket(family, kind, protocol) as one:
            one.settimeout(1)
            one.connect(address)
            return "connected"

    def send():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            return one.sendto(b"out", ("127.0.0.1", config["port"]))

    def listen():
        one = socket.socket(socket.AF_INET)
        one.bind(("127.0.0.1", 0))
        return "bound"

    stream = socket.SOCK_STREAM
    attempts = {
        "tcp": lambda: connect(socket.AF_INET, stream, ("127.0.0.1", config["port"])),
        "tcp6": lambda: connect(socket.AF_INET6, stream, ("::1", config["port"])),
        "udp": send,
        "bind": listen,
        "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0),
        "packet": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0),
        "vsock": lambda: socket.socket(40, stream),
        "alg": lambda: socket.socket(38, socket.SOCK_SEQPACKET),
        "bluetooth": lambda: socket.socket(31, stream, 3),
        "abstract": lambda: connect(socket.AF_UNIX, stream, "\0" + config["abstract"]),
        "unix": lambda: connect(socket.AF_UNIX, stream, config["unix"]),
        "zygote": lambda: connect(socket.AF_UNIX, stream, config["zygote"]),
        "pair": lambda: socket.socketpair(socket.AF_INET),
        "name": lambda: socket.getaddrinfo("localhost.example", 80),
    }
    answer(channel, tried(attempts))


def other_processes(channel, config):
    attempts = {}
    for pid in config["pids"]:
        others = {
            "attach": lambda pid=pid: system_call((101, 117), 16, pid, 0, 0),
            "seize": lambda pid=pid: system_call((101, 117), 0x4206, pid, 0, 0),
            "read": lambda pid=pid: system_call((310, 270), pid, 0, 0, 0, 0, 0),
            "write": lambda pid=pid: system_call((311, 271), pid, 0, 0, 0, 0, 0),
            "mem": lambda pid=pid: os.open(f"/proc/{pid}/mem", os.O_RDWR),
            "signal 0": lambda pid=pid: os.kill(pid, 0),
            "stop": lambda pid=pid: os.kill(pid, signal.SIGCONT),
            "queue": lambda pid=pid: system_call((129, 138), pid, signal.SIGUSR1, b"\0" * 128),
            "thread": lambda pid=pid: system_call((234, 131), pid, pid, signal.SIGCONT),
            "thread, old": lambda pid=pid: system_call((200, 130), pid, signal.SIGCONT),
            "pidfd": lambda pid=pid: signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGCONT),
            "descriptor": lambda pid=pid: system_call((438, 438), os.pidfd_open(pid), 0, 0),
            "limits": lambda pid=pid: resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0)),
            "affinity": lambda pid=pid: os.sched_setaffinity(pid, {0}),
            "priority": lambda pid=pid: os.setpriority(os.PRIO_PROCESS, pid, 19),
            "idle": lambda pid=pid: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0)),
            "io": lambda pid=pid: system_call((251, 30), 1, pid, 3 << 13),
            "compare": lambda pid=pid: system_call((312, 272), pid, pid, 0, 0, 0),
            "advise": lambda pid=pid: system_call((440, 440), -1, 0, 0, 0, 0),
        }
        attempts |= {f"{name} {pid}": attempt for name, attempt in others.items()}
    attempts["group of the parent"] = lambda: os.killpg(os.getpgid(os.getppid()), signal.SIGCONT)
    # as the first process of its namespace there is no parent to signal
    if os.getppid() != 0:
        attempts["parent"] = lambda: os.kill(os.getppid(), signal.SIGCONT)
    answer(channel, tried(attempts))


def kernel_surface(channel, config):
    namespaces = (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
    buffer = ctypes.create_string_buffer(256)
    attempts = {f"unshare {flag:#x}": lambda flag=flag: system_call((272, 97), flag) for flag in namespaces}
    attempts |= {
        f"clone {flag:#x}": lambda flag=flag: leave(system_call((56, 220), flag | 17, 0, 0, 0, 0))
        for flag in namespaces
    }
    attempts |= {
        "clone3": lambda: leave(system_call((435, 435), struct.pack("11Q", 0x10000000, *[0] * 10), 88)),
        "setns": lambda: system_call((308, 268), -1, 0),
        "mount": lambda: system_call((165, 40), b"none", b"/tmp", b"tmpfs", 0, b""),
        "bind": lambda: system_call((165, 40), b"/usr", b"/tmp", b"", 0x1000, b""),
        "umount": lambda: system_call((166, 39), b"/nonexistent", 0),
        "pivot_root": lambda: system_call((155, 41), b"/tmp", b"/tmp"),
        "chroot": lambda: os.chroot("/tmp"),
        "open_tree": lambda: system_call((428, 428), -100, b"/", 1),
        "fsopen": lambda: system_call((430, 430), b"tmpfs", 0),
        "mount_setattr": lambda: system_call((442, 442), -100, b"/", 0, struct.pack("4Q", 0, 1, 0, 0), 32),
        "io_uring": lambda: system_call((425, 425), 8, buffer),
        "keyctl": lambda: system_call((250, 219), 0, -3, 1),
        "add_key": lambda: system_call((248, 217), b"user", b"k", b"v", 1, -3),
        "bpf": lambda: system_call((321, 280), 0, buffer, 72),
        "perf": lambda: system_call((298, 241), buffer, 0, -1, -1, 0),
        "userfaultfd": lambda: system_call((323, 282), 1),
        "memfd": lambda: os.memfd_create("x"),
        "memfd_secret": lambda: system_call((447, 447), 0),
        "shared memory": lambda: system_call((29, 194), 0, 1 << 20, 0o1600),
        "message queue": lambda: system_call((68, 186), 0, 0o1600),
        "personality": lambda: system_call((135, 92), 0x0040000),
        "seccomp": lambda: system_call((317, 277), 1, 0, struct.pack("HxxxxxxQ", 0, 0)),
        "module": lambda: system_call((313, 273), 0, b"", 0),
        "kexec": lambda: system_call((246, 104), 0, 0, 0, 0),
        "reboot": lambda: system_call((169, 142), 0xFEE1DEAD, 672274793, 0x89ABCDEF, 0),
        "clock": lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
        "host name": lambda: socket.sethostname(socket.gethostname()),
        "swap": lambda: system_call((167, 224), b"/tmp/swap", 0),
        "fanotify": lambda: system_call((300, 262), 0, 0),
        "asynchronous input and output": lambda: system_call((206, 0), 65536, buffer),
        "inotify": lambda: system_call((294, 26), 0),
        "landlock": lambda: system_call((444, 444), struct.pack("Q", 4), 8, 0),
        "vmsplice": lambda: system_call((278, 75), -1, buffer, 0, 0),
        "unknown call": lambda: system_call((470, 470), 0, 0, 0),
        "x32 call": lambda: system_call((0x40000000 + 39, None)),
    }
    answer(channel, tried(attempts, strict=True))


def leave(pid):
    if pid == 0:
        os._exit(0)
    return pid


def privileges(channel, config):
    def capabilities():
        lines = open("/proc/self/status").read().splitlines()
        values = {
            line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("Cap", "NoNew", "Secc"))
        }
        held = [name for name in ("CapInh", "CapPrm", "CapEff", "CapAmb") if int(values[name], 16)]
        if held or values["NoNewPrivs"] != "1" or values["Seccomp"] != "2":
            return values
        raise OSError("none")

    def raised(kind):
        soft, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (hard, hard + 1 if hard >= 0 else hard))
        return soft, hard

    def is_root():
        if os.getuid() and os.geteuid() and os.getgid() and not os.getgroups():
            raise OSError("no")
        return os.getresuid(), os.getgroups()

    def other_group():
        os.setgroups([0])

    def by_program():
        done = subprocess.run(
            ["/usr/bin/su", "-c", "id -u"], capture_output=True, timeout=5, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            raise OSError("refused")
        return done.stdout

    attempts = {
        "capabilities": capabilities,
        "setuid": lambda: os.setuid(0),
        "setresuid": lambda: os.setresuid(0, 0, 0),
        "setgroups": other_group,
        "su": by_program,
        "real time": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
        "nice": lambda: os.nice(-5),
        "data": lambda: raised(resource.RLIMIT_DATA),
        "files": lambda: raised(resource.RLIMIT_NOFILE),
        "processes": lambda: raised(resource.RLIMIT_NPROC),
        "file size": lambda: raised(resource.RLIMIT_FSIZE),
        "cpu": lambda: raised(resource.RLIMIT_CPU),
        "core": lambda: raised(resource.RLIMIT_CORE),
        "keep living": lambda: prctl(1, 0),
        "subreaper": lambda: prctl(36, 1),
        "dumpable": lambda: prctl(4, 1),
        "lock memory": lambda: locked(),
    }
    if not config["own_groups"]:
        attempts["root or groups"] = is_root
    answer(channel, tried(attempts))


def prctl(option, value):
    if LIBC.prctl(option, ctypes.c_ulong(value), 0, 0, 0) < 0:
        raise OSError("refused")
    return "done"


def locked():
    if LIBC.mlockall(3):
        raise OSError("refused")
    return "locked"


def descriptors(channel, config):
    """Count what was inherited: 0, 1, 2 lead nowhere, 3 is the channel, 4 the report; no terminal."""
    found = {}
    for number in range(1024):
        try:
            fcntl.fcntl(number, fcntl.F_GETFD)
        except OSError:
            continue
        found[number] = os.fstat(number).st_rdev == os.makedev(1, 3)
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        terminal = None
    answer(
        channel,
        {"numbers": sorted(found), "nowhere": [n for n in (0, 1, 2) if found[n]], "terminal": terminal},
    )


def environment(channel, config):
    answer(channel, {"environment": dict(os.environ), "home": os.path.expanduser("~"), "cwd": os.getcwd()})


def fork_bomb(channel, config):
    """Fork and start threads until the kernel says no; count both."""
    children = threads = 0
    gate = threading.Event()
    try:
        for _ in range(2000):
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
            children += 1
    except OSError:
        pass
    try:
        for _ in range(2000):
            threading.Thread(target=gate.wait, daemon=True).start()
            threads += 1
    except RuntimeError:
        pass
    answer(channel, {"children": children, "threads": threads})


def one_allocation(channel, config):
    try:
        bytearray(config["bytes"])
    except MemoryError:
        answer(channel, "MemoryError")
    else:
        answer(channel, "allocated")


def sealed_memory_bomb(channel, config):
    """Take memory that no per-process limit counts: written, then closed to writing."""
    import mmap

    answer(channel, "begun")
    held = []
    while True:
        block = mmap.mmap(-1, 16 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        for page in range(0, len(block), 4096):
            block[page] = 1
        view = ctypes.c_char.from_buffer(block)
        system_call((10, 226), ctypes.c_void_p(ctypes.addressof(view)), len(block), mmap.PROT_READ)
        held += [block, view]


def hidden_memory(channel, config):
    """Take memory that stays when no process maps its pages any more, so that nobody sees whose it is."""
    import mmap

    def held(descriptor):
        block = mmap.mmap(descriptor, 1 << 20)
        block[0] = 1
        block.madvise(mmap.MADV_DONTNEED)
        return block[0]

    attempts = {
        "shared without a file": lambda: held(-1),
        "of a device": lambda: held(os.open("/dev/zero", os.O_RDWR)),
        "read from a device": lambda: os.open("/dev/zero", os.O_RDONLY),
        "without a name": lambda: held(os.memfd_create("x")),
    }
    answer(channel, tried(attempts))


def family_memory_bomb(channel, config):
    """Many processes, each below the limit, together far beyond."""
    answer(channel, "begun")
    for _ in range(12):
        if os.fork() == 0:
            held = bytearray(b"x") * (config["each_mb"] << 20)
            time.sleep(60)
            os._exit(len(held) == 0)
    time.sleep(60)


def page_tables(channel, config):
    """Read here and there in endless empty memory: no page is taken, but the kernel's tables of them are."""
    answer(channel, "begun")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    size, step, read_only, private = 1 << 40, 2 << 20, 1, 0x4022
    begin = libc.mmap(None, ctypes.c_size_t(size), read_only, private, -1, 0)
    for at in range(begin, begin + (config["mb"] << 8) * step, step):  # each has a table of 4096 bytes
        ctypes.string_at(at, 1)
    time.sleep(10)


def headless_family(channel, config):
    """Processes whose first thread has ended, while another one holds the memory."""
    answer(channel, "begun")
    leave_thread = 93 if COLUMN else 60

    def hold():
        time.sleep(0.5)
        held = bytearray(b"x") * (config["each_mb"] << 20)
        time.sleep(60)
        os._exit(len(held) == 0)

    for _ in range(10):
        if os.fork() == 0:
            threading.Thread(target=hold).start()
            LIBC.syscall(ctypes.c_long(leave_thread), ctypes.c_long(0))
    time.sleep(60)


def deep_folders(channel, config):
    """Folders in folders, deeper than names and stacks are long, with a file at the bottom."""
    answer(channel, "begun")
    with contextlib.suppress(OSError):
        for _ in range(config["depth"]):
            os.mkdir("d")
            os.chdir("d")
    with contextlib.suppress(OSError), open("file", "wb") as stream:
        stream.write(b"x" * 1000)
    answer(channel, "deep")
    time.sleep(config["seconds"])


def closed_folders(channel, config):
    """Folders that cannot be listed or entered, the first of them full of files."""
    os.mkdir("closed", 0o300)
    os.mkdir("empty", 0)
    written = 0
    try:
        for number in range(60):
            with open(f"closed/{number}", "wb", buffering=0) as stream:
                os.ftruncate(stream.fileno(), 1 << 20)
            with open(f"closed/{number}", "r+b", buffering=0) as stream:
                import mmap

                with mmap.mmap(stream.fileno(), 1 << 20) as mapped:
                    mapped[:] = b"x" * (1 << 20)
            written += 1
            time.sleep(0.005)
    except OSError:
        pass
    answer(channel, written)
    time.sleep(config["seconds"])


def core_limit(channel, config):
    answer(channel, resource.getrlimit(resource.RLIMIT_CORE))


def shared_by_fork(channel, config):
    """Honest work: children that share what the parent made, and so take nothing more."""
    held = bytearray(b"x") * (config["mb"] << 20)
    for _ in range(4):
        if os.fork() == 0:
            time.sleep(0.5)
            os._exit(0)
    time.sleep(0.5)
    answer(channel, len(held))


def shared_by_many(channel, config):
    """Children that share far more than the limit together: to find out how much would take long."""
    answer(channel, "begun")
    held = bytearray(b"x") * (config["mb"] << 20)
    for _ in range(config["children"]):
        if os.fork() == 0:
            time.sleep(30)
            os._exit(len(held) == 0)
    time.sleep(30)


def socket_buffers(channel, config):
    """Memory that no process holds: full buffers of sockets, made as large as can be."""
    answer(channel, "begun")
    held = []
    for _ in range(config["pairs"]):
        pair = socket.socketpair()
        pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 << 20)
        pair[0].setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                pair[0].send(bytes(65536))
        held.append(pair)
    time.sleep(30)


def file_locks(channel, config):
    """Lock single bytes of files, as nothing counts how many; says how many the kernel holds."""
    lock = struct.Struct("hhqqixxxx")

    def locked(command, at, stream):
        asked = lock.pack(fcntl.F_WRLCK, os.SEEK_SET, at, 1, 0)
        return lock.unpack(fcntl.fcntl(stream, command, asked))[0] != fcntl.F_UNLCK

    open_set, open_get = 37, 36  # those of an open file, which even the same process meets
    with open("locked", "wb+") as mine, open("locked", "rb+") as other:
        for at in range(0, 2000, 2):
            locked(open_set, at, mine)
        answer(channel, sum(locked(open_get, at, other) for at in range(0, 2000, 2)))


def fill_disk(channel, config):
    """Write until there is no room, in one file, many files and deleted files."""
    written, kept = 0, []
    answer(channel, "begun")
    block = b"\0" * (1 << 20)
    try:
        for number in range(64):
            stream = open(f"fill-{number}", "wb", buffering=0)
            kept.append(stream)
            if number % 2:
                os.unlink(stream.name)
            for _ in range(16):
                written += stream.write(block)
                time.sleep(0.002)
    except OSError:
        pass
    answer(channel, written)


def fill_deleted_files(channel, config):
    """Hold disk space in files that no folder names: a listing of the folder shows nothing."""
    written, block = 0, b"\0" * (1 << 20)
    try:
        with contextlib.ExitStack() as kept:
            for _ in range(30):
                stream = kept.enter_context(open("gone", "wb", buffering=0))
                os.unlink("gone")
                for _ in range(10):
                    written += stream.write(block)
                    time.sleep(0.002)
    except OSError:
        pass
    answer(channel, written)


def many_files(channel, config):
    made = 0
    try:
        for number in range(200_000):
            os.mkdir(f"d{number}")
            made += 1
    except OSError:
        pass
    answer(channel, made)


def daemonise(channel, config):
    """Leave a process behind that has a session of its own."""
    try:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
                answer(channel, "alive")
                time.sleep(300)
            os._exit(0)
    except OSError:
        answer(channel, "no fork")
        return
    time.sleep(config["seconds"])


def sessions(channel, config):
    """Take more than one share of the processors: the kernel gives them to sessions, not to users."""
    before = os.getsid(0)
    if os.fork() == 0:
        os.setsid()
        answer(channel, os.getsid(0) == before)
        os._exit(0)
    os.wait()


def ignore_all(channel, config):
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_IGN)
        except OSError:
            continue
    answer(channel, "begun")
    while True:
        time.sleep(1)


def spin(channel, config):
    answer(channel, "begun")
    while True:
        pass


def crash(channel, config):
    ctypes.string_at(0)


def raise_error(channel, config):
    raise LookupError("a role that fails")


def leave_early(channel, config):
    os._exit(3)


def fine(channel, config):
    answer(channel, config)


def work(channel, config):
    """The usual tools still work in a box."""
    import io
    import tempfile

    import matplotlib.pyplot as plt
    import numpy as np
    import pandas as pd
    import pysam
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(size=200)})
    frame["y"] = (frame.x > 0).astype(int)
    frame.to_csv("frame.csv", index=False)
    again = pd.read_csv("frame.csv")
    model = LogisticRegression().fit(again[["x"]], again.y)
    figure, axes = plt.subplots()
    axes.plot(frame.x)
    axes.set_title("a title")
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    header = pysam.AlignmentHeader.from_references(["20"], [1000])
    with pysam.AlignmentFile("reads.bam", "wb", header=header) as bam:
        read = pysam.AlignedSegment(header)
        read.query_name, read.query_sequence, read.flag = "r", "ACGT", 0
        read.reference_id, read.reference_start, read.cigarstring = 0, 10, "4M"
        bam.write(read)
    pysam.index("reads.bam")
    with pysam.AlignmentFile("reads.bam") as bam, tempfile.NamedTemporaryFile() as temporary:
        temporary.write(b"x")
        count = bam.count("20", 0, 100)
    import shutil

    shutil.copy("frame.csv", "copy.csv")
    data = [open(path).read() for path in config["data"]]
    answer(
        channel,
        {
            "score": float(model.score(again[["x"]], again.y)),
            "png": picture.getvalue()[:4].hex(),
            "reads": count,
            "copy": os.path.getsize("copy.csv") > 0,
            "data": data,
            "matrix": float((np.eye(200) @ np.eye(200)).sum()),
        },
    )


def subprocesses(channel, config):
    done = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True, timeout=60)
    shell = subprocess.run("echo $((6 * 7)) | cat", shell=True, capture_output=True, text=True, timeout=60)
    import multiprocessing

    with multiprocessing.get_context("fork").Pool(2) as pool:
        squares = pool.map(abs, [-1, -2])
    answer(channel, [done.stdout.strip(), shell.stdout.strip(), squares])


def random_numbers(channel, config):
    import random

    import numpy as np

    answer(channel, [random.random(), float(np.random.random())])


def idle(channel, config):
    answer(channel, "begun")
    channel.recv(1)
