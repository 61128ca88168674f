"""REST routes of messaging, below /v1/chat/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
