"""Which files the chat page is made of."""

from django.contrib.staticfiles import finders

from chatproject.http.page_files import page_files


def test_of_the_sources_every_module_is_named_and_none_is_kept() -> None:
    files = page_files()

    assert {"chat/page/main.js", "chat/chat-client.js", "chat/client/client.js"} <= set(files.modules)
    assert not {"chat/page/theme.js", "chat/page/service-worker.js"} & set(files.modules)
    assert all(map(finders.find, files.modules + files.styles))
    assert files.styles[0] == "chat/page/base.css"  # what the others stand on
    assert files.kept == []
