"""The learner's notebook, cleared by nbgrader's own preprocessors, and its words in place of answers."""

from copy import deepcopy
from functools import cache

from nbformat import NotebookNode
from traitlets.config import Config

from biolabkit.errors import UnknownNameError

__all__ = ["CODE_STUB", "TEXT_STUB", "release_config", "release_notebook"]

CODE_STUB = {
    "en": "# YOUR CODE HERE\nraise NotImplementedError()",
    "ko": "# 여기에 코드를 작성하십시오\nraise NotImplementedError()",
}
TEXT_STUB = {"en": "YOUR ANSWER HERE", "ko": "여기에 답을 작성하십시오."}


def release_config(language: str) -> Config:
    """Configure nbgrader so that its `generate_assignment` writes stubs in the course's language.

    Parameters
    ----------
    language : {"en", "ko"}
        Of the course.

    Returns
    -------
    traitlets.config.Config
        To be merged into the configuration of the course.

    Raises
    ------
    biolabkit.errors.UnknownNameError
        For another language.
    """
    if language not in CODE_STUB:
        raise UnknownNameError("course language", language, CODE_STUB)
    config = Config()
    config.ClearSolutions.code_stub = {"python": CODE_STUB[language]}
    config.ClearSolutions.text_stub = TEXT_STUB[language]
    return config


def release_notebook(notebook: NotebookNode, language: str) -> NotebookNode:
    """Clear the instructor's notebook for learners as `generate_assignment` does, without a gradebook.

    Parameters
    ----------
    notebook : NotebookNode
        From `build_notebook`; it is not changed.
    language : {"en", "ko"}
        Of the stubs.

    Returns
    -------
    NotebookNode
        Without solutions, hidden tests and outputs, and with nbgrader's checksums.
    """
    release = deepcopy(notebook)
    resources: dict[str, object] = {}
    for preprocessor in _preprocessors(language):
        release, resources = preprocessor.preprocess(release, resources)
    return release


@cache
def _preprocessors(language: str) -> list:
    # nbgrader takes a second to import and only a release needs it
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import IncludeHeaderFooter, InstantiateTests, SaveCells

    # they read files of the course folder or write its gradebook
    of_a_course = (IncludeHeaderFooter, InstantiateTests, SaveCells)
    steps = GenerateAssignment.class_traits()["preprocessors"].default()
    config = release_config(language)
    return [step(config=config) for step in steps if step not in of_a_course]
