"""What the rules of acts need to know, read under the locks of their rooms. `changes` applies them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import F

from messaging.models import Message
from messaging.store import act_statements, statements
from messaging.store.acts import (
    Act,
    DeleteAct,
    FilesAct,
    HideAct,
    PinAct,
    ReactAct,
    ReactionKey,
    RoomScene,
    Target,
)
from messaging.store.file_statements import FileRow, read_files_of
from messaging.store.hiding_statements import read_hidings
from messaging.store.objects import MessageColumns
from messaging.wire.marks import marks_of
from rooms.moderation.ranks import ranks_in

Address = tuple[int, int]  # room, seq
Targets = Mapping[Address, Target]


def read_targets(acts: Sequence[Act], scenes: Mapping[int, RoomScene]) -> Iterator[tuple[Address, Target]]:
    """The messages that acts are about, or notices that they end, in the order in which they are numbered."""
    seqs: dict[int, set[int]] = {room_id: set() for room_id in scenes}
    for act in acts:
        if (scene := scenes.get(act.room_id)) is not None:
            seqs[act.room_id].add(act.seq)
            if scene.pinned_seq is not None and isinstance(act, PinAct):
                seqs[act.room_id].add(scene.pinned_seq)
    found = {address: target for room_id in seqs for address, target in _read_of_room(room_id, seqs[room_id])}
    acted_on = dict.fromkeys(map(address_of, acts))
    # first the notices that others may end
    for address in [*(address for address in found if address not in acted_on), *acted_on]:
        if address in found:
            yield address, found[address]


def _read_of_room(room_id: int, seqs: set[int]) -> Iterator[tuple[Address, Target]]:
    messages = Message.objects.filter(room_id=room_id, seq__in=seqs, seq__gte=F("room__first_seq"))
    for message_id, updated_at, *row in messages.values_list("pk", "updated_at", *MessageColumns._fields):
        before = MessageColumns(*row)
        yield (room_id, before.seq), Target(message_id, updated_at, before, marks_of(before.marks))


def read_reactors(acts: Iterable[Act], targets: Targets) -> None:
    named: dict[ReactionKey, Target] = {}
    for act in acts:
        target = targets.get(address_of(act))
        if isinstance(act, ReactAct) and target is not None and act.member_id is not None:
            named[target.message_id, act.key, act.member_id] = target
    if named:
        [stored] = statements.run(act_statements.read_reactors(named))
        for reaction in stored:
            named[reaction].reactors.add(reaction)


def read_authors(acts: Iterable[Act], targets: Targets, scenes: Mapping[int, RoomScene]) -> None:
    """The ranks of those whose messages somebody else deletes or hides."""
    authors: dict[int, set[int]] = {}
    for act in acts:
        target = targets.get(address_of(act))
        author_id = None if target is None else target.row.sender_id
        if isinstance(act, DeleteAct | HideAct) and author_id is not None:
            authors.setdefault(act.room_id, set()).add(author_id)
    for room_id, member_ids in authors.items():
        scenes[room_id].author_ranks = ranks_in(room_id=room_id, member_ids=member_ids)


def read_what_hides(acts: Iterable[Act], targets: Targets) -> None:
    hiding = [address_of(act) for act in acts if isinstance(act, HideAct)]
    meant = {address: targets[address] for address in hiding if address in targets}
    if meant:
        [hidings] = statements.run(read_hidings(meant))
        for address, found in hidings.items():
            meant[address].hidings = found


def read_files(acts: Iterable[Act], targets: Targets) -> list[FileRow]:
    """Also of messages that are there no more."""
    asked = {address_of(act) for act in acts if isinstance(act, FilesAct)}
    if not asked:
        return []
    [rows] = statements.run(read_files_of(asked))
    for row in rows.values():
        if (target := targets.get((row.room_id, row.seq))) is not None:
            target.files[row.file_id] = row
    return list(rows.values())


def address_of(act: Act) -> Address:
    return act.room_id, act.seq
