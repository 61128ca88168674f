"""What is shipped for people who may hurt themselves: the list of signals, where people help, what is said then.

Data: staff change all of it in the admin. The phrases name the person (나, 내가, 제가), a wish, a plan or a way;
what people say of hunger or laughter (배고파 죽겠다, 웃겨 죽겠네, 죽여준다) is in none of them. Their kinds follow
the warning signs in speech that 중앙심리부검센터 (psyauto.or.kr/sub/data_02.asp) and 정신건강복지센터
(yctouch.or.kr/sub.php?menukey=24) publish. The day of a help line is that of the newest source that was at hand,
not of a call to it.
"""

from datetime import UTC, date, datetime
from pathlib import Path

from django.db import migrations, models

LIST = Path(__file__).with_name("signals.tsv")
# kind, name, in English, number, address, hours, in English, checked on, by what
HELP_LINES = (
    (
        "call",
        "자살예방 상담전화",
        "Suicide prevention line",
        "109",
        "",
        "24시간",
        "at any hour (Korean)",
        date(2026, 2, 13),
        "news1.kr/amp/bio/welfare-medical/6073121 (보건복지부)",
    ),
    (
        "text",
        "마들랜 (문자·카카오톡·앱 상담)",
        "Madeullaen (by text, KakaoTalk or app)",
        "109",
        "",
        "24시간",
        "at any hour (Korean)",
        date(2025, 10, 28),
        "fnnews.com/news/202510280906558482, 24시간·문자 109: m.segye.com/ampView/20240910518155",
    ),
    (
        "call",
        "청소년전화",
        "Youth line",
        "1388",
        "https://www.1388.go.kr",
        "24시간, 문자 1388",
        "at any hour, also by text to 1388 (Korean)",
        date(2026, 2, 13),
        "m.pressian.com/pages/articles/2026021309555507088",
    ),
    (
        "call",
        "지금 위험하다면",
        "In danger right now",
        "119",
        "",
        "24시간",
        "at any hour",
        date(2025, 1, 9),
        "heraldk.com/?p=2487719, 긴급 구조는 119: seoul.co.kr/news/society/2023/10/23/20231023500162",
    ),
)
# use, in Korean, in English
TEXTS = (
    (
        "card",
        "많이 힘들었겠어요. 혼자 견디지 않아도 괜찮아요. 지금 이야기를 들어 줄 사람들이 있어요.",
        "That sounds like a lot to carry. You do not have to carry it alone: people will listen to you now.",
    ),
    (
        "assistant",
        "이 이야기는 AI인 저보다 사람과 나누는 것이 좋겠어요. 그래서 저는 잠시 물러나 있을게요. "
        "이 방을 돌보는 사람에게 알렸어요. 힘든 마음이 있다면 자살예방 상담전화 109에서 언제든 "
        "이야기를 들어 줘요. 지금 위험하다면 119에 전화해 주세요.",
        "This is better talked about with people than with me, an AI, so I will step back for now. "
        "Whoever looks after this room has been told. If you are having a hard time, 109 listens at any hour in "
        "Korea. If you are in danger now, please call 119.",
    ),
)


def signals():
    """Phrase, whether it is innocent, and why it is on the list, line by line."""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        phrase, kind, note = line.split("\t")
        yield phrase, kind == "innocent", note


def ship(apps, schema_editor):
    """What is there already stays: staff may have changed it."""
    signal, line, text = (apps.get_model("messaging", name) for name in ("SignalWord", "HelpLine", "CareText"))
    signals_there, lines_there, texts_there = (
        model.objects.using(schema_editor.connection.alias) for model in (signal, line, text)
    )
    now = datetime.now(UTC)
    known = set(signals_there.values_list("pattern", flat=True))
    signals_there.bulk_create(
        signal(pattern=phrase, note=note, is_innocent=is_innocent, updated_at=now)
        for phrase, is_innocent, note in signals()
        if phrase not in known
    )
    names = ("kind", "name", "name_en", "number", "address", "hours", "hours_en", "checked_on", "source")
    if not lines_there.exists():
        lines_there.bulk_create(
            line(position=10 * place, **dict(zip(names, row, strict=True)))
            for place, row in enumerate(HELP_LINES, start=1)
        )
    for use, korean, english in TEXTS:
        texts_there.get_or_create(use=use, defaults={"text": korean, "text_en": english, "changed_at": now})


class Migration(migrations.Migration):
    dependencies = [("messaging", "0014_slowed_reporters")]

    operations = [
        migrations.AddField(
            model_name="helpline",
            name="source",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="checked by"),
        ),
        migrations.CreateModel(
            name="CareText",
            fields=[
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("card", "card for who may need help"),
                            ("assistant", "in place of the assistant"),
                        ],
                        max_length=9,
                        primary_key=True,
                        serialize=False,
                        verbose_name="where it stands",
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="text")),
                (
                    "text_en",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="text in English"),
                ),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "sentence for who may need help",
                "verbose_name_plural": "sentences for who may need help",
                "db_table": "chat_care_texts",
            },
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
