"""What is found in a file, in a process of its own: `python -m messaging.files.examining`, run by `running`.

Whatever reads a stranger's bytes is in here, and nothing here knows Django, a setting, a secret or the chat. The
process has bounds of memory, time and space, and is thrown away after one file.

* `__main__` bounds itself, looks, and writes one line of JSON beside the pictures that it made,
* `kinds` says what the bytes are, `texts` whether they are text,
* `pictures` opens one and has `stills` or `animations` make it anew,
* `running` starts all that from the server and believes nothing of what comes back but numbers.

An archive is never unpacked, and a document never opened: they go to members as they came, as downloads.
"""
