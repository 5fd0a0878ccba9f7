"""What the competency codes of exercise.toml mean.

Letters: ISCB core competencies, Mulder et al. 2018, PLOS Computational Biology 14:e1005772, Table 1.
R1-R6: clinical use of artificial intelligence, Russell et al. 2023, Academic Medicine 98:348-356.
"""

from __future__ import annotations

__all__ = ["competency_name", "competency_order"]

_NAMES = {
    "A": ("General biology", "일반 생물학"),
    "B": ("Depth in one area of biology", "생물학 한 분야의 심화 지식"),
    "C": ("Technologies that generate biological data", "생물학 데이터 생성 기술"),
    "D": ("The scientific discovery process", "과학적 발견의 과정"),
    "E": ("Statistical research methods", "통계적 연구 방법"),
    "F": ("Bioinformatics tools and their usage", "생물정보학 도구와 그 활용"),
    "G": ("Evaluating whether a system meets its need", "시스템이 요구를 충족하는지 평가"),
    "H": ("Computing requirements of a problem", "문제 해결에 필요한 전산 자원"),
    "I": ("Web-based computing", "웹 기반 컴퓨팅"),
    "J": ("Command line and scripting", "명령줄과 스크립트 작성"),
    "K": ("Construction of software systems", "소프트웨어 시스템 구축"),
    "L": ("Impact on individuals and society", "개인과 사회에 미치는 영향"),
    "M": ("Professional, ethical and legal responsibilities", "직업적·윤리적·법적 책임"),
    "N": ("Effective communication", "효과적인 소통"),
    "O": ("Teamwork", "협업"),
    "P": ("Continuing professional development", "지속적인 전문성 개발"),
    "R1": ("Basic knowledge of clinical AI", "임상 인공지능의 기초 지식"),
    "R2": ("Social and ethical implications of AI", "인공지능의 사회적·윤리적 함의"),
    "R3": ("AI-enhanced clinical encounters", "인공지능을 활용한 진료"),
    "R4": ("Evidence-based evaluation of AI tools", "인공지능 도구의 근거 기반 평가"),
    "R5": ("Workflow analysis for AI tools", "인공지능 도구와 업무 흐름 분석"),
    "R6": ("Practice-based learning about AI tools", "인공지능 도구에 관한 실무 기반 학습"),
}


def competency_name(code: str, language: str) -> str:
    """The competency in a few words; the code itself where it is a course's own."""
    names = _NAMES.get(code)
    if names is None:
        return code
    return names[1] if language == "ko" else names[0]


def competency_order(code: str) -> tuple[int, str]:
    """Sort key: the letters, then R1-R6, then a course's own codes."""
    known = list(_NAMES)
    return (known.index(code), "") if code in _NAMES else (len(known), code)
