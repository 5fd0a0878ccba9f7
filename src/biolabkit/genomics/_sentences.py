"""What other libraries say of a file, in the reader's language."""

import re
from os import PathLike

from biolabkit._words import told
from biolabkit.errors import FormatError

__all__ = ["reason", "unreadable"]

# What Biopython, gzip, pysam and Python itself say of the files and numbers that trainees meet.
_KOREAN = {
    r"Records in Fastq files should start with '@' character": "레코드는 '@' 기호로 시작해야 합니다",
    r"End of file without quality information\.": "품질값이 나오기 전에 파일이 끝났습니다",
    r"Unexpected end of file": "레코드 중간에서 파일이 끝났습니다",
    r"Sequence and quality captions differ\.": "'+' 줄의 이름이 '@' 줄의 이름과 다릅니다",
    r"Whitespace is not allowed in the sequence\.": "서열에 빈칸이 있습니다",
    r"Lengths of sequence and quality values differs for (.*) \((\d+) and (\d+)\)\.": (
        "{0}: 염기는 {1}개인데 품질값은 {2}개입니다"
    ),
    r"First codon (.*) is not a start codon": "첫 코돈이 시작 코돈이 아닙니다: {0}",
    r"Sequence length (\d+) is not a multiple of three": "서열의 길이가 {0}염기로, 3의 배수가 아닙니다",
    r"Final codon (.*) is not a stop codon": "마지막 코돈이 종결 코돈이 아닙니다: {0}",
    r"Extra in frame stop codon (.*) found\.": "서열 중간에 종결 코돈이 있습니다: {0}",
    r"Sequence content is undefined": "서열이 없습니다",
    r"Compressed file ended before the end-of-stream marker was reached": "gzip 파일이 중간에서 잘렸습니다",
    r"CRC check failed.*|Error -3 while decompressing data.*": "gzip 압축을 풀 수 없습니다",
    r"Not a gzipped file.*": "gzip 파일이 아닙니다",
    r"Mismatch, (\d+) open vs (\d+) close parentheses\.": (
        "괄호의 짝이 맞지 않습니다(여는 괄호 {0}개, 닫는 괄호 {1}개)"
    ),
    r"Parenthesis mismatch\.": "괄호의 짝이 맞지 않습니다",
    r"Text after semicolon in Newick tree: (.*)": "세미콜론 뒤에 내용이 더 있습니다: {0}",
    r"truncated file": "파일이 중간에서 잘렸습니다",
    r"no BGZF EOF marker; file may be truncated": "끝 표시가 없습니다. 파일이 중간에서 잘렸을 수 있습니다",
    r"file does not contain alignment data": "리드를 정렬한 자료가 아닙니다",
    r"file has no sequences defined .*": "헤더에 참조 서열이 하나도 없습니다",
    r"error when opening file .*": "파일을 열 수 없습니다",
    r"'utf-8' codec can't decode byte .*": "UTF-8 텍스트가 아닙니다",
    r"invalid literal for int\(\) with base 10: (.*)": "정수가 아닙니다: {0}",
    r"could not convert string to float: (.*)": "수가 아닙니다: {0}",
    r"list index out of range": "열이 모자랍니다",
}


def reason(error: BaseException) -> str:
    """What an error of another library says; in Korean where it is one that is known here."""
    return told(str(error), _korean(str(error)))


def unreadable(path: str | PathLike[str], kind: str, error: BaseException, *, ko: str = "") -> FormatError:
    """Make the error for a file that cannot be read; `ko` is its kind where that differs in Korean."""
    return FormatError(
        told(
            f"{path} cannot be read as {kind}: {error}",
            f"{path}: {ko or kind} 형식으로 읽을 수 없습니다({reason(error)})",
        )
    )


def _korean(text: str) -> str:
    for pattern, korean in _KOREAN.items():
        if found := re.fullmatch(pattern, text):
            return korean.format(*found.groups())
    return text
