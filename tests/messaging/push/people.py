"""Members with browsers, in few words. Rows are made as the services leave them."""

from datetime import UTC, datetime, timedelta

from messaging.push.subscriptions import subscribe
from messaging.push_models import PushSubscription
from rooms.models import MemberPreferences
from tests.messaging.push.browsers import Browser

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
LAPTOP = "https://updates.example/wpush/laptop"


def give_browser(
    member_id: int,
    endpoint: str = LAPTOP,
    *,
    browser: Browser | None = None,
    language: str = "en",
    hours_ago: int = 0,
) -> int:
    """Returns its number."""
    browser = browser or Browser()
    return subscribe(
        member_id=member_id,
        endpoint=endpoint,
        p256dh=browser.p256dh,
        auth=browser.auth,
        language=language,
        now=NOW - timedelta(hours=hours_ago),
    )


def endpoints(member_id: int) -> list[str]:
    theirs = PushSubscription.objects.filter(member_id=member_id).order_by("pk")
    return list(theirs.values_list("endpoint", flat=True))


def want_texts(member_id: int) -> None:
    MemberPreferences.objects.update_or_create(member_id=member_id, defaults={"previews_text": True})
