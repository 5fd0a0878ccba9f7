"""The instructor's report on a course: one HTML page that stands alone, prints well and runs nothing.

::

    from biolabkit_autograder.report import ExerciseInfo, Gradings, build_report, load_evidence

    html = build_report(
        "Genome data analysis 2026",
        "ko",
        [ExerciseInfo("genome-05-diploid-genotypes", "이배체 유전자형", competencies=("E", "F", "G"))],
        {"kim": "김하늘", "lee": "이수진"},
        Gradings(
            load_evidence(course.folder / "evidence"),
            by_hand={("genome-05-diploid-genotypes", "kim", "essay-why"): 2.5},
        ),
    )
"""

from biolabkit_autograder.report.answers import Material, read_material
from biolabkit_autograder.report.page import build_report
from biolabkit_autograder.report.records import ExerciseInfo, Gradings, load_evidence

__all__ = ["ExerciseInfo", "Gradings", "Material", "build_report", "load_evidence", "read_material"]
