"""What `biolab doctor` says about a trainee's bench: JupyterLab, what belongs to it, and the course here."""

import filecmp
import os
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from biolabkit._quick_imports import defer_address_grammar
from biolabkit.errors import BiolabkitError

from .folder import CourseFolder, open_folder
from .settings import LAB_EXTENSION, SERVER_EXTENSION, is_checkout, panel_source

__all__ = ["examine_bench"]

_PACK = "jupyterlab-language-pack-ko-KR"

_PHRASES = {
    "no-lab": (
        "not installed: pip install 'biolabkit[lab]'",
        "설치되어 있지 않습니다. 설치: pip install 'biolabkit[lab]'",
    ),
    "no-pack": (
        "no Korean texts for JupyterLab: pip install {package}",
        "JupyterLab의 한국어 언어 팩이 없습니다. 설치: pip install {package}",
    ),
    "no-panel": (
        "plain `jupyter lab` does not find it, `biolab lab` does; install biolabkit again",
        "`jupyter lab`에서는 보이지 않고 `biolab lab`에서만 보입니다. biolabkit을 다시 설치하십시오",
    ),
    "old-panel": (
        "{path} is older than this checkout; `biolab lab` shows the checkout's, for plain `jupyter lab` "
        "install it again",
        "{path}의 패널이 이 소스보다 오래되었습니다. `biolab lab`은 소스의 패널을 보여 줍니다. "
        "`jupyter lab`에서도 쓰시려면 다시 설치하십시오",
    ),
    "server": (
        "enabled for plain `jupyter lab` too",
        "`jupyter lab`에서도 사용하도록 설정되어 있습니다",
    ),
    "no-server": (
        "not enabled for plain `jupyter lab`, whose panel then has no course; start with `biolab lab`",
        "`jupyter lab`에서는 사용하도록 설정되어 있지 않아 패널에 과정이 나오지 않습니다. `biolab lab`으로 "
        "시작하십시오",
    ),
    "course": ("{title}, learner {learner}, in {root}", "{title}, 학습자 {learner}, 위치 {root}"),
    "no-course": ("none in this folder", "이 폴더에는 과정이 없습니다"),
    "reachable": ("{place}: you may hand in here", "{place}: 제출할 수 있습니다"),
    "unreachable": (
        "{place} is not there; is its disk connected? Ask your instructor",
        "제출할 곳이 없습니다: {place}. 디스크가 연결되어 있는지 확인하시고 강사에게 문의하십시오",
    ),
    "not-allowed": (
        "{place}: you may not write there; ask your instructor whether your account belongs to the course",
        "{place}에 쓸 권한이 없습니다. 계정이 과정에 등록되어 있는지 강사에게 문의하십시오",
    ),
    "no-way": (
        "this course does not say where to hand in; ask your instructor",
        "이 과정에는 제출할 곳이 적혀 있지 않습니다. 강사에게 문의하십시오",
    ),
}
_TOPICS = {
    "pack": ("language pack", "언어 팩"),
    "panel": ("course panel", "과정 패널"),
    "server": ("server extension", "서버 확장"),
    "course": ("course", "과정"),
    "target": ("handing in", "제출"),
}

Row = tuple[str, str, str]


def examine_bench(language: str, folder: Path) -> Iterator[Row]:
    """Look at JupyterLab and at the course that a folder belongs to.

    Parameters
    ----------
    language : {"en", "ko"}
        Of the texts.
    folder : Path
        Where the trainee is.

    Yields
    ------
    (state, topic, text)
        The state is ``"ok"``, ``"note"`` or ``"problem"``.
    """

    def row(state: str, topic: str, phrase: str, **values: object) -> Row:
        name = _TOPICS[topic][language == "ko"] if topic in _TOPICS else topic
        text = _PHRASES[phrase][language == "ko"] if phrase in _PHRASES else phrase
        return state, name, text.format(**values)

    if find_spec("jupyterlab") is None:
        yield row("note", "JupyterLab", "no-lab")
    else:
        yield row("ok", "JupyterLab", version("jupyterlab"))
        try:
            yield row("ok", "pack", f"{_PACK} {version(_PACK)}")
        except PackageNotFoundError:
            yield row("note", "pack", "no-pack", package=_PACK)
        state, phrase, path = _panel()
        yield row(state, "panel", phrase, path=path)
        yield row(*(("ok", "server", "server") if _server_is_enabled() else ("note", "server", "no-server")))
    try:
        course = open_folder(folder)
    except BiolabkitError:
        yield row("note", "course", "no-course")
        return
    yield row("ok", "course", "course", title=course.title, learner=course.learner, root=course.root)
    state, phrase, place = _target(course)
    yield row(state, "target", phrase, place=place)


def _panel() -> tuple[str, str, Path | None]:
    """Whether plain JupyterLab finds the panel, and the same that is in a checkout: state, phrase, where."""
    from jupyter_core.paths import jupyter_path

    places = (Path(path) / LAB_EXTENSION for path in jupyter_path("labextensions"))
    found = next((place for place in places if (place / "package.json").is_file()), None)
    if found is None:
        return "note", "no-panel", None
    if is_checkout() and not _same(panel_source(), found):
        return "note", "old-panel", found
    return "ok", "{path}", found


def _same(source: Path, copy: Path) -> bool:
    names = [path.relative_to(source) for path in source.rglob("*") if path.is_file()]
    return not any(filecmp.cmpfiles(source, copy, map(str, names), shallow=False)[1:])


def _server_is_enabled() -> bool:
    defer_address_grammar()
    from jupyter_core.paths import jupyter_config_path
    from jupyter_server.extension.config import ExtensionConfigManager

    manager = ExtensionConfigManager(read_config_path=jupyter_config_path())
    return bool(manager.get_jpserver_extensions().get(SERVER_EXTENSION))


def _target(course: CourseFolder) -> tuple[str, str, Path | None]:
    """Whether a notebook can be handed in: state, phrase, where."""
    place = course.exchange / "inbound" if course.exchange else course.inbox
    if place is None:
        return "note", "no-way", None
    try:
        there = place.is_dir()
    except OSError:
        there = False
    if not there:
        return "problem", "unreachable", place
    allowed = os.access(place, os.W_OK | os.X_OK)  # an exchange may be written and entered, but not listed
    return ("ok", "reachable", place) if allowed else ("problem", "not-allowed", place)
