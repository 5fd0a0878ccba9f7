/**
 * Everything the panel says, in English and Korean. The table is plain JSON, so that a test reads it too.
 * {name} is filled in; a key that ends in _one stands for a count of one.
 */

const WORDS = {
  "panel": { "en": "Course", "ko": "과정" },
  "loading": { "en": "Looking at the course …", "ko": "과정을 읽는 중입니다 …" },
  "submitted_of": { "en": "{done} of {total} submitted", "ko": "{total}개 중 {done}개 제출" },
  "no_assignments": { "en": "No assignment has been released yet.", "ko": "아직 공개된 실습이 없습니다." },
  "assignments": { "en": "Assignments", "ko": "실습 목록" },

  "fetch": { "en": "Fetch new", "ko": "새로 받기" },
  "fetching": { "en": "Fetching …", "ko": "받는 중 …" },
  "fetch_tip": { "en": "Bring new exercises and feedback. Your notebooks are never overwritten.", "ko": "새 실습과 피드백을 받습니다. 작성한 노트북은 덮어쓰지 않습니다." },
  "fetched_nothing": { "en": "Everything is up to date.", "ko": "모두 최신 상태입니다." },
  "fetched_new": { "en": "New: {names}", "ko": "새 실습: {names}" },
  "fetched_updated": { "en": "Updated: {names}", "ko": "갱신: {names}" },
  "fetched_feedback": { "en": "Feedback: {names}", "ko": "피드백: {names}" },
  "fetched_kept": { "en": "A new version was put beside your notebook, which stays as it is: {names}", "ko": "작성한 노트북은 그대로 두고 새 버전을 그 옆에 두었습니다: {names}" },

  "state_to-do": { "en": "to do", "ko": "할 일" },
  "state_in-progress": { "en": "in progress", "ko": "진행 중" },
  "state_submitted": { "en": "submitted", "ko": "제출함" },
  "state_graded": { "en": "graded", "ko": "채점됨" },
  "changed": { "en": "You have changed the notebook since you submitted it. Submit again if the new version is to count.", "ko": "제출한 뒤에 노트북이 바뀌었습니다. 새 내용으로 채점받으려면 다시 제출하십시오." },
  "about_minutes": { "en": "about {n} min", "ko": "약 {n}분" },
  "due": { "en": "Due {date}", "ko": "마감 {date}" },
  "no_due": { "en": "No due date", "ko": "마감 없음" },
  "time_left": { "en": "{span} left", "ko": "{span} 남음" },
  "time_past": { "en": "past due by {span}.", "ko": "마감이 {span} 지났습니다." },
  "late_possible": { "en": "You can still submit; it will be marked as late.", "ko": "지금도 제출할 수 있으며, 늦은 제출로 기록됩니다." },
  "days_one": { "en": "{n} day", "ko": "{n}일" },
  "days": { "en": "{n} days", "ko": "{n}일" },
  "hours_one": { "en": "{n} hour", "ko": "{n}시간" },
  "hours": { "en": "{n} hours", "ko": "{n}시간" },
  "minutes_one": { "en": "{n} minute", "ko": "{n}분" },
  "minutes": { "en": "{n} minutes", "ko": "{n}분" },

  "points": { "en": "{earned} / {max} so far (visible checks)", "ko": "지금까지 {earned} / {max}점 (보이는 검사)" },
  "points_by_hand": { "en": "and {points} for what your instructor reads and grades", "ko": "서술형 {points}점은 강사가 직접 채점합니다" },
  "grade": { "en": "{points} / {max}", "ko": "{points} / {max}점" },
  "earlier_grade": { "en": "earlier submission: {grade}", "ko": "앞선 제출: {grade}" },
  "no_grade": { "en": "could not be graded, see the feedback", "ko": "채점하지 못했습니다. 피드백을 보십시오" },
  "waiting_one": { "en": "{n} written answer is still being read", "ko": "서술형 {n}개는 아직 채점 중입니다" },
  "waiting": { "en": "{n} written answers are still being read", "ko": "서술형 {n}개는 아직 채점 중입니다" },
  "submitted_at": { "en": "Submitted {date}", "ko": "{date} 제출" },
  "late": { "en": "late", "ko": "늦음" },

  "open": { "en": "Open", "ko": "열기" },
  "check": { "en": "Check all", "ko": "모두 검사" },
  "submit": { "en": "Submit", "ko": "제출" },
  "submit_again": { "en": "Submit again", "ko": "다시 제출" },
  "feedback": { "en": "Feedback", "ko": "피드백" },
  "stop": { "en": "Stop", "ko": "멈추기" },
  "no_notebook": { "en": "The notebook of this assignment is not in the course folder. Press \"Fetch new\" to bring it.", "ko": "이 실습의 노트북이 과정 폴더에 없습니다. “새로 받기”를 눌러 받으십시오." },
  "busy": { "en": "Wait until the running work has ended.", "ko": "진행 중인 작업이 끝난 뒤에 누르십시오." },

  "tasks": { "en": "Tasks: {passed} of {total} passed", "ko": "과제: {total}개 중 {passed}개 통과" },
  "outcome_passed": { "en": "passed", "ko": "통과" },
  "outcome_failed": { "en": "failed", "ko": "실패" },
  "outcome_error": { "en": "error", "ko": "오류" },
  "outcome_unanswered": { "en": "not answered", "ko": "답 없음" },
  "outcome_unknown": { "en": "not checked yet", "ko": "검사 전" },
  "hint": { "en": "Hint:", "ko": "힌트:" },

  "saving": { "en": "Saving …", "ko": "저장하는 중 …" },
  "checking_start": { "en": "Starting a fresh kernel …", "ko": "새 커널을 시작하는 중 …" },
  "checking": { "en": "Checking: cell {done} of {total}", "ko": "검사 중: 셀 {done} / {total}" },
  "stopping": { "en": "Stopping …", "ko": "멈추는 중 …" },
  "checked": { "en": "Checked in {seconds} s: {earned} / {max} points.", "ko": "{seconds}초 만에 검사했습니다: {max}점 중 {earned}점." },
  "submitting": { "en": "Submitting …", "ko": "제출하는 중 …" },
  "submitted_now": { "en": "Submitted {date}.", "ko": "{date}에 제출했습니다." },
  "not_submitted": { "en": "Not submitted. Nothing has changed.", "ko": "제출하지 않았습니다. 바뀐 것은 없습니다." },

  "save_failed_submit": { "en": "Nothing was submitted, because this could not be saved: {names}. Save it with Ctrl+S, then submit again.", "ko": "저장하지 못한 노트북이 있어 제출하지 않았습니다: {names}. Ctrl+S로 저장한 뒤 다시 제출하십시오." },
  "save_failed_check": { "en": "Nothing was checked, because this could not be saved: {names}. Save it with Ctrl+S, then check again.", "ko": "저장하지 못한 노트북이 있어 검사하지 않았습니다: {names}. Ctrl+S로 저장한 뒤 다시 검사하십시오." },
  "unsaved_elsewhere": { "en": "In another browser tab this notebook has edits that are not saved; they are not included.", "ko": "다른 브라우저 탭에서 이 노트북을 고쳤으나 저장하지 않았습니다. 그 내용은 포함되지 않습니다." },
  "disk_full": { "en": "There is no space left on your disk or in your quota: delete what you do not need.", "ko": "디스크 공간이나 할당량이 남아 있지 않습니다. 필요 없는 파일을 지우십시오." },
  "open_failed": { "en": "The notebook could not be opened: {reason}", "ko": "노트북을 열지 못했습니다: {reason}" },
  "check_lost": { "en": "The server was restarted during the check. Please check again.", "ko": "검사하는 동안 서버가 다시 시작되었습니다. 다시 검사하십시오." },
  "submit_lost": { "en": "The server was restarted during the submission, and no new submission is recorded. Please submit again.", "ko": "제출하는 동안 서버가 다시 시작되었고, 새 제출 기록이 없습니다. 다시 제출하십시오." },
  "gone": { "en": "The server does not answer. You can go on writing, but nothing can be saved, checked or submitted now. This sentence goes away when the server is back; if it stays, start it again.", "ko": "서버가 응답하지 않습니다. 계속 작성할 수 있지만 지금은 저장, 검사, 제출이 되지 않습니다. 서버가 돌아오면 이 문장은 사라집니다. 계속 보이면 서버를 다시 시작하십시오." },
  "gone_now": { "en": "The server did not answer. Try again when it is back.", "ko": "서버가 응답하지 않았습니다. 서버가 돌아오면 다시 하십시오." },
  "submit_unknown": { "en": "The server stopped answering, so it is not known yet whether this was submitted. The line above tells when the server is back; submitting twice does no harm.", "ko": "서버가 응답하지 않아 제출이 되었는지 아직 알 수 없습니다. 서버가 돌아오면 위에 나타납니다. 두 번 제출해도 괜찮습니다." },
  "gone_job": { "en": "The server does not answer; waiting for it …", "ko": "서버가 응답하지 않아 기다리는 중입니다 …" },
  "back": { "en": "The server is back.", "ko": "서버가 다시 응답합니다." },
  "refused": { "en": "The server could not do this (status {status}). Reload the page; if it happens again, tell your instructor.", "ko": "서버가 이 일을 하지 못했습니다(상태 {status}). 페이지를 새로 고치고, 또 일어나면 강사에게 알리십시오." },
  "no_server_part": { "en": "The course's part of the server is not running. Start JupyterLab with: biolab lab", "ko": "서버에서 과정 기능이 실행되고 있지 않습니다. biolab lab 명령으로 JupyterLab을 시작하십시오." },
  "signed_out": { "en": "You are signed out. Reload the page and sign in again.", "ko": "로그아웃되었습니다. 페이지를 새로 고쳐 다시 로그인하십시오." },
  "unexpected": { "en": "The panel stopped at something unexpected: {reason}", "ko": "예상하지 못한 문제가 생겼습니다: {reason}" },

  "command_show": { "en": "Show the assignments of the course", "ko": "과정의 실습 목록 보기" },
  "command_check": { "en": "Check all of this notebook", "ko": "이 노트북 모두 검사" },
  "command_submit": { "en": "Submit this notebook", "ko": "이 노트북 제출" },

  "warnings_title": { "en": "Before you submit", "ko": "제출하기 전에" },
  "submit_anyway": { "en": "Submit anyway", "ko": "그래도 제출" },
  "go_back": { "en": "Go back", "ko": "돌아가기" },
  "receipt_title": { "en": "Submitted", "ko": "제출했습니다" },
  "receipt_exercise": { "en": "Assignment", "ko": "실습" },
  "receipt_learner": { "en": "Learner", "ko": "학습자" },
  "receipt_at": { "en": "Time", "ko": "시각" },
  "receipt_hash": { "en": "SHA-256", "ko": "SHA-256" },
  "receipt_late": { "en": "This submission is late.", "ko": "마감이 지난 제출입니다." },
  "receipt_replaced": { "en": "It replaces your earlier submission.", "ko": "앞서 제출한 노트북을 대신합니다." },
  "receipt_kept": { "en": "The receipt is kept in your course folder.", "ko": "접수증은 과정 폴더에 보관됩니다." },
  "copy": { "en": "Copy", "ko": "복사" },
  "copied": { "en": "Copied", "ko": "복사함" },
  "close": { "en": "Close", "ko": "닫기" },
  "feedback_title": { "en": "Feedback: {title}", "ko": "피드백: {title}" },
  "feedback_window": { "en": "Open in a browser tab, to print", "ko": "브라우저 탭에서 열기 (인쇄용)" }
};

/**
 * @param {"en"|"ko"} language
 * @param {string} key
 * @param {Record<string, string|number>} [values]
 */
export function word(language, key, values = {}) {
  return WORDS[key][language].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** The wording for a number of things. */
export function count(language, key, n) {
  return word(language, n === 1 ? `${key}_one` : key, { n });
}

/** Points without needless digits: 7, 7.5, 0.33. */
export function number(value) {
  return String(Math.round(value * 100) / 100);
}

/** With a capital, unless it begins with a file's name: the command line puts its sentences behind a word. */
export function sentence(text) {
  return /^[a-z]+ /.test(text) ? text[0].toUpperCase() + text.slice(1) : text;
}
