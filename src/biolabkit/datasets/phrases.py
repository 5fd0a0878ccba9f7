"""What a person reads of the datasets, labels and errors: every sentence in English and Korean.

Only what the author of a card or a recipe meets stays English, beside the code that finds it.
"""

from collections.abc import Iterable

from biolabkit._settings import language_to_show
from biolabkit._words import suggestion as near_or_known
from biolabkit.errors import UnknownNameError, nearest

__all__ = ["say", "suggestion", "tell", "unknown"]

_PHRASES = {
    # a card, and a dataset on this machine
    "licence": ("Licence", "이용 허락"),
    "citation": ("Please cite", "인용"),
    "source": ("Source", "출처"),
    "files": ("Files", "파일"),
    "files-bytes": ("Files ({bytes:,} bytes)", "파일({bytes:,}바이트)"),
    "derived": (
        "Derived files (made here by a recipe in code)",
        "파생 파일(코드로 된 절차가 여기에서 만듭니다)",
    ),
    "table": ("Table {name}: {what}", "표 {name}: {what}"),
    "others": ("(other columns)", "(그 밖의 열)"),
    "quirks": ("Mind", "주의할 점"),
    "synthetic": (
        "The publisher made these data synthetically; they describe no real people.",
        "배포처에서 합성한 자료이며 실제 사람의 기록이 아닙니다.",
    ),
    "real": ("Real data, verified by SHA-256.", "SHA-256으로 확인한 실제 자료입니다."),
    "simulated": (
        "SIMULATED stand-in, not the dataset itself.",
        "모의 자료입니다. 실제 데이터셋이 아닙니다.",
    ),
    # names that do not exist
    "no-dataset": ("there is no dataset {name!r}", "그런 데이터셋이 없습니다: {name!r}"),
    "no-track": ("there is no track {name!r}", "그런 트랙이 없습니다: {name!r}"),
    "no-table": (
        "there is no table of {dataset} {name!r}",
        "{dataset} 데이터셋에 그런 표가 없습니다: {name!r}",
    ),
    "no-role": (
        "there is no role of {dataset} {name!r}",
        "{dataset} 데이터셋에 그런 역할(role)의 파일이 없습니다: {name!r}",
    ),
    "no-simulated-role": (
        "there is no simulated role of {dataset} {name!r}",
        "{dataset} 데이터셋의 모의 자료에 그런 역할(role)의 파일이 없습니다: {name!r}",
    ),
    "see-all": ("; see the {count} names: {where}", ". 이름 {count}개를 모두 보려면: {where}"),
    # tables
    "tables-none": (
        "{dataset} holds no tables; use datasets.fetch({dataset!r}).path(role) with a role of {roles}",
        "{dataset} 데이터셋에는 표가 없습니다. datasets.fetch({dataset!r}).path(role)을 쓰십시오. "
        "role에 쓸 수 있는 이름: {roles}",
    ),
    "tables-several": (
        "{dataset} holds {count} tables; name one: datasets.load({dataset!r}, table) with {tables}",
        "{dataset} 데이터셋에는 표가 {count}개 있습니다. datasets.load({dataset!r}, table)처럼 하나를 "
        "지정하십시오. table에 쓸 수 있는 이름: {tables}",
    ),
    # settings
    "bad-data": ("BIOLABKIT_DATA is {value!r}", "BIOLABKIT_DATA에 쓸 수 없는 값입니다: {value!r}"),
    "nothing-simulates": (
        "BIOLABKIT_DATA=simulated, but nothing simulates {dataset} here; unset it, or pass a fallback",
        "BIOLABKIT_DATA=simulated로 설정되어 있으나 {dataset} 데이터셋을 대신할 모의 자료가 없습니다. 설정을 "
        "지우시거나 fallback을 넘기십시오",
    ),
    "no-cards": (
        "no dataset cards in {packaged} or {checkout}; install biolabkit again",
        "데이터셋 카드가 없습니다({packaged}, {checkout}). biolabkit을 다시 설치하십시오",
    ),
    # where a file may come from, and why it did not
    "from-cache": ("cache {where}", "캐시 {where}"),
    "from-mirror": ("mirror {where}", "미러 {where}"),
    "from-no-mirror": (
        "mirror {where} (which is not a folder, nor an http:// or https:// address)",
        "미러 {where}(폴더도 아니고 http:// 또는 https:// 주소도 아닙니다)",
    ),
    "from-network": ("network {where}", "네트워크 {where}"),
    "not-asked": (
        "network: not asked, as BIOLABKIT_OFFLINE is set",
        "네트워크: BIOLABKIT_OFFLINE이 설정되어 있어 쓰지 않았습니다",
    ),
    "lacks-file": ("does not have the file", "파일이 없습니다"),
    "may-not-read": (
        "has the file, but you may not read it",
        "파일은 있으나 읽을 권한이 없습니다",
    ),
    "answered": ("answered {status} {reason}", "{status} {reason} 응답을 받았습니다"),
    "web-page": (
        "answered with a web page instead of the file (a network that asks you to sign in?)",
        "파일 대신 웹 페이지를 받았습니다(로그인해야 하는 네트워크일 수 있습니다)",
    ),
    "unreachable": ("cannot be reached ({why})", "연결할 수 없습니다({why})"),
    "silent": ("did not answer in {seconds:.0f} s", "{seconds:.0f}초 안에 응답이 없었습니다"),
    "too-slow": ("did not answer in time ({kind})", "제때 응답하지 않았습니다({kind})"),
    "broken-off": (
        "the connection failed or broke off ({kind})",
        "연결하지 못했거나 도중에 끊어졌습니다({kind})",
    ),
    "proxy": (
        "the proxy of HTTPS_PROXY or HTTP_PROXY cannot be reached ({kind})",
        "HTTPS_PROXY나 HTTP_PROXY에 지정된 프록시에 연결할 수 없습니다({kind})",
    ),
    "certificate": (
        "its certificate is not trusted ({kind}; where a network inspects traffic, set REQUESTS_CA_BUNDLE to "
        "your institution's certificate)",
        "인증서를 신뢰할 수 없습니다({kind}, 통신을 검사하는 기관 네트워크에서는 REQUESTS_CA_BUNDLE에 기관의 "
        "인증서 파일을 지정하십시오)",
    ),
    "other-bytes": (
        "expected {bytes} bytes with SHA-256 {sha256}…, found {found_bytes} bytes with {found}…",
        "{bytes}바이트, SHA-256 {sha256}…이어야 하는데 {found_bytes}바이트, {found}…입니다",
    ),
    "damaged-source": (
        "{dataset}: {source} has a damaged {file} ({why}); it is not used",
        "{dataset}: {source}에 있는 파일이 손상되어 쓰지 않습니다: {file}({why})",
    ),
    "unavailable": (
        "{dataset}: cannot get {file}: {tried}; connect to the network, or set BIOLABKIT_MIRROR "
        "to a folder or address made with: biolab data prefetch {dataset} --to FOLDER",
        "{dataset}: 파일을 받을 수 없습니다({file}). {tried}. 네트워크에 연결하시거나, 다음 명령으로 만든 "
        "폴더나 그 주소를 BIOLABKIT_MIRROR에 지정하십시오: biolab data prefetch {dataset} --to 폴더",
    ),
    "corrupt": (
        "{dataset}: no source has the bytes of {file} that the card promises: {tried}; "
        "replace the file in the mirror, or correct the card's sha256",
        "{dataset}: 카드에 적힌 것과 같은 파일을 어디에서도 받을 수 없습니다({file}). {tried}. 미러의 파일을 "
        "바꾸시거나 카드의 sha256을 고치십시오",
    ),
    # writing
    "what-file": ("{file} ({bytes:,} bytes)", "{file}({bytes:,}바이트)"),
    "what-derived": ("what {recipe} derives", "{recipe} 절차로 만드는 파일"),
    "disk-full": (
        "{dataset}: no space left in {folder} for {what}; free some space, or choose a folder on another "
        "disk (BIOLABKIT_CACHE for the cache, --to for a mirror)",
        "{dataset}: {folder} 폴더의 디스크에 남은 공간이 없습니다. 쓰려던 것: {what}. 공간을 비우시거나 다른 "
        "디스크의 폴더를 지정하십시오(캐시는 BIOLABKIT_CACHE, 미러는 --to)",
    ),
    "not-writable": (
        "{dataset}: {folder} may not be written by you, and {what} is not whole in it; "
        "set BIOLABKIT_CACHE to a folder of your own",
        "{dataset}: 필요한 파일이 없거나 온전하지 않은데 {folder} 폴더에 쓸 권한이 없습니다. 필요한 파일: "
        "{what}. BIOLABKIT_CACHE를 본인 폴더로 설정하십시오",
    ),
    "cannot-write": (
        "{dataset}: cannot write {what} into {folder}: {error}",
        "{dataset}: {folder} 폴더에 쓸 수 없습니다: {what}({error})",
    ),
    "locked": (
        "another process has been writing into {folder} for {seconds:.0f} s; "
        "end it, or set BIOLABKIT_CACHE to another folder",
        "다른 프로세스가 {seconds:.0f}초 넘게 이 폴더에 쓰고 있습니다: {folder}. 그 프로세스를 끝내시거나 "
        "BIOLABKIT_CACHE를 다른 폴더로 설정하십시오",
    ),
    # `biolab data`
    "column-name": ("name", "이름"),
    "column-size": ("size", "크기"),
    "column-here": ("here", "받음"),
    "column-title": ("title", "제목"),
    "column-state": ("state", "상태"),
    "column-dataset": ("dataset", "데이터셋"),
    "column-role": ("role", "역할"),
    "column-file": ("file", "파일"),
    "here-yes": ("yes", "예"),
    "here-no": ("-", "-"),
    "listed-one": (
        "{count} dataset, {bytes:,} bytes ({size}); whole in {cache}: {here}",
        "데이터셋 {count}개, {bytes:,}바이트({size}). {cache}에 모두 받은 것: {here}개",
    ),
    "listed": (
        "{count} datasets, {bytes:,} bytes ({size}); whole in {cache}: {here}",
        "데이터셋 {count}개, {bytes:,}바이트({size}). {cache}에 모두 받은 것: {here}개",
    ),
    "state-damaged": ("damaged", "손상"),
    "state-absent": ("absent", "없음"),
    "fetched-one": (
        "{name}  {size}  {files} file  ({number}/{count})",
        "{name}  {size}  파일 {files}개  ({number}/{count})",
    ),
    "fetched": (
        "{name}  {size}  {files} files  ({number}/{count})",
        "{name}  {size}  파일 {files}개  ({number}/{count})",
    ),
    "fetched-to": ("in {folder}", "위치: {folder}"),
    "mirror-begins-one": (
        "{count} dataset, {size}, to {folder}",
        "데이터셋 {count}개({size}), 받을 곳: {folder}",
    ),
    "mirror-begins": (
        "{count} datasets, {size}, to {folder}",
        "데이터셋 {count}개({size}), 받을 곳: {folder}",
    ),
    "mirror-use": (
        "use it with: BIOLABKIT_MIRROR={folder}, or serve the folder and set its address",
        "사용하는 방법: BIOLABKIT_MIRROR={folder} (또는 폴더를 웹 서버로 제공하고 그 주소를 지정하십시오)",
    ),
    "mirror-is-file": (
        "{folder} is a file; name a folder for the mirror",
        "{folder}: 폴더가 아니라 파일입니다. 미러를 만들 폴더를 지정하십시오",
    ),
    "nothing-to-verify": (
        "{folder} is not a folder; there is nothing to verify",
        "{folder}: 폴더가 아니어서 확인할 것이 없습니다",
    ),
    "verified-one": (
        "{whole} file whole, {bad} not, in {folder}",
        "온전한 파일 {whole}개, 그렇지 않은 파일 {bad}개, 위치: {folder}",
    ),
    "verified": (
        "{whole} files whole, {bad} not, in {folder}",
        "온전한 파일 {whole}개, 그렇지 않은 파일 {bad}개, 위치: {folder}",
    ),
    "not-whole-one": (
        "{bad} file is not whole; replace it with: {command}",
        "온전하지 않은 파일이 {bad}개 있습니다. 다음 명령으로 다시 받으십시오: {command}",
    ),
    "not-whole": (
        "{bad} files are not whole; replace them with: {command}",
        "온전하지 않은 파일이 {bad}개 있습니다. 다음 명령으로 다시 받으십시오: {command}",
    ),
}


