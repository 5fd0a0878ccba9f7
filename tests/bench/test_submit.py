"""Handing in: what is looked over first, what a receipt says, and that nothing is lost when it fails."""

import errno
import hashlib
import json
import os
import stat
import subprocess
import sys
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from biolabkit.bench import delivery, receipts
from biolabkit.bench.folder import open_folder
from biolabkit.bench.submit import review, submit
from biolabkit.errors import InputError

from .conftest import EXERCISE, STUB, code, entry, essay, notebook_bytes, released_cells, write_course

START, TASK, CHECK, ESSAY = released_cells()
ANSWER = code("def f():\n    return 1", "f")
WRITTEN = essay("Because of the sampling.", "essay-why", 3)


@pytest.fixture
def exchange(tmp_path):
    """A course in an exchange, as far as handing in needs it."""
    for name, mode in {"outbound": 0o755, "inbound": 0o1733, "feedback": 0o711}.items():
        (tmp_path / "exchange" / "bio101" / name).mkdir(parents=True)
        (tmp_path / "exchange" / "bio101" / name).chmod(mode)
    return tmp_path / "exchange" / "bio101"


@pytest.fixture
def desk(tmp_path, released, exchange):
    """Kim's folder of a course in an exchange."""
    return write_course(tmp_path / "desk", entry(released), exchange=exchange, learner="kim")


def course_with(desk, *cells, due=None, language="en"):
    path = desk / EXERCISE / f"{EXERCISE}.ipynb"
    path.write_bytes(notebook_bytes(*cells))
    document = json.loads((desk / "course.json").read_text("utf-8"))
    document["assignments"][0]["due"] = due and due.isoformat()
    document["language"] = language
    (desk / "course.json").write_text(json.dumps(document), "utf-8")
    return open_folder(desk)


def inbound(exchange):
    return sorted(path.name for path in (exchange / "inbound").iterdir())


def kept(course):
    folder = course.state(EXERCISE) / "receipts"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


# looking over


def test_a_notebook_in_order_is_no_word_about(desk):
    found = review(course_with(desk, START, ANSWER, CHECK, WRITTEN), EXERCISE)
    assert (found.problems, found.warnings, found.unanswered) == ((), (), ())
    assert found.notebook == desk / EXERCISE / f"{EXERCISE}.ipynb"


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        ([START, TASK, CHECK, ESSAY], ("f", "essay-why")),
        ([START, code("", "f"), CHECK, WRITTEN], ("f",)),
        ([START, CHECK, WRITTEN], ("f",)),  # the cell is gone
        ([START, code(STUB.replace("# YOUR", "x = 1  # YOUR"), "f"), CHECK, WRITTEN], ("f",)),
        ([START, code("def f():\n    return 1"), CHECK, WRITTEN], ()),  # a name lost on the way
        ([START, {**code("g = f = None"), "id": "f"}, CHECK, WRITTEN], ()),
        ([START, TASK, ANSWER, CHECK, WRITTEN], ()),  # answered in a copy of the cell
        ([START, ANSWER, code(STUB.replace("f()", "mine()")), CHECK, WRITTEN], ()),
    ],
)
def test_tasks_without_an_answer_are_named(desk, cells, names):
    found = review(course_with(desk, *cells), EXERCISE)
    assert found.unanswered == names
    assert all(name.removeprefix("essay-") in " ".join(found.warnings) for name in names)


def test_an_essay_is_called_a_written_answer(desk):
    found = review(course_with(desk, START, TASK, CHECK, ESSAY), EXERCISE)
    assert found.warnings == ("2 tasks have no answer: f, why (written answer)",)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ([START, ANSWER, WRITTEN], "check cells are missing: f;"),
        ([START, ANSWER, CHECK, CHECK, WRITTEN], "check cells are there more than once: f;"),
        ([START, ANSWER, code("assert True", "check-f", 2), WRITTEN], "check cells were changed: f;"),
        ([START, ANSWER, code('lab.check("f", points=2)\nassert True'), WRITTEN], "were changed: f;"),
        ([ANSWER, CHECK, WRITTEN], f'lab.start("{EXERCISE}") is missing'),
    ],
)
def test_cells_that_are_not_as_released_are_told_by_task(desk, cells, told):
    (said,) = review(course_with(desk, *cells), EXERCISE).warnings
    assert told in said


def test_white_space_around_a_check_is_no_change(desk):
    check = code('\nlab.check("f", points=2)\nassert f() == 1\n\n', "check-f", 2)
    assert review(course_with(desk, START, ANSWER, check, WRITTEN), EXERCISE).warnings == ()


