"""Put at each answer which model wrote it, as far as its record says: the message shows it from now on.

In small steps beside a running chat, each under its room's lock as all that changes a message. No version is
given, so nobody is told anew. What was begun may be done again.
"""

import json
from collections import defaultdict

from django.db import migrations, transaction

RUNS_AT_ONCE = 500


def name_models(apps, schema_editor):
    using = schema_editor.connection.alias
    all_runs = apps.get_model("assistant", "AssistantRun").objects.using(using)
    runs = all_runs.exclude(answer_seq=None).order_by("run_id")
    last = ""
    while found := list(
        runs.filter(run_id__gt=last).values_list("run_id", "room_id", "answer_seq", "model_served", "model_asked")[
            :RUNS_AT_ONCE
        ]
    ):
        last = found[-1][0]
        of_room = defaultdict(dict)
        for _run_id, room_id, seq, served, asked in found:
            if served or asked:
                of_room[room_id][seq] = served or asked
        for room_id, models in of_room.items():
            with transaction.atomic(using=using):
                _name(apps, using, room_id, models)


def _name(apps, using, room_id, models):
    apps.get_model("rooms", "Room").objects.using(using).select_for_update().filter(pk=room_id).first()
    all_messages = apps.get_model("messaging", "Message").objects.using(using)
    messages = all_messages.filter(room_id=room_id, kind="assistant")
    for pk, seq, stored in messages.filter(seq__in=models).values_list("pk", "seq", "marks"):
        marks = json.loads(stored) if stored else {}
        if "model" not in marks:
            marks["model"] = models[seq]
            text = json.dumps(marks, ensure_ascii=False, separators=(",", ":"))
            messages.filter(pk=pk).update(marks=text)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("assistant", "0008_askers_may_go"),
        ("messaging", "0024_label_held_messages"),
        ("rooms", "0025_how_long_messages_are_kept"),
    ]

    operations = [migrations.RunPython(name_models, migrations.RunPython.noop)]