def say(language: str, phrase: str, **values: object) -> str:
    """Give a sentence in ``"ko"``, or in English for any other language."""
    return _PHRASES[phrase][language == "ko"].format(**values)


def tell(phrase: str, **values: object) -> str:
    """Give a sentence in the language of whoever works here."""
    return say(language_to_show(), phrase, **values)


def unknown(
    kind: str, name: str, known: Iterable[str], *, see: str = "", **values: object
) -> UnknownNameError:
    """Make the error for a name that does not exist; it suggests the near one.

    Parameters
    ----------
    kind : {"dataset", "track", "table", "role", "simulated-role"}
        What was looked up.
    name : str
        The name that was asked for.
    known : iterable of str
        The names that exist.
    see : str, optional
        What lists the names, where they are too many for a sentence.
    **values
        What else the sentence names.
    """
    names = sorted(known)
    sentence = tell(f"no-{kind}", name=name, **values)
    return UnknownNameError(kind, name, names, message=sentence + suggestion(name, names, see))


def suggestion(name: str, known: Iterable[str], see: str = "") -> str:
    """Say which known name is nearest to an unknown one, else which there are; follows a sentence."""
    names = sorted(known)
    if see and not nearest(name, names):
        return tell("see-all", count=len(names), where=see)
    return near_or_known(name, names)
