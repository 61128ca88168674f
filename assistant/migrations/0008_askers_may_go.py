"""The record of an answer stays when its asker is deleted. The database's own rule comes after all migrations."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assistant", "0007_find_use_by_day"), ("rooms", "0012_leave_users_alone")]

    operations = [
        migrations.AlterField(
            model_name="assistantrun",
            name="asker",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="assistant_runs",
                to="rooms.member",
                verbose_name="asked by",
            ),
        ),
    ]
