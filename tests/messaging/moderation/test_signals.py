"""What is a sign that somebody may hurt themselves, by the shipped list, and what is a figure of speech."""

import pytest

from messaging.moderation import signals
from messaging.moderation.signals import (
    FAILURE,
    EmptyList,
    Lookout,
    Signal,
    SignalList,
    Word,
    usable_list,
)
from tests.messaging.care import SHIPPED

ROOM, OTHER_ROOM = 1, 2
WORDS = (Word(1, "죽고 싶"), Word(2, "죽고 싶지 않", True))
TRUE = (
    "죽고 싶다",
    "진짜 죽고싶어요 아무도 제 얘길 안 들어줘요",
    "요즘 자꾸 죽고 싶은 생각이 들어요",
    "죽 고 싶 어",
    "죽.고.싶.다",
    "죽고1싶다",
    "죽고 싶ㄷㅏ",
    "ㅈㅜㄱㄱㅗ ㅅㅣㅍㄷㅏ",
    "wnrrhtlvek",
    "주욱고 싶다",
    "죽고시퍼",
    "그냥 다 죽어버리고 싶다",
    "나 그냥 죽을까",
    "내가 죽으면 엄마가 편할까요",
    "죽는 게 나을 것 같아요",
    "이렇게 사느니 죽는게 낫겠어",
    "편하게 죽는 방법 있나요",
    "자살하고 싶어요",
    "어젯밤에 자살 시도를 했어요",
    "자살충동이 심해서 잠을 못 자요",
    "더 이상 살고 싶지 않아요",
    "이제 그만 살고 싶어",
    "살아갈 이유가 없는 것 같아요",
    "나만 없으면 다들 행복할 텐데",
    "내가 사라지면 아무도 모르겠지",
    "그냥 조용히 사라지고 싶다",
    "내일 아침에 눈을 안 떴으면 좋겠어",
    "이대로 깨어나지 않았으면",
    "오늘 또 손목을 그었어요",
    "자해했어요 멈출 수가 없어요",
    "옥상에서 뛰어내리면 끝나겠지",
    "번개탄을 샀어요",
    "수면제를 모으고 있어요",
    "유서를 썼어요. 다들 고마웠어요",
    "나 같은 건 태어나지 말았어야 했어",
    "인생 끝내고 싶다 정말",
    "극단적인 생각이 자꾸 들어요",
    "스스로 목숨을 끊는 사람들이 이해가 가요",
    "배고파 죽겠는데 그것보다 그냥 죽고 싶어",
    "I want to kill myself",
    "I don't want to live anymore",
)
INNOCENT = (
    "배고파 죽겠다",
    "웃겨 죽겠네 ㅋㅋㅋ",
    "이 노래 진짜 죽여준다",
    "더워 죽을 것 같아",
    "귀여워서 죽는 줄 알았어",
    "심심해 죽겠어 누가 놀아줘",
    "보고 싶어 죽겠다",
    "좋아 죽네 아주",
    "너 죽을래? ㅋㅋ",
    "야 죽고 싶냐 ㅋㅋㅋ",
    "쪽팔려서 죽고 싶었어 ㅋㅋ",
    "배터리가 죽었어요",
    "게임하다 또 죽었어",
    "게임에서 안 죽는 방법 알려줘",
    "내가 죽으면 힐 좀 줘 ㅋㅋ",
    "오늘 발표 망하면 난 죽었다",
    "호박죽 먹고 싶다",
    "죽 먹고 싶어요 감기 걸려서",
    "시계가 죽어서 새로 사고 싶어",
    "이 과제 빨리 끝내고 싶다",
    "하루를 마감하고 이제 자려고요",
    "숙제가 사라졌으면 좋겠다",
    "월요일이 없어졌으면",
    "아기가 안 깨고 푹 잤으면 좋겠다",
    "성적에 목매는 학생이 많아요",
    "유서 깊은 마을에 다녀왔어요",
    "손목이 아파서 파스 붙였어요",
    "손목을 그렇게 쓰면 아파요",
    "자살골 넣은 선수 봤어?",
    "자살 예방 교육을 들었어요",
    "죽을 생각 하지 마요 우리가 있잖아요",
    "여행 떠나고 싶다",
    "한강에서 치킨 먹을 사람?",
    "옥상에서 뛰어놀던 고양이",
    "번지점프 뛰어내리고 싶어서 예약했어",
    "번개탄으로 고기 구워 먹었어요",
    "수면제 처방받고 잘 자고 있어요",
    "이 약을 한꺼번에 먹어도 되나요?",
    "화분이 죽으려고 해요",
    "꽃이 죽을까 봐 물을 줬어요",
    "죽을 만큼 노력했어요",
    "죽기 살기로 해 보려고요",
    "죽이 되든 밥이 되든 해볼게요",
    "서울에서 살기 싫어서 이사했어요",
    "이 동네에서 살고 싶지 않아요 시끄러워서",
    "나만 고양이 없어",
    "죽고 싶지 않아요 오래 살래요",
    "죽마고우를 만났어요",
    "퇴사라 마지막 인사를 하려고요",
    "this song is killing me",
    "I'm dying to see it",
)


