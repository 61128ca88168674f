"""What the stand-in says where nothing else is scripted: practice texts about what was said, labelled as such.

It reads a prompt as `assistant.prompting.prompts` writes it, and tells an answer, drafts and a summary apart. The
same prompt always gets the same text. No I/O.
"""

import re
import zlib

_LINE = re.compile(r"(?:(?P<seq>[0-9]+) )?>?[\[(](?P<name>[^\])]*)[\])]:\s*(?P<text>.*)")
_ALTERNATIVES = re.compile("Give ([2-9]) alternatives")
_HANGUL = re.compile("[가-힣ㄱ-ㅎ]")
_LABEL = re.compile(r"^\((?:연습용|practice) [^)]*\) ")
_QUOTE_MAX_CHARACTERS = 40
_POINTS_MOST = 3
_KOREAN_ENDINGS = (
    "조금 더 들려주시면 함께 생각해 볼게요.",
    "한 걸음씩 해 보면 길이 보일 거예요.",
    "여기 계신 분들도 비슷한 경험이 있을 것 같아요.",
)
_ENGLISH_ENDINGS = (
    "Tell us a little more and we will think about it together.",
    "One step at a time, and a way will show.",
    "Others here may know this too.",
)
_KOREAN_DRAFTS = ("저도 공감해요. 조금 더 들려주세요!", "그렇군요, 힘내세요!", "같이 방법을 찾아봐요.")
_ENGLISH_DRAFTS = ("Tell me more!", "I see, hang in there!", "Let us find a way together.")


def friendly_answer(transcript: str, rules: str = "") -> str:
    """A practice answer to the marked line, drafts for the open line, or points about numbered lines."""
    lines = [found for line in transcript.splitlines() if (found := _LINE.fullmatch(line.strip()))]
    if lines and lines[-1]["seq"]:
        return "\n".join(f"{line['seq']} | {_point(line['name'], line['text'])}" for line in lines[-_POINTS_MOST:])
    if lines and not lines[-1]["text"]:  # an open line: it is to be continued, not answered
        about = next((line["text"] for line in reversed(lines) if line["text"]), "")
        wanted = _ALTERNATIVES.search(rules)
        return "\n===\n".join(_draft(about, number) for number in range(int(wanted[1]) if wanted else 1))
    marked = [line for line in lines if line[0].startswith(">")] or lines
    if not marked:
        return _answer("", transcript.strip())
    return _answer(marked[-1]["name"], marked[-1]["text"])


def _point(name: str, about: str) -> str:
    if _HANGUL.search(about):
        return f"(연습용 요약) {name}님이 “{_quote(about)}”라고 했어요."
    return f"(practice summary) {name} said “{_quote(about)}”."


def _draft(about: str, number: int) -> str:
    pick = number % len(_KOREAN_DRAFTS)
    if not about:
        return f"(연습용 초안) 안녕하세요! 다들 오늘 하루 어떠셨어요?{' 🙂' * pick}"
    if _HANGUL.search(about):
        return f"(연습용 초안) “{_quote(about)}” 이야기, {_KOREAN_DRAFTS[pick]}"
    return f"(practice draft) I feel the same about “{_quote(about)}”. {_ENGLISH_DRAFTS[pick]}"


def _answer(name: str, about: str) -> str:
    pick = zlib.crc32(about.encode()) % len(_KOREAN_ENDINGS)
    if _HANGUL.search(about):
        return f"(연습용 답변) {name or '친구'}님, “{_quote(about)}” 이야기군요. {_KOREAN_ENDINGS[pick]}"
    return f"(practice answer) {name or 'Friend'}, so this is about “{_quote(about)}”. {_ENGLISH_ENDINGS[pick]}"


def _quote(text: str) -> str:
    text = _LABEL.sub("", text)  # an answer of its own
    return text if len(text) <= _QUOTE_MAX_CHARACTERS else f"{text[:_QUOTE_MAX_CHARACTERS]}…"
