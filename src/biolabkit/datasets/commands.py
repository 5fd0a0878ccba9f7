"""`biolab data`: list, show, fetch, verify and prefetch datasets."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from biolabkit._settings import find_language
from biolabkit._words import told
from biolabkit.datasets.cards import card_names, read_card
from biolabkit.datasets.dataset import fetch_real
from biolabkit.datasets.model import Card
from biolabkit.datasets.parsing import TRACKS
from biolabkit.datasets.phrases import tell, unknown
from biolabkit.datasets.presentation import size
from biolabkit.datasets.settings import Settings
from biolabkit.datasets.store import Store
from biolabkit.datasets.terminal import Listed, print_list, print_sheet, print_table
from biolabkit.errors import DatasetCorruptError, DatasetError, InputError

__all__ = ["data"]

data = typer.Typer(
    help=told(
        "List, show, fetch, verify and prefetch datasets.",
        "데이터셋을 나열하고, 보여 주고, 받고, 확인하고, 미리 받아 둡니다.",
    ),
    no_args_is_help=True,
    add_completion=False,
)

Names = Annotated[
    list[str] | None,
    typer.Argument(help=told("Names of datasets; none means all.", "데이터셋 이름. 없으면 모두.")),
]
Track = Annotated[
    str | None,
    typer.Option(help=told("Only one track: {}.", "한 트랙만: {}.").format(", ".join(TRACKS))),
]


@data.command(
    "list",
    help=told(
        "All datasets: name, track, bytes, whether it is on this machine, title.",
        "모든 데이터셋의 이름, 트랙, 바이트 수, 이 컴퓨터에 있는지, 제목.",
    ),
)
def list_(track: Track = None) -> None:
    settings, language = Settings.from_environment(), find_language()
    store = Store(settings)
    listed = [Listed(card, _presence(store, card)) for card in _cards(None, track)]
    if sys.stdout.isatty():
        print_list(listed, language, str(settings.cache))
        return
    for card, here in listed:
        typer.echo("\t".join((card.name, card.track, str(card.bytes), here, card.title[language])))


@data.command(
    help=told(
        "What a dataset is: files, tables, licence, citation, quirks.",
        "데이터셋 설명: 파일, 표, 이용 허락, 인용, 주의할 점.",
    )
)
def show(
    name: Annotated[str, typer.Argument(help=told("Name of a dataset.", "데이터셋 이름."))],
    language: Annotated[
        Literal["en", "ko"] | None, typer.Option(help=told("Language of the card.", "카드의 언어."))
    ] = None,
) -> None:
    card, chosen = read_card(name), language or find_language()
    if sys.stdout.isatty():
        print_sheet(card.sheet(chosen))
    else:
        typer.echo(card.to_text(chosen))


@data.command(
    help=told(
        "Have datasets whole and verified in the cache, with the derived files made.",
        "데이터셋을 캐시에 받아 확인하고 파생 파일을 만듭니다.",
    )
)
def fetch(names: Names = None, track: Track = None) -> None:
    settings = Settings.from_environment()
    cards = _cards(names, track)
    for number, card in enumerate(cards, 1):
        files = len(fetch_real(card, settings).paths)
        typer.echo(_fetched(card, files, number, len(cards)))
    typer.echo(tell("fetched-to", folder=settings.cache))


@data.command(
    help=told(
        "Fill the cache, or make a mirror folder that any static web server can serve.",
        "캐시를 채우거나, 어떤 정적 웹 서버로도 제공할 수 있는 미러 폴더를 만듭니다.",
    )
)
def prefetch(
    names: Names = None,
    to: Annotated[
        Path | None,
        typer.Option(
            help=told(
                "Make a mirror in this folder instead of filling the cache.",
                "캐시를 채우지 않고 이 폴더에 미러를 만듭니다.",
            )
        ),
    ] = None,
    track: Track = None,
) -> None:
    if to is None:
        fetch(names, track)
        return
    settings = Settings.from_environment()
    folder = to.expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise InputError(tell("mirror-is-file", folder=folder))
    store = Store(replace(settings, cache=folder), donor=settings.cache)
    cards = _cards(names, track)
    whole = size(sum(card.bytes for card in cards))
    phrase = "mirror-begins-one" if len(cards) == 1 else "mirror-begins"
    typer.echo(tell(phrase, count=len(cards), size=whole, folder=folder))
    for number, card in enumerate(cards, 1):
        files = len(store.ensure(card.name, card.files.values()))
        typer.echo(_fetched(card, files, number, len(cards)))
    typer.echo(tell("mirror-use", folder=shlex.quote(str(folder))))


def _fetched(card: Card, files: int, number: int, count: int) -> str:
    phrase = "fetched-one" if files == 1 else "fetched"
    return tell(phrase, name=card.name, size=size(card.bytes), files=files, number=number, count=count)


@data.command(
    help=told(
        "Read every file again and compare it with its SHA-256.\n\n"
        "Without names, files that are absent are no error.",
        "모든 파일을 다시 읽어 SHA-256과 비교합니다.\n\n"
        "이름을 지정하지 않으면 없는 파일은 오류로 보지 않습니다.",
    )
)
def verify(
    names: Names = None,
    folder: Annotated[
        Path | None,
        typer.Option(help=told("A mirror folder instead of the cache.", "캐시 대신 확인할 미러 폴더.")),
    ] = None,
    track: Track = None,
) -> None:
    settings = Settings.from_environment()
    where = (folder or settings.cache).expanduser().absolute()
    if not where.is_dir():
        raise InputError(tell("nothing-to-verify", folder=where))
    store = Store(replace(settings, cache=where))
    states = [
        (store.state(file), card.name, file.role, str(file.relative))
        for card in _cards(names, track)
        for file in card.files.values()
    ]
    bad = [row for row in states if row[0] == "damaged" or (names and row[0] == "absent")]
    _print_states(bad)
    whole = sum(state == "whole" for state, *_ in states)
    phrase = "verified-one" if whole == 1 else "verified"
    typer.echo(tell(phrase, whole=whole, bad=len(bad), folder=where))
    if bad:
        affected = " ".join(sorted({name for _, name, *_ in bad}))
        kind = DatasetCorruptError if any(row[0] == "damaged" for row in bad) else DatasetError
        mend = f"prefetch {affected} --to {shlex.quote(str(folder))}" if folder else f"fetch {affected}"
        phrase = "not-whole-one" if len(bad) == 1 else "not-whole"
        raise kind(tell(phrase, bad=len(bad), command=f"biolab data {mend}"))


def _cards(names: list[str] | None, track: str | None) -> list[Card]:
    if track is not None and track not in TRACKS:
        raise unknown("track", track, TRACKS)
    cards = [read_card(name) for name in names or card_names()]
    return [card for card in cards if track in {None, card.track}]


def _presence(store: Store, card: Card) -> str:
    """How many of a dataset's files are here, by size: reading all of them would take seconds."""
    here = sum(_same_size(store.path_of(file), file.bytes) for file in card.files.values())
    return "yes" if here == len(card.files) else f"{here}/{len(card.files)}" if here else "no"


def _same_size(path: Path, expected: int) -> bool:
    return path.is_file() and path.stat().st_size == expected


def _print_states(rows: Sequence[tuple[str, ...]]) -> None:
    """A table on a terminal, tab-separated lines for a program."""
    if rows and sys.stdout.isatty():
        heading = [tell(f"column-{name}") for name in ("state", "dataset", "role", "file")]
        print_table(heading, [(tell(f"state-{state}"), *others) for state, *others in rows])
        return
    for row in rows:
        typer.echo("\t".join(row))
