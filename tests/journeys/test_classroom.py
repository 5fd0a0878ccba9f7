"""The journeys' own tools: users who cannot see each other and are gone afterwards; a browser that tells."""

import pwd
import time

import pytest
from classroom import Browser, accounts, why_not

needs_users = pytest.mark.skipif(bool(why_not()), reason=why_not())
needs_browser = pytest.mark.skipif(Browser.command is None, reason="Chromium is not installed")


@needs_users
def test_users_are_closed_to_each_other_and_leave_nothing():
    with accounts("instructor", "trainee") as (instructor, trainee):
        said = instructor.run("python", "-c", "import biolabkit, os; print(os.getuid(), os.getcwd())")
        assert said.split() == [str(instructor.uid), str(instructor.home)]
        assert instructor.tries("ls", instructor.home)[0]
        entered, why = trainee.tries("ls", instructor.home)
        assert not entered
        assert "Permission denied" in why
        lasting = trainee.start("python", "-c", "import time; time.sleep(600)")
    assert lasting.poll() is not None
    assert not {instructor.name, trainee.name} & {one.pw_name for one in pwd.getpwall()}
    assert not instructor.home.exists()


@needs_browser
def test_the_browser_runs_scripts_counts_presses_and_sees_who_is_called():
    with Browser() as browser:
        window = browser.window()
        window.page.set_content(
            "<button onclick=\"document.title = 'pressed'\">누르기</button><img src='http://example.org/x.png'>"
        )
        window.press(window.button("누르기"))
        assert (window.page.title(), window.clicks) == ("pressed", 1)
        assert browser.outside == ["http://example.org/x.png"]
        window.page.set_content("<script>setTimeout(() => { throw Error('uncaught') })</script>")
        until = time.monotonic() + 60
        while not browser.errors and time.monotonic() < until:
            window.page.wait_for_timeout(50)
        assert "uncaught" in browser.errors[0]
