"""`biolab doctor`: what this machine has and what it lacks, in the course's language.

Other distributions add findings through the entry point group ``biolabkit.doctor``: a function without
arguments that returns ``(state, topic, text)`` triples, with ``"ok"``, ``"note"`` or ``"problem"`` as state.
"""

import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from pathlib import Path
from typing import NamedTuple

import typer

from biolabkit._settings import language_to_show
from biolabkit.bench.examination import examine_bench
from biolabkit.datasets.cards import card_names, read_card
from biolabkit.datasets.presentation import size
from biolabkit.datasets.settings import Settings
from biolabkit.datasets.store import Store
from biolabkit.errors import BiolabkitError

__all__ = ["Finding", "doctor", "examine"]

GROUP = "biolabkit.doctor"
SCARCE_BYTES = 1_000_000_000
_MARKS = {"ok": "ok  ", "note": "note", "problem": "BAD "}
_STYLES = {"ok": "green", "note": "yellow", "problem": "bold red"}

_PHRASES = {
    "python": ("{python} at {path}, {system}", "{python}, 위치 {path}, {system}"),
    "missing": ("missing: {absent}; {present}", "없는 패키지: {absent}; {present}"),
    "lacks": (
        "lacks {absent}; pip install 'biolabkit[{extra}]'",
        "설치되어 있지 않습니다: {absent}. 설치 명령: pip install 'biolabkit[{extra}]'",
    ),
    "cache": (
        "{folder}: {here} of {all} dataset files",
        "{folder}: 데이터 파일 {all}개 중 {here}개가 있습니다",
    ),
    "cache-locked": (
        "{cache}; may not be written: set BIOLABKIT_CACHE to a folder of yours",
        "{cache}. 쓸 권한이 없습니다. BIOLABKIT_CACHE를 본인 폴더로 설정하십시오",
    ),
    "offline": ("network off (BIOLABKIT_OFFLINE)", "네트워크를 쓰지 않습니다(BIOLABKIT_OFFLINE)"),
    "online": (
        "network used when cache and mirror lack a file",
        "캐시와 미러에 없는 파일만 네트워크에서 받습니다",
    ),
    "no-mirror": (
        "none (BIOLABKIT_MIRROR is not set)",
        "없습니다(BIOLABKIT_MIRROR가 설정되어 있지 않습니다)",
    ),
    "bad-mirror": (
        "BIOLABKIT_MIRROR={folder} is not a folder",
        "BIOLABKIT_MIRROR={folder}: 폴더가 아닙니다",
    ),
    "mirror": ("{folder}: {size} of known files", "{folder}: 알려진 파일 {size}"),
    "no-font": (
        "none: figures in Korean need one of {fonts}",
        "없습니다. 그림에 한글을 쓰려면 다음 중 하나가 필요합니다: {fonts}",
    ),
    "disk": ("{size} free for the cache", "캐시에 쓸 수 있는 공간 {size}"),
    "not-examined": ("could not be examined: {error}", "점검할 수 없습니다: {error}"),
    "problem": ("1 problem on this machine: {topics}", "이 컴퓨터의 문제 1건: {topics}"),
    "problems": ("{count} problems on this machine: {topics}", "이 컴퓨터의 문제 {count}건: {topics}"),
}
_TOPICS = {
    "packages": "패키지",
    "extra": "추가 구성",
    "cache": "캐시",
    "mirror": "미러",
    "Korean font": "한글 글꼴",
    "disk": "디스크",
}


def _say(phrase: str, **values: object) -> str:
    return _PHRASES[phrase][language_to_show() == "ko"].format(**values)


def _topic(name: str) -> str:
    return _TOPICS[name] if language_to_show() == "ko" else name


class Finding(NamedTuple):
    """One line of the examination."""

    state: str
    topic: str
    text: str


def doctor() -> None:
    """Say what this machine has and what it lacks."""
    findings = list(examine())
    if sys.stdout.isatty():
        _print_grid(findings)
    else:
        from rich.cells import cell_len  # a Korean letter takes two columns

        width = max(cell_len(finding.topic) for finding in findings)
        for state, topic, text in findings:
            typer.echo(f"{_MARKS[state]}  {topic}{' ' * (width - cell_len(topic))}  {text}")
    problems = [finding.topic for finding in findings if finding.state == "problem"]
    if problems:
        phrase = "problem" if len(problems) == 1 else "problems"
        raise BiolabkitError(_say(phrase, count=len(problems), topics=", ".join(problems)))


