"""Builds the process: Django, one ChatServer with its assistant, their start and stop. The only such place."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()  # before anything that imports a model

from typing import Any

from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.utils import timezone

from assistant import erasing
from assistant.accounts.retention import forget_some_records
from assistant.metrics import AssistantMetrics
from assistant.providers.model_choice import chosen_language_model
from assistant.room.answers import RoomAssistant
from chatproject.http.body_limit import BodyLimit
from chatproject.http.entrance import Entrance
from chatproject.http.member_share import MemberShare
from chatproject.http.named_limits import NamedLimits
from chatproject.http.proxies import Proxies
from chatproject.http.request_log import RequestLog
from chatproject.http.static_files import StaticFiles
from chatproject.http.traced_requests import is_main_servers, is_watched, traced
from chatproject.http.turns import REQUESTS_PER_THREAD, Turns
from chatproject.limits.shared import SharedLimits
from chatproject.server_api.keys import MainServer, recognise
from chatproject.server_api.share import ServerShare
from chatproject.tracing.starting import tracer_for
from chatproject.workers.colleagues import Colleagues
from chatproject.workers.places import Place
from messaging.events.sending import event_sender
from messaging.files.checks.checking import FileChecker
from messaging.files.door import FileDoor
from messaging.files.downloads.own_host import FilesHost
from messaging.files.downloads.selectors import seen_file
from messaging.files.downloads.serving import FileGiver
from messaging.files.downloads.streaming import Streams
from messaging.files.ending.sweeping import FileSweeper
from messaging.files.examining.running import reencode_picture
from messaging.files.service import FileService
from messaging.files.storage.store import FileStore
from messaging.files.uploads.receiving import Reception
from messaging.indexing import SearchIndexer
from messaging.limits import Limits
from messaging.metrics import Metrics
from messaging.personal.ageing_job import ForgetOld
from messaging.personal.erasing.job import Eraser
from messaging.personal.exports.giving import ExportGiver, kept_export
from messaging.personal.exports.job import ExportJob
from messaging.personal.retaining_job import RetainMessages
from messaging.personal.worker import PersonalWorker
from messaging.previews.link_previews import link_previews
from messaging.push.pushes import pushes
from messaging.routing import serve_socket
from messaging.server import ChatServer
from messaging.sockets.transport import ChatWebSocketProtocol
from messaging.store.database import Database
from messaging.views_tickets import TicketOffice
from rooms.deleted_rooms import forget_deleted_rooms
from rooms.moderation.inviting import forget_ended_invites

MEMBERS_AT_LEAST = 4  # it takes so many to use all the turns
SERVERS_SHARE = 4  # a quarter of the turns, at most, is for what main servers ask

# for `manage.py serve`: a worker process imports the protocol class before the application, and it needs Django
__all__ = ["ChatWebSocketProtocol", "application"]


class Process:
    """The ASGI application of one process, with the parts that live as long as it."""

    def __init__(self) -> None:
        shared = SharedLimits(settings.REDIS_URLS)
        metrics = Metrics()
        self.colleagues: Colleagues | None = None
        self._tracer = tracer_for(settings.TRACING, metrics.registry)
        self.chat_server = ChatServer(
            shared=shared,
            metrics=metrics,
            tracer=self._tracer,
            database=Database(readers=settings.DB_THREADS),
            # alone, a process has nobody to tell
            layer_aliases=list(settings.CHANNEL_LAYERS) if settings.REDIS_URLS else [],
            limits=Limits(
                frames_per_second=settings.LIMIT_FRAMES_PER_SECOND,
                sends_per_second=settings.LIMIT_SENDS_PER_SECOND,
                sockets_per_member=settings.LIMIT_SOCKETS_PER_MEMBER,
                rooms_per_socket=settings.LIMIT_ROOMS_PER_SOCKET,
                flood_repeats=settings.FLOOD_REPEATS,
                flood_minutes=settings.FLOOD_MINUTES,
            ),
        )
        self.assistant = RoomAssistant(
            voice=self.chat_server,
            model=chosen_language_model(self._tracer),
            metrics=AssistantMetrics(self.chat_server.metrics.registry),
        )
        self.chat_server.calls.answerer = self.assistant
        self.file_store = FileStore.of_settings()
        self.file_checker = FileChecker.of_settings(
            database=self.chat_server.database,
            store=self.file_store,
            save=self.chat_server.writer.save,
            registry=self.chat_server.metrics.registry,
        )
        self.files = FileService(
            self.file_store, check_soon=self.file_checker.wake, look=self.chat_server.screens.seen
        )
        self._spare = Database(readers=2)  # for what has time: nobody who chats meets a lock that it waits for
        self.indexer = SearchIndexer(self._spare)
        self.event_sender = event_sender(
            database=self.chat_server.database,
            looked_within=self.chat_server.presence.looked_within,
            registry=self.chat_server.metrics.registry,
            tracer=self._tracer,
        )
        self.chat_server.also_begin_anew = (self.event_sender.begin_anew,)
        if settings.FILES.link_previews:
            self.chat_server.previews = link_previews(
                database=self.chat_server.database,
                save=self.chat_server.writer.save,
                screens=self.chat_server.screens,
                registry=self.chat_server.metrics.registry,
                store=self.file_store if settings.FILES.is_on else None,
                remake=reencode_picture,
            )
        if settings.PUSH.is_on:
            self.chat_server.pushes = pushes(
                database=self.chat_server.database,
                looked_within=self.chat_server.presence.looked_within,
                settings=settings.PUSH,
                registry=self.chat_server.metrics.registry,
            )
        django: Any = django_application  # typed loosely there
        turns = REQUESTS_PER_THREAD * settings.DB_THREADS
        share = MemberShare(
            TicketOffice(Turns(django, at_once=turns)),
            shared=shared,
            named=NamedLimits(shared, settings),
            writes_per_second=settings.LIMIT_WRITES_PER_SECOND,
            at_once=settings.LIMIT_REQUESTS_PER_MEMBER,
            worked_on=turns // MEMBERS_AT_LEAST,
            admit=self.chat_server.admission.revocations.admit,
        )
        servers = ServerShare(
            traced(share, self._tracer, concerns=is_main_servers),
            recognise=self._recognise,
            shared=shared,
            calls_per_second=settings.LIMIT_SERVER_CALLS_PER_SECOND,
            worked_on=max(1, turns // SERVERS_SHARE),
        )
        self.file_sweeper = FileSweeper(
            database=self._spare,
            store=self.file_store,
            save=self.chat_server.writer.save,
            shared=shared,
            registry=self.chat_server.metrics.registry,
        )
        eraser = Eraser(
            database=self._spare,
            store=self.file_store,
            save=self.chat_server.writer.save,
            teller=self.chat_server,
            also=erasing.PHASES,
        )
        exports = ExportJob(database=self._spare, store=self.file_store)
        messages = RetainMessages(database=self._spare, tell=self.chat_server.tell_rules)
        forgetting = ForgetOld(
            database=self._spare, also=[forget_ended_invites, forget_deleted_rooms, forget_some_records]
        )
        self.worker = PersonalWorker(
            [eraser, exports, messages, forgetting], shared=shared, registry=self.chat_server.metrics.registry
        )
        self._parts: list[Any] = [self.chat_server, self.assistant, self.indexer, self.file_sweeper, self.worker]
        self._parts += [self.event_sender] if settings.SEND_EVENTS else []
        self._parts += [self.file_checker] if settings.FILES.checks else []
        self._parts += [part for part in (self.chat_server.previews, self.chat_server.pushes) if part is not None]
        reception = Reception(
            run=self.chat_server.database.run, store=self.file_store, check_soon=self.file_checker.wake
        )
        self.door = FileDoor(BodyLimit(StaticFiles(servers)), reception, get=self._giver())
        origin = settings.FILES.origin
        router = ProtocolTypeRouter(
            {
                "http": RequestLog(traced(FilesHost(self.door, origin=origin), self._tracer, concerns=is_watched)),
                "websocket": FilesHost(serve_socket, origin=origin),
                "lifespan": self._live,
            }
        )
        self._entrance = Entrance(router, proxies=Proxies(settings.TRUSTED_PROXIES))

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        for part in self._parts:  # Daphne does not say when it starts
            part.start()
        process = {"chat_server": self.chat_server, "assistant": self.assistant, "files": self.files}
        process |= {"colleagues": self.colleagues}
        await self._entrance({**scope, **process}, receive, send)

    async def stop(self) -> None:
        """Everything that was taken in is committed then."""
        for part in reversed(self._parts):
            await part.stop()
        self.file_store.close()
        self._spare.close()
        await self._tracer.stop()
        if self.colleagues is not None:
            await self.colleagues.stop()

    def _giver(self) -> ExportGiver:
        """Who answers the signed addresses of files, and of exports; a bucket gives its files itself."""
        streams, server = Streams(self.file_store), self.chat_server
        files = FileGiver(streams, lambda file_id: server.run(seen_file, file_id))
        return ExportGiver(
            streams,
            self.file_store,
            look=lambda link: server.run(kept_export, link, now=timezone.now()),
            admit=server.admission.revocations.admit,
            files=None if settings.FILES.is_s3 else files,
        )

    async def join(self, place: Place) -> None:
        """It is one of several workers."""
        self.colleagues = Colleagues(place, self.chat_server.metrics.registry)
        await self.colleagues.start()

    async def _recognise(self, shown: str) -> MainServer:
        return await self.chat_server.run(recognise, shown, now=timezone.now())

    async def _live(self, _scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer the server's lifespan events: started at once, stopped when everything is."""
        while (event := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{event['type']}.complete"})
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})


application = Process()
