"""The help of the commands that trainees use, in both languages."""

import json
import os
import re
import subprocess
import sys

import pytest

from biolabkit import cli

HANGUL = re.compile("[가-힣]")

#: What --help says of a command, of its own commands, and of their parameters.
SAID = """
import json, sys, typer
from biolabkit import cli

def said(command, path):
    yield path, command.help
    for one in command.params:
        yield f"{path} {one.name}", getattr(one, "help", None)
    for name, own in getattr(command, "commands", {}).items():
        yield from said(own, f"{path} {name}")

group = typer.main.get_command(cli.app)
context = typer.Context(group)
texts = {}
for name in cli._BUILT_IN:
    texts[f"{name} in the list"] = group.get_command(context, name).help
    texts |= dict(said(group.resolve_command(context, [name])[1], name))
print(json.dumps(texts))
"""


@pytest.fixture(scope="module", params=["en", "ko"])
def help_texts(request):
    """Every text by where it stands, as a process of its own says it."""
    environment = os.environ | {"BIOLAB_LANGUAGE": request.param, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", SAID], env=environment, capture_output=True, text=True, check=True
    )
    return request.param, json.loads(done.stdout)


def test_help_is_in_the_language_of_the_course(help_texts):
    language, texts = help_texts
    assert {name.split()[0] for name in texts} == set(cli._BUILT_IN)
    assert len(texts) > 30
    other = {
        where: text for where, text in texts.items() if bool(HANGUL.search(text or "")) != (language == "ko")
    }
    assert not other
