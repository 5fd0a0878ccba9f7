"""What the server says to a trainee, in English and Korean."""

from biolabkit.check.words import Words

__all__ = ["NO_FEEDBACK", "NO_JOB", "NO_RECORD", "NO_REQUEST", "UNEXPECTED"]

NO_JOB = Words(
    "This work is not known any more: the server was started anew. Begin it again.",
    "서버가 다시 시작되어 이 작업을 찾을 수 없습니다. 다시 시작하십시오.",
)
NO_FEEDBACK = Words(
    "There is no feedback on {exercise} yet.",
    "아직 {exercise} 실습의 피드백이 없습니다.",
)
NO_REQUEST = Words(
    'The request is not understood: expected JSON with "exercise".',
    '요청을 이해할 수 없습니다. "exercise"가 있는 JSON이어야 합니다.',
)
NO_RECORD = Words(
    "The results could not be kept for later ({why}). May you write to the course folder, and is there space "
    "on your disk?",
    "결과를 보관하지 못했습니다({why}). 과정 폴더에 쓸 권한이 있는지, 디스크에 빈 공간이 있는지 "
    "확인하십시오.",
)
UNEXPECTED = Words(
    "This ended with an unexpected error; nothing of yours was changed. Try again, and if it stays so tell "
    "your instructor.",
    "예기치 않은 오류로 끝났습니다. 작성한 내용은 그대로입니다. 다시 시도하시고, 계속되면 강사에게 "
    "알리십시오.",
)
