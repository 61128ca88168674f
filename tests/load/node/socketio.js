// Rooms on Socket.IO with its Redis adapter. usage: node socketio.js PORT
const { Server } = require("socket.io");
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");

async function main() {
  const publisher = createClient({ url: process.env.REDIS_URL });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);

  const http = require("http").createServer();
  const io = new Server(http, { adapter: createAdapter(publisher, subscriber), perMessageDeflate: false });
  io.on("connection", (socket) => {
    socket.on("join", (roomId, done) => {
      socket.join(`room.${roomId}`);
      done();
    });
    socket.on("chat", (roomId, message) => {
      io.to(`room.${roomId}`).emit("chat", { roomId, senderId: socket.id, message });
    });
  });
  http.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 2048 });
}

main();
