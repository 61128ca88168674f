"""A permission; no table changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("messaging", "0024_label_held_messages")]

    operations = [
        migrations.AlterModelOptions(
            name="message",
            options={
                "permissions": [("ask_delivery", "Can ask how a message was delivered")],
                "verbose_name": "message",
                "verbose_name_plural": "messages",
            },
        ),
    ]
