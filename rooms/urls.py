"""REST routes of rooms, below /v1/chat/."""

from django.urls import path

from rooms.views import CreateGroupRoom, FindGroupRoom, ListGroupRooms, ListMembers, OpenPrivateRoom

urlpatterns = [
    path("room/group", FindGroupRoom.as_view(), name="find-group-room"),
    path("room/group/create", CreateGroupRoom.as_view(), name="create-group-room"),
    path("room/group/list", ListGroupRooms.as_view(), name="list-group-rooms"),
    path("room/<str:room_id>/members", ListMembers.as_view(), name="list-members"),
    path("room/private/create", OpenPrivateRoom.as_view(), name="open-private-room"),
]
