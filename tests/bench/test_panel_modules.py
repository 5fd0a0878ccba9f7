"""The panel's files fit together: nothing missing, nothing unused, everything said in both languages."""

import json
import re
from pathlib import Path

import biolabkit
from biolabkit import _progress

EXTENSION = Path(biolabkit.__file__).parent / "bench" / "labextension"
STATIC = EXTENSION / "modules"
MODULES = {path.name: path.read_text("utf-8") for path in STATIC.glob("*.js")}
IMPORT = re.compile(r'^import \{([^}]+)\} from "\./(\w+\.js)";', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)
SAID = re.compile(
    r"""(?:[wW]ord|count)\((?:language|[\w.]+\.language), (?:first \? )?["`]([\w$\{\}-]+)["`]"""
)
STATES = ("to-do", "in-progress", "submitted", "graded")
OUTCOMES = ("passed", "failed", "error", "unanswered", "unknown")


def table():
    text = MODULES["words.js"]
    return json.loads(text[text.index("= {") + 2 : text.index("};") + 1])


def test_package_json_names_what_is_there():
    package = json.loads((EXTENSION / "package.json").read_text("utf-8"))
    build = package["jupyterlab"]["_build"]
    assert (EXTENSION / build["load"]).is_file()
    assert package["version"] == biolabkit.__version__
    for name in (build["extension"], build["style"]):
        assert f'"{name}": async () =>' in MODULES["remoteEntry.js"]


def test_every_module_is_loaded_by_another_and_every_import_is_exported():
    loaded = set(re.findall(r'new URL\("(\w+\.js)", folder\)', MODULES["remoteEntry.js"]))
    for importer, text in MODULES.items():
        for names, module in IMPORT.findall(text):
            loaded.add(module)
            missing = {name.strip() for name in names.split(",")} - set(EXPORT.findall(MODULES[module]))
            assert not missing, f"{importer} imports {missing} from {module}"
    assert loaded | {"remoteEntry.js"} == set(MODULES)


def test_every_export_is_used_elsewhere():
    for module, text in MODULES.items():
        used = {
            name.strip()
            for importer, other in MODULES.items()
            for names, source in IMPORT.findall(other)
            for name in names.split(",")
            if source == module and importer != module
        }
        # remoteEntry.js loads shared.js by its address, before any other module
        assert set(EXPORT.findall(text)) <= used | {"connect"}, module


def test_everything_is_said_in_both_languages_with_the_same_values():
    for key, said in table().items():
        assert set(said) == {"en", "ko"}, key
        values = {language: sorted(re.findall(r"\{(\w+)\}", text)) for language, text in said.items()}
        assert values["en"] == values["ko"], key
        assert re.search("[가-힣]", said["ko"]) or said["ko"] == said["en"] or key == "grade", key
        assert not re.search("[가-힣]", said["en"]), key


def test_every_key_is_used_and_every_used_key_is_there():
    code = "".join(text for name, text in MODULES.items() if name != "words.js")
    families = {
        "state_": STATES,
        "outcome_": OUTCOMES,
        "command_": re.findall(r'"biolab:(\w+)"', MODULES["commands.js"]),
        "fetched_": ("new", "updated", "kept", "feedback", "nothing"),
    }
    keys = set(table())
    for key in keys:
        plain = key.removesuffix("_one")
        known = any(key == f"{start}{end}" for start, ends in families.items() for end in ends)
        assert known or f'"{plain}"' in code, f"{key} is never said"
    for start, ends in families.items():
        assert {f"{start}{end}" for end in ends} <= keys
    for key in SAID.findall(code):
        assert "${" in key or key in keys, f"{key} has no words"


def test_the_outcomes_are_those_of_the_progress():
    assert set(_progress.OUTCOMES) <= set(OUTCOMES)


def test_nothing_from_elsewhere_is_loaded_and_text_is_never_html():
    for name, text in MODULES.items():
        assert "innerHTML" not in text, name
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", ""), name
        assert "https://" not in text, name
        assert "eval(" not in text, name
    assert "url(" not in (STATIC / "style.css").read_text("utf-8")


def test_colours_are_those_of_the_theme():
    style = (STATIC / "style.css").read_text("utf-8")
    style = style.replace("background: #fff;", "", 1)  # under the feedback, which is a page of its own
    style = style.replace("var(--jp-ui-inverse-font-color0, #fff)", "")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(", style)


def test_every_class_of_the_style_is_used():
    code = "".join(MODULES.values())
    for name in set(re.findall(r"\.(biolab-[\w-]+)", (STATIC / "style.css").read_text("utf-8"))):
        assert name in code, name
