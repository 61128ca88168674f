"""Messages as Koreans write them, queries, and a plain search to compare with: it looks at every letter."""

import random
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from messaging.models import Message
from rooms.models import Room

SENTENCES = """
    요즘 고민이 많아요. 고민상담 받을 수 있을까요?
    고민을 들어 주셔서 감사합니다
    배포오류가 났어요! 어제 배포 후부터 서버가 이상해요
    배포는 금요일에 하지 맙시다 ㅋㅋㅋㅋ
    재배포하면 될 것 같은데요
    API 응답이 느려요. api_key를 바꿨나요?
    getUserName 함수에서 NullPointerException이 나요
    user_id를 member_id로 바꿔 주세요
    foo.bar()를 부르면 멈춰요
    Django Channels로 채팅을 만들어 보신 분?
    django.db.utils.OperationalError: (2006, 'MySQL server has gone away')
    쿠버네티스(Kubernetes) 클러스터에 파드가 안 떠요
    C++이랑 C# 중에 뭐가 나을까요
    100% 확실해요. 50%는 아니고요
    SELECT * FROM chat_messages WHERE seq_no LIKE '%고민%';
    "따옴표"와 '작은따옴표'
    https://example.com/고민?tab=1#top 여기 보세요
    개발자 모임은 강남역 11번 출구에서 해요
    강남에서 만나요~ 강남역 말고
    ㅇㅈ ㅋㅋ 진짜 ㄱㅅㄱㅅ
    ㅠㅠ 시험 망했어요ㅠㅠ
    회의는 3시에 시작합니다. 회의실 A
    점심 뭐 먹을까요? 김치찌개 어때요
    김치 찌개집이 새로 생겼대요
    이직 고민 중인데 연봉협상은 어떻게 하나요
    닭갈비 먹고 싶다 닭
    읽었는데 답이 없네요. 읽씹인가요
    값이 얼마예요? 값을 매길 수 없죠
    안녕하세요, 처음 뵙겠습니다
    안녕히 계세요
    파이썬 3.11에서 asyncio.TaskGroup 써 보신 분
    Python이 더 쉬워요
    CI/CD 파이프라인이 깨졌어요 #123 @민수
    커밋 메시지는 feat: 로 시작해 주세요
    ＡＰＩ 전각으로 쓴 글
    Straße와 ISTANBUL, İstanbul
    👍👍 좋아요 🎉
    日本語も書けます。漢字
    줄을\n바꾼 글\n\n세 줄
    탭\t과   여러   칸
    ㄱ으로 시작하는 말은 가나다
    뷁 쉛 똠방각하
    그래서 그랬어요 그런데 그러면
    고 민 을 띄어 쓴 글
    서버실 온도가 너무 높아요 서버
    배터리가 포도 맛이에요
    로그인 로그아웃 로그 좀 보내 주세요
    TypeError: 'NoneType' object is not subscriptable
    _private __dunder__ --flag /etc/hosts C:\\Users\\민수
    a
    네
    넵!
""".strip("\n").splitlines()
TEXTS = [line.strip().replace("\\n", "\n").replace("\\t", "\t") for line in SENTENCES]

QUERIES = """
    고민|고민상담|고민이|고민을|상담|배포|배포오류|오류|재배포|서버|서버실|회의|회의실|강남|강남역|김치|찌개|김치찌개
    연봉|연봉협상|이직 고민|안녕|하세요|개발자|모임은|금요일에|합니다|요즘 받을|고민 배포|시작|시작합니다|출구에서
    읽씹|값이|뷁|똠방|쿠버네티스|로그 로그인|줄을 바꾼|세 줄|여러 칸|네|넵|고 민 을|3시|11번|없는말입니다
    ㄱㅁ|ㄱㅁㅅㄷ|ㅂㅍ|ㅂㅍㅇㄹ|ㄱㄴㅇ|ㅋㅋ|ㅋㅋㅋㅋ|ㅠㅠ|ㄱㅅ|ㄳ|ㄱㅅㄱㅅ|ㅇㅈ|고민ㅅㄷ|ㄱ민|강ㄴ역|ㅅㅂㅅ|ㄱㅊㅉㄱ
    ㅎㅇㅅ ㅅㅈ|ㄷㄱㅂ|ㅇㅆ|ㄱ|ㅉ|ㅌㅋㅍㅊ|API|api|ApI|ＡＰＩ|api_key|getUserName|getusername|username|user_id|_id
    foo.bar()|foo.bar|bar()|django|Django Channels|DJANGO.DB|C++|C#|100%|50%|%|_|'|"|'%고민%'|SELECT *|seq_no
    chat_messages|https://|example.com/고민|?tab=1#top|3.11|asyncio.TaskGroup|CI/CD|#123|@민수|feat:|NoneType
    __dunder__|--flag|C:\\Users|\\|(2006|strasse|istanbul|👍|👍👍|🎉|日本|漢字|a|xyzzy|.|!
"""
WORDS = [query for line in QUERIES.split("\n") for query in line.strip().split("|") if query]

