"""`biolab`: quick to start, lazy, one line on stderr and status 2 for what a user can mend."""

import os
import subprocess
import sys
from importlib import import_module
from importlib.metadata import EntryPoint

import pytest
import typer

from biolabkit import __version__, cli
from biolabkit.errors import BiolabkitError

extra = typer.Typer()


@extra.command()
def go(fail: bool = False) -> None:
    """Go."""
    typer.echo("went")
    if fail:
        raise BiolabkitError("this is\nbroken")


@extra.command()
def need(package: str) -> None:
    import_module(package)


@extra.command()
def stop() -> None:
    raise KeyboardInterrupt


def lone(name: str) -> None:
    """A function, not an app."""
    typer.echo(f"alone with {name}")


@pytest.fixture
def added(monkeypatch, tmp_path):
    """Make entry points of the names and values that a test gives."""
    (tmp_path / "half_installed.py").write_text("import surely_not_installed\n")
    (tmp_path / "broken_within.py").write_text("from json import surely_not_there\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, "commands_under_test", sys.modules[__name__])
    values = {
        "extra": "commands_under_test:extra",
        "lone": "commands_under_test:lone",
        "half": "half_installed:app",
        "course": "half_installed:app [cluster]",
        "broken": "broken_within:app",
        "empty": "commands_under_test:nothing",
    }
    entries = [EntryPoint(name, value, cli.GROUP) for name, value in values.items()]
    monkeypatch.setattr(cli, "entry_points", lambda **_group: entries)


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    status = cli.main(list(arguments))
    out, err = capsys.readouterr()
    return status, out, err


def test_version(capsys):
    assert run(capsys, "--version") == (0, f"biolab {__version__}\n", "")


def test_no_command_shows_help(capsys):
    status, out, _ = run(capsys)
    assert status == 0
    assert all(name in out for name in ("data", "doctor", "lab", "submit", "test"))


def test_help_lists_added_commands_and_imports_none():
    script = (
        "import sys; from biolabkit.cli import main; main(['--help']);"
        "heavy = ('nbgrader', 'pandas', 'numpy', 'biolabkit_autograder', 'pooch');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert all(name in done.stdout for name in ("course", "exercise", "demo"))


def test_the_installed_script_runs():
    done = subprocess.run(
        [sys.executable, "-m", "biolabkit.cli", "--version"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, f"biolab {__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["dta"], "there is no command 'dta'; did you mean 'data'?"),
        (["data", "lsit"], "Did you mean 'list'"),
        (["data", "show"], "Missing argument 'name' (see: biolab data show --help)"),
        (["data", "list", "--trak", "x"], "--trak"),
        (["data", "show", "uci-promotors"], "did you mean 'uci-promoters'?"),
        (["data", "list", "--track", "helth"], "there is no track 'helth'; did you mean 'health'?"),
        (["lab", "/surely/not/there"], "there is no such folder"),
    ],
)
def test_a_wrong_call_is_one_line_and_status_2(capsys, arguments, told):
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("biolab: ")
    assert err.count("\n") == 1
    assert told in err


@pytest.mark.usefixtures("added")
def test_added_apps_and_functions_run(capsys):
    assert run(capsys, "extra", "go") == (0, "went\n", "")
    assert run(capsys, "lone", "Kim") == (0, "alone with Kim\n", "")


@pytest.mark.usefixtures("added")
def test_an_error_is_one_line(capsys):
    assert run(capsys, "extra", "go", "--fail") == (2, "went\n", "biolab: this is broken\n")


@pytest.mark.usefixtures("added")
def test_an_interrupt_is_130(capsys):
    assert run(capsys, "extra", "stop") == (130, "", "")


@pytest.mark.usefixtures("added")
def test_an_extra_that_is_missing_is_named(capsys):
    assert run(capsys, "half") == (
        2,
        "",
        "biolab: surely_not_installed is not installed; run: pip install 'biolabkit[instructor]'\n",
    )
    assert "biolabkit[cluster]" in run(capsys, "course")[2]
    assert "Make, release, collect" in run(capsys, "--help")[1]


@pytest.mark.usefixtures("added")
def test_what_a_command_lacks_when_it_runs_is_named(capsys):
    told = "biolab: surely_not_installed is not installed; run: pip install 'biolabkit[instructor]'\n"
    assert run(capsys, "extra", "need", "surely_not_installed.deeper") == (2, "", told)
    with pytest.raises(ModuleNotFoundError):  # it is installed: that is a mistake of ours
        cli.main(["extra", "need", "json.surely_not_there"])


@pytest.mark.usefixtures("added")
def test_a_broken_command_is_not_called_missing(capsys):
    status, _, err = run(capsys, "broken")
    assert status == 2
    assert "biolab broken cannot be loaded" in err
    assert "cannot be loaded" in run(capsys, "empty")[2]


def test_test_needs_its_extra(capsys, monkeypatch):
    monkeypatch.setattr(cli, "_installed", lambda _package: False)
    assert "pip install 'biolabkit[dev]'" in run(capsys, "test")[2]


def test_test_hands_its_arguments_on(capsys, monkeypatch, repository):
    calls = []
    monkeypatch.setattr(cli, "_installed", lambda _package: True)
    monkeypatch.setattr(cli, "_run", lambda command, folder: calls.append((command[1:], folder)) or 5)
    assert run(capsys, "test", "tests/cli", "-q")[0] == 5
    assert calls == [(["-m", "pytest", "tests/cli", "-q"], repository)]


def test_test_needs_a_checkout(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(cli, "__file__", str(tmp_path / "a" / "b" / "cli.py"))
    assert "runs in a checkout" in run(capsys, "test")[2]


@pytest.fixture
def checkout(monkeypatch, tmp_path):
    """A small checkout that `biolab test` takes for its own."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "src" / "biolabkit").mkdir(parents=True)
    (tmp_path / "src" / "biolabkit" / "cli.py").write_text('"""Nothing."""\n')
    (tmp_path / "tests" / "test_small.py").write_text("def test_one():\n    assert True\n")
    settings = '[tool.mypy]\nfiles = ["src"]\n[tool.ruff.lint]\nselect = ["E", "F"]\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    monkeypatch.setattr(cli, "__file__", str(tmp_path / "src" / "biolabkit" / "cli.py"))
    return tmp_path


@pytest.mark.usefixtures("checkout")
def test_test_runs_linters_and_types_then_all_tests(capfd):
    status, out, _ = run(capfd, "test")
    headings = [line for line in out.splitlines() if line.startswith("== ")]
    assert status == 0
    assert [heading.split()[1:3] for heading in headings[:3]] == [
        ["ruff", "check"],
        ["ruff", "format"],
        ["mypy"],
    ]
    assert headings[3].startswith("== pytest -n auto --maxprocesses ")
    assert "1 passed" in out.splitlines()[-1]


def test_a_linter_s_failure_does_not_hide_the_tests_and_is_not_hidden(capfd, checkout):
    (checkout / "src" / "biolabkit" / "cli.py").write_text("import os\nx: int = 'text'\n")
    status, out, _ = run(capfd, "test")
    assert status == 1
    assert "(failed so far: ruff check, ruff format --check, mypy)" in out
    assert "1 passed" in out.splitlines()[-1]


def test_test_has_pytest_s_status_when_tests_fail(capfd, checkout):
    (checkout / "tests" / "test_small.py").write_text("def test_one():\n    assert False\n")
    status, out, _ = run(capfd, "test")
    assert status == 1
    assert "1 failed" in out.splitlines()[-1]


@pytest.mark.usefixtures("checkout")
def test_test_uses_no_more_workers_than_cores(capsys, monkeypatch):
    commands = []
    monkeypatch.setattr(cli, "_run", lambda command, _folder: commands.append(command[2:]) or 0)
    monkeypatch.setattr(cli.os, "sched_getaffinity", lambda _process: {0, 5, 6}, raising=False)
    assert run(capsys, "test")[0] == 0
    assert commands[-1][:5] == ["pytest", "-n", "auto", "--maxprocesses", "3"]
    assert len(commands) == 4


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    ("module", "package"),
    [("ruff", "ruff"), ("mypy", "mypy"), ("pytest", "pytest"), ("xdist", "pytest-xdist")],
)
def test_test_needs_the_dev_extra(capsys, monkeypatch, module, package):
    monkeypatch.setattr(cli, "_installed", lambda name: name != module)
    told = f"biolab: {package} is not installed; run: pip install 'biolabkit[dev]'\n"
    assert run(capsys, "test") == (2, "", told)


def test_a_closed_pipe_is_no_error():
    command = f"{sys.executable} -m biolabkit.cli data show survival-tables-lifelines | head -c 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows removes no folder that somebody is in")
@pytest.mark.parametrize(
    ("language", "said"), [("en_GB.UTF-8", "does not exist any more"), ("ko_KR.UTF-8", "다른 폴더로")]
)
def test_a_folder_that_is_gone(tmp_path, language, said):
    """The machine's language is used, as there is no course to ask; what needs no folder works."""
    gone = tmp_path / "gone"
    gone.mkdir()
    settings = {name: value for name, value in os.environ.items() if not name.startswith("BIOLAB_")}

    def biolab(arguments):
        script = f"cd {gone} && rmdir {gone}; exec {sys.executable} -P -m biolabkit.cli {arguments}"
        return subprocess.run(
            ["sh", "-c", script], env=settings | {"LC_ALL": language}, capture_output=True, text=True
        )

    assert biolab("--version").stdout == f"biolab {__version__}\n"
    gone.mkdir()
    done = biolab("fetch")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


@pytest.mark.parametrize("name", [*cli._BUILT_IN, *cli._ADDED])
def test_the_line_of_a_command_is_how_its_own_help_begins(name):
    group = typer.main.get_command(cli.app)
    context = typer.Context(group)
    _, command, _ = group.resolve_command(context, [name])
    own = " ".join(command.help.split())
    assert own.startswith(group.get_command(context, name).help.rstrip("."))
