"""`biolab`: the command line. Commands load when they are called, so that starting costs little.

Other distributions add commands through the entry point group ``biolabkit.commands``: a name and a typer app
or a function. ``biolab --help`` lists them without importing them.
"""

import os
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from biolabkit import __version__
from biolabkit._words import missing_extra, told, unknown
from biolabkit.errors import BiolabkitError, InputError, MissingExtraError

__all__ = ["main"]

GROUP = "biolabkit.commands"
_BUILT_IN = {
    "check": ("biolabkit.bench.checking_command", "check"),
    "data": ("biolabkit.datasets.commands", "data"),
    "lab": ("biolabkit.bench.launch", "app"),
    "doctor": ("biolabkit.doctor", "doctor"),
    "fetch": ("biolabkit.bench.commands", "fetch_command"),
    "join": ("biolabkit.bench.commands", "join_command"),
    "submit": ("biolabkit.bench.commands", "submit_command"),
}
# What `biolab --help` says of the commands without importing them. Trainees use these,
_HELP = {
    "check": (
        "Run the visible checks of a saved notebook on a fresh kernel; exit status 1 when one does not pass.",
        "저장된 노트북의 보이는 검사를 새 커널에서 실행합니다. 통과하지 못한 검사가 있으면 1로 끝납니다.",
    ),
    "data": (
        "List, show, fetch, verify and prefetch datasets.",
        "데이터셋을 나열하고, 보여 주고, 받고, 확인하고, 미리 받아 둡니다.",
    ),
    "lab": (
        "Start JupyterLab for the course that a folder belongs to.",
        "폴더가 속한 과정을 JupyterLab으로 엽니다.",
    ),
    "doctor": (
        "Say what this machine has and what it lacks.",
        "이 컴퓨터에 갖추어진 것과 빠진 것을 알려 줍니다.",
    ),
    "fetch": (
        "Bring what is new in the course, feedback too; a notebook that you worked in is never written over.",
        "과정에 새로 나온 것과 피드백을 받아 옵니다. 작업하던 노트북은 덮어쓰지 않습니다.",
    ),
    "join": (
        "Make your folder of a course; again, when the course has moved.",
        "과정에서 사용할 내 폴더를 만듭니다. 과정의 위치가 바뀌면 다시 실행합니다.",
    ),
    "submit": (
        "Hand in a saved notebook; the receipt shows its time and SHA-256.",
        "저장한 노트북을 제출합니다. 접수증에 제출 시각과 SHA-256이 나옵니다.",
    ),
}
# and instructors these: how their own help begins.
_ADDED = {
    "course": "Make, release, collect, grade and report a course.",
    "demo": "Run a whole course in a folder: build, release, a sample cohort, grades, feedback and report.",
    "desk": "Open the instructor's desk: one local page to release, collect, grade and give feedback.",
    "exercise": "Write exercises: scaffold, lint, try with every wrong answer, build notebooks.",
}


class LazyGroup(TyperGroup):
    """A group whose further commands are imported only when one is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  (the base class names it)
        """Names of all commands, those of other distributions last."""
        own = sorted([*self.commands, *_BUILT_IN])
        return [*own, *sorted(set(_added()) - set(own))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, or a stand-in with its help line while it is not called."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        if cmd_name in _BUILT_IN:
            return TyperCommand(cmd_name, help=told(*_HELP[cmd_name]))
        entry = _added().get(cmd_name)
        if entry is None:
            return None
        origin = f"Added by {entry.dist.name}." if entry.dist else "Added by another distribution."
        return TyperCommand(cmd_name, help=_ADDED.get(cmd_name, origin))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the command that is called.

        Raises
        ------
        UnknownNameError
            When there is no such command; the near one is suggested.
        MissingExtraError
            When the command needs something that is not installed.
        """
        name = args[0]
        if name in self.commands or name.startswith("-"):
            return super().resolve_command(ctx, args)
        if name in _BUILT_IN:
            module, attribute = _BUILT_IN[name]
            return name, _as_command(name, getattr(import_module(module), attribute)), args[1:]
        if name in (added := _added()):
            return name, _as_command(name, _load(added[name])), args[1:]
        raise unknown("command", "그런 명령이 없습니다", name, self.list_commands(ctx))


def _added() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _load(entry: EntryPoint) -> Any:
    try:
        return entry.load()
    except (AttributeError, ImportError) as error:
        if lacking := _lacking(error, next(iter(entry.extras), "instructor")):
            raise lacking from None
        raise BiolabkitError(f"biolab {entry.name} cannot be loaded: {error}") from error


def _lacking(error: Exception, extra: str) -> MissingExtraError | None:
    """What to install where an import failed; None when it is there, and broken."""
    missing = ((error.name if isinstance(error, ImportError) else "") or "").partition(".")[0]
    return missing_extra(missing, extra) if missing and not _installed(missing) else None


