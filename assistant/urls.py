"""REST routes of assistant, below /v1/chat/."""

from django.urls import path

from assistant.views import DraftReply

urlpatterns = [
    path("llm", DraftReply.as_view(), name="draft-reply"),
]