def test_a_due_date_that_has_passed_is_a_warning_and_the_receipt_says_late(desk):
    course = course_with(desk, START, ANSWER, CHECK, WRITTEN, due=datetime.now(UTC) - timedelta(hours=1))
    (said,) = review(course, EXERCISE).warnings
    assert "marked late" in said
    receipt = submit(course, EXERCISE)
    assert receipt.late
    assert "It is late" in receipt.to_text("en")
    assert "지각 제출" in receipt.to_text("ko")
    course = course_with(desk, START, ANSWER, CHECK, WRITTEN, due=datetime.now(UTC) + timedelta(hours=1))
    assert not submit(course, EXERCISE).late


def test_a_renamed_notebook_and_several_of_them_are_told(desk):
    course_with(desk, START, ANSWER, CHECK, WRITTEN)
    usual = desk / EXERCISE / f"{EXERCISE}.ipynb"
    copy = usual.with_name(f"{EXERCISE}-Copy1.ipynb")
    copy.write_bytes(usual.read_bytes() + b"\n")
    os.utime(usual, (1000, 1000))
    said = review(open_folder(desk), EXERCISE).warnings
    assert f"{EXERCISE}/{copy.name}, saved last, would be handed in" in said[0].replace("\\", "/")
    assert "handed in as health-02-risk-model" in said[1]
    assert review(open_folder(desk), EXERCISE, usual).warnings == ()  # a person has chosen
    assert submit(open_folder(desk), EXERCISE, usual).notebook == usual


def test_a_decomposed_name_is_not_another_name(tmp_path, exchange):
    name = "genome-01-gc-content"  # names of exercises are ASCII; folders and learners are not
    content = notebook_bytes(*released_cells(name))
    folder = tmp_path / unicodedata.normalize("NFD", "내 과정")
    write_course(
        folder, entry(content, name), exchange=exchange, learner=unicodedata.normalize("NFD", "김하늘")
    )
    assert not any("another name" in one for one in review(open_folder(folder), name).warnings)
    receipt = submit(open_folder(folder), name)
    assert receipt.target.name.startswith(unicodedata.normalize("NFC", "김하늘") + "+")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"learner": "kim"}, "`submit_to` is missing"),
        ({"learner": "kim", "exchange": "/surely/not/there"}, "biolab join NEW-PLACE"),
        ({"learner": "kim", "submit_to": "/surely/not/there"}, "is its disk connected"),
        ({"submit_to": "."}, "who are you?"),
        ({"learner": "../kim", "submit_to": "."}, "cannot be a file name"),
    ],
)
def test_why_it_cannot_be_handed_in(tmp_path, released, settings, told):
    course = open_folder(write_course(tmp_path / "desk", entry(released), **settings))
    (problem,) = review(course, EXERCISE).problems
    assert told in problem
    with pytest.raises(InputError, match=told.replace("?", r"\?")):
        submit(course, EXERCISE)
    assert kept(course) == []


@pytest.mark.parametrize(
    ("language", "moved", "elsewhere"),
    [
        ("en", "is not there any more", "hand in on the course's server, or with: biolab submit --to FOLDER"),
        ("ko", "더 이상 없습니다", "과정의 서버에서 제출하시거나"),
    ],
)
def test_an_exchange_whose_course_moved_and_one_of_another_machine(
    tmp_path, released, language, moved, elsewhere
):
    settings = {"learner": "kim", "language": language}
    write_course(tmp_path / "a", entry(released), exchange=tmp_path / "no course", **settings)
    write_course(tmp_path / "b", entry(released), exchange="/surely/not/there", **settings)
    (told,) = review(open_folder(tmp_path / "a"), EXERCISE).problems
    assert moved in told
    (told,) = review(open_folder(tmp_path / "b"), EXERCISE).problems
    assert told.startswith(elsewhere)


def test_a_notebook_that_is_gone_or_damaged(desk):
    path = desk / EXERCISE / f"{EXERCISE}.ipynb"
    path.write_bytes(path.read_bytes()[:-30])
    assert "not JSON" in review(open_folder(desk), EXERCISE).problems[0]
    path.unlink()
    assert "biolab fetch" in review(open_folder(desk), EXERCISE).problems[0]


# handing in


