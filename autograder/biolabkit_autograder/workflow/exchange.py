"""A course in an exchange: the folder on a shared server where learners fetch exercises and hand in.

It is nbgrader's own layout, so that nbgrader's tools read it::

    <exchange>/<course>/              0755  the instructor's
        course.json                   0644  what is released
        outbound/<exercise>/…         0755  as released
        inbound/<a submission>/…     01733  anyone may put something in; nobody sees what others put in
        feedback/<token>.html|json    0711  found by who knows the token
        .course                       0600  which course folder it belongs to
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from biolabkit._files import atomic_write
from biolabkit.errors import BiolabkitError, CourseError

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["make_exchange", "publish_files", "publish_release", "unreachable"]

_MODES = {"": 0o755, "outbound": 0o755, "inbound": 0o1733, "feedback": 0o711}
#: The path of the course folder: two courses of one id would write over each other's exercises, and each
#: would collect the other's submissions.
_OWNER = ".course"


def make_exchange(course: Course, *, new: bool = False) -> Path:
    """Make a course's folders in its exchange, or set the modes of those that are there.

    Parameters
    ----------
    course : Course
        With an exchange.
    new : bool
        The course is new: what another one of the same id left there must not become its own.

    Returns
    -------
    Path
        ``<exchange>/<course>``.

    Raises
    ------
    CourseError
        When they cannot be made, belong to another account or another course, or hold an earlier course.
    """
    root = course.exchange
    assert root is not None
    with _told(root):
        if new:
            for part in reversed([part for part in root.parents if not part.exists()]):
                _make(part, 0o755)
        _refuse_other_course(course, root)
        if new:
            held = [name for name in ("inbound", "outbound") if _holds_something(root / name)]
            if held:
                raise CourseError(
                    f"{root} holds an earlier course of this id ({', '.join(held)}); remove it, or give the "
                    "new course another folder name"
                )
        for name, mode in _MODES.items():
            _make(root / name, mode)
        _write_owner(course, root)
    return root


def unreachable(folder: Path) -> Path | None:
    """The folder on the way that other accounts may not pass; None when they reach it."""
    for part in (folder, *folder.parents):
        if not part.stat().st_mode & stat.S_IXOTH:
            return part
    return None


def publish_release(course: Course, names: list[str]) -> None:
    """Put released exercises into ``outbound/``, then ``course.json`` beside it.

    Raises
    ------
    CourseError
        When the exchange cannot be written. Each file there is whole; releasing again goes on.
    """
    root = make_exchange(course)
    with _told(root):
        for name in names:
            _copy_folder(course.notebook("release", name).parent, root / "outbound" / name)
        publish_files(root, {"course.json": (course.folder / "release" / "course.json").read_bytes()})


def publish_files(folder: Path, files: dict[str, bytes]) -> None:
    """Write files that everybody may read, in their order, those that are the same already aside."""
    for name, content in files.items():
        path = folder / name
        try:
            same = path.read_bytes() == content
        except OSError:
            same = False
        if not same:
            with atomic_write(path, "wb", permissions=0o644) as stream:
                stream.write(content)


def _make(folder: Path, mode: int) -> None:
    """Make a folder whose mode does not depend on the umask; it must be this account's own."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise CourseError(f"{folder} is not your own folder; give the course another id in course.toml")
    wanted = mode | (status.st_mode & stat.S_ISGID)  # the server's own way of sharing groups stays
    if stat.S_IMODE(status.st_mode) != wanted:
        folder.chmod(wanted)


def _refuse_other_course(course: Course, root: Path) -> None:
    """A course that was moved or removed leaves its place to the next; a copy of it does not take it."""
    try:
        named = (root / _OWNER).read_text(encoding="utf-8").strip()
    except FileNotFoundError:  # new, or made by an earlier version
        return
    other = Path(named)
    if not named or other == course.folder.resolve() or not _uses(other, root):
        return
    raise CourseError(
        f"{root} belongs to the course in {other}, which has the same id ({course.spec.id}); give this one "
        "another id: another folder name for a new course, else id in its course.toml"
    )


def _uses(folder: Path, root: Path) -> bool:
    """Whether a course folder still has this place in the exchange."""
    from biolabkit_autograder.course import open_course

    if not (folder / "course.toml").is_file():
        return False
    try:
        theirs = open_course(folder).exchange
    except BiolabkitError:  # damaged for the moment: it may still be its own
        return True
    return theirs is not None and theirs.resolve() == root.resolve()


def _write_owner(course: Course, root: Path) -> None:
    content = f"{course.folder.resolve()}\n"
    path = root / _OWNER
    if not path.is_file() or path.read_text(encoding="utf-8") != content:
        with atomic_write(path, permissions=0o600) as stream:
            stream.write(content)


def _holds_something(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _copy_folder(source: Path, target: Path) -> None:
    """Make `target` hold the files of `source`, the notebook last, and nothing else."""
    files = sorted(
        (path for path in source.rglob("*") if path.is_file()), key=lambda path: path.suffix == ".ipynb"
    )
    _make(target, 0o755)
    wanted = {path.relative_to(source) for path in files}
    for path in files:
        relative = path.relative_to(source)
        for parent in reversed(relative.parents[:-1]):
            _make(target / parent, 0o755)
        publish_files(target / relative.parent, {relative.name: path.read_bytes()})
    for path in sorted(target.rglob("*")):
        if path.is_file() and path.relative_to(target) not in wanted:
            path.unlink()


@contextmanager
def _told(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CourseError(
            f"cannot write into the exchange {root} ({error.strerror}: {error.filename or root}); what is "
            "there is whole: mend that and run the command again"
        ) from error
