"""Messages are edited, deleted, reacted to, pinned, and mention members."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0008_authors_may_go"),
        ("rooms", "0013_notices_and_notifications"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="marks",
            field=models.TextField(default=None, editable=False, null=True),
        ),
        migrations.CreateModel(
            name="EarlierText",
            fields=[
                ("earlier_text_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("contents", models.TextField(verbose_name="contents")),
                ("written_at", models.DateTimeField(verbose_name="written")),
                ("replaced_at", models.DateTimeField(verbose_name="replaced")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="earlier_texts",
                        to="messaging.message",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "earlier text",
                "verbose_name_plural": "earlier texts",
                "db_table": "chat_earlier_texts",
            },
        ),
        migrations.CreateModel(
            name="Pin",
            fields=[
                ("pin_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("seq", models.PositiveBigIntegerField(verbose_name="number")),
                ("pinned_at", models.DateTimeField(verbose_name="pinned")),
                ("unpinned_at", models.DateTimeField(default=None, null=True, verbose_name="unpinned")),
                (
                    "pinned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="rooms.member",
                        verbose_name="pinned by",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pins",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
                (
                    "unpinned_by",
                    models.ForeignKey(
                        default=None,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="rooms.member",
                        verbose_name="unpinned by",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "db_table": "chat_pins",
            },
        ),
        migrations.CreateModel(
            name="Keyword",
            fields=[
                ("keyword_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("word", models.CharField(max_length=20, verbose_name="word")),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keywords",
                        to="rooms.member",
                        verbose_name="member",
                    ),
                ),
            ],
            options={
                "verbose_name": "keyword",
                "verbose_name_plural": "keywords",
                "db_table": "chat_keywords",
                "constraints": [
                    models.UniqueConstraint(fields=("member", "word"), name="one_keyword_per_member_and_word")
                ],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("mention_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("seq", models.PositiveBigIntegerField(verbose_name="number")),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="rooms.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="rooms.room",
                        verbose_name="room",
                    ),
                ),
            ],
            options={
                "verbose_name": "mention",
                "verbose_name_plural": "mentions",
                "db_table": "chat_mentions",
                "indexes": [models.Index(fields=["room", "seq"], name="mentions_by_message")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member", "room", "seq"), name="one_mention_per_member_and_message"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reaction",
            fields=[
                ("reaction_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=32, verbose_name="reaction")),
                ("reacted_at", models.DateTimeField(verbose_name="reacted")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="rooms.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reactions",
                        to="messaging.message",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "reaction",
                "verbose_name_plural": "reactions",
                "db_table": "chat_reactions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "key", "member"), name="one_reaction_per_key_and_member"
                    )
                ],
            },
        ),
    ]
