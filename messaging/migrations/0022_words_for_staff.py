"""Give columns that staff see their names. The database does not change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0021_push_subscriptions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="claimed_by",
            field=models.PositiveBigIntegerField(default=None, null=True, verbose_name="looked at by"),
        ),
        migrations.AlterField(
            model_name="case",
            name="decided_by",
            field=models.PositiveBigIntegerField(default=None, null=True, verbose_name="decided by"),
        ),
        migrations.AlterField(
            model_name="file",
            name="is_held",
            field=models.BooleanField(default=False, verbose_name="waits for a manager"),
        ),
        migrations.AlterField(
            model_name="file",
            name="is_preview",
            field=models.BooleanField(default=False, verbose_name="picture of a link"),
        ),
        migrations.AlterField(
            model_name="heldmessage",
            name="client_id",
            field=models.CharField(max_length=32, verbose_name="client's number"),
        ),
        migrations.AlterField(
            model_name="heldmessage",
            name="everyone",
            field=models.BooleanField(default=False, verbose_name="mentions everyone"),
        ),
        migrations.AlterField(
            model_name="heldmessage",
            name="files",
            field=models.TextField(blank=True, default="", verbose_name="files"),
        ),
        migrations.AlterField(
            model_name="heldmessage",
            name="mentions",
            field=models.TextField(blank=True, default="", verbose_name="mentions"),
        ),
        migrations.AlterField(
            model_name="heldmessage",
            name="reply_to",
            field=models.PositiveBigIntegerField(default=None, null=True, verbose_name="answers"),
        ),
    ]
