"""The admin's pages of rooms, as staff read and fill them in."""

from typing import Any

from django.test import Client
from django.urls import reverse

from rooms.models import Room


def show(client: Client, page: str, *arguments: int, **query: Any) -> str:
    response = client.get(reverse(f"admin:rooms_{page}", args=arguments), query_params=query)
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, page: str, *arguments: int, **fields: Any) -> None:
    """Fill in a form; a page that comes back, instead of a redirection, has refused it."""
    response = client.post(reverse(f"admin:rooms_{page}", args=arguments), fields)
    assert response.status_code == 302, response.context["errors"]


def refused(client: Client, page: str, *arguments: int, **fields: Any) -> str:
    response = client.post(reverse(f"admin:rooms_{page}", args=arguments), fields)
    assert response.status_code == 200
    return str(response.context["errors"])


def roster(room: Room) -> tuple[int, set[int]]:
    room.refresh_from_db()
    return room.roster_version, set(room.participants.values_list("member_id", flat=True))


# --- lists -------------------------------------------------------------------------------------
