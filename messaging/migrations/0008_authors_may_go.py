"""A message whose author is deleted stays, without one. The database's own rule comes after all migrations."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0007_let_read_status_go"), ("rooms", "0012_leave_users_alone")]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="sender",
            field=models.ForeignKey(
                blank=True,
                db_column="user_id",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="messages",
                to="rooms.member",
                verbose_name="sender",
            ),
        ),
    ]