def test_what_arrives_is_the_file_and_the_receipt_is_kept(desk, exchange):
    course = course_with(desk, START, ANSWER, CHECK, WRITTEN)
    content = course.assignments[0].notebook.read_bytes()
    receipt = submit(course, EXERCISE)
    assert inbound(exchange) == [receipt.target.name]
    learner, exercise, stamp, token = receipt.target.name.split("+")
    assert (learner, exercise, token) == ("kim", EXERCISE, receipt.token)
    assert datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S.%f UTC").replace(tzinfo=UTC) == receipt.received
    assert (receipt.target / f"{EXERCISE}.ipynb").read_bytes() == content
    assert (receipt.target / "timestamp.txt").read_text() == stamp
    assert receipt.sha256 == hashlib.sha256(content).hexdigest()
    assert receipts.newest(course, EXERCISE) == receipt
    assert receipt.token not in receipt.to_text("en")
    (name,) = kept(course)
    assert stat.S_IMODE((course.state(EXERCISE) / "receipts" / name).stat().st_mode) == 0o600


def test_the_next_one_says_that_it_replaces_the_last(desk):
    course = open_folder(desk)
    first, second = submit(course, EXERCISE), submit(course, EXERCISE)
    assert (first.replaced, second.replaced) == (False, True)
    assert (second.replaces, second.number) == (first.token, 2)
    assert receipts.all_of(course, EXERCISE) == [second, first]


def test_the_newest_receipt_is_the_last_also_when_the_clock_was_put_back(desk, monkeypatch):
    course = open_folder(desk)
    submit(course, EXERCISE)

    class Earlier(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(days=1)

    monkeypatch.setattr("biolabkit.bench.submit.datetime", Earlier)
    second = submit(course, EXERCISE)
    assert second.received < receipts.all_of(course, EXERCISE)[1].received
    assert receipts.newest(course, EXERCISE) == second


def test_many_at_once_all_arrive(desk, exchange):
    course = open_folder(desk)
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: submit(course, EXERCISE), range(16)))
    assert inbound(exchange) == sorted(one.target.name for one in done)
    assert {one.token for one in receipts.all_of(course, EXERCISE)} == {one.token for one in done}


def test_a_receipt_survives_json(desk):
    receipt = submit(open_folder(desk), EXERCISE)
    assert receipts.Receipt.from_dict(json.loads(json.dumps(receipt.to_dict()))) == receipt


def test_a_moved_course_folder_still_hands_in_and_has_its_receipts(desk, tmp_path):
    first = submit(open_folder(desk), EXERCISE)
    desk.rename(tmp_path / "새 위치")
    course = open_folder(tmp_path / "새 위치")
    assert receipts.newest(course, EXERCISE) == first
    assert submit(course, EXERCISE).replaced


# what goes wrong

CAUSES = [
    (errno.ENOSPC, "no space left", "공간"),
    (errno.EDQUOT, "quota", "할당량"),
    (errno.EACCES, "may not write", "권한이 없습니다"),
    (errno.EROFS, "only be read", "읽기 전용"),
    (errno.ESTALE, "not there any more", "더 이상 없습니다"),
    (errno.EIO, "cannot be written", "쓸 수 없습니다"),
]


@pytest.mark.parametrize(("number", "english", "korean"), CAUSES)
@pytest.mark.parametrize("step", ["mkdir", "fsync", "rename"])
def test_a_disk_that_refuses_is_one_sentence_and_nothing_is_lost(
    desk, exchange, monkeypatch, number, english, korean, step
):
    first = submit(open_folder(desk), EXERCISE)
    before = (desk / EXERCISE / f"{EXERCISE}.ipynb").read_bytes()
    for language, words in (("en", english), ("ko", korean)):
        course = replace(open_folder(desk), language=language)
        with monkeypatch.context() as patch:
            _refuse_in_exchange(patch, step, number)
            with pytest.raises(InputError, match=words) as told:
                submit(course, EXERCISE)
        assert "\n" not in str(told.value)
        assert inbound(exchange) == [first.target.name]
        assert receipts.newest(course, EXERCISE) == first
        assert len(kept(course)) == 1
    assert (desk / EXERCISE / f"{EXERCISE}.ipynb").read_bytes() == before


def _refuse_in_exchange(patch, step, number):
    def refuse(*_arguments, **_options):
        raise OSError(number, os.strerror(number))

    if step == "fsync":
        patch.setattr(delivery, "_write", refuse)
        return
    real = getattr(Path, step)

    def refuse_there(self, *arguments, **options):
        return refuse() if self.parent.name == "inbound" else real(self, *arguments, **options)

    patch.setattr(Path, step, refuse_there)


