"""The two pages that need no token: what this is, and whether it lives."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chatproject.handlers import read_only


@read_only
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@read_only
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing about the database or Redis."""
    return HttpResponse("ok", content_type="text/plain")
