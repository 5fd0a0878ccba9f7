"""Profiles, ``biolab course new --from`` and ``biolab course plan``."""

import re
import unicodedata

import pytest
from typer.testing import CliRunner

from biolabkit.errors import CourseError, InputError, UnknownNameError
from biolabkit_autograder import cli
from biolabkit_autograder.course import open_course
from biolabkit_autograder.planning.profiles import profile_names, read_profile

PROFILES = ["job-seekers", "physician-scientists", "vocational-schools", "working-staff"]


@pytest.fixture
def run():
    """Run a command of `biolab course`, as the command line would; errors pass through."""

    def run(*arguments):
        done = CliRunner().invoke(cli.course, [str(one) for one in arguments])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


@pytest.fixture
def pack(tmp_path):
    """Three small exercises of two tracks; only exercise.toml matters here."""

    def add(track, slug, minutes, competencies, prerequisites=()):
        folder = tmp_path / "pack" / track / slug
        folder.mkdir(parents=True)
        (folder / "exercise.py").touch()
        (folder / "exercise.toml").write_text(
            f'track = "{track}"\nminutes = {minutes}\ncompetencies = {list(competencies)}\n'
            f"prerequisites = {list(prerequisites)}\n"
            f'[title]\nen = "{slug}"\nko = "실습 {slug}"\n[summary]\nen = "x"\nko = "요약"\n',
            encoding="utf-8",
        )

    add("genome", "01-start", 60, ["C", "E"])
    add("genome", "02-more", 120, ["F", "J"], ["genome-01-start"])
    add("health", "01-risk", 60, ["R3"])
    return tmp_path / "pack"


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_makes_a_course(name, run, tmp_path):
    done = run("new", tmp_path / "course", "--from", name)
    course, profile = open_course(tmp_path / "course"), read_profile(name)
    assert (course.spec.title.ko, course.language) == (profile.name.ko, profile.language)
    assert course.spec.completion.percent == profile.completion.percent
    assert course.spec.completion.attendance_percent == 80
    first = {exercise.split("-")[0] for exercise in course.exercise_names}
    assert first <= set(profile.tracks)
    for track in set(profile.tracks) - first:
        assert re.search(f"track {track} has no exercises here|too few", done.stderr)


def test_courses_whose_korean_names_differ_have_ids_that_differ(run, tmp_path, pack):
    names = ["유전체 2026", "임상 2026", "유전체", "임상", "bio 101", unicodedata.normalize("NFD", "유전체")]
    ids = []
    for at, name in enumerate(names):
        run("new", tmp_path / str(at) / name, "--source", pack)
        ids.append(open_course(tmp_path / str(at) / name).spec.id)
    assert [bool(re.fullmatch(r"(2026|course)-[0-9a-f]{6}", one)) for one in ids[:4]] == [True] * 4
    assert len(set(ids)) == 5
    assert ids[4:] == ["bio-101", ids[2]]


def test_the_package_has_these_profiles():
    assert profile_names() == PROFILES
    assert all(re.search("[가-힣]", read_profile(name).name["ko"]) for name in PROFILES)


def test_hours_and_language_go_before_the_profile(run, tmp_path, pack):
    own = tmp_path / "own.toml"
    own.write_text(
        'language = "ko"\ntimezone = "Asia/Seoul"\nhours = 9\ntracks = ["genome", "clinical"]\n'
        '[name]\nen = "Ours"\nko = "우리 과정"\n[summary]\nen = "x"\nko = "요약"\n'
        "[completion]\npercent = 55\n",
        encoding="utf-8",
    )
    done = run("new", tmp_path / "c", "--from", own, "--source", pack, "--hours", 1, "--language", "en")
    course = open_course(tmp_path / "c")
    assert (course.exercise_names, course.language) == (["genome-01-start"], "en")
    assert (course.spec.completion.percent, course.spec.completion.attendance_percent) == (55, None)
    assert done.stderr.splitlines() == [
        "the track clinical has no exercises here",
        "1 hours are too few for F, J: all that was asked for takes at least 3 hours",
    ]