@pytest.fixture(scope="module")
def shipped() -> SignalList:
    return SignalList(SHIPPED)


@pytest.mark.parametrize("text", TRUE)
def test_who_says_so_is_noticed(shipped: SignalList, text: str) -> None:
    assert shipped.find(text) is not None


@pytest.mark.parametrize("text", INNOCENT)
def test_a_figure_of_speech_is_none(shipped: SignalList, text: str) -> None:
    assert shipped.find(text) is None


def test_each_shipped_phrase_is_found_by_itself_and_says_why_it_is_there() -> None:
    assert [
        word.pattern for word in SHIPPED if not word.is_innocent and SignalList([word]).find(word.pattern) is None
    ] == []


def test_a_list_by_which_nobody_would_be_noticed_is_none() -> None:
    for words in ([], [Word(1, "죽고 싶지 않", True)]):
        with pytest.raises(EmptyList):
            SignalList(words)


def test_only_rooms_that_want_it_are_looked_after() -> None:
    lookout = Lookout()
    lookout.take(usable_list(WORDS), {ROOM})

    assert lookout.look(ROOM, "죽고 싶다") == Signal("words", 1)
    assert lookout.look(ROOM, "안녕") is None
    assert lookout.look(OTHER_ROOM, "죽고 싶다") is None


def test_a_broken_list_fails_every_look_until_there_is_a_better_one() -> None:
    lookout = Lookout()
    assert lookout.look(OTHER_ROOM, "안녕") == FAILURE  # nothing was ever read, not even which rooms want it
    lookout.take(usable_list([]), {ROOM})
    assert (lookout.look(ROOM, "안녕"), lookout.look(OTHER_ROOM, "안녕"), lookout.is_failing) == (
        FAILURE,
        None,
        True,
    )
    lookout.take(usable_list(WORDS), {ROOM})

    assert (lookout.look(ROOM, "안녕"), lookout.is_failing) == (None, False)
    lookout.take(usable_list([Word(1, "*")]), {ROOM})
    assert (lookout.look(ROOM, "안녕"), lookout.look(ROOM, "죽고 싶다")) == (FAILURE, Signal("words", 1))


def test_a_list_that_is_too_old_goes_on_finding_and_fails_where_it_finds_nothing() -> None:
    lookout = Lookout()
    lookout.take(usable_list(WORDS), {ROOM})
    lookout.lose()

    assert lookout.look(ROOM, "죽고 싶다") == Signal("words", 1)
    assert lookout.look(ROOM, "안녕") == FAILURE


def test_a_look_that_breaks_is_a_failure_and_no_word_of_it_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    lookout = Lookout()
    lookout.take(usable_list(WORDS), {ROOM})

    def break_off(_list: SignalList, text: str) -> int:
        raise RuntimeError(text)

    monkeypatch.setattr(signals.SignalList, "find", break_off)

    assert lookout.look(ROOM, "아무도 모를 말") == FAILURE
    assert "아무도 모를 말" not in caplog.text
    assert "RuntimeError" in caplog.text
