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
from biolabkit.errors import BiolabkitError, InputError, MissingExtraError, UnknownNameError

__all__ = ["main"]

GROUP = "biolabkit.commands"
# What `biolab --help` says of the commands without importing them: how their own help begins.
_BUILT_IN = {
    "check": ("biolabkit.bench.checking_command", "check", "Run the visible checks of a saved notebook."),
    "data": ("biolabkit.datasets.commands", "data", "List, show, fetch, verify and prefetch datasets."),
    "lab": ("biolabkit.bench.launch", "app", "Start JupyterLab for the course that a folder belongs to."),
    "doctor": ("biolabkit.doctor", "doctor", "Say what this machine has and what it lacks."),
    "fetch": ("biolabkit.bench.commands", "fetch_command", "Bring what is new in the course, feedback too."),
    "join": ("biolabkit.bench.commands", "join_command", "Make your folder of a course."),
    "submit": ("biolabkit.bench.commands", "submit_command", "Hand in a saved notebook."),
}
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
            return TyperCommand(cmd_name, help=_BUILT_IN[cmd_name][2])
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
            module, attribute, _ = _BUILT_IN[name]
            return name, _as_command(name, getattr(import_module(module), attribute)), args[1:]
        if name in (added := _added()):
            return name, _as_command(name, _load(added[name])), args[1:]
        raise UnknownNameError("command", name, self.list_commands(ctx))


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
    return MissingExtraError(missing, extra) if missing and not _installed(missing) else None


def _installed(package: str) -> bool:
    from importlib.util import find_spec

    return find_spec(package) is not None


def _as_command(name: str, thing: "typer.Typer | Callable[..., Any]") -> Any:
    """A typer app as it is, a function as a command of its own."""
    if not isinstance(thing, typer.Typer):
        function, thing = thing, typer.Typer(add_completion=False)
        thing.command(name)(function)
    command = typer.main.get_command(thing)
    command.name = name
    return command


app = typer.Typer(
    name="biolab",
    cls=LazyGroup,
    help="A teaching laboratory for genomics and digital healthcare AI.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _biolab(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
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
            raise MissingExtraError(package, "dev")


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
        return _fail(f"{error.filename or 'the file system'}: {error.strerror or error}")
    return status if isinstance(status, int) else 0


def _usage(error: typer.TyperException) -> str:
    """What was wrong with the call, and where help is; empty when the help itself was just shown."""
    context = getattr(error, "ctx", None)
    message = error.format_message().rstrip(".")
    return f"{message} (see: {context.command_path} --help)" if message and context else message


def _fail(message: str) -> int:
    if message:
        print("biolab:", " ".join(message.split()), file=sys.stderr)
    return 2


def _one_line_warning(message: Any, *_details: Any, **_more: Any) -> None:
    print(f"biolab: warning: {message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