def test_a_course_without_a_profile_is_as_before(run, tmp_path, pack):
    run("new", tmp_path / "c", "--source", pack, "--exercise", "health-01-risk")
    spec = open_course(tmp_path / "c").spec
    assert ([one.name for one in spec.exercises], spec.language, spec.timezone, spec.completion) == (
        ["health-01-risk"],
        "en",
        "UTC",
        None,
    )


def test_the_commented_rules_can_be_switched_on(run, tmp_path, pack):
    run("new", tmp_path / "c", "--source", pack)
    toml = tmp_path / "c" / "course.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(re.sub(r"^# (\[completion\]|percent =|attendance_)", r"\1", text, flags=re.M), "utf-8")
    completion = open_course(tmp_path / "c").spec.completion
    assert (completion.percent, completion.attendance_percent) == (60, 80)


def test_a_plan_as_a_table(run, pack):
    text = run("plan", "--hours", 3, "--competency", "J", "--source", pack, "--language", "ko").stdout
    assert re.search(r"genome-01-start +실습 01-start +60 +genome-02-more", text)
    assert re.search(r"genome-02-more +실습 02-more +120 +J", text)
    assert re.search(r"health-01-risk +60 +teaches none of J", text)
    assert "3 of 3 hours; teaches J\n" in text


def test_a_plan_says_what_is_lacking(run, pack):
    text = run("plan", "--hours", 1, "--competency", "J", "--competency", "R6", "--source", pack).stdout
    assert "1 hours are too few for J: all that was asked for takes at least 3 hours" in text
    assert "no exercise here teaches R6" in text


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("plan",), InputError, "say how many hours"),
        (("plan", "--hours", "2", "--competency", "R9"), UnknownNameError, "no competency 'R9'"),
        (("plan", "--hours", "2", "--track", "genom"), UnknownNameError, "did you mean 'genome'"),
        (("plan", "--hours", "-1"), InputError, "expected some hours"),
        (("plan", "--hours", "nan"), InputError, "expected some hours, at most 10000, found nan"),
        (("plan", "--hours", "2", "--language", "fr"), InputError, "expected the language en or ko"),
        (("new", "c", "--from", "job-seekers", "--hours", "0"), InputError, "expected some hours"),
        (("new", "c", "--from", "job-seekers", "--language", "fr"), InputError, "expected the language"),
        (("new", "c", "--from", "job-seeker"), UnknownNameError, "did you mean 'job-seekers'"),
        (("new", "c", "--from", "none.toml"), CourseError, "none.toml:1: the file is missing"),
        (("new", "c", "--from", "job-seekers", "--exercise", "x"), CourseError, "either it or --exercise"),
        (("new", "c", "--hours", "3"), CourseError, "needs a profile"),
        (("new", "c", "--from", "job-seekers", "--hours", "0.5"), CourseError, "no exercise fits 0.5 hours"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments, error, words, run, tmp_path, pack, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=words) as caught:
        run(*arguments, "--source", pack)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "c").exists()


def test_a_new_course_says_all_that_is_wrong_at_once(run, tmp_path, pack):
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "notes.txt").touch()
    wrong = ("--language", "fr", "--timezone", "Asia/Soul", "--hours", 3)
    exercises = ("--exercise", "health-01-risc", "--exercise", "genome-01")
    done = run("new", taken, "--source", pack, *wrong, *exercises)
    assert done.exit_code == 2
    assert [line.replace(str(taken), "taken") for line in done.stderr.splitlines()] == [
        "taken is not empty; name a new folder",
        "expected the language en or ko, found 'fr'",
        "there is no time zone 'Asia/Soul'; did you mean 'Asia/Seoul'?",
        "--hours needs a profile: give --from, for example --from working-staff",
        "there is no exercise 'health-01-risc'; did you mean 'health-01-risk'?",
        "there is no exercise 'genome-01'; did you mean 'genome-01-start'?",
    ]
    assert [path.name for path in taken.iterdir()] == ["notes.txt"]


def test_a_source_without_exercises_is_refused(run, tmp_path):
    with pytest.raises(CourseError, match="no exercise; a folder with"):
        run("new", tmp_path / "c", "--source", tmp_path)
    assert not (tmp_path / "c").exists()
