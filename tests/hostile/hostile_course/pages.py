"""The page that nbgrader's formgrader shows an instructor, made with the course's own configuration."""

from importlib.util import find_spec
from pathlib import Path

from nbconvert.exporters import HTMLExporter
from traitlets.config import Config, PyFileConfigLoader

from .classroom import EXERCISE

_TEMPLATES = str(Path(find_spec("nbgrader").origin).parent / "server_extensions" / "formgrader" / "templates")


def formgrader_page(classroom, learner, folder):
    """Write the page of a learner's submission; gives its path."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(classroom.course.folder)).load_config()
    config.merge(Config(HTMLExporter={"template_name": "formgrade", "extra_template_basedirs": [_TEMPLATES]}))
    resources = {
        "assignment_id": EXERCISE,
        "notebook_id": EXERCISE,
        "submission_id": "1",
        "index": 0,
        "total": 1,
        "base_url": "",
        "student": learner,
        "last_name": "",
        "first_name": learner,
        "notebook_path": "",
    }
    text, _ = HTMLExporter(config=config).from_filename(
        str(classroom.path("autograded", learner)), resources=resources
    )
    path = folder / f"formgrader-{learner}.html"
    path.write_text(text, encoding="utf-8")
    return path
