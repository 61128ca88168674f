"""Members are muted and messages hidden, by managers too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rooms", "0015_roles_and_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="sanction",
            name="case_id",
            field=models.PositiveBigIntegerField(default=None, editable=False, null=True, verbose_name="case"),
        ),
        migrations.AddField(
            model_name="sanction",
            name="imposed_by",
            field=models.ForeignKey(
                default=None,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="rooms.member",
                verbose_name="imposed by",
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="kind",
            field=models.CharField(
                choices=[
                    ("remove", "removal"),
                    ("mute", "mute"),
                    ("hide", "hidden message"),
                    ("measure", "temporary measure"),
                ],
                default="remove",
                max_length=8,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="lifted_by",
            field=models.ForeignKey(
                default=None,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="rooms.member",
                verbose_name="lifted by",
            ),
        ),
        migrations.AddField(
            model_name="sanction",
            name="rank",
            field=models.PositiveSmallIntegerField(default=4, editable=False),
        ),
        migrations.AddField(
            model_name="sanction",
            name="seq",
            field=models.PositiveBigIntegerField(default=None, null=True, verbose_name="message"),
        ),
        migrations.AlterField(
            model_name="sanction",
            name="lifted_by_staff",
            field=models.ForeignKey(
                default=None,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="lifted by staff",
            ),
        ),
        migrations.AlterField(
            model_name="sanction",
            name="member",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="sanctions",
                to="rooms.member",
                verbose_name="member",
            ),
        ),
        migrations.AlterField(
            model_name="sanction",
            name="room",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="sanctions",
                to="rooms.room",
                verbose_name="room",
            ),
        ),
        migrations.AlterField(
            model_name="sanction",
            name="staff",
            field=models.ForeignKey(
                default=None,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="imposed by staff",
            ),
        ),
        migrations.AddIndex(
            model_name="sanction",
            index=models.Index(fields=["room", "seq"], name="sanctions_by_message"),
        ),
        migrations.AddIndex(
            model_name="sanction",
            index=models.Index(fields=["lifted_at", "kind", "until"], name="sanctions_by_end"),
        ),
    ]
