"""What processes ask and answer, as it goes through the layer."""

from messaging.delivery.diary import LetOut
from messaging.inquiry.questions import Answer, Question, Socket, read_word, write_word

QUESTION = Question(question_id="1", room_id=1, seq=2, version=3, member_id=7)
ANSWER = Answer(
    question_id="1",
    process="host.7.ab",
    remembers_since=1.5,
    let_out=LetOut(1.5, 1, seq=2, version=3, number=1, listeners=1, inboxes=0),
    sockets=(Socket(number=1, came_at=None, handed="live"),),
)


def test_a_word_comes_through_as_it_was_said() -> None:
    assert read_word(write_word(QUESTION)) == QUESTION
    assert read_word(write_word(ANSWER)) == ANSWER