def _print_grid(findings: list[Finding]) -> None:
    """The findings as columns that keep their places when a text wraps."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for state, topic, text in findings:
        grid.add_row(Text(_MARKS[state], style=_STYLES[state]), Text(topic, style="bold"), Text(text))
    Console(highlight=False).print(grid)


def examine() -> Iterator[Finding]:
    """Everything that is looked at, in the order in which it is shown."""
    yield _python()
    yield from _packages()
    yield _cache()
    yield _mirror()
    yield _korean()
    yield _disk()
    for row in examine_bench(language_to_show(), Path.cwd()):
        yield Finding(*row)
    yield from _added()


def _python() -> Finding:
    system = f"{platform.system()} {platform.machine()}"
    text = _say("python", python=platform.python_version(), path=sys.executable, system=system)
    return Finding("ok" if sys.version_info >= (3, 11) else "problem", "Python", text)


def _packages() -> Iterator[Finding]:
    """The requirements of biolabkit and of each extra, by their installed metadata: nothing is imported."""
    base: list[str] = []
    extras: dict[str, list[str]] = {}
    for requirement in requires("biolabkit") or []:
        name = re.split(r"[\s<>=!~;\[(]", requirement, maxsplit=1)[0]
        of_extra = re.search(r"extra\s*==\s*[\"']([^\"']+)", requirement)
        if name != "biolabkit":
            (extras.setdefault(of_extra.group(1), []) if of_extra else base).append(name)
    present, absent = _versions(base)
    if "pysam" in absent and platform.system() == "Windows":
        absent.remove("pysam")
    state = "problem" if absent else "ok"
    text = _say("missing", absent=", ".join(absent), present=present) if absent else present
    yield Finding(state, _topic("packages"), text)
    extras.pop("all", None)  # it only joins the others
    if not _is_checkout():
        extras.pop("dev", None)  # of no use without the sources
    for extra, names in sorted(extras.items()):
        present, absent = _versions(names)
        if absent:
            lacks = _say("lacks", absent=", ".join(absent), extra=extra)
            yield Finding("note", f"{_topic('extra')} {extra}", lacks)
        else:
            yield Finding("ok", f"{_topic('extra')} {extra}", present)


def _is_checkout() -> bool:
    """Whether the package that runs is that of a source tree."""
    return (Path(__file__).resolve().parents[2] / "pyproject.toml").is_file()


def _versions(names: list[str]) -> tuple[str, list[str]]:
    present, absent = [], []
    for name in names:
        try:
            present.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            absent.append(name)
    return ", ".join(present), absent


def _cache() -> Finding:
    settings = Settings.from_environment()
    store = Store(settings)
    files = [file for name in card_names() for file in read_card(name).files.values()]
    here = sum(store.path_of(file).is_file() for file in files)
    text = _say("cache", folder=settings.cache, here=here, all=len(files))
    if not _can_write(settings.cache):
        return Finding("problem", _topic("cache"), _say("cache-locked", cache=text))
    return Finding("ok", _topic("cache"), text)


def _can_write(folder: Path) -> bool:
    """Whether the folder, or the nearest parent there is, lets this user write."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def _mirror() -> Finding:
    settings = Settings.from_environment()
    topic, network = _topic("mirror"), _say("offline" if settings.offline else "online")
    if settings.mirror is None:
        return Finding("note", topic, f"{_say('no-mirror')}; {network}")
    if settings.mirror_is_url:
        return Finding("ok", topic, f"{settings.mirror}; {network}")
    folder = Path(settings.mirror).expanduser()
    if not folder.is_dir():
        return Finding("problem", topic, _say("bad-mirror", folder=folder))
    files = [file for name in card_names() for file in read_card(name).files.values()]
    size_here = sum(file.bytes for file in files if (folder / file.relative).is_file())
    return Finding("ok", topic, f"{_say('mirror', folder=folder, size=size(size_here))}; {network}")


def _korean() -> Finding:
    from biolabkit.plot import KOREAN_FONTS, korean_font

    font, topic = korean_font(), _topic("Korean font")
    if font is None:
        return Finding("note", topic, _say("no-font", fonts=", ".join(KOREAN_FONTS[:3])))
    return Finding("ok", topic, font)


def _disk() -> Finding:
    cache = Settings.from_environment().cache
    free = shutil.disk_usage(next(path for path in (cache, *cache.parents) if path.exists())).free
    return Finding("ok" if free >= SCARCE_BYTES else "problem", _topic("disk"), _say("disk", size=size(free)))


def _added() -> Iterator[Finding]:
    for entry in entry_points(group=GROUP):
        try:
            for state, topic, text in entry.load()():
                yield Finding(state if state in _MARKS else "note", topic, text)
        except Exception as error:  # the examination must go on
            yield Finding("note", entry.name, _say("not-examined", error=error))
