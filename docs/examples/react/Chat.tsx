/** A small chat: the rooms of a member, and the one that is open. Styles are yours. */

import { ChatError, type ChatClient, type Message, type Unchanging } from "community-chat-client";
import { memo, useEffect, useState, type FormEvent } from "react";
import { useChat, useRoom } from "./useChat.js";

/** One client for each signed-in member: `new ChatClient({ token, inbox: true })`, made outside of any component. */
export function Chat({ client }: { client: ChatClient }) {
  const { state, reason, rooms } = useChat(client);
  const [roomId, open] = useState<number | null>(null);
  useEffect(() => {
    client.connect();
    return () => client.close();
  }, [client]);

  if (reason?.kind === "signed-out") return <p role="alert">다시 로그인해 주세요.</p>;
  if (reason?.kind === "origin" || reason?.kind === "refused") return <p role="alert">{reason.error?.message}</p>;
  return (
    <main>
      {state === "waiting" && <p role="status">연결이 끊겼어요. 다시 연결하고 있어요.</p>}
      <nav>
        {rooms.size === 0 && state === "open" && <p>아직 참여한 채팅방이 없어요.</p>}
        {[...rooms.values()].map((room) => (
          <button key={room.roomId} onClick={() => open(room.roomId)}>
            {room.roomName} {room.unReadCount > 0 && <b>{room.unReadCount}</b>}
          </button>
        ))}
      </nav>
      {roomId !== null && <OpenRoom key={roomId} client={client} roomId={roomId} />}
    </main>
  );
}

function OpenRoom({ client, roomId }: { client: ChatClient; roomId: number }) {
  const { messages, pending, hasOlder, lastSeq, error } = useRoom(client, roomId);
  const room = client.room(roomId);
  const [text, write] = useState("");
  const [refusal, refuse] = useState("");
  useEffect(() => room.read(), [room, lastSeq]);

  async function say(event: FormEvent) {
    event.preventDefault();
    write("");
    refuse("");
    try {
      await room.send(text).settled;
    } catch (failure) {
      if (failure instanceof ChatError) refuse(failure.message); // it is in `pending`, as "failed"
    }
  }

  if (error) return <p role="alert">{error.message}</p>;
  return (
    <section>
      {hasOlder && messages.length > 0 && <button onClick={() => void room.loadOlder()}>이전 메시지</button>}
      <ol>
        {messages.map((message) => <Line key={message.seq} message={message} />)}
        {pending.map((message) => <Line key={message.clientId} message={message} />)}
      </ol>
      <p role="alert">{refusal}</p>
      <form onSubmit={(event) => void say(event)}>
        <input
          aria-label="메시지"
          value={text}
          onChange={(event) => {
            write(event.target.value);
            room.typing();
          }}
        />
        <button disabled={text.trim() === ""}>보내기</button>
      </form>
    </section>
  );
}

/** Drawn anew only where this message changed: the others are the same objects. */
const Line = memo(function Line({ message }: { message: Unchanging<Message> }) {
  return (
    <li data-state={message.state}>
      <b>{message.nickName}</b> {message.deletedAt ? "삭제된 메시지예요." : message.message}
    </li>
  );
});
