"""The list of group rooms without passing over the private ones between them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rooms", "0004_one_place_per_member")]

    operations = [
        migrations.AddIndex(
            model_name="room",
            index=models.Index(fields=["is_group_chat", "room_id"], name="group_rooms_by_age"),
        ),
    ]
