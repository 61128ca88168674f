# How long messages are kept, by room, and where a room begins since.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0024_descriptions_invitations_and_own_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="room",
            name="first_seq",
            field=models.PositiveBigIntegerField(db_default=1, default=1, editable=False),
        ),
        migrations.AddField(
            model_name="room",
            name="keeps_messages",
            field=models.PositiveSmallIntegerField(
                blank=True, default=None, null=True, verbose_name="messages are kept"
            ),
        ),
    ]
