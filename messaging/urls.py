"""REST routes of rooms in use, below /v1/chat/."""

from django.urls import path

from messaging.views import JoinGroupRoom, LeaveGroupRoom, ListMyRooms, MarkRead, ReadHistory

urlpatterns = [
    path("room/group/<str:room_id>/join", JoinGroupRoom.as_view(), name="join-group-room"),
    path("room/group/<str:room_id>/leave", LeaveGroupRoom.as_view(), name="leave-group-room"),
    path("my/rooms", ListMyRooms.as_view(), name="my-rooms"),
    path("history/<str:room_id>", ReadHistory.as_view(), name="history"),
    path("room/<str:room_id>/read", MarkRead.as_view(), name="mark-read"),
]
