"""REST routes of the main server, below /v1/server/."""

from django.urls import path

from messaging.server_views.erasures import ServerErasures
from messaging.server_views.exports import ServerExport
from messaging.server_views.members import ServerAge, ServerMember, ServerUnread, ServerUnreadOfMany
from messaging.server_views.notices import ServerNotices
from messaging.server_views.room_members import ServerRole, ServerRoomMember, ServerRoomMembers
from messaging.server_views.rooms import ServerAllRooms, ServerPrivateRooms, ServerRoom, ServerRooms
from messaging.server_views.sessions import (
    ServerDisconnection,
    ServerPresence,
    ServerRevocation,
    ServerTokenRevocation,
)

urlpatterns = [
    path("rooms", ServerRooms.as_view()),
    path("rooms/all", ServerAllRooms.as_view()),
    path("rooms/private", ServerPrivateRooms.as_view()),
    path("rooms/<str:room_id>", ServerRoom.as_view()),
    path("rooms/<str:room_id>/members", ServerRoomMembers.as_view()),
    path("rooms/<str:room_id>/members/<str:member_id>", ServerRoomMember.as_view()),
    path("rooms/<str:room_id>/members/<str:member_id>/role", ServerRole.as_view()),
    path("rooms/<str:room_id>/notices", ServerNotices.as_view()),
    path("members/unread", ServerUnreadOfMany.as_view()),
    path("members/<str:member_id>", ServerMember.as_view()),
    path("members/<str:member_id>/erasures", ServerErasures.as_view()),
    path("members/<str:member_id>/age", ServerAge.as_view()),
    path("members/<str:member_id>/unread", ServerUnread.as_view()),
    path("members/<str:member_id>/export", ServerExport.as_view()),
    path("members/<str:member_id>/presence", ServerPresence.as_view()),
    path("members/<str:member_id>/disconnection", ServerDisconnection.as_view()),
    path("members/<str:member_id>/revocation", ServerRevocation.as_view()),
    path("revocations", ServerTokenRevocation.as_view()),
]
