/** A chat client and its rooms in React, from 18 on: a component draws anew when what it shows changed, and only then. */

import type { ChatClient, ClientSnapshot, Room, RoomSnapshot } from "community-chat-client";
import { useCallback, useEffect, useSyncExternalStore } from "react";

/** The connection, who this member is, and the rooms of the inbox. */
export function useChat(client: ChatClient): ClientSnapshot {
  const subscribe = useCallback((changed: () => void) => client.on("update", changed), [client]);
  return useSyncExternalStore(subscribe, () => client.snapshot());
}

/** What a room shows; it is listened to while a component uses it, with so many of its newest messages at first. */
export function useRoom(client: ChatClient, roomId: number, history = 50): RoomSnapshot {
  const room = client.room(roomId);
  const subscribe = useCallback((changed: () => void) => room.on("update", changed), [room]);
  useEffect(() => listen(room, history), [room, history]);
  return useSyncExternalStore(subscribe, () => room.snapshot());
}

const listeners = new WeakMap<Room, number>(); // components that use it

function listen(room: Room, history: number): () => void {
  listeners.set(room, (listeners.get(room) ?? 0) + 1);
  room.subscribe({ history });
  return () => {
    listeners.set(room, listeners.get(room)! - 1);
    setTimeout(() => listeners.get(room) === 0 && room.unsubscribe()); // unless another takes it up at once
  };
}
