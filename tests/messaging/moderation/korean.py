"""What people write to get a word past the filter, and what they write without meaning anything by it.

Each with the verdict that it must get under docs/filter-example.txt.
"""

from pathlib import Path

from messaging.moderation.matching import Matcher
from messaging.moderation.patterns import Pattern

EXAMPLE = Path(__file__).parents[3] / "docs" / "filter-example.txt"


def example() -> Matcher[str]:
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    return Matcher(
        {line: Pattern(line) for line in lines if not line.startswith("!")},
        [Pattern(line[1:], is_allowed=True) for line in lines if line.startswith("!")],
    )


# the text and the rule that must find it
EVASIONS = {
    # typed apart, whole or in part
    "ㅅㅣㅂㅏㄹ": "시발",
    "시바ㄹ": "시발",
    "십ㅏㄹ": "시발",
    "ㅅㅣ발": "시발",
    "씨ㅂㅏ": "씨바",
    "ㅂㅕㅇㅅㅣㄴ 같은": "병신",
    "존ㄴㅏ 짜증나": "존나",
    "ㅈㅣㄹㅏㄹ 하네": "지랄",
    "ㅈㅗㅈ": "좆",
    # with other things in it
    "시 발": "시발",
    "시.발": "시발",
    "시1발": "시발",
    "시♡발": "시발",
    "시a발": "시발",
    "시@발놈아": "시발",
    "시---발": "시발",
    "시\n발": "시발",
    "병💩신": "병신",
    "ㅅ ㅣ ㅂ ㅏ ㄹ": "시발",
    "그 새 끼": "새끼",
    "새1끼야": "새끼",
    "죽여 버린다": "죽여버린다",
    # stretched
    "시이이발": "시발",
    "시발ㄹㄹㄹ": "시발",
    "씨이이바아알": "씨발",
    "ㅅㅅㅣㅣㅂㅂㅏㄹ": "시발",
    # initials
    "아 ㅅㅂ": "ㅅㅂ",
    "ㅅ.ㅂ": "ㅅㅂ",
    "ㅅ ㅂ": "ㅅㅂ",
    "ㅂㅅㅅㅅ": "ㅂㅅ",
    "ㅈ1ㄹ": "ㅈㄹ",
    # on an English keyboard
    "tlqkf": "시발",
    "TLQKF": "시발",
    "tlqkfsha": "시발",
    "toRl": "새끼",
    "tl발": "시발",
    "시qkf": "시발",
    # other forms of the same letters
    "ｔｌｑｋｆ": "시발",
    "ﾤﾵﾲﾱ": "ㅅㅂ",
    "㉦㉥": "ㅅㅂ",
    "\u1109\u1175\u1107\u1161\u11af": "시발",  # as macOS names files
    "시\u200b발": "시발",
    "시\u0336발\u0336": "시발",
    # what looks or sounds like it
    "ㅅ1ㅂㅏㄹ": "시발",
    "씨8": "씨팔",
    "ㅅH끼": "새끼",
    "^ㅣ발": "시발",
    "십알": "시발",
    # inside a word, and in Latin
    "야이시발놈아": "시발",
    "f.u.c.k": "fuck*",
    "fuuuuck": "fuck*",
    "FUCKING": "fuck*",
    "fuсk": "fuck*",  # with a Cyrillic letter
    "bullllshit": "bull*shit",
}

INNOCENT = [
    "이야기의 시발점이 어디예요?",
    "이 열차의 시발역은 용산입니다",
    "다시 발표할게요",
    "다시발견한 기쁨",
    "혹시 발목 다치셨어요?",
    "역시 발라드가 좋아요",
    "카드는 즉시발급 됩니다",
    "즉시API발급",
    "도시발전 계획",
    "3시 발차입니다",
    "오후 3시~발표까지",
    "혹시, 발이 아프세요?",
    "합시다.시작은 발표부터",
    "시 발표회에서 낭송했어요",
    "아가씨 발 조심하세요",
    "날씨 바람 다 좋네요",
    "글씨바꾸기 기능",
    "새끼손가락 걸고 약속",
    "새끼발가락을 찧었어요",
    "어미가 새끼 고양이를 물고 왔어요",
    "병신년에 태어났어요",
    "간병 신청서를 냈어요",
    "질병 신속 검사",
    "병 신고는 어디에 하나요",
    "1980년대의 지랄탄",
    "토요일까지 랄프를 만나요",
    "의존 나쁜 건가요?",
    "유니섹스 사이즈",
    "2조까지 발표했어요",
    "호박엿 먹고 싶다",
    "엿 먹고 갈래요?",
    "닥쳐온 위기를 넘겼어요",
    "불이 꺼져 있어요",
    "전염병이 돌아요",
    "배우의 등신대와 8등신 비율",
    "고등 신입생",
    "평등신문을 읽었어요",
    "경제개발 5개년 계획",
    "나비의 날개소리",
    "비가 잦지 않아요",
    "조나단 씨 반가워요",
    "밥 사 주세요",
    "옷방 정리 중",
    "집 살 돈이 없어요",
    "ㄱㅅㄱㅅ ㅇㅋ",
    "ㅂㄷㅂㄷ",
    "2018 놈코어 유행",
    "shiitake mushrooms",
    "push it to the branch",
    "git stash && npm run build",
    "a full shell of it",
]
