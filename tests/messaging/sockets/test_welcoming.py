"""What a client is told first; over a socket in `test_consumers_v2`."""

from dataclasses import replace

from pytest_django.fixtures import Settings

from messaging.delivery.sessions import Session
from messaging.limits import Limits
from messaging.sockets.welcoming import welcome
from tests.factories import ALICE, caller
from tests.messaging.people import ListSink
from tests.messaging.push.browsers import PUSH


def test_a_client_is_told_whether_files_are_sent_here_and_how_large(settings: Settings) -> None:
    session = Session(caller=caller(ALICE), nickname="Alice", sink=ListSink(), is_v1=False, language="ko")
    told = welcome(session, Limits(), silent_s=10.0, has_assistant=True, epoch="e").limits
    assert (told["attachments"], told["fileBytes"], told["firstFrameSeconds"]) == (10, 25 * 1024 * 1024, 10)
    settings.FILES = replace(settings.FILES, is_on=False)
    assert welcome(session, Limits(), silent_s=10.0, has_assistant=True, epoch="e").limits["fileBytes"] == 0


def test_a_browser_is_told_the_key_for_notifications_where_there_is_one(settings: Settings) -> None:
    session = Session(caller=caller(ALICE), nickname="Alice", sink=ListSink(), is_v1=False, language="ko")
    assert welcome(session, Limits(), silent_s=10.0, has_assistant=True, epoch="e").push is None
    settings.PUSH = PUSH
    assert welcome(session, Limits(), silent_s=10.0, has_assistant=True, epoch="e").push == PUSH.public_key
