"""Messages as Koreans write them in chats, for the search: words as common as in any language, particles, code."""

import random
from collections.abc import Iterator
from itertools import accumulate, product

STEMS = """
    고민 상담 배포 오류 서버 회의 점심 저녁 커피 코드 리뷰 테스트 개발 디자인 기획 일정 주말 날씨 영화 음악
    게임 운동 공부 학교 회사 친구 가족 사람 생각 마음 시간 오늘 내일 어제 지금 이번 다음 문제 질문 답변 확인
    부탁 정말 진짜 너무 조금 많이 같이 먼저 나중 혹시 그런데 그래서 하지만 아니 좋아 싫어 괜찮 힘들 어렵 바쁘
    피곤 행복 슬프 궁금 재밌 맛있 만들 고치 바꾸 올리 내리 시작 끝나 기다리 데이터 베이스 메시지 채팅 알림
    설정 화면 버튼 링크 파일 이미지 비밀번호 로그인 회원 가입 탈퇴 검색 목록 페이지 프로젝트 동료 선배 후배
    면접 이직 연봉 퇴사 휴가 출근 퇴근 지하철 버스 자취 이사 월세 병원 감기 건강 먹 가 오 보 하 되 있 없
    알 모르
"""
PARTICLES = """
    은 는 이 가 을 를 에 에서 도 만 까지 부터 으로 로 와 과 하고 한테 이랑 의 요 네요 어요 아요 습니다 인데 인데요
    거든요 잖아요 지요 죠 할게요 했어요 하네요 는데 는데요 을까요 나요 다 고 서 니까 면 려고 지만
"""
CODE = """
    API JSON docker kubernetes git_push user_id getUserName foo.bar() Django Redis MySQL PR #123 npm v2.0
    localhost:8000 https://example.com/a
"""
SHORT = ["ㅋㅋㅋㅋ", "네!", "ㅇㅇ", "ㅠㅠ", "감사합니다", "ㅎㅎ", "헐", "👍", "안녕하세요", "넵"]
RARE_WORDS = 30_000
SHARES = {"short": 0.15, "particle": 0.75, "code": 0.04}
WORDS_MEAN, WORDS_MOST = 6, 60
SYLLABLES = [
    chr(0xAC00 + (initial * 21 + vowel) * 28 + final)
    for initial, vowel, final in product(
        (11, 0, 9, 12, 3, 18, 7, 5, 6, 2, 14, 16, 15, 17), (0, 20, 18, 8, 4, 13, 1, 5, 6), (0, 4, 8, 21, 16, 1, 17)
    )
]


def messages(seed: int) -> Iterator[str]:
    """The same ones for one seed; words by Zipf's law."""
    dice = random.Random(seed)
    shuffled = random.Random(7).sample(SYLLABLES, len(SYLLABLES))
    weights = [1 / (rank + 1) ** 0.9 for rank in range(len(shuffled))]
    maker = random.Random(7)
    rare = ["".join(maker.choices(shuffled, weights, k=maker.choice((2, 2, 3, 3, 4)))) for _ in range(RARE_WORDS)]
    words = [*STEMS.split(), *rare]
    cumulated = list(accumulate(1 / (rank + 1) for rank in range(len(words))))
    while True:
        if dice.random() < SHARES["short"]:
            yield dice.choice(SHORT)
            continue
        count = min(WORDS_MOST, int(dice.expovariate(1 / WORDS_MEAN)) + 1)
        yield " ".join(_written(word, dice) for word in dice.choices(words, cum_weights=cumulated, k=count))


def _written(word: str, dice: random.Random) -> str:
    if dice.random() < SHARES["code"]:
        return dice.choice(CODE.split())
    return word + (dice.choice(PARTICLES.split()) if dice.random() < SHARES["particle"] else "")
