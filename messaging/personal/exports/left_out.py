"""What of the tables that name members is not in an export, and why. No queries. See `tables` for what is.

By model, or by model and column where other columns of it are in the export. The reasons are for whoever answers
for them: an operator, a member who asks, an authority (개인정보 보호법 35조 4항: what another could be harmed by).
"""

AS_MANAGER = "What a manager did to another member is that member's: it is in their export."

LEFT_OUT: dict[str, str] = {
    # what others wrote or did
    "rooms.MemberBlock.blocked": "Who blocked the member: the blocked are never told.",
    "messaging.HeldMessage.decided_by": AS_MANAGER,
    "rooms.Sanction.imposed_by": AS_MANAGER,
    "rooms.Sanction.lifted_by": AS_MANAGER,
    "rooms.JoinRequest.decided_by": AS_MANAGER,
    "messaging.FilterRule": "The rules of a room or of the site; those who know them get around them.",
    "messaging.Pin.unpinned_by": AS_MANAGER,
    "messaging.Case": "What others reported: who is told of a case may find who reported. What was decided is"
    " among the sanctions, and the outcome of one's own reports among those.",
    "messaging.Concern.seen_by": AS_MANAGER,
    "rooms.AuditEntry": "The log of what was done in a room's or the site's name. What met the member is among"
    " sanctions, objections and join requests.",
    "messaging.Concern.note": "For those who look after the member; it may say who told them.",
    "messaging.HeldMessage.matched": "As the rules themselves.",
    "messaging.Report.evidence": "What others said; the member's own words are among the messages.",
    "messaging.SlowedReporter.reason": "For staff, and about how others were reported.",
    # the safety of others, or the law
    "messaging.LegalHold": "An order may forbid to tell whom it meets; and what is held was theirs already.",
    "messaging.HeldRecord": "As the hold that it is kept for: only those see it whom the order names.",
    "messaging.Erasure": "Nothing is exported of whoever is erased.",
    "messaging.PushSubscription.endpoint": "Whoever has it makes the browser ring.",
    "messaging.PushSubscription.endpoint_digest": "As the endpoint.",
    "messaging.PushSubscription.p256dh": "A key by which the browser is reached.",
    "messaging.PushSubscription.auth": "A secret of the browser and this server.",
    # what says nothing by itself, or is gone at once
    "messaging.SearchSignature": "Fingerprints of words of many, which belong to nobody.",
    "outgoing.OutgoingEvent": "Numbers of what the main server is told of, for some days; its words are among the"
    " messages.",
    "rooms.Room.pair_key": "Two members' numbers: the room is among the rooms, with its name.",
    "messaging.HeldMessage.client_id": "A random number of the client's.",
    "messaging.HeldMessage.mentions": "Numbers of those whom the words name.",
    "messaging.HeldMessage.files": "They are among the files.",
    "messaging.Export.asked_by_id": "A number of staff, or of the main server's key; or the member's own.",
    "messaging.SecondLook": "Numbers, for seconds, of who is notified of a message.",
    "server_api.IdempotentCall": "What the main server was answered, for a day.",
    "chatproject.UsedTicket": "Digests, for a minute.",
}