def _installed(package: str) -> bool:
    from importlib.util import find_spec

    return find_spec(package) is not None


def _as_command(name: str, thing: "typer.Typer | Callable[..., Any]") -> Any:
    """A typer app as it is, a function as a command of its own."""
    if not isinstance(thing, typer.Typer):
        function, thing = thing, typer.Typer(add_completion=False)
        thing.command(name, help=told(*_HELP[name]) if name in _HELP else None)(function)
    command = typer.main.get_command(thing)
    command.name = name
    return command


app = typer.Typer(
    name="biolab",
    cls=LazyGroup,
    help=told(
        "A teaching laboratory for genomics and digital healthcare AI.",
        "유전체 데이터 분석과 디지털 헬스케어 AI를 배우는 교육용 실험실입니다.",
    ),
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _biolab(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help=told("Print the version and end.", "버전을 출력하고 끝냅니다."))
    ] = False,
) -> None:
    if version:
        typer.echo(f"biolab {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run linters, type checker and all tests of the checkout; arguments go to pytest alone."""
    root = Path(__file__).parents[2]
    if not ((root / "pyproject.toml").is_file() and (root / "tests").is_dir()):
        raise InputError("biolab test runs in a checkout of the repository; this is an installed biolabkit")
    steps = [["pytest", *context.args]] if context.args else _everything()
    _require_dev(steps)
    if context.args:
        raise typer.Exit(_run([sys.executable, "-m", *steps[0]], root))
    raise typer.Exit(_run_steps(steps, root))


def _everything() -> list[list[str]]:
    """What `biolab test` runs, in order: pytest comes last, so that its summary ends the output."""
    workers = ["-n", "auto", "--maxprocesses", str(_cores()), "--dist", "loadgroup", "--no-loadscope-reorder"]
    return [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["pytest", *workers]]


def _cores() -> int:
    """The cores that this process may use; pytest-xdist's own count ignores such limits."""
    allowed = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _require_dev(steps: list[list[str]]) -> None:
    tools = {step[0]: step[0] for step in steps}
    if any("--maxprocesses" in step for step in steps):
        tools["xdist"] = "pytest-xdist"
    for module, package in tools.items():
        if not _installed(module):
            raise missing_extra(package, "dev")


def _run_steps(steps: list[list[str]], folder: Path) -> int:
    """Run all steps, also after one that failed; the status of the last, else of the first that failed."""
    failed: dict[str, int] = {}
    status = 0
    for step in steps:
        so_far = f"  (failed so far: {', '.join(failed)})" if failed else ""
        typer.secho(f"== {' '.join(step)}{so_far}", bold=True)
        status = _run([sys.executable, "-m", *step], folder)
        if status:
            failed[" ".join(step)] = status
    return status or next(iter(failed.values()), 0)


def _run(command: list[str], folder: Path) -> int:
    import subprocess

    return subprocess.run(command, cwd=folder, check=False).returncode  # noqa: S603  (our own interpreter)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        0 when all went well, 2 for an error that the user can mend (one line on stderr), 130 when
        interrupted; `lab` and `test` give the status of what they ran.
    """
    warnings.showwarning = _one_line_warning
    try:
        status = app(arguments, prog_name="biolab", standalone_mode=False)
        sys.stdout.flush()
    except BiolabkitError as error:
        return _fail(str(error))
    except typer.TyperException as error:
        return _fail(_usage(error))
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ModuleNotFoundError as error:
        # the instructor's commands are always listed, and import what they need when they are called
        if lacking := _lacking(error, "instructor"):
            return _fail(str(lacking))
        raise
    except OSError as error:
        if error.filename is None and error.errno is None:
            raise
        return _fail(_no_folder() or f"{error.filename or 'the file system'}: {error.strerror or error}")
    return status if isinstance(status, int) else 0


def _usage(error: typer.TyperException) -> str:
    """What was wrong with the call, and where help is; empty when the help itself was just shown."""
    context = getattr(error, "ctx", None)
    message = error.format_message().rstrip(".")
    return f"{message} (see: {context.command_path} --help)" if message and context else message


def _no_folder() -> str:
    """What to do where the folder that somebody works in was removed behind them; else nothing."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return told(
            "the folder that you are in does not exist any more; go to another one",
            "지금 있는 폴더가 더 이상 없습니다. 다른 폴더로 이동하십시오",
        )
    return ""


def _fail(message: str) -> int:
    if message:
        print("biolab:", " ".join(message.split()), file=sys.stderr)
    return 2


def _one_line_warning(message: Any, *_details: Any, **_more: Any) -> None:
    print(f"biolab: warning: {message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
