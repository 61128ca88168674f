"""The rooms' notices, from where members are in them, and what they want to be told of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0012_leave_users_alone"),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="joined_seq",
            field=models.PositiveBigIntegerField(db_default=0, default=0, verbose_name="joined after"),
        ),
        migrations.AddField(
            model_name="participant",
            name="notify",
            field=models.CharField(
                choices=[("all", "everything"), ("mentions", "mentions and keywords"), ("none", "nothing")],
                db_default="all",
                default="all",
                max_length=8,
                verbose_name="notification",
            ),
        ),
        migrations.AddField(
            model_name="room",
            name="pinned_seq",
            field=models.PositiveBigIntegerField(default=None, editable=False, null=True, verbose_name="notice"),
        ),
    ]
