"""REST routes of assistant, below /v1/chat/."""

from django.urls import path

from assistant.private.views import DraftReply, SummarizeUnread
from assistant.views import AssistantOfRoom, AssistantTold, MyAssistant, Receipt

urlpatterns = [
    path("llm", DraftReply.as_view(), name="draft-reply"),
    path("llm/summary", SummarizeUnread.as_view(), name="summarize-unread"),
    path("me/assistant", MyAssistant.as_view(), name="my-assistant"),
    path("room/<str:room_id>/assistant", AssistantOfRoom.as_view(), name="assistant-of-room"),
    path("room/<str:room_id>/assistant/told", AssistantTold.as_view(), name="assistant-told"),
    path("room/<str:room_id>/assistant/<str:run_id>", Receipt.as_view(), name="assistant-receipt"),
]