FILLER = "오늘 내일 어제 날씨 커피 코드 리뷰 테스트 기획 일정 주말 영화 음악 운동 공부 학교 친구 가족 생각 시간"
PARTICLES = ["은", "는", "이", "가", "을", "에서", "도", "네요", "습니다", "인데요", ""]


def write_messages(rooms: Sequence[Room], *, count: int, first_id: int, sender_id: int) -> list[Message]:
    """Every text in every form, at a random place among others, in ids from `first_id` on."""
    dice = random.Random(7)
    texts = [*TEXTS, *(unicodedata.normalize("NFD", text) for text in TEXTS[::3])]
    while len(texts) < count:
        words = [dice.choice(FILLER.split()) + dice.choice(PARTICLES) for _ in range(dice.randint(1, 6))]
        texts.append(" ".join(words))
    dice.shuffle(texts)
    begin, seqs = datetime(2026, 11, 1, tzinfo=UTC), dict.fromkeys((room.pk for room in rooms), 0)
    messages = []
    for number, text in enumerate(texts):
        room = dice.choice(rooms)
        seqs[room.pk] += 1
        moment = begin + timedelta(minutes=number)
        messages.append(
            Message(
                message_id=first_id + number,
                room=room,
                seq=seqs[room.pk],
                version=seqs[room.pk],
                sender_id=sender_id,
                contents=text,
                created_at=moment,
                updated_at=moment,
                deleted_at=moment if number % 50 == 7 else None,
            )
        )
    Message.objects.bulk_create(messages)
    for room in rooms:
        Room.objects.filter(pk=room.pk).update(last_seq=seqs[room.pk], version=seqs[room.pk])
    return messages


def plain(text: str) -> str:
    text = unicodedata.normalize("NFC", text.casefold()).replace("ㄳ", "ㄱㅅ")
    return " ".join(text.split())


def is_in(query: str, plain_text: str) -> bool:
    """Whether the text holds every word: a consonant is itself, or any syllable that begins with it."""
    patterns = (
        "".join(SYLLABLES.get(letter, re.escape(letter)) for letter in word) for word in plain(query).split(" ")
    )
    return all(re.search(pattern, plain_text) for pattern in patterns)


SYLLABLES = {
    "ㄱ": "[ㄱ가-깋]",
    "ㄲ": "[ㄲ까-낗]",
    "ㄴ": "[ㄴ나-닣]",
    "ㄷ": "[ㄷ다-딯]",
    "ㄸ": "[ㄸ따-띻]",
    "ㄹ": "[ㄹ라-맇]",
    "ㅁ": "[ㅁ마-밓]",
    "ㅂ": "[ㅂ바-빟]",
    "ㅃ": "[ㅃ빠-삫]",
    "ㅅ": "[ㅅ사-싷]",
    "ㅆ": "[ㅆ싸-앃]",
    "ㅇ": "[ㅇ아-잏]",
    "ㅈ": "[ㅈ자-짛]",
    "ㅉ": "[ㅉ짜-찧]",
    "ㅊ": "[ㅊ차-칳]",
    "ㅋ": "[ㅋ카-킿]",
    "ㅌ": "[ㅌ타-팋]",
    "ㅍ": "[ㅍ파-핗]",
    "ㅎ": "[ㅎ하-힣]",
}
