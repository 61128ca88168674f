"""What web pages that members link to say of themselves, fetched by a bounded worker. Off without LINK_PREVIEWS.

Here is decided which address of a message is looked at, where a fetch may go, and what of an answer is believed. A
page's own words never reach anybody but as cut, plain text; what a message shows is written by `messaging.store`.
"""
