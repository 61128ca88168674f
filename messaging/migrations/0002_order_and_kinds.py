"""The columns that the replaced server did not have; the assistant's messages and notices have no sender."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial"), ("rooms", "0004_one_place_per_member")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="seq",
            field=models.PositiveBigIntegerField(default=0, verbose_name="number"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="message",
            name="version",
            field=models.PositiveBigIntegerField(default=0, verbose_name="version"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[("member", "member"), ("assistant", "assistant"), ("notice", "notice")],
                default="member",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="client_id",
            field=models.CharField(default=None, max_length=32, null=True, verbose_name="client id"),
        ),
        migrations.AddField(
            model_name="message",
            name="reply_to",
            field=models.PositiveBigIntegerField(default=None, null=True, verbose_name="reply to"),
        ),
        migrations.AddField(
            model_name="message",
            name="edited_at",
            field=models.DateTimeField(default=None, null=True, verbose_name="edited"),
        ),
        migrations.AddField(
            model_name="message",
            name="deleted_at",
            field=models.DateTimeField(default=None, null=True, verbose_name="deleted"),
        ),
        migrations.AlterField(
            model_name="message",
            name="sender",
            field=models.ForeignKey(
                blank=True,
                db_column="user_id",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="rooms.member",
                verbose_name="sender",
            ),
        ),
    ]
