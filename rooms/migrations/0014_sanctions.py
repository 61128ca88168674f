"""Blocks are one kind of sanction."""

from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0013_notices_and_notifications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel(old_name="RoomBlock", new_name="Sanction"),
        migrations.AlterModelTable(name="sanction", table="chat_sanctions"),
        migrations.AlterModelOptions(
            name="sanction", options={"verbose_name": "sanction", "verbose_name_plural": "sanctions"}
        ),
        migrations.RenameField(model_name="sanction", old_name="block_id", new_name="sanction_id"),
        migrations.RenameField(model_name="sanction", old_name="blocked_by", new_name="staff"),
        migrations.RenameField(model_name="sanction", old_name="lifted_by", new_name="lifted_by_staff"),
    ]