@pytest.mark.parametrize(("read_only", "told"), [(True, "only be read"), (False, "may not write")])
def test_a_drop_box_that_takes_nothing_is_told_before_anything_is_written(
    desk, exchange, monkeypatch, read_only, told
):
    course = open_folder(desk)
    flags = SimpleNamespace(f_flag=os.ST_RDONLY if read_only else 0)
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path).name != "inbound")
    monkeypatch.setattr(os, "statvfs", lambda _path: flags)
    (problem,) = review(course, EXERCISE).problems
    assert told in problem
    with pytest.raises(InputError, match=told):
        submit(course, EXERCISE)
    assert (inbound(exchange), kept(course)) == ([], [])


@pytest.mark.parametrize(("number", "english", "_korean"), CAUSES)
def test_without_a_receipt_nothing_is_handed_in(desk, exchange, monkeypatch, number, english, _korean):
    def refuse(*_arguments, **_options):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(receipts, "atomic_write", refuse)
    with pytest.raises(InputError, match=english) as told:
        submit(open_folder(desk), EXERCISE)
    assert "nothing was submitted" in str(told.value)
    assert inbound(exchange) == []


KILLED = """
import os, sys
from pathlib import Path
from biolabkit.bench import receipts, submit
from biolabkit.bench.folder import open_folder
if sys.argv[2] == "before":
    Path.rename = lambda *_: os._exit(9)
else:
    receipts.finish = lambda *_: os._exit(9)
submit.submit(open_folder(sys.argv[1]), sys.argv[3])
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_in_the_middle_it_arrived_or_it_did_not(desk, exchange, moment):
    done = subprocess.run([sys.executable, "-c", KILLED, desk, moment, EXERCISE], check=False)
    assert done.returncode == 9
    course = open_folder(desk)
    found = receipts.newest(course, EXERCISE)
    if moment == "after":
        assert [found.target.name] == inbound(exchange)
        return
    assert found is None
    (part,) = inbound(exchange)
    assert part.startswith(".")
    sending = course.state(EXERCISE) / "receipts" / kept(course)[0]
    long_ago = time.time() - 3600
    os.utime(sending, (long_ago, long_ago))
    receipt = submit(course, EXERCISE)  # tidies up after the other
    assert inbound(exchange) == [receipt.target.name]
    assert len(kept(course)) == 1


# an inbox


def test_in_an_inbox_a_file_replaces_the_one_before(tmp_path, released):
    (tmp_path / "inbox").mkdir(mode=0o777)
    (tmp_path / "inbox").chmod(0o777)
    course = open_folder(
        write_course(tmp_path / "desk", entry(released), submit_to="../inbox", learner="김하늘")
    )
    first, second = submit(course, EXERCISE), submit(course, EXERCISE)
    assert second.target.read_bytes() == released
    assert second.target.resolve() == (tmp_path / "inbox" / EXERCISE / "김하늘.ipynb").resolve()
    assert (first.replaced, second.replaced) == (False, True)
    assert stat.S_IMODE(second.target.parent.stat().st_mode) == 0o777
    assert receipts.newest(course, EXERCISE) == second


@pytest.mark.parametrize(("number", "english", "_korean"), CAUSES)
def test_an_inbox_that_refuses_keeps_what_it_had(tmp_path, released, monkeypatch, number, english, _korean):
    (tmp_path / "inbox").mkdir()
    course = open_folder(write_course(tmp_path / "d", entry(released), submit_to="../inbox", learner="kim"))
    first = submit(course, EXERCISE)
    course.assignments[0].notebook.write_bytes(notebook_bytes(START, ANSWER, CHECK, WRITTEN))

    def refuse(*_arguments, **_options):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(delivery, "atomic_write", refuse)
    with pytest.raises(InputError, match=english):
        submit(open_folder(tmp_path / "d"), EXERCISE)
    assert first.target.read_bytes() == released
    assert receipts.newest(course, EXERCISE) == first


def test_everything_can_be_imported_where_there_are_no_accounts():
    code = (
        "import sys\n"
        "sys.modules['pwd'] = sys.modules['fcntl'] = sys.modules['grp'] = None\n"
        "from biolabkit.bench import commands, course, delivery, feedback, fetching, folder, joining\n"
        "from biolabkit.bench import receipts, submit\n"
        "heavy = {'jupyter_server', 'nbformat', 'numpy', 'pandas', 'IPython'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
