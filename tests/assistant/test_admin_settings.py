"""The operator sets budgets, stops the assistant here or everywhere, sees what is used; never what was said."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from assistant.accounts.budgets import reserve
from assistant.models import AssistantRun, Budget, RoomSettings, Scope, Switch
from assistant.preferences import require_assistant, room_assistant
from chatproject.days import today
from chatproject.errors import AssistantUnavailable
from messaging.store.services import Draft, store_messages
from rooms.models import Room
from tests.assistant.conftest import KEY, say
from tests.factories import ALICE

PAGES = ["assistantrun", "roomsettings", "budget", "usage", "switch"]


def address(model: str, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:assistant_{model}_{page}", args=args)


def use(room: Room, tokens: int = 1_234) -> None:
    reserve(member_id=ALICE, room_id=room.room_id, tokens=tokens, now=datetime.now(UTC))


# --- the chart ---------------------------------------------------------------------------------


def test_the_page_of_runs_shows_the_tokens_of_each_day(room: Room, admin_client: Client) -> None:
    use(room)
    page = admin_client.get(address("assistantrun")).content.decode()

    assert f"하루 토큰 수: {today() - timedelta(29)}부터 30일 동안 모두 1,234개" in page
    assert page.count('fill-opacity="0.6"') == 30
    assert f"<title>{today()}: 1234</title>" in page
    assert '<rect x="580" y="0" width="16" height="100" fill-opacity="0.6" />' in page


def test_it_does_so_in_english_where_nothing_was_used(admin_client: Client) -> None:
    page = admin_client.get(address("assistantrun"), headers={"accept-language": "en"}).content.decode()

    assert ": 0 in all, 0 on the busiest day" in page


# --- rooms -------------------------------------------------------------------------------------


def chosen(room: Room, **changed: str) -> dict[str, str]:
    return {"room": str(room.pk), "mode": "on_call", "name": "", "persona": "", **changed}


def test_the_operator_settles_a_room_that_had_the_usual_assistant(room: Room, admin_client: Client) -> None:
    form = chosen(room, mode="drafts", name=" 코코 ", persona="천천히 들어요.")
    admin_client.post(address("roomsettings", "add"), form)
    found = room_assistant(room_id=room.pk)
    page = admin_client.get(address("roomsettings", "change", room.pk)).content.decode()

    assert (found.mode, found.name, found.persona) == ("drafts", "코코", "천천히 들어요.")
    assert "코코" in page
    assert "코코" in admin_client.get(address("roomsettings")).content.decode()


def test_the_operator_can_take_the_name_back_and_give_no_impossible_one(room: Room, admin_client: Client) -> None:
    admin_client.post(address("roomsettings", "add"), chosen(room, name="코코"))
    change = address("roomsettings", "change", room.pk)
    refused = admin_client.post(change, chosen(room, name="@코코"))

    assert refused.status_code == 200
    assert "도우미 이름에는 괄호, @, #을 쓸 수 없어요." in refused.content.decode()
    assert room_assistant(room_id=room.pk).name == "코코"
    admin_client.post(change, chosen(room))
    assert room_assistant(room_id=room.pk).name == "도우미"


def test_the_operator_stops_the_assistant_in_a_room_and_lets_it_go_on(room: Room, admin_client: Client) -> None:
    RoomSettings.objects.create(room=room)
    admin_client.post(address("roomsettings"), {"action": "stop", "_selected_action": [room.pk]})
    with pytest.raises(AssistantUnavailable):
        require_assistant(room_id=room.pk, to="draft")

    admin_client.post(address("roomsettings"), {"action": "let_go_on", "_selected_action": [room.pk]})
    require_assistant(room_id=room.pk, to="answer")


def test_who_may_only_look_neither_stops_it_nor_lets_it_go_on(room: Room, client: Client) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_roomsettings"))
    client.force_login(viewer)
    for action, is_stopped in (("stop", False), ("let_go_on", True)):
        RoomSettings.objects.update_or_create(room=room, defaults={"is_stopped": is_stopped})
        client.post(address("roomsettings"), {"action": action, "_selected_action": [room.pk]})
        assert room_assistant(room_id=room.pk).is_stopped is is_stopped
    assert client.get(address("roomsettings", "change", room.pk)).status_code == 200


# --- everywhere --------------------------------------------------------------------------------


def test_the_switch_stops_the_assistant_everywhere(room: Room, admin_client: Client) -> None:
    Switch.objects.all().delete()
    listed = admin_client.get(address("switch"))
    change = address("switch", "change", 1)

    assert listed.headers["Location"] == change
    assert "어느 채팅방에서도" in admin_client.get(change).content.decode()
    admin_client.post(change, {"is_stopped": "on"})
    with pytest.raises(AssistantUnavailable):
        require_assistant(room_id=room.pk, to="answer")
    admin_client.post(change, {})
    require_assistant(room_id=room.pk, to="answer")
    assert admin_client.post(address("switch", "add"), {"is_stopped": "on"}).status_code == 403
    assert admin_client.post(address("switch", "delete", 1), {"post": "yes"}).status_code == 403


# --- budgets -----------------------------------------------------------------------------------


def test_the_operator_sees_what_is_used_of_each_budget_and_by_whom(room: Room, admin_client: Client) -> None:
    use(room)
    Budget.objects.update_or_create(scope=Scope.MEMBER, defaults=figures(tokens_per_day=2_000))
    Budget.objects.update_or_create(scope=Scope.EVERYWHERE, defaults=figures(calls_per_day=0))
    page = admin_client.get(address("budget")).content.decode()

    assert f'1,234 / 2,000 (<a href="/admin/rooms/member/{ALICE}/change/">회원 {ALICE}</a>)' in page
    assert "1 / ∞" in page
    used = admin_client.get(address("usage")).content.decode()
    assert used.count("1234") + used.count("1,234") == 3
    assert f"/admin/rooms/room/{room.pk}/change/" in used


def figures(**changed: int) -> dict[str, int]:
    usual = {"calls_per_minute": 5, "calls_per_day": 5, "tokens_per_minute": 5, "tokens_per_day": 5}
    return usual | changed


def test_who_sets_a_budget_is_told_that_0_is_no_limit(admin_client: Client) -> None:
    Budget.objects.update_or_create(scope=Scope.ROOM, defaults=figures())

    assert "0은 제한이 없다는 뜻이에요." in admin_client.get(address("budget", "change", "room")).content.decode()


def test_the_operator_changes_a_budget_and_never_takes_it_away(room: Room, admin_client: Client) -> None:
    Budget.objects.all().delete()
    for scope in Scope:
        admin_client.post(address("budget", "add"), {"scope": scope.value, **figures()})
    change = address("budget", "change", "room")
    admin_client.post(change, figures(calls_per_day=7))

    assert Budget.objects.get(scope=Scope.ROOM).calls_per_day == 7
    assert admin_client.get(address("budget", "add")).status_code == 403
    assert admin_client.post(address("budget", "delete", "room"), {"post": "yes"}).status_code == 403
    assert admin_client.post(change, figures(calls_per_day=-1)).status_code == 200
    assert Budget.objects.get(scope=Scope.ROOM).calls_per_day == 7


def test_nobody_changes_use_by_hand(room: Room, admin_client: Client) -> None:
    use(room)
    assert admin_client.get(address("usage", "add")).status_code == 403
    assert admin_client.get(f"{address('usage')}?q={ALICE}").status_code == 200


# --- secrets -----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", PAGES)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_page_shows_what_was_said_nor_a_key(
    room: Room, admin_client: Client, settings: object, model: str, language: str
) -> None:
    settings.LLM_KEY = KEY  # type: ignore[attr-defined]
    say(room, ALICE, "앨리스의 속마음")
    store_messages(
        [Draft(room.pk, None, "답의 속마음", "0" * 32, kind="assistant", reply_to=1)], now=datetime.now(UTC)
    )
    RoomSettings.objects.create(room=room, persona="방의 속마음")
    run = AssistantRun.objects.create(
        run_id="0" * 32, room=room, asker_id=ALICE, trigger_seq=1, read_seqs=[[1, 1]], created_at=datetime.now(UTC)
    )
    use(room)
    pages = [address(model)] + ([address("assistantrun", "change", run.pk)] if model == "assistantrun" else [])

    for page in pages:
        answer = admin_client.get(page, headers={"accept-language": language}, follow=True)
        assert answer.status_code == 200
        assert "속마음" not in answer.content.decode()
        assert KEY not in answer.content.decode()


def test_who_is_no_operator_sees_nothing(room: Room, client: Client) -> None:
    for model in PAGES:
        assert client.get(address(model)).status_code == 302
