"""REST routes of rooms in use, below /v1/chat/."""

from django.urls import path

from messaging.views import JoinGroupRoom, LeaveGroupRoom, MarkRead, ReadHistory
from messaging.views_acts import ListPins, OneReaction, PinMessage
from messaging.views_blocked import ListBlocked, OneBlocked
from messaging.views_care import HelpLines, MyCare
from messaging.views_cases import ClaimCase, DecideCase, ListCases
from messaging.views_concerns import Duty, OneConcern, RoomConcerns
from messaging.views_exports import MyExport
from messaging.views_files import AnnounceFile, FileArrived, OneFile, RenewUpload
from messaging.views_files_read import RoomFiles
from messaging.views_filter import OneRule, RoomFilter
from messaging.views_held import ListHeld, ListMyHeld, OneHeld
from messaging.views_hiding import HideMessage, OneMessage
from messaging.views_invites import OneInvite, RoomInvites, ShowInvitation
from messaging.views_mine import ListMyMentions, ListMyRooms, MyNotifications, RoomMine, RoomNotifications
from messaging.views_presence import MyPreferences, ShowPresence
from messaging.views_push import OnePush, Push
from messaging.views_reports import ListMyReports, MakeReport
from messaging.views_rooms import SearchRooms, ShowRoom
from messaging.views_rules import (
    DecideJoinRequest,
    ListJoinRequests,
    RenewJoinCode,
    SetRole,
    SetRules,
)
from messaging.views_sanction_lists import MySanctions, ObjectToSanction, RoomLog, RoomSanctions
from messaging.views_sanctions import MemberMute, MemberRemoval
from messaging.views_search import SearchMessages
from messaging.views_tickets import GiveTicket

urlpatterns = [
    path("room/group/<str:room_id>/join", JoinGroupRoom.as_view(), name="join-group-room"),
    path("room/group/<str:room_id>/leave", LeaveGroupRoom.as_view(), name="leave-group-room"),
    path("room/group/search", SearchRooms.as_view(), name="search-rooms"),
    path("my/rooms", ListMyRooms.as_view(), name="my-rooms"),
    path("my/mentions", ListMyMentions.as_view(), name="my-mentions"),
    path("me/notifications", MyNotifications.as_view(), name="my-notifications"),
    path("me/export", MyExport.as_view(), name="my-export"),
    path("me/preferences", MyPreferences.as_view(), name="my-preferences"),
    path("presence", ShowPresence.as_view(), name="presence"),
    path("me/blocked", ListBlocked.as_view(), name="my-blocked"),
    path("me/blocked/<str:member_id>", OneBlocked.as_view(), name="one-blocked"),
    path("room/<str:room_id>/mine", RoomMine.as_view(), name="room-mine"),
    path("room/<str:room_id>/notifications", RoomNotifications.as_view(), name="room-notifications"),
    path("history/<str:room_id>", ReadHistory.as_view(), name="history"),
    path("room/<str:room_id>/message/<str:seq>", OneMessage.as_view(), name="message"),
    path("room/<str:room_id>/message/<str:seq>/hiding", HideMessage.as_view(), name="hiding"),
    path("room/<str:room_id>/message/<str:seq>/reaction/<str:key>", OneReaction.as_view(), name="reaction"),
    path("room/<str:room_id>/message/<str:seq>/pin", PinMessage.as_view(), name="pin"),
    path("room/<str:room_id>", ShowRoom.as_view(), name="room"),
    path("room/<str:room_id>/rules", SetRules.as_view(), name="rules"),
    path("room/<str:room_id>/rules/code", RenewJoinCode.as_view(), name="join-code"),
    path("room/<str:room_id>/members/<str:member_id>/role", SetRole.as_view(), name="role"),
    path("room/<str:room_id>/join-requests", ListJoinRequests.as_view(), name="join-requests"),
    path("room/<str:room_id>/join-requests/<str:member_id>", DecideJoinRequest.as_view(), name="join-request"),
    path("room/<str:room_id>/invite", RoomInvites.as_view(), name="room-invites"),
    path("room/<str:room_id>/invite/<str:invite_id>", OneInvite.as_view(), name="one-invite"),
    path("invite/<str:code>", ShowInvitation.as_view(), name="invitation"),
    path("room/<str:room_id>/pins", ListPins.as_view(), name="pins"),
    path("room/<str:room_id>/cases", ListCases.as_view(), name="cases"),
    path("room/<str:room_id>/cases/<str:case_id>/claim", ClaimCase.as_view(), name="claim-case"),
    path("room/<str:room_id>/cases/<str:case_id>/decision", DecideCase.as_view(), name="decide-case"),
    path("reports", MakeReport.as_view(), name="make-report"),
    path("me/reports", ListMyReports.as_view(), name="my-reports"),
    path("room/<str:room_id>/members/<str:member_id>/mute", MemberMute.as_view(), name="member-mute"),
    path("room/<str:room_id>/members/<str:member_id>/removal", MemberRemoval.as_view(), name="member-removal"),
    path("room/<str:room_id>/sanctions", RoomSanctions.as_view(), name="room-sanctions"),
    path("room/<str:room_id>/audit", RoomLog.as_view(), name="room-log"),
    path("me/sanctions", MySanctions.as_view(), name="my-sanctions"),
    path("me/sanctions/<str:sanction_id>/objection", ObjectToSanction.as_view(), name="object-to-sanction"),
    path("help-lines", HelpLines.as_view(), name="help-lines"),
    path("me/care", MyCare.as_view(), name="my-care"),
    path("room/<str:room_id>/concerns", RoomConcerns.as_view(), name="concerns"),
    path("room/<str:room_id>/concerns/<str:concern_id>", OneConcern.as_view(), name="concern"),
    path("room/<str:room_id>/duty", Duty.as_view(), name="duty"),
    path("room/<str:room_id>/held", ListHeld.as_view(), name="held"),
    path("room/<str:room_id>/held/<str:held_id>", OneHeld.as_view(), name="one-held"),
    path("me/held", ListMyHeld.as_view(), name="my-held"),
    path("room/<str:room_id>/filter-rules", RoomFilter.as_view(), name="room-filter"),
    path("room/<str:room_id>/filter-rules/<str:rule_id>", OneRule.as_view(), name="one-rule"),
    path("push", Push.as_view(), name="push"),
    path("push/<str:push_id>", OnePush.as_view(), name="one-push"),
    path("ticket", GiveTicket.as_view(), name="ticket"),
    path("search", SearchMessages.as_view(), name="search"),
    path("room/<str:room_id>/files", RoomFiles.as_view(), name="files"),
    path("room/<str:room_id>/file", AnnounceFile.as_view(), name="announce-file"),
    path("room/<str:room_id>/file/<str:file_id>/upload", RenewUpload.as_view(), name="renew-upload"),
    path("room/<str:room_id>/file/<str:file_id>/done", FileArrived.as_view(), name="file-arrived"),
    path("room/<str:room_id>/file/<str:file_id>", OneFile.as_view(), name="file"),
    path("room/<str:room_id>/read", MarkRead.as_view(), name="mark-read"),
]
