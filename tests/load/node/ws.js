// Rooms on Node's `ws`, with Redis between processes. usage: node ws.js PORT
const { WebSocketServer } = require("ws");
const { createClient } = require("redis");

async function main() {
  const publisher = createClient({ url: process.env.REDIS_URL });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);

  const rooms = new Map();
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on("connection", (socket, request) => {
    const [, , roomId, memberId] = request.url.split("/").map((part) => Number(part) || 0);
    if (!rooms.has(roomId)) rooms.set(roomId, new Set());
    rooms.get(roomId).add(socket);
    socket.on("close", () => rooms.get(roomId).delete(socket));
    socket.on("message", (data) => {
      const { message } = JSON.parse(data);
      publisher.publish(`room.${roomId}`, JSON.stringify({ type: "chat", roomId, senderId: memberId, message }));
    });
  });
  await subscriber.pSubscribe("room.*", (text, channel) => {
    const sockets = rooms.get(Number(channel.slice(5)));
    if (sockets === undefined) return;
    for (const socket of sockets) socket.send(text);
  });

  const http = require("http").createServer();
  http.on("upgrade", (request, socket, head) => {
    server.handleUpgrade(request, socket, head, (ws) => server.emit("connection", ws, request));
  });
  http.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 2048 });
}

main();
